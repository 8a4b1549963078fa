#include "vectors/terms.h"

#include <gtest/gtest.h>

#include "sememe/error.h"

namespace sememe::vectors {
namespace {

std::string written(const std::vector<std::string>& fields) {
  std::string out;
  for (const Term& term : parse_terms(fields)) out += (term.sign > 0 ? "+" : "-") + term.word;
  return out;
}

TEST(ParseTerms, TakesSignsAloneOrInFront) {
  EXPECT_EQ(written({"king", "-", "man", "+", "woman"}), "+king-man+woman");
  EXPECT_EQ(written({"king", "-man", "+woman"}), "+king-man+woman");
  EXPECT_EQ(written({"a", "b"}), "+a+b");
  EXPECT_EQ(written({"-", "-1"}), "--1");  // a word that begins with a sign
  EXPECT_THROW(static_cast<void>(written({"king", "-"})), Error);
  EXPECT_THROW(static_cast<void>(written({"king", "-", "+", "man"})), Error);
  EXPECT_THROW(static_cast<void>(written({})), Error);
}

TEST(SumTerms, AddsUnitVectors) {
  WordVectors vectors(2);
  vectors.add("long", std::vector<float>{10.0F, 0.0F});
  vectors.add("up", std::vector<float>{0.0F, 0.5F});
  const std::vector<std::string> fields = {"long", "-", "up"};
  const TermSum sum = sum_terms(vectors, parse_terms(fields));
  EXPECT_EQ(sum.vector, (std::vector<float>{1.0F, -1.0F}));
  EXPECT_EQ(sum.rows, (std::vector<std::size_t>{0, 1}));
  const std::vector<Term> unknown = {{.word = "down", .sign = 1}};
  EXPECT_THROW(static_cast<void>(sum_terms(vectors, unknown)), Error);
}

}  // namespace
}  // namespace sememe::vectors
