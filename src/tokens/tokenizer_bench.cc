// Encoding speed on English prose, and the time to load a tokenizer.
//
// SEMEME_BENCH_TOKENIZER names a tokenizer.json and SEMEME_BENCH_TEXT a text file; without them a
// small vocabulary and generated text stand in, whose figures say nothing about a real model.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "base/file.h"
#include "sememe/tokenizer.h"
#include "text/utf8.h"
#include "tokens/test_support.h"

namespace sememe::tokens {
namespace {

const std::vector<std::string>& stand_in_words() {
  static const std::vector<std::string> kWords = {
      "the",  "of",   "and", "model", "vector", "search", "index", "token",  "##s", "##ing",
      "##ed", "##er", "in",  "a",     "is",     "was",    "on",    "window", ",",   "."};
  return kWords;
}

const std::string& tokenizer_json() {
  static const std::string kJson = [] {
    const char* const path = std::getenv("SEMEME_BENCH_TOKENIZER");
    return path ? read_file(path) : testing_support::tiny_tokenizer_json(stand_in_words()).dump();
  }();
  return kJson;
}

const std::string& english() {
  static const std::string kText = [] {
    if (const char* const path = std::getenv("SEMEME_BENCH_TEXT")) {
      return text::replace_invalid_utf8(read_file(path)).text;
    }
    std::mt19937_64 random(7);
    std::string text;
    while (text.size() < 1'000'000) {
      std::string word = stand_in_words()[random() % stand_in_words().size()];
      if (word.starts_with("##")) word = "search" + word.substr(2);
      text += word + " ";
    }
    return text;
  }();
  return kText;
}

// The same length of text, each of whose words goes the general way.
std::string accented(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == 'e') {
      out += "\xC3\xA9";
    } else {
      out += c;
    }
  }
  return out;
}

void encode_pieces(benchmark::State& state, const std::string& text, std::size_t piece_bytes) {
  const Tokenizer tokenizer = Tokenizer::from_json(tokenizer_json(), "bench");
  std::vector<std::string_view> pieces;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.size(), at + piece_bytes);
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    pieces.push_back(std::string_view(text).substr(at, end - at));
    at = end;
  }
  Encoding encoding;
  std::size_t tokens = 0;
  for (auto _ : state) {
    for (const std::string_view piece : pieces) {
      tokenizer.encode_into(piece, {}, encoding);
      tokens += encoding.token_count;
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
  state.counters["tokens"] =
      benchmark::Counter(static_cast<double>(tokens), benchmark::Counter::kIsRate);
}

void BM_EncodeEnglish(benchmark::State& state) {
  encode_pieces(state, english(), static_cast<std::size_t>(state.range(0)));
}
BENCHMARK(BM_EncodeEnglish)->Arg(1000)->Arg(1 << 30)->Unit(benchmark::kMillisecond);

void BM_EncodeAccented(benchmark::State& state) {
  encode_pieces(state, accented(english()), static_cast<std::size_t>(state.range(0)));
}
BENCHMARK(BM_EncodeAccented)->Arg(1000)->Unit(benchmark::kMillisecond);

void BM_LoadTokenizer(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(Tokenizer::from_json(tokenizer_json(), "bench"));
  }
}
BENCHMARK(BM_LoadTokenizer)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sememe::tokens

BENCHMARK_MAIN();
