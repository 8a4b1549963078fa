#include "index/flat_index.h"

#include <algorithm>
#include <array>

#include "base/error_context.h"
#include "kernels/dot.h"

namespace sememe::index {
namespace {

// Products are made a block at a time: 1,024 floats stay in the first-level cache between the two
// passes.
constexpr std::size_t kBlockRows = 1024;

// Whether `a` ranks before `b`.
bool better(const Neighbor& a, const Neighbor& b) {
  return a.similarity != b.similarity ? a.similarity > b.similarity : a.row < b.row;
}

}  // namespace

template <class Allowed>
std::vector<Neighbor> FlatIndex::scan(std::span<const float> query, std::size_t k,
                                      const Allowed& allowed) const {
  SEMEME_CHECK(query.size() == vectors_.cols);
  std::vector<Neighbor> heap;  // the k best so far, the worst of them in front
  if (k == 0) return heap;
  heap.reserve(std::min(k, vectors_.rows));
  std::array<float, kBlockRows> products;
  for (std::size_t begin = 0; begin < vectors_.rows; begin += kBlockRows) {
    const std::size_t count = std::min(kBlockRows, vectors_.rows - begin);
    kernels::dot_rows(query, vectors_.data + begin * vectors_.cols, count,
                      std::span(products).first(count));
    for (std::size_t i = 0; i < count; ++i) {
      const Neighbor candidate{begin + i, products[i]};
      if (heap.size() == k && !better(candidate, heap.front())) continue;
      if (!allowed(candidate.row) || candidate.similarity != candidate.similarity) continue;
      if (heap.size() == k) {
        std::ranges::pop_heap(heap, better);
        heap.back() = candidate;
      } else {
        heap.push_back(candidate);
      }
      std::ranges::push_heap(heap, better);
    }
  }
  std::ranges::sort_heap(heap, better);
  return heap;
}

std::vector<Neighbor> FlatIndex::search(std::span<const float> query, std::size_t k) const {
  return scan(query, k, [](std::size_t) { return true; });
}

std::vector<Neighbor> FlatIndex::search(std::span<const float> query, std::size_t k,
                                        const RowFilter& allowed) const {
  SEMEME_CHECK(allowed.size() == vectors_.rows);
  return scan(query, k, [&allowed](std::size_t row) { return allowed[row]; });
}

}  // namespace sememe::index
