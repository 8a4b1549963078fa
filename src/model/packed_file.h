// One file of packed weights: sections, one for each matrix, exactly as the kernels read them.
//
// The file is mapped and every byte is compared with its checksum; nothing in it is believed
// before. docs/formats/packed-weights.md describes it, decision 0008 says why it is so.
#ifndef SEMEME_MODEL_PACKED_FILE_H_
#define SEMEME_MODEL_PACKED_FILE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace sememe::model {

/// The form of the file and the bytes that packing gives for the same weights. Raise it with every
/// change of either; a test that knows the bytes (bert_packed_test.cc) fails until then.
inline constexpr std::uint32_t kPackedVersion = 2;

/// The bytes of one matrix, 64-byte aligned in a file.
using Section = std::span<const std::uint8_t>;

/// The sections in the bytes of a file of packed weights. Throws Error: kUnsupported for another
/// version, kCorrupt for anything that is not a whole file of `key`. Cost: XXH3 of all bytes, in
/// several threads when they are many.
std::vector<Section> parse_packed(std::span<const std::byte> file, std::string_view key);

/// Writes such a file beside `path` and renames it. key: at most 80 bytes. Throws Error(kIo); then
/// nothing is left. Not synced: after a power cut the checksums tell.
void write_packed(const Path& path, std::string_view key, std::span<const Section> sections);

/// A mapped file, checked.
class PackedFile {
 public:
  /// Throws as parse_packed, and as MappedFile::open.
  static PackedFile open(const Path& path, std::string_view key);
  std::span<const Section> sections() const { return sections_; }

 private:
  MappedFile map_;
  std::vector<Section> sections_;
};

}  // namespace sememe::model

#endif  // SEMEME_MODEL_PACKED_FILE_H_
