#include "train/ppmi.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "sememe/error.h"
#include "train/corpus_testing.h"
#include "train/sampling.h"
#include "train/sparse_testing.h"

namespace sememe::train {
namespace {

WordCorpus random_corpus() {
  std::string text;
  Random random(4);
  for (int i = 0; i < 5000; ++i) {
    text += "w" + std::to_string(random.below(1 + random.below(40)));
    text += i % 11 == 0 ? '\n' : ' ';
  }
  return corpus_of(text);
}

Eigen::MatrixXd dense_counts(const Cooccurrences& counts) {
  const auto words = static_cast<Eigen::Index>(counts.rows());
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(words, words);
  for (std::size_t row = 0; row < counts.rows(); ++row) {
    for (std::uint64_t i = counts.row_starts()[row]; i < counts.row_starts()[row + 1]; ++i) {
      out(static_cast<Eigen::Index>(row), counts.columns()[i]) = double{counts.counts()[i]};
    }
  }
  return out;
}

CooccurrenceOptions window_of(std::size_t words, DistanceWeight weight) {
  CooccurrenceOptions options;
  options.window = words;
  options.weight = weight;
  return options;
}

TEST(Ppmi, IsAsByHand) {
  // Neighbours: a-b 2, a-c 1, so 4 + 2 ordered pairs; a 3, b 2, c 1.
  const WordCorpus corpus = corpus_of("a b\nb a\na c\n");
  const Cooccurrences counts = Cooccurrences::count(corpus, window_of(1, DistanceWeight::kFlat));
  const Eigen::MatrixXd ppmi = dense(positive_pmi(counts, {.smoothing = 1}));
  const double half = std::log(2.0);  // ln(2 * 6 / (3 * 2)) = ln(1 * 6 / (3 * 1))
  Eigen::MatrixXd expected(3, 3);
  expected << 0, half, half, half, 0, 0, half, 0, 0;
  EXPECT_LT((ppmi - expected).cwiseAbs().maxCoeff(), 1e-6);
  // A shift of 1.5 takes ln 1.5 off.
  const Eigen::MatrixXd shifted = dense(positive_pmi(counts, {.smoothing = 1, .shift = 1.5}));
  EXPECT_NEAR(shifted(0, 1), half - std::log(1.5), 1e-6);
}

TEST(Ppmi, AgreesWithProbabilities) {
  const Cooccurrences counts =
      Cooccurrences::count(random_corpus(), window_of(3, DistanceWeight::kLinear));
  const Eigen::MatrixXd n = dense_counts(counts);
  for (const PpmiOptions options : {PpmiOptions{}, PpmiOptions{.smoothing = 1, .shift = 1},
                                    PpmiOptions{.smoothing = 0.5, .shift = 5}}) {
    const Eigen::MatrixXd ppmi = dense(positive_pmi(counts, options));
    const Eigen::VectorXd word = n.rowwise().sum() / n.sum();
    Eigen::VectorXd context = n.colwise().sum().transpose().array().pow(options.smoothing);
    context /= context.sum();
    std::size_t above = 0;
    for (Eigen::Index w = 0; w < n.rows(); ++w) {
      for (Eigen::Index c = 0; c < n.cols(); ++c) {
        const double pmi = std::log(n(w, c) / n.sum() / (word[w] * context[c]));
        const double expected = std::max(0.0, pmi - std::log(options.shift));
        ASSERT_NEAR(ppmi(w, c), expected, 1e-6);
        above += expected > 0 ? 1 : 0;
      }
    }
    EXPECT_GT(above, 0);
  }
}

TEST(Ppmi, RefusesOptionsOutOfRange) {
  const Cooccurrences counts = Cooccurrences::count(corpus_of("a b\n"), {});
  EXPECT_THROW(positive_pmi(counts, {.smoothing = 1.1}), Error);
  EXPECT_THROW(positive_pmi(counts, {.smoothing = NAN}), Error);
  EXPECT_THROW(positive_pmi(counts, {.shift = 0}), Error);
}

}  // namespace
}  // namespace sememe::train
