#include "tokens/trie.h"

#include <algorithm>

#include "base/error_context.h"
#include "sememe/error.h"

namespace sememe::tokens {
namespace {

constexpr std::size_t kAlphabet = 256;

unsigned char byte_at(std::string_view key, std::size_t depth) {
  return static_cast<unsigned char>(key[depth]);
}

}  // namespace

// Places the nodes breadth first. Free cells form a list in ascending order; the children of a node
// go to the first place from the list's head that fits all of them, and past the end of the array
// after kMaxTries misses, which bounds the cost for hostile key sets.
class TrieBuilder {
 public:
  TrieBuilder(std::span<const Trie::Entry> entries, std::vector<Trie::Cell>& cells)
      : entries_(entries), cells_(cells) {}

  void build() {
    grow_to(kAlphabet);
    take(Trie::kRoot);
    std::vector<Pending> queue = {{0, static_cast<Index>(entries_.size()), 0, Trie::kRoot}};
    for (std::size_t i = 0; i < queue.size(); ++i) place_children(Pending(queue[i]), queue);
    // Every base + byte must be a cell.
    cells_.resize(highest_base_ + kAlphabet);
  }

 private:
  // Cells and entries number below 2^32; half the size of a pointer halves what building touches.
  using Index = std::uint32_t;

  // The entries [begin, end) share a prefix of `depth` bytes, which leads to `node`.
  struct Pending {
    Index begin;
    Index end;
    Index depth;
    Trie::Node node;
  };

  // 512 tries fill 99 % of the array for BERT's vocabulary, 32 only 40 %, in the same time.
  static constexpr int kMaxTries = 512;
  // 1.5 GB of work space, which only a hostile set of keys can ask for: branching nodes that never
  // share a stretch of the array.
  static constexpr std::size_t kMaxCells = std::size_t{1} << 26;
  static constexpr Index kNone = std::numeric_limits<Index>::max();

  void place_children(Pending pending, std::vector<Pending>& queue) {
    auto [begin, end, depth, node] = pending;
    if (begin < end && entries_[begin].key.size() == depth) {
      cells_[node].value = entries_[begin].value;
      ++begin;
    }
    if (begin == end) return;
    labels_.clear();
    const std::size_t first_child = queue.size();
    for (Index at = begin; at < end;) {
      const unsigned char label = byte_at(entries_[at].key, depth);
      Index next = at + 1;
      while (next < end && byte_at(entries_[next].key, depth) == label) ++next;
      labels_.push_back(label);
      queue.push_back({at, next, depth + 1, 0});
      at = next;
    }
    const std::size_t base = find_base();
    highest_base_ = std::max(highest_base_, base);
    cells_[node].base = static_cast<std::uint32_t>(base);
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      const auto child = static_cast<Trie::Node>(base + labels_[i]);
      take(child);
      cells_[child].parent = node;
      queue[first_child + i].node = child;
    }
  }

  // A base at which the cells of all labels_ are free.
  std::size_t find_base() {
    int tries = 0;
    for (Index cell = head_; cell != kNone && tries < kMaxTries; cell = next_[cell]) {
      if (cell < labels_[0]) continue;
      ++tries;
      const std::size_t base = cell - labels_[0];
      if (fits(base)) return base;
    }
    const std::size_t base = cells_.size();
    grow_to(base + kAlphabet);
    return base;
  }

  bool fits(std::size_t base) {
    if (base + kAlphabet > cells_.size()) grow_to(base + kAlphabet);
    return std::ranges::all_of(labels_,
                               [&](unsigned char label) { return is_free_[base + label] != 0; });
  }

  void grow_to(std::size_t size) {
    const std::size_t old = cells_.size();
    if (size > kMaxCells) {
      throw Error(ErrorCode::kLimit, concat("vocabulary: expected a trie of at most ", kMaxCells,
                                            " cells, found more"));
    }
    cells_.resize(size);
    is_free_.resize(size, 1);
    next_.resize(size, kNone);
    previous_.resize(size, kNone);
    for (auto cell = static_cast<Index>(old); cell < size; ++cell) {
      previous_[cell] = tail_;
      (tail_ == kNone ? head_ : next_[tail_]) = cell;
      tail_ = cell;
    }
  }

  void take(Index cell) {
    SEMEME_DCHECK(is_free_[cell] != 0);
    is_free_[cell] = 0;
    const Index before = previous_[cell];
    const Index after = next_[cell];
    (before == kNone ? head_ : next_[before]) = after;
    (after == kNone ? tail_ : previous_[after]) = before;
  }

  std::span<const Trie::Entry> entries_;
  std::vector<Trie::Cell>& cells_;
  std::vector<char> is_free_;
  std::vector<Index> next_;
  std::vector<Index> previous_;
  Index head_ = kNone;
  Index tail_ = kNone;
  std::size_t highest_base_ = 0;
  std::vector<unsigned char> labels_;
};

Trie::Trie(std::span<const Entry> entries) { TrieBuilder(entries, cells_).build(); }

Trie::Node Trie::walk(Node node, std::string_view text) const {
  for (const char c : text) {
    if (node == kNoNode) break;
    node = child(node, static_cast<unsigned char>(c));
  }
  return node;
}

}  // namespace sememe::tokens
