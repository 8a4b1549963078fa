#include "vectors/terms.h"

#include <cmath>
#include <string_view>

#include "base/error_context.h"
#include "kernels/dot.h"

namespace sememe::vectors {
namespace {

bool is_sign(std::string_view text) { return text == "+" || text == "-"; }

}  // namespace

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
    const auto made = row ? std::nullopt : vectors.from_ngrams(term.word);
    if (!row && !made) {
      throw Error(ErrorCode::kNotFound, concat("no vector for the word ", quote(term.word)));
    }
    if (row) sum.rows.push_back(*row);
    const std::span<const float> values = row ? vectors.row(*row) : *made;
    const float square = kernels::dot(values, values);
    const float factor = square > 0 ? term.sign / std::sqrt(square) : 0.0F;
    for (std::size_t i = 0; i < values.size(); ++i) sum.vector[i] += factor * values[i];
  }
  return sum;
}

}  // namespace sememe::vectors
