// Functions on codes of vectors, in the first-level caches: nanoseconds of one call.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <string>

#include "kernels/bit_sums.h"
#include "kernels/byte_dot.h"
#include "kernels/hadamard.h"
#include "kernels/half_dot.h"
#include "kernels/nibble_sums.h"
#include "kernels/test_values.h"

namespace sememe::kernels {
namespace {

constexpr std::size_t kDim = 384;

void bench_hadamard(benchmark::State& state, Isa isa) {
  std::vector<float> values = test_values(512, 1);
  for (auto _ : state) {
    hadamard(values, isa);
    benchmark::ClobberMemory();
  }
}

void bench_bit_sums(benchmark::State& state, Isa isa) {
  const std::vector<std::uint8_t> block(bit_block_bytes(kDim), 0x5A);
  std::vector<std::uint8_t> table(block.size());
  make_bit_table(test_values(kDim, 1), table, isa);
  std::array<std::uint32_t, kBitBlockRows> sums;
  for (auto _ : state) {
    bit_sums(block, table, sums, isa);
    benchmark::DoNotOptimize(sums.data());
    benchmark::ClobberMemory();
  }
}

void bench_bit_table(benchmark::State& state, Isa isa) {
  const std::vector<float> query = test_values(kDim, 1);
  std::vector<std::uint8_t> table(bit_block_bytes(kDim));
  for (auto _ : state) {
    benchmark::DoNotOptimize(make_bit_table(query, table, isa));
    benchmark::ClobberMemory();
  }
}

void bench_byte_dot_rows(benchmark::State& state, Isa isa) {
  const std::vector<std::int8_t> query(kDim, 3);
  const std::vector<std::int8_t> rows(64 * kDim, -5);
  std::vector<std::int32_t> out(64);
  for (auto _ : state) {
    byte_dot_rows(query, {.data = rows.data(), .stride = kDim}, out, isa);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(rows.size()));
}

void bench_nibble_sums(benchmark::State& state, Isa isa) {
  const std::vector<std::int8_t> query(kDim, 3);
  const std::vector<std::uint8_t> block(nibble_block_bytes(kDim), 0x5A);
  std::array<std::int32_t, kBitBlockRows> sums;
  for (auto _ : state) {
    nibble_sums(block, query, sums, 0, isa);
    benchmark::DoNotOptimize(sums.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(block.size()));
}

void bench_bit_scores(benchmark::State& state, Isa isa) {
  const std::vector<std::uint8_t> block(bit_block_bytes(kDim), 0x5A);
  std::vector<std::uint8_t> table(block.size());
  make_bit_table(test_values(kDim, 1), table, isa);
  const std::vector<float> factors = test_values(kBitBlockRows, 2);
  const auto each = std::span(factors).first<kBitBlockRows>();
  const BitScoring scoring = {.start = 1, .step = 2, .factors = each, .offsets = each};
  std::array<float, kBitBlockRows> scores;
  for (auto _ : state) {
    bit_scores(block, table, scoring, scores, isa);
    benchmark::DoNotOptimize(scores.data());
    benchmark::ClobberMemory();
  }
}

void bench_half_dot_rows(benchmark::State& state, Isa isa) {
  const std::vector<float> query = test_values(kDim, 1);
  const std::vector<std::uint16_t> rows(16 * kDim, 0x3555);
  std::vector<float> out(16);
  for (auto _ : state) {
    half_dot_rows(query, rows.data(), out, isa);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(2 * rows.size()));
}

}  // namespace
}  // namespace sememe::kernels

int main(int argc, char** argv) {
  namespace kernels = sememe::kernels;
  for (const sememe::Isa isa : sememe::supported_isas()) {
    const std::string tier = "/" + std::string(sememe::isa_name(isa));
    const auto add = [&](const char* name, auto function) {
      benchmark::RegisterBenchmark((name + tier).c_str(), function, isa);
    };
    add("hadamard_512", kernels::bench_hadamard);
    add("bit_sums_384", kernels::bench_bit_sums);
    add("bit_scores_384", kernels::bench_bit_scores);
    add("half_dot_rows_16x384", kernels::bench_half_dot_rows);
    add("bit_table_384", kernels::bench_bit_table);
    add("byte_dot_rows_64x384", kernels::bench_byte_dot_rows);
    add("nibble_sums_32x384", kernels::bench_nibble_sums);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
