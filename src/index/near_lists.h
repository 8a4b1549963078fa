// For every node of a graph a short list of nodes near to it, made in any order by any thread.
#ifndef SEMEME_INDEX_NEAR_LISTS_H_
#define SEMEME_INDEX_NEAR_LISTS_H_

#include <cstddef>
#include <mutex>
#include <span>
#include <vector>

#include "index/graph_points.h"

namespace sememe::index {

/// Keeps the nearest `capacity` of all that was offered, in order and once each, so that the order
/// of offers does not matter. Memory: 8 bytes a place.
class NearLists {
 public:
  NearLists(std::size_t nodes, std::size_t capacity);

  /// Joins `found`, in order, into the list of p; several threads may. A node that is offered again
  /// has the same distance.
  void join(Node p, std::span<const Near> found);
  std::span<const Near> of(Node p) const {
    return {places_.data() + std::size_t{p} * capacity_, counts_[p]};
  }

 private:
  std::size_t capacity_;
  std::vector<Near> places_;
  std::vector<std::uint32_t> counts_;
  std::vector<std::mutex> locks_;  // shared by nodes
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_NEAR_LISTS_H_
