#include "train/ppmi.h"

#include <cmath>

#include "base/error_context.h"

namespace sememe::train {
namespace {

void check(const PpmiOptions& options) {
  if (!(options.smoothing >= 0 && options.smoothing <= 1)) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("PPMI: expected a smoothing of 0 to 1, found ", options.smoothing));
  }
  if (!(options.shift > 0 && std::isfinite(options.shift))) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("PPMI: expected a finite shift above 0, found ", options.shift));
  }
}

}  // namespace

SparseMatrix positive_pmi(const Cooccurrences& counts, const PpmiOptions& options) {
  check(options);
  const std::size_t words = counts.rows();
  std::vector<double> row_sums(words);
  std::vector<double> column_sums(words);
  for (std::size_t row = 0; row < words; ++row) {
    for (std::uint64_t i = counts.row_starts()[row]; i < counts.row_starts()[row + 1]; ++i) {
      row_sums[row] += double{counts.counts()[i]};
      column_sums[counts.columns()[i]] += double{counts.counts()[i]};
    }
  }
  double sum = 0;
  for (double& column : column_sums) {
    column = std::pow(column, options.smoothing);
    sum += column;
  }
  SparseMatrix out(words);
  out.reserve(counts.size());  // of address space; memory is what is written
  for (std::size_t row = 0; row < words; ++row) {
    const double scale = sum / (row_sums[row] * options.shift);
    for (std::uint64_t i = counts.row_starts()[row]; i < counts.row_starts()[row + 1]; ++i) {
      const std::uint32_t column = counts.columns()[i];
      const double ratio = double{counts.counts()[i]} * scale / column_sums[column];
      if (ratio > 1) out.add(column, static_cast<float>(std::log(ratio)));
    }
    out.end_row();
  }
  return out;
}

}  // namespace sememe::train
