#include "index/best_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace sememe::index {
namespace {

std::vector<float> random_scores(std::size_t count, int levels) {
  std::mt19937 random(static_cast<std::mt19937::result_type>(count));
  std::vector<float> scores(count);
  for (float& score : scores) score = static_cast<float>(random() % levels) - 1;
  return scores;
}

std::vector<Neighbor> sorted(const std::vector<float>& scores) {
  std::vector<Neighbor> all;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (scores[i] > -INFINITY) all.push_back({i, scores[i]});
  }
  std::ranges::sort(all, ranks_before);
  return all;
}

TEST(BestRows, AreThoseOfASort) {
  for (const std::size_t count : {0UL, 1UL, 15UL, 16UL, 100UL, 5000UL}) {
    // Few levels: many scores are equal.
    for (const int levels : {3, 1000000}) {
      std::vector<float> scores = random_scores(count, levels);
      for (std::size_t i = 0; i < count; i += 7) scores[i] = i % 2 == 0 ? NAN : -INFINITY;
      for (std::size_t i = 3; i < count; i += 50) scores[i] = i % 4 == 1 ? INFINITY : -0.0F;
      for (const std::size_t k : {0UL, 1UL, 10UL, 700UL, 6000UL}) {
        std::vector<Neighbor> expected = sorted(scores);
        expected.resize(std::min(k, expected.size()));
        BestRows best(k);
        for (std::size_t first = 0; first < count; first += 90) {
          const std::size_t some = std::min<std::size_t>(90, count - first);
          best.offer_all(first, std::span(scores).subspan(first, some), nullptr);
        }
        EXPECT_EQ(best.take(), expected) << count << ' ' << k;
      }
    }
  }
}

TEST(BestRows, AreOnlyAllowedOnes) {
  const std::vector<float> scores = random_scores(1000, 1000);
  RowSet allowed(1000);
  for (std::size_t i = 0; i < 1000; i += 3) allowed.insert(i);
  std::vector<Neighbor> expected = sorted(scores);
  std::erase_if(expected, [&](const Neighbor& n) { return !allowed.contains(n.row); });
  expected.resize(20);
  BestRows best(20);
  best.offer_all(0, scores, &allowed);
  EXPECT_EQ(best.take(), expected);
}

TEST(BestRows, AMarginKeepsAllThatCouldBeAmongThem) {
  const std::vector<float> scores = random_scores(20000, 5000);
  const std::vector<Neighbor> all = sorted(scores);
  BestRows best(10);
  best.widen(2);
  best.offer_all(0, std::span(scores).first(7000), nullptr);
  best.widen(8);
  best.offer_all(7000, std::span(scores).subspan(7000), nullptr);
  const std::vector<Neighbor> found = best.take();
  EXPECT_LT(found.size(), 200U);
  const float least = all[9].similarity - 2;
  for (const Neighbor& neighbor : all) {
    if (neighbor.similarity <= least) break;
    EXPECT_TRUE(std::ranges::find(found, neighbor) != found.end()) << neighbor.row;
  }
}

}  // namespace
}  // namespace sememe::index
