#include "eval/correlation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/json.h"
#include "sememe/error.h"

namespace sememe::eval {
namespace {

// Expected values were made with scipy.stats, see tests/golden/MANIFEST.md.
TEST(Correlation, EqualsScipyOnListsWithTies) {
  const Json lists = read_json(Path(SEMEME_GOLDEN_DIR) / "metrics" / "sts.json");
  ASSERT_GE(lists.size(), 10U);
  for (const Json& list : lists) {
    const auto x = list["x"].get<std::vector<double>>();
    const auto y = list["y"].get<std::vector<double>>();
    const auto name = list["name"].get<std::string>();
    if (list["spearman"].is_null()) {
      EXPECT_TRUE(std::isnan(spearman(x, y))) << name;
      EXPECT_TRUE(std::isnan(pearson(x, y))) << name;
      continue;
    }
    EXPECT_NEAR(spearman(x, y), list["spearman"].get<double>(), 1e-12) << name;
    EXPECT_NEAR(pearson(x, y), list["pearson"].get<double>(), 1e-9) << name;
  }
}

TEST(Correlation, TiesShareTheMeanOfTheirRanks) {
  const std::vector<double> values = {3, 1, 3, 2, 3};
  EXPECT_EQ(average_ranks(values), (std::vector<double>{4, 1, 4, 2, 4}));
}

TEST(Correlation, RefusesListsThatHaveNoCorrelation) {
  const std::vector<double> one = {1};
  const std::vector<double> two = {1, 2};
  EXPECT_THROW(pearson(one, one), Error);
  EXPECT_THROW(spearman(one, two), Error);
}

}  // namespace
}  // namespace sememe::eval
