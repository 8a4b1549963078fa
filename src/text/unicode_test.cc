#include "text/unicode.h"

#include <gtest/gtest.h>

#include <vector>

namespace sememe::text {
namespace {

std::vector<char32_t> all(const CodePointSequence& sequence) {
  return {sequence.begin(), sequence.end()};
}

TEST(Unicode, KnowsCategories) {
  EXPECT_EQ(category('A'), Category::kUpperLetter);
  EXPECT_EQ(category(0x01C5), Category::kTitleLetter);
  EXPECT_EQ(category(0x4E00), Category::kOtherLetter);
  EXPECT_EQ(category(0x0301), Category::kNonspacingMark);
  EXPECT_EQ(category(0x0903), Category::kOtherMark);
  EXPECT_EQ(category('7'), Category::kDecimalNumber);
  EXPECT_EQ(category(0x2167), Category::kLetterNumber);
  EXPECT_EQ(category(0x00BD), Category::kOtherNumber);
  EXPECT_EQ(category('_'), Category::kConnector);
  EXPECT_EQ(category(0x00AB), Category::kPunctuation);
  EXPECT_EQ(category('$'), Category::kSymbol);
  EXPECT_EQ(category(0x3000), Category::kSeparator);
  EXPECT_EQ(category(0x7F), Category::kControl);
  EXPECT_EQ(category(0xFEFF), Category::kFormat);
  EXPECT_EQ(category(0xE000), Category::kPrivateUse);
  EXPECT_EQ(category(0x0378), Category::kUnassigned);
  EXPECT_EQ(category(0xFFFFFFFF), Category::kUnassigned);
}

TEST(Unicode, CountsTwentyFiveWhiteSpaces) {
  int count = 0;
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    count += is_white_space(c);
    ASSERT_TRUE(category(c) != Category::kSeparator || is_white_space(c)) << std::hex << +c;
  }
  EXPECT_EQ(count, 25);
}

TEST(Unicode, KnowsWordCharacters) {
  for (const char32_t c :
       {U'a', U'9', U'_', U'\u0301', U'\u4E2D', U'\u2160', U'\u24B6', U'\u200D'}) {
    EXPECT_TRUE(is_word_character(c)) << std::hex << +c;
  }
  for (const char32_t c : {U' ', U'-', U'.', U'\u00BD', U'\u2190', U'\u3000'}) {
    EXPECT_FALSE(is_word_character(c)) << std::hex << +c;
  }
}

TEST(Unicode, DecomposesFully) {
  EXPECT_EQ(all(canonical_decomposition('a')), (std::vector<char32_t>{'a'}));
  EXPECT_EQ(all(canonical_decomposition(0x1EA5)), (std::vector<char32_t>{'a', 0x302, 0x301}));
  EXPECT_EQ(all(canonical_decomposition(0x1F82)),
            (std::vector<char32_t>{0x3B1, 0x313, 0x300, 0x345}));
  EXPECT_EQ(all(canonical_decomposition(0xAC01)), (std::vector<char32_t>{0x1100, 0x1161, 0x11A8}));
  EXPECT_EQ(all(canonical_decomposition(0x2160)), (std::vector<char32_t>{0x2160}));
  EXPECT_EQ(all(canonical_decomposition(0x110000)), (std::vector<char32_t>{0x110000}));
}

TEST(Unicode, NeverDecomposesToMoreThanFour) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    const std::size_t size = canonical_decomposition(c).size;
    ASSERT_TRUE(size >= 1 && size <= 4) << std::hex << +c;
  }
}

TEST(Unicode, LowersAsRustDoes) {
  EXPECT_EQ(all(to_lower('Q')), (std::vector<char32_t>{'q'}));
  EXPECT_EQ(all(to_lower(0x130)), (std::vector<char32_t>{'i', 0x307}));
  EXPECT_EQ(all(to_lower(0x3A3)), (std::vector<char32_t>{0x3C3}));
  EXPECT_EQ(all(to_lower(0x1E9E)), (std::vector<char32_t>{0xDF}));
  EXPECT_EQ(all(to_lower(0x4E00)), (std::vector<char32_t>{0x4E00}));
}

TEST(Unicode, KnowsCombiningClasses) {
  EXPECT_EQ(combining_class('a'), 0);
  EXPECT_EQ(combining_class(0x301), 230);
  EXPECT_EQ(combining_class(0x323), 220);
}

}  // namespace
}  // namespace sememe::text
