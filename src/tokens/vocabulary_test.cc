#include "tokens/vocabulary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "sememe/error.h"
#include "tokens/trie.h"

namespace sememe::tokens {
namespace {

using Pairs = std::vector<std::pair<std::string, std::uint32_t>>;

Vocabulary make(const Pairs& pairs) {
  VocabularyBuilder builder;
  for (const auto& [token, id] : pairs) builder.add(token, id);
  return Vocabulary(std::move(builder));
}

ErrorCode code_of(const Pairs& pairs) {
  try {
    make(pairs);
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "no error";
  return ErrorCode::kIo;
}

TEST(Vocabulary, FindsTokensAndIds) {
  const Vocabulary vocabulary = make({{"b", 1}, {"a", 7}, {"ab", 3}});
  EXPECT_EQ(vocabulary.size(), 3U);
  EXPECT_EQ(vocabulary.id_limit(), 8U);
  EXPECT_EQ(vocabulary.find("ab"), TokenId{3});
  EXPECT_EQ(vocabulary.find("abc"), std::nullopt);
  EXPECT_EQ(vocabulary.find(""), std::nullopt);
  EXPECT_EQ(vocabulary.token(TokenId{7}), "a");
  EXPECT_EQ(vocabulary.token(TokenId{2}), std::nullopt);
}

TEST(Vocabulary, MayBeEmpty) {
  const Vocabulary vocabulary = make({});
  EXPECT_EQ(vocabulary.id_limit(), 0U);
  EXPECT_EQ(vocabulary.find("a"), std::nullopt);
  EXPECT_EQ(vocabulary.token(TokenId{0}), std::nullopt);
}

TEST(Vocabulary, KeepsAnEmptyToken) { EXPECT_EQ(make({{"", 5}}).find(""), TokenId{5}); }

TEST(Vocabulary, TakesNoMemoryForAHugeId) {
  const Vocabulary vocabulary = make({{"a", 4'000'000'000}});
  EXPECT_EQ(vocabulary.id_limit(), 4'000'000'001U);
  EXPECT_EQ(vocabulary.token(TokenId{4'000'000'000}), "a");
}

TEST(Vocabulary, RefusesContradictions) {
  EXPECT_EQ(code_of({{"a", 1}, {"b", 1}}), ErrorCode::kCorrupt);
  EXPECT_EQ(code_of({{"a", 1}, {"a", 2}}), ErrorCode::kCorrupt);
  EXPECT_EQ(code_of({{std::string(2000, 'a'), 1}}), ErrorCode::kUnsupported);
}

TEST(Trie, AgreesWithAMapOnRandomKeys) {
  std::mt19937_64 random(4);
  for (const unsigned alphabet : {2U, 26U, 256U}) {
    std::map<std::string, std::uint32_t> keys;
    const auto random_key = [&] {
      std::string key(random() % 8, '\0');
      for (char& c : key) c = static_cast<char>(random() % alphabet);
      return key;
    };
    for (std::uint32_t value = 0; value < 5'000; ++value) keys.emplace(random_key(), value);
    std::vector<Trie::Entry> entries;
    for (const auto& [key, value] : keys) entries.push_back({key, value});
    const Trie trie(entries);
    for (const auto& [key, value] : keys) {
      const Trie::Node node = trie.walk(Trie::kRoot, key);
      ASSERT_NE(node, Trie::kNoNode);
      ASSERT_EQ(trie.value(node), value);
    }
    for (int i = 0; i < 20'000; ++i) {
      const std::string key = random_key();
      const Trie::Node node = trie.walk(Trie::kRoot, key);
      const bool found = node != Trie::kNoNode && trie.value(node) != Trie::kNoValue;
      ASSERT_EQ(found, keys.contains(key)) << testing::PrintToString(key);
    }
  }
}

TEST(Trie, LeadsNowhereFromAnEmptyOne) {
  const Trie trie;
  for (int byte = 0; byte < 256; ++byte) {
    EXPECT_EQ(trie.child(Trie::kRoot, static_cast<unsigned char>(byte)), Trie::kNoNode);
  }
}

}  // namespace
}  // namespace sememe::tokens
