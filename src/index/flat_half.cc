#include "index/flat_half.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/error_context.h"
#include "index/flat_exact.h"
#include "kernels/half.h"
#include "kernels/half_dot.h"

namespace sememe::index {
namespace {

constexpr float kMostHalf = 65504.0F;

std::size_t padded(std::size_t dims) {
  return (dims + kernels::kHalfDotMultiple - 1) / kernels::kHalfDotMultiple *
         kernels::kHalfDotMultiple;
}

void check_half(std::span<const float> x) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::abs(x[i]) <= kMostHalf) continue;
    throw Error(ErrorCode::kInvalidArgument,
                concat("expected numbers up to 65504, found ", x[i], " at column ", i));
  }
}

}  // namespace

// See FlatExact; rows and queries have zeros up to the stride.
class FlatHalfIndex::Rows {
 public:
  explicit Rows(const FlatHalfIndex& index) : index_(index) {}
  std::size_t size() const { return index_.size(); }
  std::size_t dims() const { return index_.stride_; }
  void products(std::span<const float> query, std::size_t first, std::size_t,
                std::span<float> out) const {
    kernels::half_dot_rows(query, row(first), out);
  }
  void squares(std::size_t first, std::size_t count, std::span<float> out) const {
    std::ranges::copy(std::span(index_.squares_).subspan(first, count), out.begin());
  }
  const float* block(std::size_t first, std::size_t count, std::vector<float>& scratch) const {
    scratch.resize(count * dims());
    kernels::widen_halves(row(first), scratch);
    return scratch.data();
  }
  float similarity(std::size_t r, std::span<const float> query) const {
    if (index_.metric_ == vectors::Metric::kL2) {
      std::vector<float> values(dims());
      kernels::widen_halves(row(r), values);
      return index::similarity(index_.metric_, values, query);
    }
    float out = 0;
    kernels::half_dot_rows(query, row(r), {&out, 1});
    return out;
  }

 private:
  const std::uint16_t* row(std::size_t r) const {
    return reinterpret_cast<const std::uint16_t*>(index_.halves_.data()) + r * index_.stride_;
  }
  const FlatHalfIndex& index_;
};

FlatHalfIndex::FlatHalfIndex(MatrixView rows, vectors::Metric metric)
    : metric_(metric),
      dims_(rows.cols),
      stride_(padded(rows.cols)),
      halves_(rows.rows * stride_ / 2),
      squares_(rows.rows) {
  std::vector<std::uint16_t> halves(stride_);
  std::vector<float> values(stride_);
  for (std::size_t r = 0; r < rows.rows; ++r) {
    within(concat("row ", r), [&] { check_half(rows.row(r)); });
    std::ranges::transform(rows.row(r), halves.begin(), kernels::f32_to_f16);
    kernels::widen_halves(halves.data(), values);
    squares_[r] = static_cast<float>(vectors::squared_length(values));
    std::memcpy(halves_.data() + r * stride_ / 2, halves.data(), 2 * stride_);
  }
}

std::vector<Neighbor> FlatHalfIndex::search(std::span<const float> query, std::size_t k,
                                            const RowSet* allowed) const {
  SEMEME_CHECK(query.size() == dims_);
  std::vector<float> wide(stride_);
  std::ranges::copy(query, wide.begin());
  const Rows rows(*this);
  return FlatExact(rows, metric_, k, allowed).search(wide);
}

std::vector<std::vector<Neighbor>> FlatHalfIndex::search_batch(MatrixView queries, std::size_t k,
                                                               ThreadPool* pool,
                                                               const RowSet* allowed) const {
  SEMEME_CHECK(queries.cols == dims_);
  Matrix wide(queries.rows, stride_);
  for (std::size_t q = 0; q < queries.rows; ++q) {
    std::ranges::copy(queries.row(q), wide.row(q).begin());
  }
  const Rows rows(*this);
  const FlatExact scan(rows, metric_, k, allowed);
  return search_parts(wide.view(), pool,
                      [&](std::size_t, MatrixView part, std::span<std::vector<Neighbor>> out) {
                        scan.search_batch(part, out);
                      });
}

}  // namespace sememe::index
