// Measures of a ranking against relevance judgements, with the definitions of trec_eval (and so of
// pytrec_eval).
#ifndef SEMEME_EVAL_RANKING_H_
#define SEMEME_EVAL_RANKING_H_

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace sememe::eval {

/// Document id -> relevance grade of one query; documents that are not listed count as not
/// relevant.
using Judgements = std::map<std::string, int>;

/// A retrieved document.
struct Retrieved {
  std::string id;
  float score = 0;  ///< trec_eval too compares 32-bit floats
};

/// Sorts best first as trec_eval does: by score, equal scores by id in descending order.
void sort_as_trec_eval(std::vector<Retrieved>& run);

/// The measures that `sememe eval retrieval` prints, of one query or averaged over queries.
/// Relevant is a grade >= 1.
struct RankingMeasures {
  double ndcg_10 = 0;  ///< linear gain, log2(rank + 1) discount, ideal over all judged documents
  double map = 0;      ///< average precision over the whole ranking given
  double mrr_10 = 0;   ///< 1 / rank of the first relevant among ten, else 0
  double recall_10 = 0;
  double recall_100 = 0;
};

/// ranked: best first, without duplicates. A query without relevant documents scores 0 everywhere.
RankingMeasures measure_ranking(std::span<const Retrieved> ranked, const Judgements& judgements);

/// The mean of each measure; zeros for none.
RankingMeasures mean_of(std::span<const RankingMeasures> queries);

}  // namespace sememe::eval

#endif  // SEMEME_EVAL_RANKING_H_
