#include "tokens/trie.h"

#include <algorithm>

#include "base/error_context.h"

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
    std::vector<Pending> queue = {{0, entries_.size(), 0, Trie::kRoot}};
    for (std::size_t i = 0; i < queue.size(); ++i) place_children(Pending(queue[i]), queue);
    // Every base + byte must be a cell.
    cells_.resize(highest_base_ + kAlphabet);
  }

 private:
  // The entries [begin, end) share a prefix of `depth` bytes, which leads to `node`.
  struct Pending {
    std::size_t begin;
    std::size_t end;
    std::size_t depth;
    Trie::Node node;
  };

  static constexpr int kMaxTries = 32;
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  void place_children(Pending pending, std::vector<Pending>& queue) {
    auto [begin, end, depth, node] = pending;
    if (begin < end && entries_[begin].key.size() == depth) {
      cells_[node].value = entries_[begin].value;
      ++begin;
    }
    if (begin == end) return;
    labels_.clear();
    const std::size_t first_child = queue.size();
    for (std::size_t at = begin; at < end;) {
      const unsigned char label = byte_at(entries_[at].key, depth);
      std::size_t next = at + 1;
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
    for (std::size_t cell = head_; cell != kNone && tries < kMaxTries; cell = next_[cell]) {
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
    cells_.resize(size);
    is_free_.resize(size, 1);
    next_.resize(size, kNone);
    previous_.resize(size, kNone);
    for (std::size_t cell = old; cell < size; ++cell) {
      previous_[cell] = tail_;
      (tail_ == kNone ? head_ : next_[tail_]) = cell;
      tail_ = cell;
    }
  }

  void take(std::size_t cell) {
    SEMEME_DCHECK(is_free_[cell] != 0);
    is_free_[cell] = 0;
    const std::size_t before = previous_[cell];
    const std::size_t after = next_[cell];
    (before == kNone ? head_ : next_[before]) = after;
    (after == kNone ? tail_ : previous_[after]) = before;
  }

  std::span<const Trie::Entry> entries_;
  std::vector<Trie::Cell>& cells_;
  std::vector<char> is_free_;
  std::vector<std::size_t> next_;
  std::vector<std::size_t> previous_;
  std::size_t head_ = kNone;
  std::size_t tail_ = kNone;
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
