// sememe embed: texts to vectors.

#include <memory>
#include <optional>

#include "base/error_context.h"
#include "cli/app.h"
#include "cli/command.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "sememe/embedder.h"
#include "vectors/npy.h"

namespace sememe::cli {
namespace {

// Texts that are held at a time: bounds memory on endless input, large enough to fill both threads
// with batches.
constexpr std::size_t kWindow = 4096;

struct EmbedFlags {
  ModelOptions model;
  TextSource source;
  std::string npy;
  std::string role = "plain";
  std::string progress = "auto";
  bool jsonl = false;
  bool json = false;
};

TextRole parse_role(const std::string& word) {
  if (word == "query") return TextRole::kQuery;
  return word == "document" ? TextRole::kDocument : TextRole::kPlain;
}

// Writes the results of one window after another in the chosen form.
class Writer {
 public:
  Writer(const EmbedFlags& options, const ModelInfo& model)
      : json_(options.json), precision_(precision_name(model.precision)) {
    if (!options.npy.empty()) npy_.emplace(options.npy, model.dim);
    if (json_) print("[");
  }

  void write(const Embeddings& embeddings) {
    if (npy_) npy_->append(embeddings.vectors.view());
    for (std::size_t i = 0; i < embeddings.tokens.size(); ++i, ++count_) {
      if (json_) {
        print(json_object(embeddings, i));
      } else if (!npy_) {
        print(plain_line(embeddings.vectors.row(i)));
      }
    }
  }

  void finish() {
    if (json_) print("]\n");
    if (npy_) npy_->finish();
  }

 private:
  std::string json_object(const Embeddings& embeddings, std::size_t i) const {
    const std::size_t tokens = embeddings.tokens[i];
    std::string out =
        concat(count_ == 0 ? "" : ",\n", "{\"text\":", count_, ",\"tokens\":", tokens,
               ",\"truncated\":", embeddings.token_counts[i] > tokens ? "true" : "false",
               ",\"precision\":\"", precision_, "\",\"vector\":");
    append_vector(out, embeddings.vectors.row(i));
    return out += '}';
  }

  static std::string plain_line(std::span<const float> vector) {
    std::string line;
    append_vector(line, vector);
    for (char& c : line) c = c == ',' ? ' ' : c;
    line.back() = '\n';
    return line.substr(1);
  }

  bool json_;
  std::string_view precision_;
  std::optional<vectors::NpyWriter> npy_;
  std::size_t count_ = 0;
};

int run_embed(EmbedFlags options) {
  if (options.jsonl) options.source.format = InputFormat::kJsonLines;
  const Embedder embedder = open_embedder(options.model);
  Writer writer(options, embedder.info());
  Progress progress(parse_progress_mode(options.progress));
  std::size_t done = 0;
  std::size_t truncated = 0;
  for_each_window(options.source, kWindow, [&](const std::vector<std::string>& texts) {
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    const Embeddings embeddings = embedder.embed_batch(
        views, {.role = parse_role(options.role), .progress = [&](std::size_t in_window) {
                  progress.update("embedded texts", done + in_window, 0);
                }});
    writer.write(embeddings);
    done += texts.size();
    truncated += embeddings.truncated_count();
  });
  writer.finish();
  if (truncated > 0) {
    warn(concat(counted(truncated, "text was", "texts were"), " cut at the model's limit of ",
                embedder.info().max_tokens, " tokens"));
  }
  return done > 0 ? kExitDone : kExitFoundNothing;
}

}  // namespace

void add_embed(Program& program) {
  auto options = std::make_shared<EmbedFlags>();
  CLI::App* command = add_command(program.app, "embed", "Turn texts into vectors",
                                  "  sememe embed \"river bank\" \"investment bank\" --json\n"
                                  "  sememe embed --npy vectors.npy < lines.txt\n"
                                  "  sememe embed --jsonl --json < texts.jsonl");
  command->add_option("text", options->source.arguments,
                      "Texts; without any, each line of standard input is one");
  command->add_flag("--jsonl", options->jsonl,
                    "Lines of standard input are JSON strings or objects with \"text\"");
  command->add_flag("--json", options->json,
                    "Print an array of {text, tokens, truncated, precision, vector}");
  command->add_option("--npy", options->npy, "Write an N x D float32 array to this file");
  command
      ->add_option("--role", options->role,
                   "What the texts are for; models with prompts put theirs in front")
      ->check(CLI::IsMember({"plain", "query", "document"}))
      ->capture_default_str();
  command->add_option("--progress", options->progress, "Progress on standard error")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  add_model_options(command, options->model);
  add_text_options(command, options->source.text);
  on_run(program, command, [options] { return run_embed(*options); });
}

}  // namespace sememe::cli
