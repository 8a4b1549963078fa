#include "index/near_lists.h"

#include <algorithm>
#include <iterator>

namespace sememe::index {
namespace {

constexpr std::size_t kLocks = 4096;

}  // namespace

NearLists::NearLists(std::size_t nodes, std::size_t capacity)
    : capacity_(capacity),
      places_(nodes * capacity),
      counts_(nodes, 0),
      locks_(std::min(nodes, kLocks)) {}

void NearLists::join(Node p, std::span<const Near> found) {
  std::vector<Near> joined;
  joined.reserve(capacity_ + found.size());
  const std::lock_guard lock(locks_[p % locks_.size()]);
  std::ranges::merge(of(p), found, std::back_inserter(joined));
  joined.erase(std::ranges::unique(joined).begin(), joined.end());
  const std::size_t count = std::min(joined.size(), capacity_);
  std::ranges::copy_n(joined.begin(), static_cast<std::ptrdiff_t>(count),
                      places_.begin() + static_cast<std::ptrdiff_t>(p * capacity_));
  counts_[p] = static_cast<std::uint32_t>(count);
}

}  // namespace sememe::index
