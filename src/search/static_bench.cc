// Static models from text to vectors, one thread: the whole, and its two parts.
//
// SEMEME_BENCH_MODEL names a directory of a static model and SEMEME_BENCH_TEXT a text file; without
// them a tiny model and generated text stand in, whose figures say nothing about a real model.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "model/encoder.h"
#include "model/sentence_transformers.h"
#include "search/static_reader.h"
#include "sememe/embedder.h"
#include "text/utf8.h"

namespace sememe {
namespace {

std::string model_directory() {
  const char* const path = std::getenv("SEMEME_BENCH_MODEL");
  return path ? path : std::string(SEMEME_GOLDEN_DIR) + "/models/static-f32";
}

const std::string& english() {
  static const std::string kText = [] {
    if (const char* const path = std::getenv("SEMEME_BENCH_TEXT")) {
      return text::replace_invalid_utf8(read_file(path)).text;
    }
    std::string text;
    while (text.size() < 500'000) text += "the river bank is a vector of the hidden token engine. ";
    return text;
  }();
  return kText;
}

// english() in pieces of about so many bytes, cut at spaces.
std::vector<std::string_view> pieces(std::size_t bytes) {
  const std::string_view text = english();
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end =
        std::min(text.find(' ', std::min(text.size(), at + bytes)), text.size());
    out.push_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

// What the parts need, outside an Embedder.
struct Parts {
  model::ModelConfig config = model::read_model_config(model_directory());
  Tokenizer tokenizer =
      Tokenizer::from_json(read_file(config.tokenizer_file), config.tokenizer_file.native());
  std::unique_ptr<model::Encoder> encoder = model::Encoder::load(model_directory());
  StaticReader reader{tokenizer, config};
};

void count(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * english().size()));
}

void BM_TextToVectors(benchmark::State& state) {
  const Embedder embedder = Embedder::open(model_directory(), {.threads = 1});
  const auto texts = pieces(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(embedder.embed_batch(texts));
  count(state);
}
BENCHMARK(BM_TextToVectors)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);

void BM_TextToTokens(benchmark::State& state) {
  const Parts parts;
  const auto texts = pieces(static_cast<std::size_t>(state.range(0)));
  Encoding encoding;
  for (auto _ : state) {
    for (const std::string_view text : texts) parts.reader.read(text, encoding);
  }
  count(state);
}
BENCHMARK(BM_TextToTokens)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);

void BM_TokensToVectors(benchmark::State& state) {
  const Parts parts;
  std::vector<TokenId> ids;
  std::vector<std::size_t> starts = {0};
  Encoding encoding;
  for (const std::string_view text : pieces(static_cast<std::size_t>(state.range(0)))) {
    parts.reader.read(text, encoding);
    ids.insert(ids.end(), encoding.ids.begin(), encoding.ids.end());
    starts.push_back(ids.size());
  }
  std::vector<float> out((starts.size() - 1) * parts.encoder->info().dim);
  model::Workspace workspace;
  for (auto _ : state) {
    parts.encoder->encode({ids, starts}, workspace, out);
    benchmark::ClobberMemory();
  }
  count(state);
}
BENCHMARK(BM_TokensToVectors)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sememe

BENCHMARK_MAIN();
