// One file of packed weights: sections (base/section_file.h), one for each matrix, exactly as the
// kernels read them. docs/formats/packed-weights.md describes it, decision 0008 says why it is so.
#ifndef SEMEME_MODEL_PACKED_FILE_H_
#define SEMEME_MODEL_PACKED_FILE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/section_file.h"

namespace sememe::model {

/// The form of the file and the bytes that packing gives for the same weights. Raise it with every
/// change of either; a test that knows the bytes (bert_packed_test.cc) fails until then.
inline constexpr std::uint32_t kPackedVersion = 2;

inline constexpr SectionFormat kPackedFormat = {
    .letters = "SEMEMEPW", .version = kPackedVersion, .what = "packed weights"};

inline std::vector<Section> parse_packed(std::span<const std::byte> file, std::string_view key) {
  return parse_sections(kPackedFormat, file, key);
}

inline void write_packed(const Path& path, std::string_view key,
                         std::span<const Section> sections) {
  write_sections(kPackedFormat, path, key, sections);
}

using PackedFile = SectionFile;

inline PackedFile open_packed(const Path& path, std::string_view key) {
  return SectionFile::open(kPackedFormat, path, key);
}

}  // namespace sememe::model

#endif  // SEMEME_MODEL_PACKED_FILE_H_
