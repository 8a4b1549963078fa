// GFLOP/s of attention with MiniLM's heads, 4 T^2 H flops.
#include "kernels/attention.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <string>

#include "kernels/test_values.h"

namespace sememe::kernels {
namespace {

constexpr std::size_t kHeads = 12;
constexpr std::size_t kHeadDim = 32;
constexpr std::size_t kHidden = kHeads * kHeadDim;

std::vector<float> run(const AttentionShape& shape, const std::vector<float>& qkv) {
  std::vector<float> out(shape.tokens * kHidden);
  std::vector<float> scratch(attention_scratch(shape));
  attention(shape, {qkv.data(), 3 * kHidden}, {out.data(), kHidden}, scratch);
  return out;
}

void bench_attention(benchmark::State& state, Isa isa) {
  const AttentionShape shape{static_cast<std::size_t>(state.range(0)), kHeads, kHeadDim, isa};
  AttentionShape scalar = shape;
  scalar.isa = Isa::kScalar;
  const std::vector<float> qkv = test_values(shape.tokens * 3 * kHidden, 1);
  std::vector<float> out = run(shape, qkv);
  const std::vector<float> expected = run(scalar, qkv);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (std::abs(out[i] - expected[i]) > 2 * attention_bound(isa, 1))
      return state.SkipWithError("differs from scalar");
  }
  std::vector<float> scratch(attention_scratch(shape));
  for (auto _ : state) {
    attention(shape, {qkv.data(), 3 * kHidden}, {out.data(), kHidden}, scratch);
    benchmark::ClobberMemory();
  }
  const double flops = 4.0 * static_cast<double>(shape.tokens * shape.tokens * kHidden);
  state.counters["GFLOPS"] = benchmark::Counter(
      flops * static_cast<double>(state.iterations()) * 1e-9, benchmark::Counter::kIsRate);
}

}  // namespace
}  // namespace sememe::kernels

int main(int argc, char** argv) {
  for (const sememe::Isa isa : sememe::supported_isas()) {
    const std::string name = "attention/" + std::string(sememe::isa_name(isa));
    auto* bench = benchmark::RegisterBenchmark(name.c_str(), sememe::kernels::bench_attention, isa);
    bench->Arg(16)->Arg(32)->Arg(128);
    if (isa != sememe::Isa::kScalar) bench->Arg(512);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
