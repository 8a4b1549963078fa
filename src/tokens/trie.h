// A byte trie in a double array: the longest known prefix of a text in one walk, one load a byte.
//
// Node s has its child over byte c at base[s] + c, if check[] there says s (Aoe 1989, "An efficient
// digital search algorithm by using a double-array structure"). WordPiece walks it once per piece;
// a BERT vocabulary of 30,522 tokens takes 0.8 MB.
#ifndef SEMEME_TOKENS_TRIE_H_
#define SEMEME_TOKENS_TRIE_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace sememe::tokens {

/// Immutable once built; walks may run on any thread.
class Trie {
 public:
  using Node = std::uint32_t;
  static constexpr Node kRoot = 0;
  static constexpr Node kNoNode = std::numeric_limits<Node>::max();
  static constexpr std::uint32_t kNoValue = std::numeric_limits<std::uint32_t>::max();

  struct Entry {
    std::string_view key;
    std::uint32_t value = 0;  ///< not kNoValue
  };

  /// An empty trie: knows no key.
  Trie() : Trie(std::span<const Entry>{}) {}
  /// entries: sorted by key (bytes as unsigned), keys distinct, their bytes together below 2^31.
  /// Throws Error(kLimit) when they need more than 2^26 cells.
  /// Cost: linear in these bytes but for a bounded search per branching node.
  explicit Trie(std::span<const Entry> entries);

  /// The child of `node` over `byte`; kNoNode when there is none.
  Node child(Node node, unsigned char byte) const {
    const Node next = cells_[node].base + byte;
    return cells_[next].parent == node ? next : kNoNode;
  }
  /// The value of the key that ends at `node`; kNoValue when none does.
  std::uint32_t value(Node node) const { return cells_[node].value; }

  /// The node that `text` leads to from `node`; kNoNode when the trie does not go that far.
  Node walk(Node node, std::string_view text) const;

 private:
  friend class TrieBuilder;
  struct Cell {
    std::uint32_t base = 0;
    Node parent = kNoNode;
    std::uint32_t value = kNoValue;
  };
  // Longer by 256 cells than the last node needs, so that child() needs no bounds check.
  std::vector<Cell> cells_;
};

}  // namespace sememe::tokens

#endif  // SEMEME_TOKENS_TRIE_H_
