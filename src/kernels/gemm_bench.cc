// GFLOP/s of the products of MiniLM's layers, beside the peak that this core reaches with
// multiply-adds on registers alone. On AMX that is the peak of bf16 tiles; f32 products take three
// of theirs, so a third of it bounds the others.
#include "kernels/gemm.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <string>

#include "kernels/table.h"
#include "kernels/test_values.h"

namespace sememe::kernels {
namespace {

struct Shape {
  std::size_t n;
  std::size_t k;
  Epilogue epilogue;
};

void set_rate(benchmark::State& state, double flops) {
  state.counters["GFLOPS"] = benchmark::Counter(
      flops * static_cast<double>(state.iterations()) * 1e-9, benchmark::Counter::kIsRate);
}

// The first and last row against the scalar tier.
bool agrees_with_scalar(Isa isa, const std::vector<float>& a, const std::vector<float>& w,
                        const Shape& shape, const std::vector<float>& c) {
  const std::size_t m = c.size() / shape.n;
  const double bound = product_bound(isa, shape.k) + product_bound(Isa::kScalar, shape.k);
  PackedWeights packed(shape.n, shape.k, Isa::kScalar);
  packed.fill(0, w.data(), std::vector<float>(shape.n, 0.25F));
  for (const std::size_t row : {std::size_t{0}, m - 1}) {
    std::vector<float> expected(shape.n, 0.5F);
    gemm(
        1, {&a[row * shape.k], shape.k}, packed, {expected.data(), shape.n},
        {.epilogue = shape.epilogue,
         .residual = {shape.epilogue == Epilogue::kResidual ? expected.data() : nullptr, shape.n}});
    for (std::size_t j = 0; j < shape.n; ++j) {
      if (std::abs(expected[j] - c[row * shape.n + j]) > bound) return false;
    }
  }
  return true;
}

void bench_gemm(benchmark::State& state, Isa isa, Shape shape) {
  const auto m = static_cast<std::size_t>(state.range(0));
  const std::vector<float> a = test_values(m * shape.k, 1);
  const std::vector<float> w = test_values(shape.n * shape.k, 2);
  const std::vector<float> residual(m * shape.n, 0.5F);
  std::vector<float> c(m * shape.n);
  PackedWeights packed(shape.n, shape.k, isa);
  packed.fill(0, w.data(), std::vector<float>(shape.n, 0.25F));
  const GemmOptions options{
      .epilogue = shape.epilogue,
      .residual = {shape.epilogue == Epilogue::kResidual ? residual.data() : nullptr, shape.n}};
  gemm(m, {a.data(), shape.k}, packed, {c.data(), shape.n}, options);
  if (!agrees_with_scalar(isa, a, w, shape, c)) return state.SkipWithError("differs from scalar");
  for (auto _ : state) {
    gemm(m, {a.data(), shape.k}, packed, {c.data(), shape.n}, options);
    benchmark::ClobberMemory();
  }
  set_rate(state, 2.0 * static_cast<double>(m * shape.n * shape.k));
}

void bench_peak(benchmark::State& state, Isa isa) {
  double flops = 0;
  for (auto _ : state) flops += kernel_table(isa).peak_flops();
  state.counters["GFLOPS"] = benchmark::Counter(flops * 1e-9, benchmark::Counter::kIsRate);
}

void register_tier(Isa isa) {
  const std::string tier(isa_name(isa));
  benchmark::RegisterBenchmark(("peak/" + tier).c_str(), bench_peak, isa);
  const std::vector<std::pair<std::string, Shape>> shapes = {
      {"384x384+residual", {384, 384, Epilogue::kResidual}},
      {"1152x384", {1152, 384, Epilogue::kBias}},
      {"1536x384", {1536, 384, Epilogue::kBias}},
      {"1536x384+gelu", {1536, 384, Epilogue::kGelu}},
      {"384x1536+residual", {384, 1536, Epilogue::kResidual}}};
  for (const auto& [name, shape] : shapes) {
    auto* bench =
        benchmark::RegisterBenchmark(("gemm/" + tier + "/" + name).c_str(), bench_gemm, isa, shape);
    if (isa == Isa::kScalar) {
      bench->Arg(16);
    } else {
      bench->Arg(1)->Arg(16)->Arg(128)->Arg(4096);
    }
  }
}

}  // namespace
}  // namespace sememe::kernels

int main(int argc, char** argv) {
  for (const sememe::Isa isa : sememe::supported_isas()) sememe::kernels::register_tier(isa);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
