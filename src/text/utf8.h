// UTF-8: validation, repair, code points.
//
// Everything behind the borders of sememe works on valid UTF-8: encode refuses other bytes and
// names the first bad one, ingest replaces them and keeps a map back to the file. Valid means what
// the Unicode standard says (table 3-7): no overlong forms, no surrogates, nothing past U+10FFFF.
// All functions are pure and may be called from any thread.
#ifndef SEMEME_TEXT_UTF8_H_
#define SEMEME_TEXT_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sememe::text {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;
inline constexpr char32_t kMaxCodePoint = 0x10FFFF;

/// Offset of the first byte that does not belong to a well-formed sequence; nothing when all do.
/// Cost: ASCII goes by 32 bytes at a time.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

/// Throws Error(kInvalidArgument), "what: expected UTF-8, found byte 0xff at offset 12", unless
/// text is valid.
void require_valid_utf8(std::string_view text, std::string_view what);

/// One code point and how many bytes it took.
struct CodePoint {
  char32_t value = 0;
  std::uint32_t size = 0;
};

/// The code point at `offset` < text.size(). At an ill-formed sequence: U+FFFD with the size of
/// the maximal subpart (1 to 3 bytes), the unit in which the standard recommends replacement
/// (Unicode 15, section 3.9, "Substitution of Maximal Subparts").
CodePoint decode_code_point(std::string_view text, std::size_t offset);

/// The same for text known to be valid, without checks: the inner loop of the tokenizers.
inline CodePoint decode_valid_code_point(const char* at) {
  const auto byte = [at](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(at[i]));
  };
  const char32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  if (first < 0xE0) return {(first & 0x1F) << 6 | (byte(1) & 0x3F), 2};
  if (first < 0xF0) {
    return {(first & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F), 3};
  }
  return {(first & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F),
          4};
}

/// Offset of the code point that ends right before `offset` > 0; steps over at most three
/// continuation bytes.
std::size_t previous_code_point(std::string_view text, std::size_t offset);

/// Bytes that `code_point` takes in UTF-8, 1 to 4.
constexpr std::size_t utf8_size(char32_t code_point) {
  return code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
}

/// Appends `code_point` to `out`; a surrogate or a value past U+10FFFF becomes U+FFFD.
void append_code_point(std::string& out, char32_t code_point);

/// The code points of a text in order: for (const auto& [value, offset, size] : CodePoints(text)).
/// Ill-formed sequences appear as decode_code_point gives them. Borrows the text.
class CodePoints {
 public:
  struct Item {
    char32_t value = 0;
    std::size_t offset = 0;
    std::uint32_t size = 0;
  };

  class Iterator {
   public:
    using value_type = Item;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    explicit Iterator(std::string_view text) : text_(text) { read(); }
    const Item& operator*() const { return item_; }
    Iterator& operator++() {
      item_.offset += item_.size;
      read();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const Iterator& it, std::default_sentinel_t) {
      return it.item_.offset == it.text_.size();
    }

   private:
    void read() {
      if (item_.offset == text_.size()) return;
      const CodePoint found = decode_code_point(text_, item_.offset);
      item_.value = found.value;
      item_.size = found.size;
    }

    std::string_view text_;
    Item item_;
  };

  explicit CodePoints(std::string_view text) : text_(text) {}
  Iterator begin() const { return Iterator(text_); }
  std::default_sentinel_t end() const { return {}; }

 private:
  std::string_view text_;
};

/// A text in which every ill-formed sequence was replaced, and the way back to the source.
class ReplacedText {
 public:
  std::string text;  ///< valid UTF-8

  /// How many sequences were replaced; 0 means that text equals the source.
  std::size_t replaced_count() const { return replaced_.size(); }
  /// The byte of the source that stands at byte `offset` <= text.size() of text; inside a
  /// replacement character, the first byte of what it replaced. Non-decreasing in `offset`, and
  /// text.size() gives the size of the source. Cost: one binary search.
  std::size_t source_offset(std::size_t offset) const;

 private:
  friend ReplacedText replace_invalid_utf8(std::string_view source);
  struct Replaced {
    std::size_t text_offset = 0;
    std::size_t source_offset = 0;
    std::size_t source_size = 0;
  };
  std::vector<Replaced> replaced_;
};

/// Puts U+FFFD for every maximal subpart of an ill-formed sequence.
ReplacedText replace_invalid_utf8(std::string_view source);

}  // namespace sememe::text

#endif  // SEMEME_TEXT_UTF8_H_
