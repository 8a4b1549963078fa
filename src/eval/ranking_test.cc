#include "eval/ranking.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace sememe::eval {
namespace {

void expect_equal(const RankingMeasures& found, const Json& expected, const std::string& query) {
  EXPECT_NEAR(found.ndcg_10, expected["ndcg@10"].get<double>(), 1e-9) << query;
  EXPECT_NEAR(found.map, expected["map"].get<double>(), 1e-9) << query;
  EXPECT_NEAR(found.mrr_10, expected["mrr@10"].get<double>(), 1e-9) << query;
  EXPECT_NEAR(found.recall_10, expected["recall@10"].get<double>(), 1e-9) << query;
  EXPECT_NEAR(found.recall_100, expected["recall@100"].get<double>(), 1e-9) << query;
}

// Expected values were made with pytrec_eval, see tests/golden/MANIFEST.md.
TEST(Ranking, EqualsPytrecEvalQueryByQueryAndInTheMean) {
  for (const char* file : {"retrieval_small.json", "retrieval_ties.json", "retrieval_deep.json"}) {
    const Json golden = read_json(Path(SEMEME_GOLDEN_DIR) / "metrics" / file);
    std::vector<RankingMeasures> all;
    for (const auto& [query, expected] : golden["per_query"].items()) {
      std::vector<Retrieved> run;
      for (const Json& result : golden["run"][query]) {
        run.push_back({result[0].get<std::string>(), result[1].get<float>()});
      }
      sort_as_trec_eval(run);
      all.push_back(measure_ranking(run, golden["qrels"][query].get<Judgements>()));
      expect_equal(all.back(), expected, query);
    }
    ASSERT_EQ(all.size(), golden["mean_queries"].get<std::size_t>());
    expect_equal(mean_of(all), golden["mean"], file);
  }
}

TEST(Ranking, MeanOfNothingIsZero) { EXPECT_EQ(mean_of({}).ndcg_10, 0); }

}  // namespace
}  // namespace sememe::eval
