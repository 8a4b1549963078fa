#include "sememe/embedder.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

#include "base/error_context.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/thread_pool.h"
#include "model/catalog.h"
#include "model/checksums.h"
#include "model/encoder.h"
#include "model/sentence_transformers.h"
#include "search/batching.h"
#include "search/static_reader.h"

namespace sememe {
namespace {

// Texts that are tokenized before the model runs: bounds the memory of ids for any number of texts.
constexpr std::size_t kWindowTexts = 8192;
constexpr std::size_t kTokenizeGrain = 32;
// Texts that a static model embeds between two looks at the shared counter: some 100 microseconds.
constexpr std::size_t kStaticGrain = 64;
// After a longer text, memory goes back to the system: it would stay until the process ends, and
// the next text as long may never come.
constexpr std::size_t kUsualBytes = std::size_t{1} << 20;

/// What the model reads of one text. The tokenizer's offsets would be four times the ids' memory.
struct TextTokens {
  std::vector<TokenId> ids;
  std::size_t count = 0;  ///< of the whole text
};

Tokenizer load_tokenizer(const Path& path) {
  return Tokenizer::from_json(read_file(path, std::uint64_t{1} << 28), quote(path.native()));
}

void require_finite(std::span<const float> vector, std::size_t text) {
  // An exponent of ones, which not a number and infinities have, carries into the sign bit. Without
  // a way out in the middle the compiler takes many numbers at a time.
  std::uint32_t carries = 0;
  for (const float value : vector) {
    carries |= (std::bit_cast<std::uint32_t>(value) & 0x7F800000U) + 0x00800000U;
  }
  if (carries >> 31 == 0) return;
  const float bad = *std::ranges::find_if(vector, [](float v) { return !std::isfinite(v); });
  throw Error(ErrorCode::kCorrupt,
              concat("text ", text, ": the model gave a vector with ", std::to_string(bad),
                     ", expected finite numbers; run \"sememe model verify\""));
}

// [rows, cols] zeros, on huge pages where they are many and the system has them: every page of 4 KB
// costs a fault, together a third of what a static model needs for its vectors.
Matrix large_matrix(std::size_t rows, std::size_t cols) {
  Matrix out(0, cols);
  out.rows = rows;
  out.values.reserve(rows * cols);
  advise_huge_pages(out.values.data(), rows * cols * sizeof(float));
  out.values.resize(rows * cols);
  return out;
}

}  // namespace

std::size_t Embeddings::truncated_count() const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) count += token_counts[i] > tokens[i];
  return count;
}

// What a worker of a static model uses again.
struct StaticScratch {
  Encoding encoding;
  std::vector<TokenId> ids;
  std::vector<std::size_t> starts;
};

struct Embedder::Impl {
  ModelInfo info;
  model::ModelConfig config;
  Tokenizer tokenizer;
  std::unique_ptr<model::Encoder> encoder;
  mutable ThreadPool pool;
  mutable std::vector<model::Workspace> workspaces;
  std::optional<StaticReader> static_reader;  // of a static model

  Impl(const Path& directory, const EmbedderOptions& options)
      : config(model::read_model_config(directory)),
        tokenizer(load_tokenizer(config.tokenizer_file)),
        encoder(model::Encoder::load(directory, {.precision = options.precision})),
        pool(options.threads),
        workspaces(pool.size()) {
    if (config.architecture == model::Architecture::kStatic)
      static_reader.emplace(tokenizer, config);
  }

  std::string_view prompt(TextRole role) const {
    if (role == TextRole::kQuery) return config.query_prompt;
    if (role == TextRole::kDocument) return config.document_prompt;
    return {};
  }

  std::vector<TextTokens> tokenize(std::span<const std::string_view> texts, TextRole role) const {
    const std::string_view prefix = prompt(role);
    std::vector<TextTokens> tokens(texts.size());
    std::vector<Encoding> encodings(pool.size());  // scratch of a worker
    const EncodeOptions options{.max_tokens = info.max_tokens};
    const std::size_t grains = (texts.size() + kTokenizeGrain - 1) / kTokenizeGrain;
    pool.parallel_for(grains, [&](std::size_t grain, std::size_t worker) {
      Encoding& encoding = encodings[worker];
      const std::size_t end = std::min(texts.size(), (grain + 1) * kTokenizeGrain);
      for (std::size_t i = grain * kTokenizeGrain; i < end; ++i) {
        if (prefix.empty()) {
          tokenizer.encode_into(texts[i], options, encoding);
        } else {
          tokenizer.encode_into(std::string(prefix).append(texts[i]), options, encoding);
        }
        tokens[i].ids.assign(encoding.ids.begin(), encoding.ids.end());
        tokens[i].count = encoding.token_count;
      }
    });
    return tokens;
  }

  // Runs the texts of one batch and puts their vectors into the rows `first + position`.
  void run_batch(std::span<const std::size_t> batch, std::span<const TextTokens> tokens,
                 std::size_t worker, std::span<float> rows) const {
    std::vector<TokenId> ids;
    std::vector<std::size_t> starts = {0};
    for (const std::size_t i : batch) {
      ids.insert(ids.end(), tokens[i].ids.begin(), tokens[i].ids.end());
      starts.push_back(ids.size());
    }
    std::vector<float> vectors(batch.size() * info.dim);
    encoder->encode({ids, starts}, workspaces[worker], vectors);
    for (std::size_t b = 0; b < batch.size(); ++b) {
      const auto vector = std::span(vectors).subspan(b * info.dim, info.dim);
      require_finite(vector, batch[b]);
      std::ranges::copy(vector, rows.begin() + static_cast<std::ptrdiff_t>(batch[b] * info.dim));
    }
  }

  void embed_in_batches(std::span<const std::string_view> texts, const EmbedOptions& options,
                        Embeddings& out) const {
    std::mutex mutex;
    std::size_t done = 0;
    for (std::size_t first = 0; first < texts.size(); first += kWindowTexts) {
      const auto window = texts.subspan(first, std::min(kWindowTexts, texts.size() - first));
      const std::vector<TextTokens> tokens = tokenize(window, options.role);
      std::vector<std::size_t> lengths;
      for (std::size_t i = 0; i < window.size(); ++i) {
        lengths.push_back(tokens[i].ids.size());
        out.tokens[first + i] = tokens[i].ids.size();
        out.token_counts[first + i] = tokens[i].count;
      }
      const auto batches = plan_batches(lengths, pool.size());
      const auto rows = std::span(out.vectors.values).subspan(first * info.dim);
      pool.parallel_for(batches.size(), [&](std::size_t b, std::size_t worker) {
        run_batch(batches[b], tokens, worker, rows);
        if (!options.progress) return;
        const std::lock_guard lock(mutex);
        options.progress(done += batches[b].size());
      });
    }
  }

  // Scratch memory grows to the longest text that it has seen.
  void release_memory() const {
    for (model::Workspace& workspace : workspaces) workspace = model::Workspace();
    release_free_memory();
  }

  // A static model takes less time for a text than planning a batch would: each worker takes some
  // texts as they come, all their tokens first, since vocabulary and table would push each other
  // out of the caches, and writes their rows in place.
  void embed_static(std::span<const std::string_view> texts, const EmbedOptions& options,
                    Embeddings& out) const {
    const std::string_view prefix = prompt(options.role);
    std::vector<StaticScratch> scratch(pool.size());  // of a worker
    std::mutex mutex;
    std::size_t done = 0;
    const std::size_t grains = (texts.size() + kStaticGrain - 1) / kStaticGrain;
    pool.parallel_for(grains, [&](std::size_t grain, std::size_t worker) {
      const std::size_t begin = grain * kStaticGrain;
      const std::size_t end = std::min(texts.size(), begin + kStaticGrain);
      StaticScratch& work = scratch[worker];
      work.ids.clear();
      work.starts.assign(1, 0);
      for (std::size_t i = begin; i < end; ++i) {
        const TokensRead tokens =
            prefix.empty()
                ? static_reader->read(texts[i], work.encoding)
                : static_reader->read(std::string(prefix).append(texts[i]), work.encoding);
        out.tokens[i] = tokens.read;
        out.token_counts[i] = tokens.all;
        work.ids.insert(work.ids.end(), work.encoding.ids.begin(), work.encoding.ids.end());
        work.starts.push_back(work.ids.size());
      }
      const std::span<float> rows(out.vectors.row(begin).data(), (end - begin) * info.dim);
      encoder->encode({work.ids, work.starts}, workspaces[worker], rows);
      for (std::size_t i = begin; i < end; ++i) require_finite(out.vectors.row(i), i);
      if (!options.progress) return;
      const std::lock_guard lock(mutex);
      options.progress(done += end - begin);
    });
  }
};

Embedder Embedder::open(const std::string& name, const EmbedderOptions& options) {
  const Path directory = model::resolve_model(name);
  auto impl = std::make_unique<Impl>(directory, options);
  const model::EncoderInfo& encoder = impl->encoder->info();
  if (impl->tokenizer.vocabulary_size() > encoder.vocabulary_size) {
    throw Error(ErrorCode::kCorrupt,
                concat("tokenizer.json has token ids up to ", impl->tokenizer.vocabulary_size() - 1,
                       ", the weights have ", encoder.vocabulary_size, " rows"));
  }
  impl->info = {.name = model::durable_model_name(name),
                .directory = directory.string(),
                .architecture = encoder.architecture,
                .fingerprint = model::model_fingerprint(directory),
                .precision = encoder.precision,
                .pooling = encoder.pooling,
                .normalized = encoder.normalized,
                .dim = encoder.dim,
                .max_tokens = encoder.max_tokens,
                .vocabulary_size = encoder.vocabulary_size,
                .layers = encoder.layers,
                .hidden = encoder.hidden,
                .heads = encoder.heads,
                .intermediate = encoder.intermediate,
                .parameters = encoder.parameters,
                .weights_type = encoder.weights_type};
  return Embedder(std::move(impl));
}

Embedder::Embedder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Embedder::Embedder(Embedder&&) noexcept = default;
Embedder& Embedder::operator=(Embedder&&) noexcept = default;
Embedder::~Embedder() = default;

const ModelInfo& Embedder::info() const { return impl_->info; }
const Tokenizer& Embedder::tokenizer() const { return impl_->tokenizer; }
std::string_view Embedder::prompt(TextRole role) const { return impl_->prompt(role); }

Embeddings Embedder::embed_batch(std::span<const std::string_view> texts,
                                 const EmbedOptions& options) const {
  Embeddings out;
  out.vectors = large_matrix(texts.size(), dim());
  out.tokens.resize(texts.size());
  out.token_counts.resize(texts.size());
  if (impl_->static_reader) {
    impl_->embed_static(texts, options, out);
  } else {
    impl_->embed_in_batches(texts, options, out);
  }
  const auto is_unusual = [](std::string_view text) { return text.size() > kUsualBytes; };
  if (std::ranges::any_of(texts, is_unusual)) impl_->release_memory();
  return out;
}

std::vector<float> Embedder::embed(std::string_view text, const EmbedOptions& options) const {
  return embed_batch({&text, 1}, options).vectors.values;
}

}  // namespace sememe
