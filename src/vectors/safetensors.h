// Reads .safetensors files in place, a memory map and a checked table of tensors, and makes the
// headers of new ones.
//
// Layout: u64 little-endian header length, JSON header {name: {dtype, shape, data_offsets}}, data.
// Every field of the header is hostile until checked; after open() each tensor's bytes lie in the
// file, match its shape and overlap no other tensor. Immutable, so threads may share it.
#ifndef SEMEME_VECTORS_SAFETENSORS_H_
#define SEMEME_VECTORS_SAFETENSORS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace sememe::vectors {

/// One row of the header.
struct TensorInfo {
  std::string dtype;                 ///< "F32", "BF16", "I64", ... as in the file
  std::vector<std::uint64_t> shape;  ///< empty: one scalar
  std::span<const std::byte> bytes;  ///< in the file
  std::uint64_t elements = 0;
};

/// The tensors of one file by name. The names may carry the prefix "bert.", which lookups ignore.
class TensorTable {
 public:
  /// Checks and indexes the bytes of a file, which must outlive the table. `what` names the file
  /// in messages. Throws Error(kCorrupt).
  static TensorTable parse(std::span<const std::byte> file, std::string_view what);

  /// The name of the file in messages.
  const std::string& what() const { return what_; }
  const std::map<std::string, TensorInfo, std::less<>>& tensors() const { return tensors_; }
  /// The tensor of that name, with or without "bert.", or nullptr.
  const TensorInfo* find(std::string_view name) const;
  /// The same; Error(kCorrupt) when it is missing or has another shape (both are named).
  const TensorInfo& expect(std::string_view name, std::span<const std::uint64_t> shape) const;

 private:
  std::string what_;
  std::map<std::string, TensorInfo, std::less<>> tensors_;
};

/// A mapped file and its table.
class SafetensorsFile {
 public:
  static SafetensorsFile open(const Path& path);
  const TensorTable& table() const { return table_; }

 private:
  MappedFile file_;
  TensorTable table_;
};

/// Whether read_f32 takes it: F32, F16 or BF16.
bool is_float(const TensorInfo& tensor);
/// "f32", "f16", "bf16", or the dtype in lower case.
std::string dtype_word(const TensorInfo& tensor);

/// Elements first .. first + out.size() as f32. Throws Error(kUnsupported) for other dtypes.
void read_f32(const TensorInfo& tensor, std::uint64_t first, std::span<float> out);
/// The whole tensor as f32.
std::vector<float> read_f32(const TensorInfo& tensor);
/// The tensor's own memory when it is F32 and aligned, else an empty span.
std::span<const float> view_f32(const TensorInfo& tensor);

/// A tensor that is to be written.
struct TensorSpec {
  std::string_view name;
  std::string_view dtype;
  std::vector<std::uint64_t> shape;
};

/// What stands in front of the data of these tensors, which follow one after the other in this
/// order. A multiple of 8 bytes.
std::string safetensors_head(std::span<const TensorSpec> tensors);

}  // namespace sememe::vectors

#endif  // SEMEME_VECTORS_SAFETENSORS_H_
