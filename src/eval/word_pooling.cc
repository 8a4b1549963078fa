#include "eval/word_pooling.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "eval/correlation.h"
#include "text/words.h"
#include "vectors/similarity.h"

namespace sememe::eval {
namespace {

constexpr double kSifA = 1e-3;
// Of the power method: the component is found to a millionth long before, or there is none that
// stands out.
constexpr int kMostRounds = 1000;
constexpr double kSettled = 1e-12;

std::vector<double> word_weights(std::size_t words, WordPooling pooling) {
  std::vector<double> weights(words, 1.0);
  if (pooling == WordPooling::kMean) return weights;
  double sum = 0;
  for (std::size_t i = 0; i < words; ++i) sum += 1 / static_cast<double>(i + 1);
  for (std::size_t i = 0; i < words; ++i) {
    const double p = 1 / (static_cast<double>(i + 1) * sum);
    weights[i] = kSifA / (kSifA + p);
  }
  return weights;
}

// Adds up the vectors of the words that split_words() gives.
class Sum {
 public:
  Sum(const vectors::WordVectors& words, const std::vector<double>& weights)
      : words_(words), weights_(weights), sums_(words.dim()) {}

  void word(std::string_view word) {
    ++seen_;
    const std::optional<std::size_t> at = words_.find(word);
    if (!at) return;
    ++known_;
    const std::span<const float> row = words_.row(*at);
    for (std::size_t c = 0; c < row.size(); ++c) sums_[c] += weights_[*at] * double{row[c]};
  }
  void sentence_end() {}

  void mean(std::span<float> out) const {
    const double count = std::max<double>(1, static_cast<double>(known_));
    std::ranges::transform(sums_, out.begin(),
                           [count](double sum) { return static_cast<float>(sum / count); });
  }
  std::size_t seen() const { return seen_; }
  std::size_t unknown() const { return seen_ - known_; }

 private:
  const vectors::WordVectors& words_;
  const std::vector<double>& weights_;
  std::vector<double> sums_;
  std::size_t seen_ = 0;
  std::size_t known_ = 0;
};

double length_of(const std::vector<double>& x) {
  double squares = 0;
  for (const double value : x) squares += value * value;
  return std::sqrt(squares);
}

// rows^T rows, [dim, dim].
std::vector<double> second_moments(const Matrix& rows) {
  std::vector<double> moments(rows.cols * rows.cols);
  for (std::size_t r = 0; r < rows.rows; ++r) {
    const std::span<const float> row = rows.row(r);
    for (std::size_t i = 0; i < row.size(); ++i) {
      for (std::size_t j = 0; j < row.size(); ++j) {
        moments[i * row.size() + j] += double{row[i]} * double{row[j]};
      }
    }
  }
  return moments;
}

// The direction of length 1 in which rows are longest (not centred, as in the paper), by the power
// method from the longest axis; zeros where all rows are.
std::vector<double> first_component(const Matrix& rows) {
  const std::size_t dim = rows.cols;
  const std::vector<double> moments = second_moments(rows);
  std::size_t longest = 0;
  for (std::size_t i = 1; i < dim; ++i) {
    if (moments[i * dim + i] > moments[longest * dim + longest]) longest = i;
  }
  std::vector<double> x(dim);
  if (dim == 0 || moments[longest * dim + longest] == 0) return x;
  x[longest] = 1;
  for (int round = 0; round < kMostRounds; ++round) {
    std::vector<double> next(dim);
    for (std::size_t i = 0; i < dim; ++i) {
      for (std::size_t j = 0; j < dim; ++j) next[i] += moments[i * dim + j] * x[j];
    }
    const double length = length_of(next);
    double moved = 0;
    for (std::size_t i = 0; i < dim; ++i) {
      next[i] /= length;
      moved = std::max(moved, std::abs(next[i] - x[i]));
    }
    x = std::move(next);
    if (moved < kSettled) break;
  }
  return x;
}

void remove_first_component(Matrix& rows) {
  const std::vector<double> axis = first_component(rows);
  for (std::size_t r = 0; r < rows.rows; ++r) {
    const std::span<float> row = rows.row(r);
    double along = 0;
    for (std::size_t c = 0; c < row.size(); ++c) along += axis[c] * double{row[c]};
    for (std::size_t c = 0; c < row.size(); ++c) {
      row[c] = static_cast<float>(double{row[c]} - along * axis[c]);
    }
  }
}

}  // namespace

PooledTexts pool_words(const vectors::WordVectors& words, std::span<const std::string_view> texts,
                       WordPooling pooling) {
  const std::vector<double> weights = word_weights(words.size(), pooling);
  PooledTexts out;
  out.vectors = Matrix(texts.size(), words.dim());
  std::string lower;
  for (std::size_t t = 0; t < texts.size(); ++t) {
    Sum sum(words, weights);
    text::split_words(texts[t], text::WordRule::kUnicode, lower, sum);
    sum.mean(out.vectors.row(t));
    out.words += sum.seen();
    out.unknown_words += sum.unknown();
  }
  if (pooling == WordPooling::kSif) remove_first_component(out.vectors);
  return out;
}

WordStsReport evaluate_word_sts(const vectors::WordVectors& words, const Path& file,
                                const StsColumns& columns, WordPooling pooling) {
  const std::vector<SentencePair> pairs = read_sts(file, columns);
  std::vector<std::string_view> texts;
  for (const SentencePair& pair : pairs) {
    texts.push_back(pair.first);
    texts.push_back(pair.second);
  }
  const PooledTexts pooled = pool_words(words, texts, pooling);
  std::vector<double> expected;
  std::vector<double> predicted;
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    expected.push_back(pairs[p].score);
    predicted.push_back(vectors::cosine(pooled.vectors.row(2 * p), pooled.vectors.row(2 * p + 1)));
  }
  return {.pairs = pairs.size(),
          .spearman = 100 * spearman(predicted, expected),
          .pearson = 100 * pearson(predicted, expected),
          .words = pooled.words,
          .unknown_words = pooled.unknown_words};
}

}  // namespace sememe::eval
