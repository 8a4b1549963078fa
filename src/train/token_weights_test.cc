#include "train/token_weights.h"

#include <gtest/gtest.h>

namespace sememe::train {
namespace {

StaticVocabulary vocabulary_of(std::vector<std::string> tokens) {
  StaticVocabulary vocabulary;
  vocabulary.tokens = std::move(tokens);
  vocabulary.unknown = "[UNK]";
  vocabulary.continuation = "##";
  return vocabulary;
}

TEST(TokenWeights, FollowZipfsLawOverTheWords) {
  const auto vocabulary =
      vocabulary_of({"[UNK]", ".", "\xC3\xA9", "##x", "##\xE4\xB8\xAD", "the", "##", "##ing"});
  const std::vector<float> weights = token_weights(vocabulary, 1e-2);
  // Ranks: unknown 8, ASCII 20, other characters 1000; "the", "##" and "##ing" are 2, 3, 4.
  const double ranks[] = {8, 20, 1000, 20, 1000, 2, 3, 4};
  double total = 0;
  for (const double rank : ranks) total += 1 / rank;
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_FLOAT_EQ(weights[i], static_cast<float>(1e-2 / (1e-2 + 1 / ranks[i] / total))) << i;
  }
}

TEST(TokenWeights, AreOnesWithoutSif) {
  EXPECT_EQ(token_weights(vocabulary_of({"a", "b", "c"}), 0), std::vector<float>(3, 1.0F));
}

}  // namespace
}  // namespace sememe::train
