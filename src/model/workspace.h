// The scratch buffers behind Workspace.
#ifndef SEMEME_MODEL_WORKSPACE_H_
#define SEMEME_MODEL_WORKSPACE_H_

#include <vector>

#include "kernels/aligned.h"
#include "kernels/quantized.h"
#include "model/encoder.h"

namespace sememe::model {

struct Workspace::Buffers {
  kernels::AlignedFloats x;        // [group, H]
  kernels::AlignedFloats qkv;      // [group, 3 H]
  kernels::AlignedFloats context;  // [group, H]
  kernels::AlignedFloats up;       // [row block, I]
  kernels::AlignedFloats scratch;  // of attention
  kernels::QuantizedRows input;    // [group, H], of the integer precisions
  kernels::QuantizedRows mixed;    // [texts of one attention part, H]
  kernels::QuantizedRows middle;   // [group, H]
  kernels::QuantizedRows inner;    // [row block, I]
  std::vector<TokenId> rows;       // [T of a text], of a static model
  std::vector<float> weights;      // [T of a text]
};

}  // namespace sememe::model

#endif  // SEMEME_MODEL_WORKSPACE_H_
