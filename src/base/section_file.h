// Files of sections, exactly as programs read them in memory: derived data that is made again when
// anything is wrong with it.
//
// The file is mapped and every byte is compared with its checksum; nothing in it is believed
// before. docs/formats/packed-weights.md shows the layout of all of them.
#ifndef SEMEME_BASE_SECTION_FILE_H_
#define SEMEME_BASE_SECTION_FILE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace sememe {

/// Whether a file that was written lasts over a power cut; else its checksums tell.
enum class Synced { kNo, kYes };

struct SectionFormat {
  std::string_view letters;  ///< eight, at the beginning of the file
  std::uint32_t version;     ///< of the form of the sections
  std::string_view what;     ///< in messages
  Synced synced = Synced::kNo;
};

/// The bytes of one section, 64-byte aligned in a file.
using Section = std::span<const std::uint8_t>;

/// The sections in the bytes of a file. Throws Error: kUnsupported for another version, kCorrupt
/// for anything that is not a whole file of `key`. Cost: XXH3 of all bytes, in several threads when
/// they are many.
std::vector<Section> parse_sections(const SectionFormat& format, std::span<const std::byte> file,
                                    std::string_view key);

/// Writes such a file beside `path` and renames it. key: at most 80 bytes. Throws Error(kIo); then
/// nothing is left.
void write_sections(const SectionFormat& format, const Path& path, std::string_view key,
                    std::span<const Section> sections);

/// A mapped file, checked.
class SectionFile {
 public:
  SectionFile() = default;
  /// Throws as parse_sections, and as MappedFile::open. later: sections whose checksums are not
  /// compared: the caller checks them before it believes them.
  static SectionFile open(const SectionFormat& format, const Path& path, std::string_view key,
                          std::span<const std::size_t> later = {});
  std::span<const Section> sections() const { return sections_; }
  /// Of a section, in the file.
  std::size_t offset(std::size_t section) const;
  /// Compares a section with its checksum. Throws Error(kCorrupt) that does not name the file.
  void check(std::size_t section) const;

 private:
  MappedFile map_;
  std::vector<Section> sections_;
};

}  // namespace sememe

#endif  // SEMEME_BASE_SECTION_FILE_H_
