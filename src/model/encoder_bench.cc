// Tokens per CPU-second of one thread and the time to load, on random weights of MiniLM-L6's shape.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <tuple>

#include "model/bert.h"
#include "model/test_models.h"

namespace sememe::model {
namespace {

// A model directory with a cache folder in it; gone at the end of the program.
class BenchModel {
 public:
  BenchModel() {
    std::filesystem::remove_all(directory_);
    write_bert(directory_, kMiniLmShape);
  }
  ~BenchModel() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  BenchModel(const BenchModel&) = delete;
  BenchModel& operator=(const BenchModel&) = delete;

  PackedCache cache() const {
    return {directory_ / "cache", directory_, read_model_config(directory_)};
  }
  std::unique_ptr<BertEncoder> load(Precision precision, Isa isa, const PackedCache& cache) const {
    return std::make_unique<BertEncoder>(
        read_model_config(directory_),
        vectors::SafetensorsFile::open(directory_ / "model.safetensors"), precision, isa, cache);
  }
  void empty_cache() const { std::filesystem::remove_all(directory_ / "cache" / "packed"); }

 private:
  Path directory_ = std::filesystem::temp_directory_path() /
                    ("sememe-encoder-bench-" + std::to_string(::getpid()));
};

const BenchModel& bench_model() {
  static const BenchModel model;
  return model;
}

enum class Weights { kPacked, kMapped };

const BertEncoder& encoder_for(Precision precision, Isa isa, Weights weights = Weights::kPacked) {
  static std::map<std::tuple<Precision, Isa, Weights>, std::unique_ptr<BertEncoder>> encoders;
  std::unique_ptr<BertEncoder>& encoder = encoders[{precision, isa, weights}];
  if (encoder != nullptr) return *encoder;
  const PackedCache cache = weights == Weights::kMapped ? bench_model().cache() : PackedCache();
  encoder = bench_model().load(precision, isa, cache);
  if (weights == Weights::kMapped) encoder = bench_model().load(precision, isa, cache);
  return *encoder;
}

// The first text of the batch against the same text alone in f32 on the AVX2 or scalar tier.
bool agrees_with_exact(const TestBatch& batch, const std::vector<float>& out, Precision precision) {
  const Isa isa = supported_isas()[supported_isas().size() > 1 ? 1 : 0];
  const BertEncoder& other = encoder_for(Precision::kExact, isa);
  const std::vector<std::size_t> starts = {0, batch.starts[1]};
  Workspace workspace;
  std::vector<float> expected(other.info().dim);
  other.encode({std::span(batch.ids).first(starts[1]), starts}, workspace, expected);
  double product = 0;
  double squares = 0;
  double expected_squares = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    product += double{out[i]} * double{expected[i]};
    squares += double{out[i]} * double{out[i]};
    expected_squares += double{expected[i]} * double{expected[i]};
  }
  const double cosine = product / std::sqrt(squares * expected_squares);
  return cosine > (precision == Precision::kExact  ? 0.9999999
                   : precision == Precision::kNear ? 0.9999
                                                   : 0.99);
}

void bench_encode(benchmark::State& state, Precision precision, Isa isa, Weights weights) {
  const BertEncoder& encoder = encoder_for(precision, isa, weights);
  const std::vector<std::size_t> lengths(static_cast<std::size_t>(state.range(0)),
                                         static_cast<std::size_t>(state.range(1)));
  const TestBatch batch(lengths, kMiniLmShape.vocabulary, 3);
  Workspace workspace;
  std::vector<float> out(lengths.size() * encoder.info().dim);
  encoder.encode(batch.packed(), workspace, out);
  if (!agrees_with_exact(batch, out, precision)) return state.SkipWithError("differs from exact");
  for (auto _ : state) encoder.encode(batch.packed(), workspace, out);
  state.counters["tokens"] = benchmark::Counter(
      static_cast<double>(batch.ids.size()) * static_cast<double>(state.iterations()),
      benchmark::Counter::kIsRate);
}

void bench_load(benchmark::State& state, Precision precision) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(bench_model().load(precision, active_isa(), {}));
  }
}

// Packs and writes the file.
void bench_first_load(benchmark::State& state, Precision precision) {
  for (auto _ : state) {
    bench_model().empty_cache();
    benchmark::DoNotOptimize(bench_model().load(precision, active_isa(), bench_model().cache()));
  }
}

void bench_cached_load(benchmark::State& state, Precision precision) {
  static_cast<void>(bench_model().load(precision, active_isa(), bench_model().cache()));
  for (auto _ : state) {
    benchmark::DoNotOptimize(bench_model().load(precision, active_isa(), bench_model().cache()));
  }
}

void register_encode(Precision precision, Isa isa, Weights weights) {
  const std::string name = "encode/" + std::string(precision_name(precision)) + "/" +
                           std::string(isa_name(isa)) +
                           (weights == Weights::kMapped ? "/mapped" : "");
  auto* bench = benchmark::RegisterBenchmark(name.c_str(), bench_encode, precision, isa, weights);
  bench->Args({1, 16})->Args({32, 128});
  if (weights == Weights::kPacked) bench->Args({1, 128})->Args({32, 32})->Args({8, 512});
}

void register_loads(Precision precision) {
  using Body = void (*)(benchmark::State&, Precision);
  const std::pair<const char*, Body> bodies[] = {
      {"", bench_load}, {"/first", bench_first_load}, {"/cached", bench_cached_load}};
  for (const auto& [name, body] : bodies) {
    benchmark::RegisterBenchmark(("load/" + std::string(precision_name(precision)) + name).c_str(),
                                 body, precision)
        ->Unit(benchmark::kMillisecond);
  }
}

}  // namespace
}  // namespace sememe::model

int main(int argc, char** argv) {
  using sememe::Precision;
  using sememe::model::Weights;
  const auto& tiers = sememe::supported_isas();
  for (const Precision precision : {Precision::kExact, Precision::kNear, Precision::kFast}) {
    for (const sememe::Isa isa : tiers) {
      if (isa == sememe::Isa::kScalar && tiers.size() > 1) continue;
      sememe::model::register_encode(precision, isa, Weights::kPacked);
    }
    sememe::model::register_encode(precision, tiers.back(), Weights::kMapped);
    sememe::model::register_loads(precision);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
