#include "train/subwords.h"

#include <gtest/gtest.h>

namespace sememe::train {
namespace {

TEST(Subwords, OfAVocabulary) {
  WordVocabulary vocabulary;
  vocabulary.add("where", 3);
  vocabulary.add("a", 2);
  const SubwordOptions options{.shortest = 3, .longest = 4, .buckets = 1000};
  const Subwords all(vocabulary, options);
  EXPECT_EQ(all.of(0).size(), 9U);
  EXPECT_EQ(all.of(1).size(), 1U);
  std::vector<std::uint32_t> alone;
  vectors::append_subwords("a", options, alone);
  EXPECT_EQ(all.of(1)[0], alone[0]);
  EXPECT_EQ(all.most(), 9U);
}

}  // namespace
}  // namespace sememe::train
