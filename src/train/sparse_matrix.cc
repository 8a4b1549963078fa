#include "train/sparse_matrix.h"

#include <algorithm>

#include "base/error_context.h"
#include "kernels/gather.h"

namespace sememe::train {
namespace {

// Entries of one task, about, and tasks between two reports of progress: some milliseconds, and a
// tenth of a second.
constexpr std::size_t kTaskEntries = std::size_t{1} << 16;
constexpr std::size_t kTasksAtOnce = 64;

// Ends of runs of whole rows with about kTaskEntries each.
std::vector<std::size_t> tasks_of(const SparseMatrix& a) {
  std::vector<std::size_t> ends;
  std::size_t entries = 0;
  for (std::size_t row = 0; row < a.rows(); ++row) {
    entries += a.columns(row).size() + 1;
    if (entries < kTaskEntries && row + 1 < a.rows()) continue;
    ends.push_back(row + 1);
    entries = 0;
  }
  return ends;
}

}  // namespace

void SparseMatrix::reserve(std::size_t entries) {
  columns_.reserve(entries);
  values_.reserve(entries);
}

SparseMatrix SparseMatrix::transposed() const {
  SparseMatrix out(rows());
  out.starts_.assign(cols_ + 1, 0);
  for (const TokenId column : columns_) ++out.starts_[static_cast<std::size_t>(column) + 1];
  for (std::size_t i = 0; i < cols_; ++i) out.starts_[i + 1] += out.starts_[i];
  out.columns_.resize(entries());
  out.values_.resize(entries());
  std::vector<std::size_t> next(out.starts_.begin(), out.starts_.end() - 1);
  for (std::size_t row = 0; row < rows(); ++row) {
    for (std::size_t i = starts_[row]; i < starts_[row + 1]; ++i) {
      const std::size_t at = next[static_cast<std::size_t>(columns_[i])]++;
      out.columns_[at] = TokenId{static_cast<std::uint32_t>(row)};
      out.values_[at] = values_[i];
    }
  }
  return out;
}

VectorTable multiply(const SparseMatrix& a, const VectorTable& x, ThreadPool& pool,
                     const EntryProgress& progress) {
  SEMEME_CHECK(x.rows() == a.cols());
  VectorTable out(a.rows(), x.dim());
  // Whole strides: the zeros behind a row stay zeros.
  const kernels::RowTable table = {.data = reinterpret_cast<const std::byte*>(x.row(0)),
                                   .type = kernels::RowType::kF32,
                                   .rows = x.rows(),
                                   .cols = x.stride()};
  const std::vector<std::size_t> ends = tasks_of(a);
  std::size_t done = 0;
  for (std::size_t first = 0; first < ends.size(); first += kTasksAtOnce) {
    const std::size_t count = std::min(kTasksAtOnce, ends.size() - first);
    const std::size_t begin = first == 0 ? 0 : ends[first - 1];
    pool.parallel_for(count, [&](std::size_t task, std::size_t) {
      for (std::size_t row = task == 0 ? begin : ends[first + task - 1]; row < ends[first + task];
           ++row) {
        kernels::gather_sum(table, a.columns(row), a.values(row), {out.row(row), out.stride()});
      }
    });
    for (std::size_t row = begin; row < ends[first + count - 1]; ++row) {
      done += a.columns(row).size();
    }
    if (progress) progress(done);
  }
  return out;
}

}  // namespace sememe::train
