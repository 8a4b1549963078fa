#include "eval/word_pooling.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace sememe::eval {
namespace {

vectors::WordVectors some_words() {
  vectors::WordVectors words(3);
  words.add("the", std::array{4.0F, 0.0F, 0.0F});
  words.add("cat", std::array{1.0F, 2.0F, 0.0F});
  words.add("dog", std::array{1.0F, 1.0F, 3.0F});
  words.add("don't", std::array{0.0F, 0.0F, 8.0F});
  return words;
}

std::vector<float> values_of(const Matrix& m, std::size_t row) {
  return {m.row(row).begin(), m.row(row).end()};
}

TEST(WordPooling, MeansAreOfKnownWords) {
  const std::vector<std::string_view> texts = {"The cat!", "DON'T, unheard-of dog", "", "nothing"};
  const PooledTexts pooled = pool_words(some_words(), texts, WordPooling::kMean);
  EXPECT_EQ(values_of(pooled.vectors, 0), (std::vector<float>{2.5F, 1, 0}));
  EXPECT_EQ(values_of(pooled.vectors, 1), (std::vector<float>{0.5F, 0.5F, 5.5F}));
  EXPECT_EQ(values_of(pooled.vectors, 2), (std::vector<float>{0, 0, 0}));
  EXPECT_EQ(values_of(pooled.vectors, 3), (std::vector<float>{0, 0, 0}));
  EXPECT_EQ(pooled.words, 7);
  EXPECT_EQ(pooled.unknown_words, 3);
}

// One text that lies on the first component but for a little, computed by hand.
TEST(WordPooling, SifWeighsWordsByRank) {
  const std::vector<std::string_view> texts = {"cat dog", "the"};
  const double harmonic = 1 + 1.0 / 2 + 1.0 / 3 + 1.0 / 4;
  const auto weight = [&](double rank) { return 1e-3 / (1e-3 + 1 / (rank * harmonic)); };
  const double x[2][3] = {
      {(weight(2) + weight(3)) / 2, (2 * weight(2) + weight(3)) / 2, 3 * weight(3) / 2},
      {4 * weight(1), 0, 0}};
  // The first component of two rows is in their plane: u = (cos t) x0 + (sin t) x1 of length 1, t
  // where the sum of squares along it is largest.
  double best = -1;
  double axis[3] = {};
  for (int step = 0; step < 200000; ++step) {
    const double t = 3.14159265358979 * step / 200000;
    double u[3];
    double length = 0;
    for (int c = 0; c < 3; ++c) {
      u[c] = std::cos(t) * x[0][c] + std::sin(t) * x[1][c];
      length += u[c] * u[c];
    }
    double along = 0;
    for (const auto& row : x) {
      double dot = 0;
      for (int c = 0; c < 3; ++c) dot += row[c] * u[c] / std::sqrt(length);
      along += dot * dot;
    }
    if (along <= best) continue;
    best = along;
    for (int c = 0; c < 3; ++c) axis[c] = u[c] / std::sqrt(length);
  }
  const PooledTexts pooled = pool_words(some_words(), texts, WordPooling::kSif);
  for (std::size_t r = 0; r < 2; ++r) {
    double dot = 0;
    for (std::size_t c = 0; c < 3; ++c) dot += x[r][c] * axis[c];
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_NEAR(pooled.vectors.row(r)[c], x[r][c] - dot * axis[c], 1e-7) << r << " " << c;
    }
  }
}

TEST(WordPooling, TextsWithoutWordsHaveNoComponent) {
  const std::vector<std::string_view> texts = {"", "nothing"};
  const PooledTexts pooled = pool_words(some_words(), texts, WordPooling::kSif);
  EXPECT_EQ(values_of(pooled.vectors, 1), (std::vector<float>{0, 0, 0}));
}

TEST(WordPooling, CorrelatesWithScores) {
  const Path file = std::filesystem::temp_directory_path() / "sememe-word-pooling.tsv";
  write_file_atomic(file, "5\tthe cat\tthe cat\n3\tcat\tthe cat\n1\tcat\tdon't\n");
  const WordStsReport report = evaluate_word_sts(some_words(), file, {1, 2, 3}, WordPooling::kMean);
  std::filesystem::remove(file);
  EXPECT_EQ(report.pairs, 3);
  EXPECT_NEAR(report.spearman, 100, 1e-9);
  EXPECT_EQ(report.words, 9);
  EXPECT_EQ(report.unknown_words, 0);
}

}  // namespace
}  // namespace sememe::eval
