// sememe tokens: how a model cuts texts into tokens.

#include <memory>

#include "base/error_context.h"
#include "cli/app.h"
#include "cli/command.h"
#include "cli/input.h"
#include "cli/output.h"
#include "model/catalog.h"
#include "model/encoder.h"
#include "model/sentence_transformers.h"
#include "sememe/collection.h"
#include "sememe/tokenizer.h"

namespace sememe::cli {
namespace {

struct TokensFlags {
  std::string model;
  TextSource source;
  bool jsonl = false;
  bool json = false;
};

// Written by hand: JSON trees of ids and offsets would be most of the run time.
std::string json_line(const Tokenizer& tokenizer, const Encoding& encoding,
                      std::size_t max_tokens) {
  std::string ids;
  std::string offsets;
  OutputJson tokens = OutputJson::array();
  for (std::size_t t = 0; t < encoding.ids.size(); ++t) {
    const char* comma = t == 0 ? "" : ",";
    ids += concat(comma, static_cast<std::uint32_t>(encoding.ids[t]));
    offsets += concat(comma, "[", encoding.offsets[t].begin, ",", encoding.offsets[t].end, "]");
    tokens.push_back(std::string(tokenizer.token(encoding.ids[t])));
  }
  std::string token_text = to_line(tokens);
  token_text.pop_back();
  return concat("{\"ids\":[", ids, "],\"tokens\":", token_text, ",\"offsets\":[", offsets,
                "],\"truncated\":", encoding.ids.size() > max_tokens ? "true" : "false", "}\n");
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

void print_table(const Tokenizer& tokenizer, const Encoding& encoding, const std::string& text) {
  for (std::size_t t = 0; t < encoding.ids.size(); ++t) {
    const ByteRange range = encoding.offsets[t];
    print(concat(padded(std::to_string(static_cast<std::uint32_t>(encoding.ids[t])), 7),
                 padded(concat(range.begin, "-", range.end), 13), "  ",
                 tokenizer.token(encoding.ids[t])));
    print(range.begin == range.end
              ? "\n"
              : concat("  ", quote(text.substr(range.begin, range.end - range.begin)), "\n"));
  }
}

int run_tokens(TokensFlags options) {
  if (options.jsonl) options.source.format = InputFormat::kJsonLines;
  const std::string name = options.model.empty() ? std::string(kDefaultModel) : options.model;
  const Path directory = model::resolve_model(name);
  const model::ModelConfig config = model::read_model_config(directory);
  const Path& file = config.tokenizer_file;
  const Tokenizer tokenizer = Tokenizer::from_json(read_file(file), quote(file.native()));
  const std::size_t max_tokens = config.max_tokens;
  const EncodeOptions encode = {.special_tokens =
                                    config.architecture != model::Architecture::kStatic};
  std::size_t count = 0;
  std::size_t truncated = 0;
  Encoding encoding;
  for_each_window(options.source, 256, [&](const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      tokenizer.encode_into(text, encode, encoding);
      truncated += encoding.ids.size() > max_tokens;
      if (options.json || options.jsonl) {
        print(json_line(tokenizer, encoding, max_tokens));
      } else {
        if (count > 0) print("\n");
        print_table(tokenizer, encoding, text);
      }
      ++count;
    }
  });
  if (truncated > 0) {
    warn(concat(counted(truncated, "text has", "texts have"),
                " more tokens than the model's limit of ", max_tokens,
                "; the model reads only the first ones"));
  }
  return count > 0 ? kExitDone : kExitFoundNothing;
}

}  // namespace

void add_tokens(Program& program) {
  auto options = std::make_shared<TokensFlags>();
  CLI::App* command =
      add_command(program.app, "tokens", "Show the tokens of texts: ids, pieces, byte offsets",
                  "  sememe tokens \"unbelievably good\"\n"
                  "  sememe tokens --jsonl < texts.jsonl");
  command->add_option("text", options->source.arguments,
                      "Texts; without any, each line of standard input is one");
  command->add_flag(
      "--jsonl", options->jsonl,
      "Lines of standard input are JSON strings or objects with \"text\"; prints JSON lines");
  command->add_flag("--json", options->json,
                    "Print one JSON object a line: ids, tokens, offsets (byte pairs), truncated "
                    "(more tokens than the "
                    "model takes)");
  command->add_option("-m,--model", options->model, "Name of an installed model, or its directory")
      ->envname("SEMEME_MODEL");
  add_text_options(command, options->source.text);
  on_run(program, command, [options] { return run_tokens(*options); });
}

}  // namespace sememe::cli
