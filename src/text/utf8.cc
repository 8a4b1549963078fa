#include "text/utf8.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/error_context.h"
#include "sememe/error.h"

namespace sememe::text {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080;
constexpr std::string_view kReplacementUtf8 = "\xEF\xBF\xBD";

unsigned char byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

std::uint64_t load_word(const char* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// The first offset >= from that is not ASCII.
std::size_t skip_ascii(std::string_view text, std::size_t from) {
  const char* const data = text.data();
  // Four words at a time: one branch per 32 bytes, which compilers turn into vector ORs.
  for (; from + 32 <= text.size(); from += 32) {
    const char* const at = data + from;
    const std::uint64_t any =
        load_word(at) | load_word(at + 8) | load_word(at + 16) | load_word(at + 24);
    if ((any & kHighBits) != 0) break;
  }
  for (; from + 8 <= text.size(); from += 8) {
    if ((load_word(data + from) & kHighBits) != 0) break;
  }
  while (from < text.size() && byte_at(text, from) < 0x80) ++from;
  return from;
}

// A row of table 3-7 of the Unicode standard: what a lead byte asks of its second byte. Later bytes
// are 80..BF. Size 0 marks bytes that cannot lead.
struct Lead {
  std::uint8_t size;
  unsigned char second_low;
  unsigned char second_high;
};

constexpr Lead lead_of(unsigned char byte) {
  if (byte < 0x80) return {1, 0, 0};
  if (byte < 0xC2) return {0, 0, 0};
  if (byte < 0xE0) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

constexpr auto kLeads = [] {
  std::array<Lead, 256> leads{};
  for (std::size_t byte = 0; byte < leads.size(); ++byte) {
    leads[byte] = lead_of(static_cast<unsigned char>(byte));
  }
  return leads;
}();

// How many of the bytes at `offset` continue a well-formed sequence, up to its full size.
std::size_t well_formed_prefix(std::string_view text, std::size_t offset, const Lead& lead) {
  if (lead.size == 0) return 0;
  std::size_t size = 1;
  for (; size < lead.size && offset + size < text.size(); ++size) {
    const unsigned char byte = byte_at(text, offset + size);
    const unsigned char low = size == 1 ? lead.second_low : 0x80;
    const unsigned char high = size == 1 ? lead.second_high : 0xBF;
    if (byte < low || byte > high) break;
  }
  return size;
}

std::string hex_byte(unsigned char byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  return {'0', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
}

}  // namespace

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  std::size_t at = skip_ascii(text, 0);
  while (at < text.size()) {
    const Lead& lead = kLeads[byte_at(text, at)];
    if (lead.size == 0 || well_formed_prefix(text, at, lead) != lead.size) return at;
    at += lead.size;
    if (at < text.size() && byte_at(text, at) < 0x80) at = skip_ascii(text, at);
  }
  return std::nullopt;
}

void require_valid_utf8(std::string_view text, std::string_view what) {
  const std::optional<std::size_t> bad = find_invalid_utf8(text);
  if (!bad) return;
  throw Error(ErrorCode::kInvalidArgument,
              concat(what, ": expected UTF-8, found byte ", hex_byte(byte_at(text, *bad)),
                     " at offset ", *bad));
}

CodePoint decode_code_point(std::string_view text, std::size_t offset) {
  const Lead& lead = kLeads[byte_at(text, offset)];
  const std::size_t size = well_formed_prefix(text, offset, lead);
  if (size == 0 || size != lead.size) {
    return {kReplacementCharacter, static_cast<std::uint32_t>(std::max<std::size_t>(size, 1))};
  }
  return decode_valid_code_point(text.data() + offset);
}

std::size_t previous_code_point(std::string_view text, std::size_t offset) {
  std::size_t at = offset - 1;
  for (int step = 0; step < 3 && at > 0 && (byte_at(text, at) & 0xC0) == 0x80; ++step) --at;
  return at;
}

void append_code_point(std::string& out, char32_t code_point) {
  const auto push = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  const bool is_surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (is_surrogate || code_point > kMaxCodePoint) code_point = kReplacementCharacter;
  switch (utf8_size(code_point)) {
    case 1:
      push(code_point);
      return;
    case 2:
      push(0xC0 | code_point >> 6);
      break;
    case 3:
      push(0xE0 | code_point >> 12);
      push(0x80 | (code_point >> 6 & 0x3F));
      break;
    default:
      push(0xF0 | code_point >> 18);
      push(0x80 | (code_point >> 12 & 0x3F));
      push(0x80 | (code_point >> 6 & 0x3F));
  }
  push(0x80 | (code_point & 0x3F));
}

std::size_t ReplacedText::source_offset(std::size_t offset) const {
  // The last replacement that begins at or before offset.
  const auto after = std::upper_bound(
      replaced_.begin(), replaced_.end(), offset,
      [](std::size_t wanted, const Replaced& entry) { return wanted < entry.text_offset; });
  if (after == replaced_.begin()) return offset;
  const Replaced& last = *std::prev(after);
  const std::size_t past = offset - last.text_offset;
  if (past < kReplacementUtf8.size()) return last.source_offset;
  return last.source_offset + last.source_size + past - kReplacementUtf8.size();
}

ReplacedText replace_invalid_utf8(std::string_view source) {
  ReplacedText out;
  std::size_t copied = 0;  // source bytes that are in out.text already
  while (const std::optional<std::size_t> bad = find_invalid_utf8(source.substr(copied))) {
    out.text.append(source, copied, *bad);
    copied += *bad;
    const std::size_t size = decode_code_point(source, copied).size;
    out.replaced_.push_back({out.text.size(), copied, size});
    out.text += kReplacementUtf8;
    copied += size;
  }
  out.text.append(source.substr(copied));
  return out;
}

}  // namespace sememe::text
