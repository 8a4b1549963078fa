#include "vectors/neighbors.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error_context.h"

namespace sememe::vectors {
namespace {

struct Products {
  float with_query = 0;
  float with_itself = 0;
};

// Sums in sixteen chains, which compilers put into vectors.
Products products_of(const float* row, const float* query, std::size_t dim) {
  constexpr std::size_t kChains = 16;
  std::array<float, kChains> query_sums{};
  std::array<float, kChains> own_sums{};
  std::size_t i = 0;
  for (; i + kChains <= dim; i += kChains) {
    for (std::size_t j = 0; j < kChains; ++j) {
      query_sums[j] += row[i + j] * query[i + j];
      own_sums[j] += row[i + j] * row[i + j];
    }
  }
  for (std::size_t j = 0; i < dim; ++i, ++j) {
    query_sums[j] += row[i] * query[i];
    own_sums[j] += row[i] * row[i];
  }
  Products products;
  for (std::size_t j = 0; j < kChains; ++j) {
    products.with_query += query_sums[j];
    products.with_itself += own_sums[j];
  }
  return products;
}

bool better(const Neighbor& a, const Neighbor& b) {
  return a.cosine != b.cosine ? a.cosine > b.cosine : a.row < b.row;
}

bool is_sign(std::string_view text) { return text == "+" || text == "-"; }

}  // namespace

std::vector<Neighbor> nearest_rows(MatrixView rows, std::span<const float> query, std::size_t k,
                                   std::span<const std::size_t> excluded) {
  SEMEME_CHECK(query.size() == rows.cols);
  const float query_norm =
      std::sqrt(products_of(query.data(), query.data(), query.size()).with_itself);
  // A heap whose top is the worst of the best so far.
  std::vector<Neighbor> best;
  for (std::size_t r = 0; r < rows.rows && k > 0; ++r) {
    const Products products = products_of(rows.row(r).data(), query.data(), query.size());
    const float norms = query_norm * std::sqrt(products.with_itself);
    const Neighbor found{r, norms > 0 ? products.with_query / norms : 0.0F};
    if (best.size() == k && !better(found, best.front())) continue;
    if (std::ranges::find(excluded, r) != excluded.end()) continue;
    if (best.size() == k) {
      std::ranges::pop_heap(best, better);
      best.pop_back();
    }
    best.push_back(found);
    std::ranges::push_heap(best, better);
  }
  std::ranges::sort(best, better);
  return best;
}

std::vector<Term> parse_terms(std::span<const std::string> fields) {
  std::vector<Term> terms;
  float sign = 1;
  bool open = false;  // a sign that waits for its word
  for (const std::string& field : fields) {
    if (is_sign(field)) {
      if (open)
        throw Error(ErrorCode::kInvalidArgument, concat("expected a word, found ", quote(field)));
      sign = field == "-" ? -1.0F : 1.0F;
      open = true;
      continue;
    }
    const bool signed_word = !open && field.size() > 1 && is_sign(field.substr(0, 1));
    if (signed_word) sign = field.front() == '-' ? -1.0F : 1.0F;
    terms.push_back({.word = field.substr(signed_word ? 1 : 0), .sign = sign});
    sign = 1;
    open = false;
  }
  if (open) throw Error(ErrorCode::kInvalidArgument, "expected a word behind the last sign");
  if (terms.empty()) throw Error(ErrorCode::kInvalidArgument, "expected a word");
  return terms;
}

TermSum sum_terms(const WordVectors& vectors, std::span<const Term> terms) {
  TermSum sum{.vector = std::vector<float>(vectors.dim()), .rows = {}};
  for (const Term& term : terms) {
    const auto row = vectors.find(term.word);
    if (!row)
      throw Error(ErrorCode::kNotFound, concat("no vector for the word ", quote(term.word)));
    sum.rows.push_back(*row);
    const std::span<const float> values = vectors.row(*row);
    const float square = products_of(values.data(), values.data(), values.size()).with_itself;
    const float factor = square > 0 ? term.sign / std::sqrt(square) : 0.0F;
    for (std::size_t i = 0; i < values.size(); ++i) sum.vector[i] += factor * values[i];
  }
  return sum;
}

}  // namespace sememe::vectors
