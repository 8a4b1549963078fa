// The binary tree of hierarchical softmax: frequent words have short paths (Morin and Bengio 2005;
// Huffman's tree as in word2vec.c).
#ifndef SEMEME_TRAIN_HUFFMAN_H_
#define SEMEME_TRAIN_HUFFMAN_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sememe::train {

/// A word is the chain of decisions from the root to its leaf: at each inner node a yes (label 1)
/// or a no (label 0). V words have V - 1 inner nodes.
class HuffmanTree {
 public:
  HuffmanTree() = default;
  /// counts: of at least one word, descending. Cost: linear.
  explicit HuffmanTree(std::span<const std::uint64_t> counts);

  /// Inner nodes from the root on, 0 .. V - 2.
  std::span<const std::uint32_t> nodes(std::size_t word) const {
    return std::span(nodes_).subspan(starts_[word], starts_[word + 1] - starts_[word]);
  }
  /// What is decided at each of them.
  std::span<const float> labels(std::size_t word) const {
    return std::span(labels_).subspan(starts_[word], starts_[word + 1] - starts_[word]);
  }
  /// The longest path.
  std::size_t longest() const { return longest_; }

 private:
  std::vector<std::uint32_t> nodes_;
  std::vector<float> labels_;
  std::vector<std::size_t> starts_;
  std::size_t longest_ = 0;
};

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_HUFFMAN_H_
