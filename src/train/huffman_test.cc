#include "train/huffman.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <queue>
#include <set>
#include <string>

namespace sememe::train {
namespace {

std::vector<std::uint64_t> zipf(std::size_t words) {
  std::vector<std::uint64_t> counts(words);
  for (std::size_t i = 0; i < words; ++i) counts[i] = 1000000 / (i + 1) + 1;
  return counts;
}

std::string code(const HuffmanTree& tree, std::size_t word) {
  std::string bits;
  for (const float label : tree.labels(word)) bits += label == 1.0F ? '1' : '0';
  return bits;
}

// The cost of the best tree: the sum of all merges, lightest two first.
std::uint64_t least_cost(const std::vector<std::uint64_t>& counts) {
  std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>> queue(
      counts.begin(), counts.end());
  std::uint64_t cost = 0;
  while (queue.size() > 1) {
    const std::uint64_t first = queue.top();
    queue.pop();
    const std::uint64_t sum = first + queue.top();
    queue.pop();
    cost += sum;
    queue.push(sum);
  }
  return cost;
}

TEST(HuffmanTree, HasTheLeastCostOfAll) {
  for (const auto& counts : {zipf(1000), std::vector<std::uint64_t>(37, 5),
                             std::vector<std::uint64_t>{100, 50, 20, 10, 5, 1}}) {
    const HuffmanTree tree(counts);
    std::uint64_t cost = 0;
    for (std::size_t word = 0; word < counts.size(); ++word) {
      cost += counts[word] * tree.nodes(word).size();
      EXPECT_LE(tree.nodes(word).size(), tree.longest());
    }
    EXPECT_EQ(cost, least_cost(counts));
  }
}

// Words part at the node up to which their decisions agree, and nowhere else.
TEST(HuffmanTree, PathsAreThoseOfOneTree) {
  const auto counts = zipf(60);
  const HuffmanTree tree(counts);
  std::set<std::uint32_t> seen;
  for (std::size_t a = 0; a < counts.size(); ++a) {
    seen.insert(tree.nodes(a).begin(), tree.nodes(a).end());
    for (std::size_t b = 0; b < a; ++b) {
      std::size_t same = 0;
      const std::string x = code(tree, a);
      const std::string y = code(tree, b);
      while (same < x.size() && same < y.size() && x[same] == y[same]) {
        ASSERT_EQ(tree.nodes(a)[same], tree.nodes(b)[same]);
        ++same;
      }
      ASSERT_LT(same, std::min(x.size(), y.size())) << "one is the beginning of the other";
      ASSERT_EQ(tree.nodes(a)[same], tree.nodes(b)[same]);
    }
  }
  EXPECT_EQ(seen.size(), counts.size() - 1);
  EXPECT_EQ(*seen.rbegin(), counts.size() - 2);
}

TEST(HuffmanTree, OfOneWordHasNothingToDecide) {
  const std::vector<std::uint64_t> counts = {7};
  const HuffmanTree tree(counts);
  EXPECT_TRUE(tree.nodes(0).empty());
  EXPECT_EQ(tree.longest(), 0U);
}

}  // namespace
}  // namespace sememe::train
