#include "model/bert_layers.h"

#include "base/error_context.h"

namespace sememe::model {

const vectors::TensorInfo& expect_float(const vectors::TensorTable& table, const std::string& name,
                                        std::initializer_list<std::uint64_t> shape) {
  const vectors::TensorInfo& tensor = table.expect(name, std::span(shape.begin(), shape.size()));
  if (!vectors::is_float(tensor)) {
    throw Error(ErrorCode::kUnsupported,
                concat(table.what(), ": tensor ", quote(name), ": expected F32, F16 or ",
                       "BF16, found ", quote(tensor.dtype)));
  }
  return tensor;
}

NormWeights load_norm(const vectors::TensorTable& table, const std::string& name,
                      const ModelConfig& config) {
  return {.gamma = vectors::read_f32(expect_float(table, name + ".weight", {config.hidden})),
          .beta = vectors::read_f32(expect_float(table, name + ".bias", {config.hidden})),
          .epsilon = static_cast<float>(config.layer_norm_epsilon)};
}

LinearTensors read_linear(const vectors::TensorTable& table, std::span<const std::string> names,
                          std::size_t n, std::size_t k) {
  LinearTensors all;
  all.weight.reserve(names.size() * n * k);
  for (const std::string& name : names) {
    const std::vector<float> weight =
        vectors::read_f32(expect_float(table, name + ".weight", {n, k}));
    const std::vector<float> bias = vectors::read_f32(expect_float(table, name + ".bias", {n}));
    all.weight.insert(all.weight.end(), weight.begin(), weight.end());
    all.bias.insert(all.bias.end(), bias.begin(), bias.end());
  }
  return all;
}

std::array<LinearShape, 4> linear_shapes(const ModelConfig& config) {
  const std::size_t hidden = config.hidden;
  return {{{3 * hidden, hidden},
           {hidden, hidden},
           {config.intermediate, hidden},
           {hidden, config.intermediate}}};
}

void check_layers(const vectors::TensorTable& table, const ModelConfig& config) {
  const std::size_t hidden = config.hidden;
  for (std::size_t i = 0; i < config.layers; ++i) {
    const std::string prefix = concat("encoder.layer.", i, ".");
    for (const char* name : {"attention.self.query", "attention.self.key", "attention.self.value",
                             "attention.output.dense"}) {
      expect_float(table, prefix + name + ".weight", {hidden, hidden});
      expect_float(table, prefix + name + ".bias", {hidden});
    }
    expect_float(table, prefix + "intermediate.dense.weight", {config.intermediate, hidden});
    expect_float(table, prefix + "intermediate.dense.bias", {config.intermediate});
    expect_float(table, prefix + "output.dense.weight", {hidden, config.intermediate});
    expect_float(table, prefix + "output.dense.bias", {hidden});
    expect_float(table, prefix + "output.LayerNorm.bias", {hidden});
  }
}

}  // namespace sememe::model
