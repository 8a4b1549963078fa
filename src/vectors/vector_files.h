// Plain vectors in files, without words.
//
//   .npy    NumPy's arrays of 32-bit floats or halves (npy.h)
//   .fvecs  rows of a little-endian i32, the number of dimensions, and so many f32: the format of
//           the TEXMEX collections (http://corpus-texmex.irisa.fr)
#ifndef SEMEME_VECTORS_VECTOR_FILES_H_
#define SEMEME_VECTORS_VECTOR_FILES_H_

#include <cstddef>
#include <span>
#include <string>

#include "base/file.h"
#include "sememe/types.h"

namespace sememe::vectors {

/// The rows of a .fvecs file; `what` names it in messages. Throws Error(kCorrupt) with the byte
/// where a row has another size than the first, or the file ends within a row.
Matrix parse_fvecs(std::span<const std::byte> file, const std::string& what);

/// The vectors of a file, copied: .npy by its first bytes, .fvecs by its suffix. Throws
/// Error(kUnsupported) for any other.
Matrix read_vectors(const Path& path);

}  // namespace sememe::vectors

#endif  // SEMEME_VECTORS_VECTOR_FILES_H_
