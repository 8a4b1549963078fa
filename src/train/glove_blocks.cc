#include "train/glove_blocks.h"

#include <algorithm>
#include <cmath>

#include "base/error_context.h"
#include "base/thread_pool.h"
#include "kernels/glove.h"
#include "train/sampling.h"

namespace sememe::train {
namespace {

// With several threads one part waits for another: many of them keep all at work.
constexpr std::uint64_t kFewestParts = 64;
constexpr std::size_t kMostRows = std::size_t{1} << 16;

std::vector<std::size_t> part_starts(const Cooccurrences& matrix, std::size_t most_rows) {
  const std::span<const std::uint64_t> starts = matrix.row_starts();
  const std::uint64_t most_pairs = matrix.size() / kFewestParts;
  std::vector<std::size_t> parts = {0};
  for (std::size_t row = 1; row < matrix.rows(); ++row) {
    const std::size_t begin = parts.back();
    if (row - begin == most_rows || starts[row + 1] - starts[begin] > most_pairs) {
      parts.push_back(row);
    }
  }
  parts.push_back(matrix.rows());
  return parts;
}

// Pairs of one row in one block: those at first, first + stride, ... of the old order.
struct Group {
  std::size_t row;
  std::size_t first;
  std::size_t stride;
  std::size_t count;
};

void add_groups(std::size_t row, std::size_t begin, std::size_t end, std::vector<Group>& groups) {
  const std::size_t pairs = end - begin;
  const std::size_t stride = (pairs + kernels::kGloveGroup - 1) / kernels::kGloveGroup;
  for (std::size_t g = 0; g < stride; ++g) {
    groups.push_back({row, begin + g, stride, (pairs - g + stride - 1) / stride});
  }
}

void shuffle(std::vector<Group>& groups, Random random) {
  for (std::size_t i = groups.size(); i > 1; --i) {
    std::swap(groups[i - 1], groups[random.below(static_cast<std::uint32_t>(i))]);
  }
}

}  // namespace

GloveBlocks::GloveBlocks(Cooccurrences matrix, std::size_t most_rows, std::uint64_t seed,
                         std::size_t threads)
    : matrix_(std::move(matrix)) {
  SEMEME_CHECK(most_rows >= 1 && most_rows <= kMostRows && matrix_.rows() > 0);
  part_starts_ = part_starts(matrix_, most_rows);
  block_starts_.resize(parts() * parts() + 1);
  block_starts_.back() = matrix_.size();
  ThreadPool pool(std::max<std::size_t>(threads, 1));
  pool.parallel_for(parts(), [&](std::size_t part, std::size_t) { arrange(part, seed); });
}

void GloveBlocks::arrange(std::size_t row_part, std::uint64_t seed) {
  const std::size_t begin = part_starts_[row_part];
  const std::size_t rows = part_starts_[row_part + 1] - begin;
  const std::span<const std::uint64_t> starts = matrix_.row_starts().subspan(begin, rows + 1);
  std::span<std::uint32_t> columns = matrix_.columns().subspan(starts[0], starts[rows] - starts[0]);
  std::span<float> counts = matrix_.counts().subspan(starts[0], starts[rows] - starts[0]);
  const std::vector<std::uint32_t> old_columns(columns.begin(), columns.end());
  const std::vector<float> old_counts(counts.begin(), counts.end());
  std::vector<std::size_t> next(rows);  // of each row, the first pair that is in no block yet
  for (std::size_t row = 0; row < rows; ++row) next[row] = starts[row] - starts[0];
  std::vector<Group> groups;
  std::size_t out = 0;
  for (std::size_t part = 0; part < parts(); ++part) {
    const std::size_t block = row_part * parts() + part;
    block_starts_[block] = starts[0] + out;
    groups.clear();
    for (std::size_t row = 0; row < rows; ++row) {
      const std::size_t row_end = starts[row + 1] - starts[0];
      std::size_t end = next[row];
      while (end < row_end && old_columns[end] < part_starts_[part + 1]) ++end;
      add_groups(row, next[row], end, groups);
      next[row] = end;
    }
    shuffle(groups, Random(seed, block));
    for (const Group& group : groups) {
      for (std::size_t i = 0; i < group.count; ++i, ++out) {
        const std::size_t from = group.first + i * group.stride;
        columns[out] = kernels::glove_pair(group.row, old_columns[from] - part_starts_[part]);
        counts[out] = static_cast<float>(std::log(double{old_counts[from]}));
      }
    }
  }
}

}  // namespace sememe::train
