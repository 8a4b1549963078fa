// llama.cpp's side of the encoder race (race.py): llama_peer MODEL.gguf FIRST_BATCH_FILE BACKEND
// THREADS FLASH, then the commands of encoder_race.cc.
//
// BACKEND: a libggml-cpu-*.so, or the directory of them, from which ggml picks the best for this
// processor. FLASH: "flash" or "plain" attention. One call of llama_encode is one batch; its
// attention spans all of the batch's tokens, so the context is made for the largest batch asked
// for.

#include <ggml-backend.h>
#include <llama.h>

#include <cmath>
#include <filesystem>
#include <memory>

#include "batch_file.h"

namespace sememe::race {
namespace {

struct Settings {
  std::string model;
  std::string backend;
  int threads;
  bool flash;
};

template <auto release>
struct Releaser {
  template <class T>
  void operator()(T* held) const {
    release(held);
  }
};
using Model = std::unique_ptr<llama_model, Releaser<llama_model_free>>;
using Context = std::unique_ptr<llama_context, Releaser<llama_free>>;

[[noreturn]] void fail(const std::string& what) {
  throw Error(ErrorCode::kUnsupported, concat("llama.cpp: ", what));
}

void load_backend(const std::string& backend) {
  if (std::filesystem::is_directory(backend)) {
    ggml_backend_load_all_from_path(backend.c_str());
  } else {
    ggml_backend_load(backend.c_str());
  }
  if (ggml_backend_dev_count() == 0) fail(concat("no backend loaded from ", quote(backend)));
}

class Racer {
 public:
  explicit Racer(Settings settings) : settings_(std::move(settings)) {
    llama_log_set([](ggml_log_level, const char*, void*) {}, nullptr);
    load_backend(settings_.backend);
    llama_backend_init();
    model_.reset(llama_model_load_from_file(settings_.model.c_str(), llama_model_default_params()));
    if (!model_) fail(concat("cannot load ", quote(settings_.model)));
    dim_ = static_cast<std::size_t>(llama_model_n_embd(model_.get()));
  }

  Json time(const std::string& path, const std::string& repeats) {
    const std::vector<Batch>& batches = prepare(path);
    return time_repeats(repeats, [&] { encode(batches); });
  }

  Json vectors(const std::string& path, const std::string& out_path) {
    const std::vector<Batch>& batches = prepare(path);
    encode(batches);
    return write_vectors(batches, vectors_, dim_, out_path);
  }

 private:
  const std::vector<Batch>& prepare(const std::string& path) {
    const auto [place, is_new] = prepared_.try_emplace(path);
    if (is_new) place->second = read_batches(path);
    std::size_t tokens = 0;
    std::size_t texts = 0;
    for (const Batch& batch : place->second) {
      tokens = std::max(tokens, batch.ids.size());
      texts = std::max(texts, batch.size());
    }
    if (tokens > context_tokens_ || texts > context_texts_) make_context(tokens, texts);
    return place->second;
  }

  // llama.cpp stops the program when the tokens are not a multiple of the texts.
  void make_context(std::size_t tokens, std::size_t texts) {
    context_texts_ = std::max(texts, context_texts_);
    const std::size_t most = std::max(tokens, context_tokens_);
    context_tokens_ = (most + context_texts_ - 1) / context_texts_ * context_texts_;
    llama_context_params params = llama_context_default_params();
    params.n_ctx = params.n_batch = params.n_ubatch = static_cast<std::uint32_t>(context_tokens_);
    params.n_seq_max = static_cast<std::uint32_t>(context_texts_);
    params.n_threads = params.n_threads_batch = settings_.threads;
    params.embeddings = true;
    params.pooling_type = LLAMA_POOLING_TYPE_MEAN;
    params.flash_attn_type =
        settings_.flash ? LLAMA_FLASH_ATTN_TYPE_ENABLED : LLAMA_FLASH_ATTN_TYPE_DISABLED;
    context_.reset();
    context_.reset(llama_init_from_model(model_.get(), params));
    if (!context_) fail(concat("cannot make a context of ", context_tokens_, " tokens"));
  }

  void encode(const std::vector<Batch>& batches) {
    vectors_.resize(batches.size());
    for (std::size_t b = 0; b < batches.size(); ++b) encode(batches[b], vectors_[b]);
  }

  void encode(const Batch& batch, std::vector<float>& out) {
    const auto count = static_cast<std::int32_t>(batch.ids.size());
    llama_batch tokens = llama_batch_init(count, 0, 1);
    for (std::size_t text = 0; text < batch.size(); ++text) {
      for (std::size_t i = batch.starts[text]; i < batch.starts[text + 1]; ++i) {
        tokens.token[i] = static_cast<llama_token>(batch.ids[i]);
        tokens.pos[i] = static_cast<llama_pos>(i - batch.starts[text]);
        tokens.n_seq_id[i] = 1;
        tokens.seq_id[i][0] = static_cast<llama_seq_id>(text);
        tokens.logits[i] = 1;
      }
    }
    tokens.n_tokens = count;
    const int status = llama_encode(context_.get(), tokens);
    llama_batch_free(tokens);
    if (status != 0) fail(concat("llama_encode of ", count, " tokens returned ", status));
    out.resize(batch.size() * dim_);
    for (std::size_t text = 0; text < batch.size(); ++text) {
      const float* mean = llama_get_embeddings_seq(context_.get(), static_cast<llama_seq_id>(text));
      normalize({mean, dim_}, std::span(out).subspan(text * dim_, dim_));
    }
  }

  static void normalize(std::span<const float> mean, std::span<float> out) {
    double squares = 0;
    for (const float value : mean) squares += static_cast<double>(value) * value;
    const auto scale = static_cast<float>(1 / std::sqrt(squares));
    std::ranges::transform(mean, out.begin(), [&](float value) { return value * scale; });
  }

  Settings settings_;
  Model model_;
  Context context_;
  std::size_t context_tokens_ = 0;
  std::size_t context_texts_ = 0;
  std::size_t dim_ = 0;
  std::map<std::string, std::vector<Batch>> prepared_;
  std::vector<std::vector<float>> vectors_;
};

void run(const Settings& settings, const std::string& first_batches) {
  Racer racer(settings);
  racer.time(first_batches, "1");
  answer_commands({
      {"time", [&](const Words& words) { return racer.time(words[0], words[1]); }},
      {"vectors", [&](const Words& words) { return racer.vectors(words[0], words[1]); }},
      {"stats", [](const Words&) { return Json{{"peak_rss_mib", peak_memory_mib()}}; }},
  });
}

}  // namespace
}  // namespace sememe::race

int main(int argc, char** argv) {
  if (argc != 6) {
    std::cerr << "usage: llama_peer MODEL.gguf FIRST_BATCH_FILE BACKEND THREADS flash|plain\n";
    return 2;
  }
  return sememe::race::guarded([&] {
    const std::string flash = argv[5];
    sememe::race::run({.model = argv[1],
                       .backend = argv[3],
                       .threads = std::stoi(argv[4]),
                       .flash = flash == "flash"},
                      argv[2]);
  });
}
