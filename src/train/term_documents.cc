#include "train/term_documents.h"

#include <algorithm>
#include <cmath>

#include "base/error_context.h"

namespace sememe::train {

std::vector<std::span<const std::uint32_t>> cut_documents(std::span<const std::uint32_t> ids,
                                                          std::size_t words) {
  SEMEME_CHECK(words > 0);
  std::vector<std::span<const std::uint32_t>> documents;
  std::size_t begin = 0;  // of the document
  std::size_t length = 0;
  const auto cut = [&](std::size_t end) {
    if (length > 0) documents.push_back(ids.subspan(begin, end - begin));
    begin = end;
    length = 0;
  };
  for (std::size_t i = 0; i < ids.size();) {
    const auto stop = std::ranges::find(ids.subspan(i), WordCorpus::kSentenceEnd);
    const auto sentence = static_cast<std::size_t>(stop - ids.subspan(i).begin());
    if (length + sentence > words) cut(i);
    std::size_t left = sentence;
    for (; left > words; left -= words) {
      length = words;
      cut(i + sentence - left + words);
    }
    length += left;
    i += sentence + (stop == ids.subspan(i).end() ? 0 : 1);
  }
  cut(ids.size());
  return documents;
}

SparseMatrix count_terms(std::span<const std::span<const std::uint32_t>> documents,
                         const Ngrams& ngrams) {
  SparseMatrix counts(ngrams.terms().size());
  std::vector<std::uint32_t> terms;
  for (const std::span<const std::uint32_t> document : documents) {
    terms.clear();
    ngrams.append_terms(document, terms);
    std::ranges::sort(terms);
    for (std::size_t i = 0; i < terms.size();) {
      const std::size_t begin = i;
      while (i < terms.size() && terms[i] == terms[begin]) ++i;
      counts.add(terms[begin], static_cast<float>(i - begin));
    }
    counts.end_row();
  }
  return counts;
}

void weigh_by_tfidf(SparseMatrix& counts, TermFrequency frequency) {
  std::vector<std::size_t> with_term(counts.cols());
  for (std::size_t row = 0; row < counts.rows(); ++row) {
    for (const TokenId term : counts.columns(row)) ++with_term[static_cast<std::size_t>(term)];
  }
  std::vector<double> idf(counts.cols());
  const auto documents = static_cast<double>(counts.rows());
  std::ranges::transform(with_term, idf.begin(), [documents](std::size_t with) {
    return std::log((1 + documents) / (1 + static_cast<double>(with))) + 1;
  });
  std::vector<double> weights;
  for (std::size_t row = 0; row < counts.rows(); ++row) {
    const std::span<float> values = counts.values(row);
    weights.clear();
    double squares = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto tf = double{values[i]};
      const double weight = (frequency == TermFrequency::kLog ? 1 + std::log(tf) : tf) *
                            idf[static_cast<std::size_t>(counts.columns(row)[i])];
      weights.push_back(weight);
      squares += weight * weight;
    }
    const double length = std::sqrt(squares);
    std::ranges::transform(weights, values.begin(),
                           [length](double w) { return static_cast<float>(w / length); });
  }
}

}  // namespace sememe::train
