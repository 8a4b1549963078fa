// sememe similarity: how near texts are to each other.

#include <iterator>
#include <memory>

#include "cli/app.h"
#include "cli/command.h"
#include "cli/input.h"
#include "cli/output.h"
#include "sememe/embedder.h"
#include "sememe/error.h"
#include "vectors/similarity.h"

namespace sememe::cli {
namespace {

// The matrix has the square of this many numbers.
constexpr std::size_t kMaxTexts = 4096;

struct SimilarityFlags {
  ModelOptions model;
  TextSource source;
  bool jsonl = false;
  bool json = false;
};

void print_json(const std::vector<std::string>& texts, Precision precision, const Matrix& cosines) {
  OutputJson json;
  json["texts"] = texts;
  json["precision"] = precision_name(precision);
  std::string line = to_line(json);
  line.resize(line.rfind('}'));
  line += ",\"cosine\":[";
  for (std::size_t i = 0; i < cosines.rows; ++i) {
    if (i > 0) line += ',';
    append_vector(line, cosines.row(i));
  }
  print(line + "]}\n");
}

// One line a text: its row of cosines, then the text itself.
void print_table(const std::vector<std::string>& texts, const Matrix& cosines) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::string line;
    for (const float value : cosines.row(i)) {
      const std::string number = fixed(value, 4);
      line += std::string(number.size() < 7 ? 7 - number.size() : 0, ' ') + number + ' ';
    }
    print(line + ' ' + texts[i] + '\n');
  }
}

int run_similarity(SimilarityFlags options) {
  if (options.jsonl) options.source.format = InputFormat::kJsonLines;
  std::vector<std::string> texts;
  for_each_window(options.source, kMaxTexts, [&](std::vector<std::string> window) {
    texts.insert(texts.end(), std::make_move_iterator(window.begin()),
                 std::make_move_iterator(window.end()));
    if (texts.size() > kMaxTexts) {
      throw Error(ErrorCode::kLimit, "similarity: expected at most 4096 texts, found more");
    }
  });
  if (texts.size() < 2) {
    throw Error(ErrorCode::kInvalidArgument,
                "similarity: expected at least 2 texts, found " + std::to_string(texts.size()));
  }
  const Embedder embedder = open_embedder(options.model);
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const Embeddings embeddings = embedder.embed_batch(views);
  if (const std::size_t cut = embeddings.truncated_count(); cut > 0) {
    warn(counted(cut, "text was", "texts were") + " cut at the model's limit of " +
         std::to_string(embedder.info().max_tokens) + " tokens");
  }
  const Matrix cosines = vectors::cosine_matrix(embeddings.vectors.view());
  if (options.json) {
    print_json(texts, embedder.info().precision, cosines);
  } else {
    print_table(texts, cosines);
  }
  return kExitDone;
}

}  // namespace

void add_similarity(Program& program) {
  auto options = std::make_shared<SimilarityFlags>();
  CLI::App* command = add_command(
      program.app, "similarity", "Cosine similarity of texts with each other",
      "  sememe similarity \"a man eats\" \"someone is having lunch\" \"the stock market fell\"");
  command->add_option("text", options->source.arguments,
                      "Texts; without any, each line of standard input is one");
  command->add_flag("--jsonl", options->jsonl,
                    "Lines of standard input are JSON strings or objects with \"text\"");
  command->add_flag("--json", options->json, "Print {texts, precision, cosine: [[...]]}");
  add_model_options(command, options->model);
  add_text_options(command, options->source.text);
  on_run(program, command, [options] { return run_similarity(*options); });
}

}  // namespace sememe::cli
