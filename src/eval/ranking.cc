#include "eval/ranking.h"

#include <algorithm>
#include <cmath>

namespace sememe::eval {
namespace {

double discount(std::size_t rank) { return 1.0 / std::log2(static_cast<double>(rank) + 1); }

int grade_of(const Judgements& judgements, const std::string& id) {
  const auto found = judgements.find(id);
  return found == judgements.end() ? 0 : std::max(0, found->second);
}

// The discounted gain of the best ten grades that any ranking could have.
double ideal_gain_10(const Judgements& judgements) {
  std::vector<int> grades;
  for (const auto& [_, grade] : judgements) {
    if (grade > 0) grades.push_back(grade);
  }
  std::ranges::sort(grades, std::greater<>{});
  double gain = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(10, grades.size()); ++i)
    gain += grades[i] * discount(i + 1);
  return gain;
}

}  // namespace

void sort_as_trec_eval(std::vector<Retrieved>& run) {
  std::ranges::sort(run, [](const Retrieved& a, const Retrieved& b) {
    return a.score != b.score ? a.score > b.score : a.id > b.id;
  });
}

RankingMeasures measure_ranking(std::span<const Retrieved> ranked, const Judgements& judgements) {
  RankingMeasures out;
  const auto relevant = static_cast<double>(
      std::ranges::count_if(judgements, [](const auto& judged) { return judged.second > 0; }));
  if (relevant == 0) return out;
  double found = 0;
  double gain = 0;
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    const int grade = grade_of(judgements, ranked[i].id);
    if (grade == 0) continue;
    const std::size_t rank = i + 1;
    ++found;
    out.map += found / static_cast<double>(rank) / relevant;
    if (rank <= 10) {
      gain += grade * discount(rank);
      if (out.mrr_10 == 0) out.mrr_10 = 1.0 / static_cast<double>(rank);
      out.recall_10 = found / relevant;
    }
    if (rank <= 100) out.recall_100 = found / relevant;
  }
  out.ndcg_10 = gain / ideal_gain_10(judgements);
  return out;
}

RankingMeasures mean_of(std::span<const RankingMeasures> queries) {
  RankingMeasures sum;
  if (queries.empty()) return sum;
  const auto count = static_cast<double>(queries.size());
  for (const RankingMeasures& query : queries) {
    sum.ndcg_10 += query.ndcg_10 / count;
    sum.map += query.map / count;
    sum.mrr_10 += query.mrr_10 / count;
    sum.recall_10 += query.recall_10 / count;
    sum.recall_100 += query.recall_100 / count;
  }
  return sum;
}

}  // namespace sememe::eval
