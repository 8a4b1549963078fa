#include "text/utf8.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "sememe/error.h"
#include "text/utf8_oracle.h"

namespace sememe::text {
namespace {

struct Case {
  std::string_view bytes;
  std::optional<std::size_t> bad;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> kCases = {
      {"", {}},
      {"plain", {}},
      {"\xC2\x80 \xDF\xBF", {}},
      {"\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF", {}},
      {"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", {}},
      {"a\x80", 1},              // a continuation byte alone
      {"ab\xC0\xAF", 2},         // overlong in two bytes
      {"\xC1\xBF", 0},           // overlong
      {"\xE0\x9F\xBF", 0},       // overlong in three bytes
      {"\xF0\x8F\xBF\xBF", 0},   // overlong in four bytes
      {"x\xED\xA0\x80", 1},      // a surrogate
      {"\xF4\x90\x80\x80", 0},   // past U+10FFFF
      {"\xF5\x80\x80\x80", 0},   // no such lead byte
      {"12345678\xFF", 8},       // no such byte
      {"ok\xE2\x82", 2},         // cut short
      {"\xE2\x82\xAC\xE2(", 3},  // the second byte is not a continuation
  };
  return kCases;
}

TEST(Utf8, NamesTheFirstBadByte) {
  for (const Case& c : cases()) EXPECT_EQ(find_invalid_utf8(c.bytes), c.bad) << c.bytes;
}

TEST(Utf8, FindsABadByteAtEveryOffsetOfALongText) {
  for (std::size_t size = 1; size <= 100; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = '\xFF';
      ASSERT_EQ(find_invalid_utf8(text), at) << "size " << size;
    }
  }
}

TEST(Utf8, ValidatesLikeTheOracle) {
  std::mt19937_64 random(1);
  // Bytes that matter to the grammar come up often, so that long valid runs and near misses occur.
  constexpr std::string_view kBytes = "a\x80\x8F\x90\x9F\xA0\xBF\xC1\xC2\xE0\xE1\xED\xF0\xF4\xF5";
  for (int round = 0; round < 200'000; ++round) {
    std::string text(random() % 12, 'a');
    for (char& c : text) c = kBytes[random() % kBytes.size()];
    text.insert(0, random() % 40, 'a');
    ASSERT_EQ(find_invalid_utf8(text), oracle::find_invalid(text)) << testing::PrintToString(text);
  }
}

TEST(Utf8, RefusesWithOffsetAndByte) {
  try {
    require_valid_utf8("abc\xFFxyz", "query");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    EXPECT_STREQ(error.what(), "query: expected UTF-8, found byte 0xff at offset 3");
  }
  EXPECT_NO_THROW(require_valid_utf8("\xE2\x82\xAC", "query"));
}

TEST(Utf8, EncodesAndDecodesEveryCodePoint) {
  for (char32_t c = 0; c <= kMaxCodePoint; ++c) {
    if (c == 0xD800) c = 0xE000;
    std::string text;
    append_code_point(text, c);
    ASSERT_EQ(text.size(), utf8_size(c));
    const CodePoint checked = decode_code_point(text, 0);
    const CodePoint unchecked = decode_valid_code_point(text.data());
    ASSERT_EQ(checked.value, c);
    ASSERT_EQ(checked.size, text.size());
    ASSERT_EQ(unchecked.value, c);
    ASSERT_EQ(unchecked.size, text.size());
    ASSERT_EQ(previous_code_point("x" + text, 1 + text.size()), 1U);
  }
}

TEST(Utf8, EncodesNoSurrogateAndNothingPastTheEnd) {
  for (const char32_t c : {char32_t{0xD800}, char32_t{0xDFFF}, char32_t{0x110000}}) {
    std::string text;
    append_code_point(text, c);
    EXPECT_EQ(text, "\xEF\xBF\xBD");
  }
}

TEST(Utf8, IteratesOverCodePointsAndIllFormedParts) {
  std::vector<char32_t> values;
  std::vector<std::size_t> offsets;
  for (const auto& [value, offset, size] : CodePoints("a\xC3\xA9\xFF\xF0\x9F\x98\x80")) {
    values.push_back(value);
    offsets.push_back(offset);
  }
  EXPECT_EQ(values, (std::vector<char32_t>{'a', 0xE9, kReplacementCharacter, 0x1F600}));
  EXPECT_EQ(offsets, (std::vector<std::size_t>{0, 1, 3, 4}));
}

TEST(ReplacedText, ReplacesMaximalSubparts) {
  // The example of table 3-8 of the Unicode standard.
  const std::string source = "\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64";
  const std::string r = "\xEF\xBF\xBD";
  const ReplacedText replaced = replace_invalid_utf8(source);
  EXPECT_EQ(replaced.text, "a" + r + r + r + "b" + r + "c" + r + r + "d");
  EXPECT_EQ(replaced.replaced_count(), 6U);
}

TEST(ReplacedText, IsTheSourceWhenNothingWasWrong) {
  const ReplacedText replaced = replace_invalid_utf8("caf\xC3\xA9");
  EXPECT_EQ(replaced.text, "caf\xC3\xA9");
  EXPECT_EQ(replaced.replaced_count(), 0U);
  EXPECT_EQ(replaced.source_offset(5), 5U);
}

TEST(ReplacedText, MapsOffsetsBackToTheSource) {
  const std::string source =
      "a\xFF"
      "b\xE2\x82"
      "c";
  const ReplacedText replaced = replace_invalid_utf8(source);
  ASSERT_EQ(replaced.text,
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD"
            "c");
  std::vector<std::size_t> offsets;
  for (std::size_t i = 0; i <= replaced.text.size(); ++i) {
    offsets.push_back(replaced.source_offset(i));
  }
  EXPECT_EQ(offsets, (std::vector<std::size_t>{0, 1, 1, 1, 2, 3, 3, 3, 5, 6}));
}

TEST(ReplacedText, MapsEveryKeptByteOfRandomText) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 2'000; ++round) {
    std::string source(random() % 60, 'a');
    for (char& c : source) c = static_cast<char>(random());
    const ReplacedText replaced = replace_invalid_utf8(source);
    ASSERT_FALSE(find_invalid_utf8(replaced.text));
    ASSERT_EQ(replaced.source_offset(replaced.text.size()), source.size());
    for (std::size_t i = 0; i < replaced.text.size(); ++i) {
      const std::size_t from = replaced.source_offset(i);
      ASSERT_LT(from, source.size());
      ASSERT_LE(from, replaced.source_offset(i + 1));
      if (static_cast<unsigned char>(replaced.text[i]) < 0x80) {
        ASSERT_EQ(replaced.text[i], source[from]);
      }
    }
  }
}

}  // namespace
}  // namespace sememe::text
