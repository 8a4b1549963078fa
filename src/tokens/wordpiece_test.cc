#include "tokens/wordpiece.h"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "sememe/error.h"
#include "text/utf8.h"

namespace sememe::tokens {
namespace {

using Words = std::map<std::string, std::uint32_t, std::less<>>;
using Pieces = std::vector<std::string>;

WordPiece word_piece(const Words& words, const WordPieceOptions& options = {}) {
  VocabularyBuilder builder;
  for (const auto& [word, id] : words) builder.add(word, id);
  return WordPiece(Vocabulary(std::move(builder)), options);
}

Pieces pieces_of(const WordPiece& model, std::string_view word) {
  std::vector<Piece> pieces(word.size());
  pieces.resize(model.encode_word(word, pieces));
  Pieces out;
  for (const Piece& piece : pieces) {
    out.push_back(std::string(*model.vocabulary().token(piece.id)) + "@" +
                  std::to_string(piece.begin) + "-" + std::to_string(piece.end));
  }
  return out;
}

// WordPiece from its description: every end from the longest on, one look-up each.
Pieces oracle(const Words& words, std::string_view word, std::string_view prefix) {
  Pieces out;
  for (std::size_t begin = 0; begin < word.size();) {
    std::size_t end = word.size();
    std::string piece;
    for (; end > begin; --end) {
      piece = (begin > 0 ? std::string(prefix) : "") + std::string(word.substr(begin, end - begin));
      if (words.contains(piece)) break;
    }
    if (end == begin) return {"[UNK]@0-" + std::to_string(word.size())};
    out.push_back(piece + "@" + std::to_string(begin) + "-" + std::to_string(end));
    begin = end;
  }
  return out;
}

TEST(WordPiece, TakesTheLongestPrefixAndThenContinuations) {
  const WordPiece model =
      word_piece({{"[UNK]", 0}, {"un", 1}, {"una", 2}, {"##aff", 3}, {"##ffa", 4}, {"##ble", 5}});
  EXPECT_EQ(pieces_of(model, "unaffable"), (Pieces{"una@0-3", "##ffa@3-6", "##ble@6-9"}));
}

TEST(WordPiece, MakesAWordUnknownAsAWhole) {
  const WordPiece model = word_piece({{"[UNK]", 0}, {"a", 1}, {"##b", 2}});
  EXPECT_EQ(pieces_of(model, "abx"), Pieces{"[UNK]@0-3"});
  EXPECT_EQ(pieces_of(model, "ab"), (Pieces{"a@0-1", "##b@1-2"}));
}

TEST(WordPiece, NeverTakesTheBarePrefixAsAPiece) {
  const WordPiece model = word_piece({{"[UNK]", 0}, {"a", 1}, {"##", 2}});
  EXPECT_EQ(pieces_of(model, "ab"), Pieces{"[UNK]@0-2"});
  EXPECT_EQ(pieces_of(model, "##"), Pieces{"##@0-2"});
}

TEST(WordPiece, MatchesATokenWithThePrefixAtTheBeginningOfAWord) {
  const WordPiece model = word_piece({{"[UNK]", 0}, {"##s", 1}});
  EXPECT_EQ(pieces_of(model, "##ss"), (Pieces{"##s@0-3", "##s@3-4"}));
}

TEST(WordPiece, CountsCharactersNotBytes) {
  const Words words = {{"[UNK]", 0}, {"\xC3\xA9", 1}, {"##\xC3\xA9", 2}};
  const WordPiece model = word_piece(words, {.max_word_characters = 3});
  EXPECT_EQ(pieces_of(model, "\xC3\xA9\xC3\xA9\xC3\xA9").size(), 3U);
  EXPECT_EQ(pieces_of(model, "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"), Pieces{"[UNK]@0-8"});
}

TEST(WordPiece, WorksWithAnEmptyPrefix) {
  const WordPiece model =
      word_piece({{"[UNK]", 0}, {"ab", 1}, {"c", 2}}, {.continuation_prefix = ""});
  EXPECT_EQ(pieces_of(model, "abcab"), (Pieces{"ab@0-2", "c@2-3", "ab@3-5"}));
}

TEST(WordPiece, RefusesAVocabularyWithoutTheUnknownToken) {
  try {
    word_piece({{"a", 0}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCorrupt);
    EXPECT_NE(std::string(error.what()).find("[UNK]"), std::string::npos);
  }
}

TEST(WordPiece, AgreesWithTheOracleOnRandomWords) {
  std::mt19937_64 random(3);
  const auto random_word = [&random](std::size_t longest) {
    std::string word(1 + random() % longest, 'a');
    for (char& c : word) c = "abcd"[random() % 4];
    return word;
  };
  for (int round = 0; round < 200; ++round) {
    Words words = {{"[UNK]", 0}};
    const std::string prefix = round % 3 == 0 ? "" : "##";
    for (std::uint32_t id = 1; id < 40; ++id) {
      words.emplace((id % 2 == 0 ? prefix : "") + random_word(4), id);
    }
    const WordPiece model = word_piece(words, {.continuation_prefix = prefix});
    for (int i = 0; i < 200; ++i) {
      const std::string word = random_word(12);
      ASSERT_EQ(pieces_of(model, word), oracle(words, word, prefix)) << word;
    }
  }
}

TEST(WordPiece, IsLinearOnHostileWords) {
  // Every piece is one byte although nearly every walk goes on to the end of the longest token.
  const std::string longest = "##" + std::string(1000, 'a') + "b";
  const WordPiece model = word_piece({{"[UNK]", 0}, {"a", 1}, {"##a", 2}, {longest, 3}},
                                     {.max_word_characters = 10'000'000});
  const std::string word(200'000, 'a');
  std::vector<Piece> pieces(word.size());
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(model.encode_word(word, pieces), word.size());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(60));
}

}  // namespace
}  // namespace sememe::tokens
