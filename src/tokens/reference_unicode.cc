#include "tokens/reference_unicode.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace sememe::tokens::reference {
namespace {

using text::Category;

struct Range {
  char32_t first;
  char32_t last;
};

bool contains(std::span<const Range> ranges, char32_t c) {
  const auto found = std::ranges::lower_bound(ranges, c, {}, &Range::last);
  return found != ranges.end() && c >= found->first;
}

// Code points of the categories P, Mn and Cf that Unicode 8.0 did not have (DerivedAge.txt, up to
// 15.0). Neighbours are joined when no older code point of these categories lies between them.
constexpr Range kYoungerThan8[] = {
    {0x61D, 0x61D},     {0x7FD, 0x7FD},     {0x890, 0x8E2},     {0x9FD, 0x9FE},
    {0xA76, 0xA76},     {0xAFA, 0xAFF},     {0xB55, 0xB55},     {0xC04, 0xC3C},
    {0xC77, 0xC77},     {0xC84, 0xC84},     {0xD00, 0xD00},     {0xD3B, 0xD3C},
    {0xD81, 0xD81},     {0xEBA, 0xEBA},     {0xECE, 0xECE},     {0x180F, 0x1886},
    {0x1ABF, 0x1ACE},   {0x1B7D, 0x1B7E},   {0x1DF6, 0x1DFB},   {0x2E43, 0x2E5D},
    {0xA82C, 0xA82C},   {0xA8C5, 0xA8C5},   {0xA8FF, 0xA8FF},   {0xA9BD, 0xA9BD},
    {0x10D24, 0x10F89}, {0x11070, 0x11074}, {0x110C2, 0x110CD}, {0x111CF, 0x111CF},
    {0x1123E, 0x11241}, {0x1133B, 0x1133B}, {0x11438, 0x1145E}, {0x11660, 0x1166C},
    {0x116B9, 0x116B9}, {0x1182F, 0x11FFF}, {0x12FF1, 0x13455}, {0x16E97, 0x16F4F},
    {0x16FE2, 0x16FE4}, {0x1CF00, 0x1CF46}, {0x1E000, 0x1E4EF}, {0x1E944, 0x1E95F}};

// The same for marks (M), combining classes and decompositions, against Unicode 9.0.
constexpr Range kYoungerThan9[] = {
    {0x7FD, 0x7FD},     {0x898, 0x8D3},     {0x9FE, 0x9FE},     {0xAFA, 0xAFF},
    {0xB55, 0xB55},     {0xC04, 0xC3C},     {0xCF3, 0xD00},     {0xD3B, 0xD3C},
    {0xD81, 0xD81},     {0xEBA, 0xEBA},     {0xECE, 0xECE},     {0x1715, 0x1715},
    {0x180F, 0x180F},   {0x1ABF, 0x1ACE},   {0x1CF7, 0x1CF7},   {0x1DF6, 0x1DFA},
    {0xA82C, 0xA82C},   {0xA8FF, 0xA8FF},   {0x10D24, 0x10F85}, {0x11070, 0x11074},
    {0x110C2, 0x110C2}, {0x11145, 0x11146}, {0x111C9, 0x111C9}, {0x111CE, 0x111CF},
    {0x11241, 0x11241}, {0x1133B, 0x1133B}, {0x1145E, 0x1145E}, {0x1182C, 0x11A99},
    {0x11D31, 0x13455}, {0x16F4F, 0x16F4F}, {0x16F7F, 0x16F87}, {0x16FE4, 0x16FF1},
    {0x1CF00, 0x1CF46}, {0x1E08F, 0x1E4EF}};

// Word characters of Unicode 15.1 and 16.0.
constexpr Range kYoungWords[] = {
    {0x897, 0x897},     {0x1C89, 0x1C8A},   {0xA7CB, 0xA7CD},   {0xA7DA, 0xA7DC},
    {0x105C0, 0x105F3}, {0x10D40, 0x10D65}, {0x10D69, 0x10D6D}, {0x10D6F, 0x10D85},
    {0x10EC2, 0x10EC4}, {0x10EFC, 0x10EFC}, {0x11380, 0x11389}, {0x1138B, 0x1138B},
    {0x1138E, 0x1138E}, {0x11390, 0x113B5}, {0x113B7, 0x113C0}, {0x113C2, 0x113C2},
    {0x113C5, 0x113C5}, {0x113C7, 0x113CA}, {0x113CC, 0x113D3}, {0x113E1, 0x113E2},
    {0x116D0, 0x116E3}, {0x11BC0, 0x11BE0}, {0x11BF0, 0x11BF9}, {0x11F5A, 0x11F5A},
    {0x13460, 0x143FA}, {0x16100, 0x16139}, {0x16D40, 0x16D6C}, {0x16D70, 0x16D79},
    {0x18CFF, 0x18CFF}, {0x1CCF0, 0x1CCF9}, {0x1E5D0, 0x1E5FA}, {0x2EBF0, 0x2EE5D}};

static_assert(std::ranges::is_sorted(kYoungWords, {}, &Range::last));
static_assert(std::ranges::is_sorted(kYoungerThan8, {}, &Range::last));
static_assert(std::ranges::is_sorted(kYoungerThan9, {}, &Range::last));

// The blocks of Han ideographs that BERT splits (not all of them, and no kana or hangul).
constexpr Range kIdeographs[] = {{0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xF900, 0xFAFF},
                                 {0x20000, 0x2A6DF}, {0x2A700, 0x2B73F}, {0x2B740, 0x2B81F},
                                 {0x2B920, 0x2CEAF}, {0x2F800, 0x2FA1F}};

// Upper case letters of Unicode 16.0 and 17.0: every stride-th of [first, last] has its lower case
// `distance` further on.
struct CaseRange {
  char32_t first;
  char32_t last;
  std::int32_t distance;
  std::uint32_t stride;
};
constexpr CaseRange kYoungCase[] = {{0x1C89, 0x1C89, 1, 1},    {0xA7CB, 0xA7CB, 0x264 - 0xA7CB, 1},
                                    {0xA7CC, 0xA7CE, 1, 2},    {0xA7D2, 0xA7D4, 1, 2},
                                    {0xA7DA, 0xA7DA, 1, 1},    {0xA7DC, 0xA7DC, 0x19B - 0xA7DC, 1},
                                    {0x10D50, 0x10D65, 32, 1}, {0x16EA0, 0x16EB8, 27, 1}};

// Changed category after Unicode 8.0.
constexpr char32_t kHanunooPamudpod = 0x1734;           // Mn, later Mc
constexpr char32_t kCanadianSyllabicsChi = 0x166D;      // Po, later So
constexpr char32_t kSharadaSandhiMark = 0x111C9;        // Po, later Mn
constexpr Range kVedicArdhavisarga = {0x1CF2, 0x1CF3};  // Mc, later Lo

bool is_ascii_punctuation(char32_t c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}

bool is_punctuation(char32_t c) {
  if (c < 0x80) return is_ascii_punctuation(c);
  if (c == kCanadianSyllabicsChi || c == kSharadaSandhiMark) return true;
  const Category category = text::category(c);
  return (category == Category::kPunctuation || category == Category::kConnector) &&
         !contains(kYoungerThan8, c);
}

bool is_nonspacing_mark(char32_t c) {
  if (c == kHanunooPamudpod) return true;
  return text::category(c) == Category::kNonspacingMark && c != kSharadaSandhiMark &&
         !contains(kYoungerThan8, c);
}

bool is_removed(char32_t c) {
  if (c == '\t' || c == '\n' || c == '\r') return false;
  if (c == 0xFFFD) return true;
  const Category category = text::category(c);
  return category == Category::kControl || category == Category::kPrivateUse ||
         (category == Category::kFormat && !contains(kYoungerThan8, c));
}

bool is_itself(const text::CodePointSequence& sequence, char32_t c) {
  return sequence.size == 1 && sequence.values[0] == c;
}

std::uint8_t compute(char32_t c) {
  unsigned bits = 0;
  if (text::is_white_space(c)) bits |= kWhiteSpace;
  if (is_punctuation(c)) bits |= kPunctuation;
  if (is_removed(c)) bits |= kRemoved;
  if (contains(kIdeographs, c)) bits |= kIdeograph;
  if (is_nonspacing_mark(c)) bits |= kNonspacingMark;
  if (!is_itself(canonical_decomposition(c), c)) bits |= kDecomposes;
  if (!is_itself(to_lower(c), c)) bits |= kHasLower;
  if (combining_class(c) != 0) bits |= kReorders;
  return static_cast<std::uint8_t>(bits);
}

constexpr char32_t kTableSize = 0x10000;

// Computed at the first use in the process: some milliseconds, 64 KiB.
const std::vector<std::uint8_t>& table() {
  static const std::vector<std::uint8_t> kTable = [] {
    std::vector<std::uint8_t> entries(kTableSize);
    for (char32_t c = 0; c < kTableSize; ++c) entries[c] = compute(c);
    return entries;
  }();
  return kTable;
}

}  // namespace

std::uint8_t properties(char32_t code_point) {
  return code_point < kTableSize ? table()[code_point] : compute(code_point);
}

bool is_mark(char32_t c) {
  if (c >= kVedicArdhavisarga.first && c <= kVedicArdhavisarga.last) return true;
  const Category category = text::category(c);
  return (category == Category::kNonspacingMark || category == Category::kOtherMark) &&
         !contains(kYoungerThan9, c);
}

bool is_word_character(char32_t c) {
  return text::is_word_character(c) || contains(kYoungWords, c);
}

std::uint8_t combining_class(char32_t code_point) {
  const std::uint8_t found = text::combining_class(code_point);
  return found != 0 && contains(kYoungerThan9, code_point) ? std::uint8_t{0} : found;
}

text::CodePointSequence canonical_decomposition(char32_t code_point) {
  const text::CodePointSequence found = text::canonical_decomposition(code_point);
  if (found.size == 1 || !contains(kYoungerThan9, code_point)) return found;
  return {{code_point}, 1};
}

text::CodePointSequence to_lower(char32_t code_point) {
  for (const CaseRange& range : kYoungCase) {
    if (code_point < range.first || code_point > range.last) continue;
    if ((code_point - range.first) % range.stride != 0) break;
    const auto lower = static_cast<std::int32_t>(code_point) + range.distance;
    return {{static_cast<char32_t>(lower)}, 1};
  }
  return text::to_lower(code_point);
}

}  // namespace sememe::tokens::reference
