// One query against many rows: GB/s of the rows, in cache and from memory.
#include "kernels/dot.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>

#include "kernels/test_values.h"

namespace sememe::kernels {
namespace {

constexpr std::size_t kDim = 384;

void bench_dot_rows(benchmark::State& state, Isa isa) {
  const auto row_count = static_cast<std::size_t>(state.range(0));
  const std::vector<float> query = test_values(kDim, 1);
  const std::vector<float> rows = test_values(row_count * kDim, 2);
  std::vector<float> out(row_count);
  dot_rows(query, rows.data(), row_count, out, isa);
  std::vector<float> expected(row_count);
  dot_rows(query, rows.data(), row_count, expected, Isa::kScalar);
  for (std::size_t r = 0; r < row_count; ++r) {
    if (std::abs(out[r] - expected[r]) > 1e-4F) return state.SkipWithError("differs from scalar");
  }
  for (auto _ : state) {
    dot_rows(query, rows.data(), row_count, out, isa);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(row_count * kDim * sizeof(float)));
}

}  // namespace
}  // namespace sememe::kernels

int main(int argc, char** argv) {
  for (const sememe::Isa isa : sememe::supported_isas()) {
    const std::string name = "dot_rows/" + std::string(sememe::isa_name(isa));
    benchmark::RegisterBenchmark(name.c_str(), sememe::kernels::bench_dot_rows, isa)
        ->Arg(16)
        ->Arg(400)
        ->Arg(100000);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
