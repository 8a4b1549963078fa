#include "train/token_weights.h"

#include <algorithm>

namespace sememe::train {
namespace {

constexpr double kFirstWordRank = 2;
constexpr double kAsciiRank = 20;
constexpr double kCharacterRank = 1000;

bool is_one_character(std::string_view text) {
  return !text.empty() && std::ranges::count_if(text, [](char byte) {
                            return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
                          }) == 1;
}

// The token without what marks a piece within a word.
std::string_view stem(std::string_view token, std::string_view continuation) {
  if (!continuation.empty() && token.size() > continuation.size() &&
      token.starts_with(continuation)) {
    token.remove_prefix(continuation.size());
  }
  return token;
}

}  // namespace

std::vector<float> token_weights(const StaticVocabulary& vocabulary, double a) {
  const std::size_t count = vocabulary.tokens.size();
  if (a == 0) return std::vector<float>(count, 1.0F);
  std::vector<double> shares;
  double word_rank = kFirstWordRank;
  double total = 0;
  for (const std::string& token : vocabulary.tokens) {
    const std::string_view text = stem(token, vocabulary.continuation);
    double rank = static_cast<double>(count);  // the unknown token
    if (is_one_character(text)) {
      rank = text.size() == 1 ? kAsciiRank : kCharacterRank;
    } else if (token != vocabulary.unknown) {
      rank = word_rank++;
    }
    shares.push_back(1 / rank);
    total += shares.back();
  }
  std::vector<float> weights;
  for (const double share : shares) {
    weights.push_back(static_cast<float>(a / (a + share / total)));
  }
  return weights;
}

}  // namespace sememe::train
