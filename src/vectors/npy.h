// NumPy's .npy files of 32-bit floats, and of halves to read: the exchange format for vectors.
//
// Source: NEP 1, format version 1.0 (little-endian f32, C order, two dimensions).
#ifndef SEMEME_VECTORS_NPY_H_
#define SEMEME_VECTORS_NPY_H_

#include <cstddef>
#include <span>
#include <string>

#include "base/file.h"
#include "sememe/types.h"

namespace sememe::vectors {

/// Writes [rows, cols] f32 while the number of rows is not known yet: rows are appended, finish()
/// fills the header in. The file appears under its name at finish() only; an unfinished one is
/// removed.
class NpyWriter {
 public:
  NpyWriter(Path path, std::size_t cols);

  void append(MatrixView rows);
  void finish();

 private:
  FileWriter file_;
  std::size_t cols_;
  std::size_t rows_ = 0;
};

/// Whether the bytes begin as a .npy file does, of any version.
bool is_npy(std::span<const std::byte> file);

/// The numbers of a two-dimensional '<f4' array in C order, where they lie in `file`, which begins
/// at a multiple of 4; `what` names it in messages. Anything else is Error(kUnsupported), a size
/// that contradicts the header Error(kCorrupt).
MatrixView parse_npy(std::span<const std::byte> file, const std::string& what);

/// The same of a whole file, copied; numbers may also be halves ('<f2').
Matrix read_npy(const Path& path);

}  // namespace sememe::vectors

#endif  // SEMEME_VECTORS_NPY_H_
