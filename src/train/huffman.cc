#include "train/huffman.h"

#include <algorithm>
#include <functional>
#include <limits>

#include "base/error_context.h"

namespace sememe::train {
namespace {

constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();

}  // namespace

HuffmanTree::HuffmanTree(std::span<const std::uint64_t> counts) {
  SEMEME_CHECK(!counts.empty() && std::ranges::is_sorted(counts, std::ranges::greater()));
  // Items 0 .. V are leaves, the next V - 1 inner nodes in the order of their making, which is that
  // of their counts. The two lightest items that are left lie at the ends of two queues.
  const std::size_t words = counts.size();
  const std::size_t items = 2 * words - 1;
  std::vector<std::uint64_t> weights(counts.begin(), counts.end());
  weights.resize(items, kNone);
  std::vector<std::size_t> parent(items);
  std::vector<float> label(items);
  std::size_t leaf = words;   // the next one is before it
  std::size_t inner = words;  // the next one
  const auto take_lightest = [&](std::size_t made) {
    const bool take_leaf = leaf > 0 && (inner >= made || weights[leaf - 1] < weights[inner]);
    return take_leaf ? --leaf : inner++;
  };
  for (std::size_t made = words; made < items; ++made) {
    const std::size_t first = take_lightest(made);
    const std::size_t second = take_lightest(made);
    weights[made] = weights[first] + weights[second];
    parent[first] = parent[second] = made;
    label[first] = 1.0F;
  }
  starts_.push_back(0);
  for (std::size_t word = 0; word < words; ++word) {
    const std::size_t begin = nodes_.size();
    for (std::size_t item = word; item + 1 < items; item = parent[item]) {
      nodes_.push_back(static_cast<std::uint32_t>(parent[item] - words));
      labels_.push_back(label[item]);
    }
    const auto offset = static_cast<std::ptrdiff_t>(begin);
    std::reverse(nodes_.begin() + offset, nodes_.end());
    std::reverse(labels_.begin() + offset, labels_.end());
    longest_ = std::max(longest_, nodes_.size() - begin);
    starts_.push_back(nodes_.size());
  }
}

}  // namespace sememe::train
