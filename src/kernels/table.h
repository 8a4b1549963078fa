// The functions of one instruction tier, behind the checked entries of dot.h, gemm.h and the
// others. Only kernels and their tests use this.
#ifndef SEMEME_KERNELS_TABLE_H_
#define SEMEME_KERNELS_TABLE_H_

#include <cstddef>

#include "base/cpu.h"
#include "kernels/gemm.h"

namespace sememe::kernels {

/// Rows of A and the packed weights; for tiers without gemm_scratch a block that stays in the L2
/// cache.
struct GemmBlock {
  std::size_t m;
  std::size_t n;
  std::size_t k;
  const float* a;
  std::size_t lda;
  const float* panels;
  const float* bias;
  float* c;
  std::size_t ldc;
  const float* residual;
  std::size_t ldr;
  Epilogue epilogue;
  float* scratch = nullptr;  ///< KernelTable::gemm_scratch floats, 64-byte aligned
};

/// Rows first .. first + count of W [n, k], to be laid into panels that hold zeros elsewhere.
struct PackBlock {
  const float* rows;  ///< [count, k]
  std::size_t k;
  std::size_t first;
  std::size_t count;
  float* panels;
};

/// One product of small matrices, row-major with the given strides.
struct ProductBlock {
  const float* a;
  std::size_t lda;
  const float* b;
  std::size_t ldb;
  std::size_t k;
  float* c;
  std::size_t ldc;
};

/// Query rows whose scores are held at a time: 24 KB for 512 tokens, so they stay in L1.
inline constexpr std::size_t kAttentionRows = 12;

struct AttentionBlock {
  std::size_t tokens;
  std::size_t heads;
  std::size_t head_dim;
  std::size_t padded_tokens;  ///< whole panels
  std::size_t padded_dim;     ///< whole registers
  float scale;                ///< log2(e) / sqrt(head_dim): scores become powers of two
  const float* qkv;
  std::size_t ld;
  float* out;
  std::size_t ld_out;
  float* keys;    ///< [padded_tokens / panel][head_dim][panel]
  float* values;  ///< [tokens, padded_dim]
  float* scores;  ///< [kAttentionRows, padded_tokens]
  /// KernelTable::attention_scratch floats, 64-byte aligned, instead of the three above.
  float* scratch = nullptr;
};

/// x [m, hidden] += down (gelu (up x + up_bias)) + down_bias, in place; packed weights.
struct FeedForwardBlock {
  std::size_t m;
  std::size_t hidden;
  std::size_t wide;
  float* x;
  std::size_t ld;
  const float* up;
  const float* up_bias;
  const float* down;
  const float* down_bias;
  float* scratch;  ///< KernelTable::feed_forward_scratch floats, 64-byte aligned
};

struct LayerNormBlock {
  std::size_t m;
  std::size_t n;
  float* x;
  std::size_t ld;
  const float* gamma;
  const float* beta;
  float epsilon;
};

struct KernelTable {
  std::size_t panel_width;      ///< columns of a panel of PackedWeights
  std::size_t panel_depth = 1;  ///< K is rounded up to a multiple of it
  /// Packs into a layout of the tier's own; without it a panel is [K][panel_width] f32.
  void (*pack)(const PackBlock& block) = nullptr;
  /// Floats of scratch for a product; without it gemm() takes blocks of rows and no scratch.
  std::size_t (*gemm_scratch)(std::size_t m, std::size_t n, std::size_t k) = nullptr;
  void (*gemm)(const GemmBlock& block);
  /// Both products of the feed-forward part as one; without it they are gemm()s.
  void (*feed_forward)(const FeedForwardBlock& block) = nullptr;
  std::size_t (*feed_forward_scratch)(std::size_t m, std::size_t hidden,
                                      std::size_t wide) = nullptr;
  void (*exp2)(const float* x, std::size_t n, float* out);
  void (*gelu)(const float* x, std::size_t n, float* out);
  void (*dot_rows)(const float* query, const float* rows, std::size_t n, std::size_t row_count,
                   float* out);
  /// each: a threshold for each score, not one for all (above.h).
  std::size_t (*first_above)(const float* scores, const float* thresholds, std::size_t n,
                             bool each);
  void (*attention)(const AttentionBlock& block);
  /// Floats of scratch for attention in a layout of the tier's own.
  std::size_t (*attention_scratch)(std::size_t tokens, std::size_t head_dim) = nullptr;
  void (*layer_norm)(const LayerNormBlock& block);
  void (*sum_three)(const float* a, const float* b, const float* c, std::size_t n, float* out);
  void (*mean_rows)(const float* x, std::size_t ld, std::size_t m, std::size_t n, float* out);
  double (*peak_flops)();  ///< runs multiply-adds on registers alone; how many operations
};

extern const KernelTable kScalarTable;
#if defined(__x86_64__)
extern const KernelTable kAvx2Table;
extern const KernelTable kAvx512Table;
extern const KernelTable kAmxTable;
#elif defined(__aarch64__)
extern const KernelTable kNeonTable;
#endif

/// The table of a tier that supported_isas() names.
const KernelTable& kernel_table(Isa isa);

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_TABLE_H_
