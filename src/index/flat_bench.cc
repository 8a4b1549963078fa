// Flat searches of rows of 384 dimensions: GB/s of what is read, beside that of a plain read of
// memory in the same run; queries a second of batches; recall of codes by oversampling.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <random>

#include "index/flat_bits.h"
#include "index/flat_bytes.h"
#include "index/flat_half.h"
#include "index/flat_index.h"
#include "kernels/aligned.h"

namespace sememe::index {
namespace {

constexpr std::size_t kDims = 384;
constexpr std::size_t kQueries = 64;
constexpr std::size_t kBest = 10;

// Unit vectors with the look of texts': a spectrum that falls with the root of the dimension, and
// groups of like ones.
void fill_rows(float* rows, std::size_t count, std::uint64_t seed) {
  std::mt19937_64 group_random(1);
  std::normal_distribution<float> normal;
  constexpr std::size_t kGroups = 1000;
  std::vector<float> centres(kGroups * kDims);
  for (float& value : centres) value = normal(group_random);
  std::mt19937_64 random(seed);
  // Sums of four bytes are near enough to normal, and quick to draw.
  for (std::size_t r = 0; r < count; ++r) {
    const float* centre = centres.data() + random() % kGroups * kDims;
    float* row = rows + r * kDims;
    double square = 0;
    for (std::size_t c = 0; c < kDims; c += 2) {
      const std::uint64_t bits = random();
      for (std::size_t half = 0; half < 2; ++half) {
        const std::uint64_t four = bits >> (32 * half);
        const auto sum = static_cast<float>((four & 255) + ((four >> 8) & 255) +
                                            ((four >> 16) & 255) + ((four >> 24) & 255));
        const float noise = (sum - 510.0F) / 147.0F;
        const float scale = 1.0F / std::sqrt(static_cast<float>(1 + c + half));
        row[c + half] = scale * (0.7F * centre[c + half] + noise);
        square += double{row[c + half]} * double{row[c + half]};
      }
    }
    const auto factor = static_cast<float>(1.0 / std::sqrt(square));
    for (std::size_t c = 0; c < kDims; ++c) row[c] *= factor;
  }
}

// Rows, queries and indexes of a size, made when they are first asked for.
class Data {
 public:
  static Data& of(std::size_t rows) {
    static std::map<std::size_t, std::unique_ptr<Data>> all;
    std::unique_ptr<Data>& data = all[rows];
    if (data == nullptr) data = std::make_unique<Data>(rows);
    return *data;
  }
  explicit Data(std::size_t rows)
      : values_(kernels::AlignedFloats::uninitialized(rows * kDims)),
        rows_(rows),
        queries_(kQueries, kDims) {
    fill_rows(values_.data(), rows, 2);
    fill_rows(queries_.values.data(), kQueries, 3);
  }
  MatrixView rows() const { return {values_.data(), rows_, kDims}; }
  MatrixView queries() const { return queries_.view(); }
  FlatIndex f32() const { return FlatIndex(rows()); }
  const FlatHalfIndex& f16() { return made(f16_); }
  const FlatByteIndex& int8() { return made(int8_); }
  const FlatBitIndex& one_bit() { return made(one_bit_); }
  const FlatBitIndex& four_bits() {
    return made(four_bits_, vectors::Metric::kInnerProduct, CodeBits::kFour);
  }
  const std::vector<std::vector<Neighbor>>& nearest() {
    if (nearest_.empty()) nearest_ = f32().search_batch(queries(), kBest);
    return nearest_;
  }

 private:
  template <class Index, class... Options>
  const Index& made(std::unique_ptr<Index>& index, const Options&... options) {
    if (index == nullptr) index = std::make_unique<Index>(rows(), options...);
    return *index;
  }

  kernels::AlignedFloats values_;
  std::size_t rows_;
  Matrix queries_;
  std::unique_ptr<FlatHalfIndex> f16_;
  std::unique_ptr<FlatByteIndex> int8_;
  std::unique_ptr<FlatBitIndex> one_bit_;
  std::unique_ptr<FlatBitIndex> four_bits_;
  std::vector<std::vector<Neighbor>> nearest_;
};

Data& data_of(const benchmark::State& state) {
  return Data::of(static_cast<std::size_t>(state.range(0)));
}

// The C library's search for a byte that is not there: whole lines in order, in the processor's
// widest registers.
void read_memory(benchmark::State& state) {
  const auto floats = static_cast<std::size_t>(state.range(0)) * kDims / 2;
  const kernels::AlignedFloats zeros(floats);
  for (auto _ : state) {
    benchmark::DoNotOptimize(std::memchr(zeros.data(), 1, floats * sizeof(float)));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(floats * sizeof(float)));
}
BENCHMARK(read_memory)->Arg(20000)->Arg(1000000)->Unit(benchmark::kMillisecond);

template <class Index>
void search_one(benchmark::State& state, const Index& index, std::size_t bytes) {
  const MatrixView queries = data_of(state).queries();
  std::size_t q = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(index.search(queries.row(q), kBest));
    q = (q + 1) % kQueries;
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

template <class Index>
void search_batch(benchmark::State& state, const Index& index) {
  const MatrixView queries = data_of(state).queries();
  for (auto _ : state) benchmark::DoNotOptimize(index.search_batch(queries, kBest));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kQueries));
}

std::size_t row_bytes(const benchmark::State& state, std::size_t each) {
  return static_cast<std::size_t>(state.range(0)) * each;
}

void f32_one(benchmark::State& state) {
  search_one(state, data_of(state).f32(), row_bytes(state, 4 * kDims));
}
void f16_one(benchmark::State& state) {
  search_one(state, data_of(state).f16(), row_bytes(state, 2 * kDims));
}
void int8_one(benchmark::State& state) {
  const FlatByteIndex& index = data_of(state).int8();
  search_one(state, index, index.bytes());
}
void one_bit_one(benchmark::State& state) {
  const FlatBitIndex& index = data_of(state).one_bit();
  search_one(state, index, index.bytes());
}
void four_bits_one(benchmark::State& state) {
  const FlatBitIndex& index = data_of(state).four_bits();
  search_one(state, index, index.bytes());
}
void f32_batch(benchmark::State& state) { search_batch(state, data_of(state).f32()); }
void f16_batch(benchmark::State& state) { search_batch(state, data_of(state).f16()); }
void int8_batch(benchmark::State& state) { search_batch(state, data_of(state).int8()); }
void one_bit_batch(benchmark::State& state) { search_batch(state, data_of(state).one_bit()); }
void four_bits_batch(benchmark::State& state) { search_batch(state, data_of(state).four_bits()); }

#define SEMEME_FLAT_BENCH(function) \
  BENCHMARK(function)->Arg(20000)->Arg(1000000)->Unit(benchmark::kMillisecond)
SEMEME_FLAT_BENCH(f32_one);
SEMEME_FLAT_BENCH(f16_one);
SEMEME_FLAT_BENCH(int8_one);
SEMEME_FLAT_BENCH(one_bit_one);
SEMEME_FLAT_BENCH(four_bits_one);
SEMEME_FLAT_BENCH(f32_batch);
SEMEME_FLAT_BENCH(f16_batch);
SEMEME_FLAT_BENCH(int8_batch);
SEMEME_FLAT_BENCH(one_bit_batch);
SEMEME_FLAT_BENCH(four_bits_batch);

// The second argument is ten times the oversampling.
template <class Index>
void report_recall(benchmark::State& state, const Index& index) {
  Data& data = data_of(state);
  const double oversample = static_cast<double>(state.range(1)) / 10;
  std::size_t hits = 0;
  for (auto _ : state) {
    const auto found = index.search_batch(data.queries(), kBest, nullptr, nullptr, oversample);
    hits = 0;
    for (std::size_t q = 0; q < kQueries; ++q) {
      for (const Neighbor& n : found[q]) hits += std::ranges::count(data.nearest()[q], n);
    }
  }
  state.counters["recall"] = static_cast<double>(hits) / (kQueries * kBest);
}
void int8_recall(benchmark::State& state) { report_recall(state, data_of(state).int8()); }
void one_bit_recall(benchmark::State& state) { report_recall(state, data_of(state).one_bit()); }
void four_bits_recall(benchmark::State& state) { report_recall(state, data_of(state).four_bits()); }
BENCHMARK(int8_recall)
    ->ArgsProduct({{20000, 200000}, {10, 15, 20, 40}})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(four_bits_recall)
    ->ArgsProduct({{20000, 200000}, {10, 15, 20, 30, 50}})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(one_bit_recall)
    ->ArgsProduct({{20000, 200000}, {100, 200, 300, 500, 1000}})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sememe::index

BENCHMARK_MAIN();
