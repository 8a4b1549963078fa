// The mean or sum of some rows of a large table, read where it lies: what a static model does with
// a text, and a sparse matrix with a dense one.
#ifndef SEMEME_KERNELS_GATHER_H_
#define SEMEME_KERNELS_GATHER_H_

#include <cstddef>
#include <span>

#include "base/cpu.h"
#include "sememe/types.h"

namespace sememe::kernels {

enum class RowType { kF32, kF16, kBf16, kI8 };

/// Bytes of one element.
constexpr std::size_t row_type_bytes(RowType type) {
  return type == RowType::kF32 ? 4 : type == RowType::kI8 ? 1 : 2;
}

/// [rows, cols] numbers of one type, row-major, little-endian, at any address.
struct RowTable {
  const std::byte* data = nullptr;
  RowType type = RowType::kF32;
  std::size_t rows = 0;
  std::size_t cols = 0;
};

/// out[c] = 1/n * sum over i < n of weights[i] * table[ids[i]][c], for out.size() == table.cols;
/// zeros for no ids.
///
/// weights: one a row, or none at all, which counts as ones. ids: below table.rows. Sizes are
/// SEMEME_CHECKed, ids are not. The sum of a column runs in f32 in the order of the ids, with
/// separate products, so that every tier gives the same bits; sums of unweighted 8-bit rows are
/// exact below 2^17 ids. Cost: one read of each row.
void gather_mean(const RowTable& table, std::span<const TokenId> ids,
                 std::span<const float> weights, std::span<float> out, Isa isa = active_isa());

/// The same without the 1/n: a row of a sparse matrix times a dense one.
void gather_sum(const RowTable& table, std::span<const TokenId> ids, std::span<const float> weights,
                std::span<float> out, Isa isa = active_isa());

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_GATHER_H_
