#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tokens/ascii_words.h"
#include "tokens/normalized_text.h"
#include "tokens/pre_tokenizer.h"
#include "tokens/reference_unicode.h"

namespace sememe::tokens {
namespace {

const Normalizer& bert() {
  static const Normalizer kSteps = {NormalizerStep::kClean, NormalizerStep::kIsolateHan,
                                    NormalizerStep::kDecompose, NormalizerStep::kStripMn,
                                    NormalizerStep::kLower};
  return kSteps;
}

std::string normalized(std::string_view source, const Normalizer& steps) {
  NormalizedText text;
  text.assign(source, {0, source.size()}, steps);
  return std::string(text.bytes());
}

std::vector<std::string> words(PreTokenizer kind, std::string_view bytes) {
  std::vector<std::string> out;
  for (std::optional<ByteRange> word = next_word(kind, bytes, 0); word;
       word = next_word(kind, bytes, word->end)) {
    out.emplace_back(bytes.substr(word->begin, word->end - word->begin));
  }
  return out;
}

TEST(NormalizedText, AppliesTheStepsOfBert) {
  EXPECT_EQ(normalized("H\xC3\x89llo\tW\x01\xC3\xB6rld", bert()), "hello world");
  EXPECT_EQ(normalized("a\xE4\xB8\xAD"
                       "b",
                       bert()),
            "a \xE4\xB8\xAD b");
  EXPECT_EQ(normalized("\xCC\x81", bert()), "");
}

TEST(NormalizedText, KeepsTheSourceOfEveryByte) {
  const std::string source = "x\xC3\x89\x01y";  // x, E with acute, a control character, y
  NormalizedText text;
  text.assign(source, {0, source.size()}, bert());
  ASSERT_EQ(text.bytes(), "xey");
  EXPECT_EQ(text.source({0, 1}), (ByteRange{0, 1}));
  EXPECT_EQ(text.source({1, 2}), (ByteRange{1, 3}));
  EXPECT_EQ(text.source({2, 3}), (ByteRange{4, 5}));
  EXPECT_EQ(text.source({0, 3}), (ByteRange{0, 5}));
}

TEST(NormalizedText, NormalizesAStretchWithOffsetsOfTheWhole) {
  NormalizedText text;
  text.assign("AB CD", {3, 5}, bert());
  EXPECT_EQ(text.bytes(), "cd");
  EXPECT_EQ(text.source({0, 2}), (ByteRange{3, 5}));
}

TEST(NormalizedText, PutsMarksIntoCanonicalOrder) {
  // a, acute (class 230), dot below (220): the dot comes first, but the sources stay in place.
  const std::string source = "a\xCC\x81\xCC\xA3";
  NormalizedText text;
  text.assign(source, {0, source.size()}, {NormalizerStep::kDecompose});
  EXPECT_EQ(text.bytes(), "a\xCC\xA3\xCC\x81");
  EXPECT_EQ(text.source({1, 3}), (ByteRange{1, 3}));
  EXPECT_EQ(text.source({3, 5}), (ByteRange{3, 5}));
}

TEST(NormalizedText, LowersOneCharacterIntoTwo) {
  EXPECT_EQ(normalized("\xC4\xB0", {NormalizerStep::kLower}), "i\xCC\x87");
}

TEST(NormalizedText, StripsAllMarksOrOnlyNonspacingOnes) {
  const std::string source = "a\xE0\xA4\x83\xCC\x81";  // a, a spacing mark (Mc), acute (Mn)
  EXPECT_EQ(normalized(source, {NormalizerStep::kStripMarks}), "a");
  EXPECT_EQ(normalized(source, {NormalizerStep::kStripMn}), "a\xE0\xA4\x83");
}

TEST(PreTokenizer, SplitsAsBertDoes) {
  EXPECT_EQ(words(PreTokenizer::kBert, "  don't $5 \xC2\xA1hi!! "),
            (std::vector<std::string>{"don", "'", "t", "$", "5", "\xC2\xA1", "hi", "!", "!"}));
  EXPECT_EQ(words(PreTokenizer::kBert, " "), std::vector<std::string>{});
}

TEST(PreTokenizer, SplitsAtWhiteSpace) {
  EXPECT_EQ(words(PreTokenizer::kWhitespaceSplit,
                  " a,b\xE3\x80\x80"
                  "c "),
            (std::vector<std::string>{"a,b", "c"}));
}

TEST(PreTokenizer, SeparatesWordCharactersFromOthers) {
  EXPECT_EQ(words(PreTokenizer::kWhitespace, "a_1,;b \xF0\x9F\x98\x80"),
            (std::vector<std::string>{"a_1", ",;", "b", "\xF0\x9F\x98\x80"}));
}

TEST(PreTokenizer, LeavesTheTextWhole) {
  EXPECT_EQ(words(PreTokenizer::kNone, " a b "), std::vector<std::string>{" a b "});
  EXPECT_EQ(words(PreTokenizer::kNone, ""), std::vector<std::string>{});
}

TEST(ReferenceUnicode, KnowsWordCharactersOfUnicode16) {
  EXPECT_TRUE(reference::is_word_character(0x897));
  EXPECT_TRUE(reference::is_word_character(0x2EBF0));
  EXPECT_FALSE(reference::is_word_character(0x10D6E));
}

TEST(AsciiWords, ClassifiesAsBertDoes) {
  const AsciiWords ascii(bert(), PreTokenizer::kBert);
  EXPECT_TRUE(ascii.is_usable);
  EXPECT_EQ(ascii.classes['Q'], ByteClass::kWord);
  EXPECT_EQ(ascii.mapped['Q'], 'q');
  EXPECT_EQ(ascii.classes['\n'], ByteClass::kSpace);
  EXPECT_EQ(ascii.classes['-'], ByteClass::kAlone);
  EXPECT_EQ(ascii.classes[0x01], ByteClass::kSlow);
  EXPECT_EQ(ascii.classes[0xC3], ByteClass::kSlow);
}

TEST(AsciiWords, FollowsTheSettings) {
  const AsciiWords ascii({}, PreTokenizer::kWhitespaceSplit);
  EXPECT_EQ(ascii.mapped['Q'], 'Q');
  EXPECT_EQ(ascii.classes['-'], ByteClass::kWord);
  EXPECT_EQ(ascii.classes[0x01], ByteClass::kWord);
  EXPECT_FALSE(AsciiWords({}, PreTokenizer::kWhitespace).is_usable);
  EXPECT_FALSE(AsciiWords({}, PreTokenizer::kNone).is_usable);
}

}  // namespace
}  // namespace sememe::tokens
