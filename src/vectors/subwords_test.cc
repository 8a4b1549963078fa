#include "vectors/subwords.h"

#include <gtest/gtest.h>

#include <string>

namespace sememe::vectors {
namespace {

// FNV-1a over signed chars, written down once more.
std::uint32_t bucket(const std::string& ngram, std::uint32_t buckets) {
  std::uint32_t hash = 2166136261U;
  for (const char c : ngram) {
    hash ^= static_cast<std::uint32_t>(static_cast<std::int32_t>(static_cast<signed char>(c)));
    hash *= 16777619U;
  }
  return hash % buckets;
}

std::vector<std::uint32_t> buckets_of(const std::vector<std::string>& ngrams,
                                      std::uint32_t buckets) {
  std::vector<std::uint32_t> out;
  for (const std::string& ngram : ngrams) out.push_back(bucket(ngram, buckets));
  return out;
}

std::vector<std::uint32_t> subwords(std::string_view word, const SubwordOptions& options) {
  std::vector<std::uint32_t> out;
  append_subwords(word, options, out);
  return out;
}

TEST(Subwords, AreTheNgramsOfTheMarkedWord) {
  const SubwordOptions options{.shortest = 3, .longest = 4, .buckets = 1000};
  EXPECT_EQ(subwords("where", options),
            buckets_of({"<wh", "<whe", "whe", "wher", "her", "here", "ere", "ere>", "re>"}, 1000));
  EXPECT_EQ(subwords("a", options), buckets_of({"<a>"}, 1000));
}

TEST(Subwords, CountCharactersNotBytes) {
  const SubwordOptions options{.shortest = 3, .longest = 3, .buckets = 100000};
  EXPECT_EQ(subwords("für", options), buckets_of({"<fü", "für", "ür>"}, 100000));
  EXPECT_EQ(subwords("漢字", options), buckets_of({"<漢字", "漢字>"}, 100000));
}

TEST(Subwords, HaveNoMarkAlone) {
  const SubwordOptions options{.shortest = 1, .longest = 2, .buckets = 100000};
  EXPECT_EQ(subwords("ab", options), buckets_of({"<a", "a", "ab", "b", "b>"}, 100000));
}

TEST(Subwords, AreNotOfTheEndOfASentence) {
  EXPECT_TRUE(subwords("</s>", SubwordOptions{}).empty());
  EXPECT_FALSE(subwords("</s", SubwordOptions{}).empty());
}

}  // namespace
}  // namespace sememe::vectors
