// Tokens per CPU-second of one thread, on random weights of MiniLM-L6's shape.
#include <benchmark/benchmark.h>

#include <cmath>
#include <filesystem>
#include <string>

#include "model/bert.h"
#include "model/test_models.h"

namespace sememe::model {
namespace {

const BertEncoder& encoder_for(Precision precision, Isa isa) {
  static std::map<std::pair<Precision, Isa>, std::unique_ptr<BertEncoder>> encoders;
  std::unique_ptr<BertEncoder>& encoder = encoders[{precision, isa}];
  if (encoder == nullptr) {
    const Path directory = std::filesystem::temp_directory_path() / "sememe-encoder-bench";
    write_bert(directory, kMiniLmShape);
    encoder = std::make_unique<BertEncoder>(read_model_config(directory),
                                            SafetensorsFile::open(directory / "model.safetensors"),
                                            precision, isa);
    std::filesystem::remove_all(directory);
  }
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

void bench_encode(benchmark::State& state, Precision precision, Isa isa) {
  const BertEncoder& encoder = encoder_for(precision, isa);
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

void bench_load(benchmark::State& state) {
  const Path directory = std::filesystem::temp_directory_path() / "sememe-load-bench";
  write_bert(directory, kMiniLmShape);
  for (auto _ : state) benchmark::DoNotOptimize(Encoder::load(directory));
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace sememe::model

int main(int argc, char** argv) {
  using sememe::Precision;
  for (const Precision precision : {Precision::kExact, Precision::kNear, Precision::kFast}) {
    for (const sememe::Isa isa : sememe::supported_isas()) {
      if (isa == sememe::Isa::kScalar && sememe::supported_isas().size() > 1) continue;
      const std::string name = "encode/" + std::string(sememe::precision_name(precision)) + "/" +
                               std::string(sememe::isa_name(isa));
      benchmark::RegisterBenchmark(name.c_str(), sememe::model::bench_encode, precision, isa)
          ->Args({1, 16})
          ->Args({1, 128})
          ->Args({32, 32})
          ->Args({32, 128})
          ->Args({8, 512});
    }
  }
  benchmark::RegisterBenchmark("load", sememe::model::bench_load)->Unit(benchmark::kMillisecond);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
