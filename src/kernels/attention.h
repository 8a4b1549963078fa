// Attention of one text: softmax(Q K^T / sqrt(D)) V for each head.
//
// Heads run one after the other; a block of query rows sees all keys at once, so the scores need
// kAttentionRows x T floats (AMX: twice 32 x T) and never T x T. Every sum runs in the order of the
// keys of this text: the result depends on the text alone.
#ifndef SEMEME_KERNELS_ATTENTION_H_
#define SEMEME_KERNELS_ATTENTION_H_

#include <cstddef>
#include <span>

#include "base/cpu.h"
#include "kernels/gemm.h"

namespace sememe::kernels {

struct AttentionShape {
  std::size_t tokens = 0;    ///< T
  std::size_t heads = 0;     ///< N
  std::size_t head_dim = 0;  ///< D, H = N D
  Isa isa = active_isa();
};

/// Floats of scratch memory that attention() needs: about 2 T D + 16 T, on AMX 2 T D + 66 T with D
/// rounded up to 32.
std::size_t attention_scratch(const AttentionShape& shape);

/// out [T, H] from qkv [T, 3 H]: the queries of all heads, then the keys, then the values.
///
/// out must not overlap qkv. scratch: attention_scratch(shape) floats (SEMEME_CHECKed), contents
/// arbitrary. Error: at most 3e-6 of the largest value for scores up to 50; on AMX, where both
/// products are those of gemm.h, 6e-6 for scores up to 4, growing with them (attention_test.cc).
/// Cost: 4 T^2 H flops and N T^2 exponentials.
void attention(const AttentionShape& shape, ConstRows qkv, Rows out, std::span<float> scratch);

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_ATTENTION_H_
