// sememe search: passages that answer a question, with their place.

#include <algorithm>
#include <chrono>
#include <memory>

#include "base/error_context.h"
#include "cli/app.h"
#include "cli/command.h"
#include "cli/output.h"
#include "search/passage_input.h"
#include "sememe/collection.h"
#include "text/utf8.h"

namespace sememe::cli {
namespace {

constexpr std::size_t kPreviewLines = 6;

struct SearchFlags {
  ModelOptions model;
  TextOptions text;
  std::string store;
  std::vector<std::string> words;
  std::size_t k = 5;
  double recall = kDefaultRecall;
  bool json = false;
  bool full = false;
  bool paths_only = false;
};

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

OutputJson to_json(const StorePlace& place, const SearchHit& hit) {
  return {{"rank", hit.rank},
          {"score", static_cast<double>(hit.score)},
          {"path", display_path(place, hit.path)},
          {"line", hit.passage.line},
          {"end_line", hit.passage.end_line},
          {"heading", hit.passage.heading},
          {"text", hit.passage.text},
          {"begin", hit.passage.bytes.begin},
          {"end", hit.passage.bytes.end}};
}

// The passage, indented: all of it, or the first lines that say something (rulers do not) and how
// many more there are.
std::string preview(const std::string& raw, const SearchFlags& options) {
  const std::string text = text::replace_invalid_utf8(raw).text;
  std::string out;
  std::size_t lines = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    std::erase_if(line, [](unsigned char c) {
      return c < 0x20 && c != '\t';
    });  // nothing that moves a terminal
    if (options.full || (has_word(line) && ++lines <= kPreviewLines)) {
      out += concat("    ", line, "\n");
    }
  }
  if (lines > kPreviewLines) {
    out += concat("    ... ", counted(lines - kPreviewLines, "more line", "more lines"), "\n");
  }
  return out;
}

void print_hit(const StorePlace& place, const SearchHit& hit, const SearchFlags& options) {
  const bool colours = colours_on_stdout();
  const auto paint = [colours](const char* code, const std::string& text) {
    return colours ? concat("\x1b[", code, "m", text, "\x1b[0m") : text;
  };
  const std::string at = concat(display_path(place, hit.path), ":", hit.passage.line);
  std::string line = concat(paint("1;35", at), "  ", paint("32", fixed(hit.score, 3)));
  if (!hit.passage.heading.empty()) line += concat("  ", paint("36", hit.passage.heading));
  print(concat(line, "\n", preview(hit.passage.text, options), "\n"));
}

int run_search(const SearchFlags& options) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string query = accept_text(joined(options.words), options.text, "query");
  if (query.find_first_not_of(" \t\r\n") == query.npos) {
    throw Error(ErrorCode::kInvalidArgument, "query: expected words, found none");
  }
  if (options.k == 0) throw Error(ErrorCode::kInvalidArgument, "-k: expected at least 1, found 0");
  if (!(options.recall > 0 && options.recall <= 1)) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("--recall: expected a number above 0, up to 1, found ", options.recall));
  }
  const StorePlace place = require_store(options.store);
  const Collection collection =
      Collection::open(place.directory.string(), {.model = options.model.model,
                                                  .precision = options.model.named_precision(),
                                                  .threads = options.model.threads});
  const SearchResult result = collection.search(query, {.k = options.k, .recall = options.recall});
  if (result.query_truncated) {
    warn(concat("the query was cut at the model's limit of ",
                collection.embedder().info().max_tokens, " tokens"));
  }
  if (!result.notice.empty()) warn(result.notice);
  if (options.json) {
    OutputJson json = {{"query", query}, {"results", OutputJson::array()}};
    for (const SearchHit& hit : result.hits) json["results"].push_back(to_json(place, hit));
    json["query_truncated"] = result.query_truncated;
    json["commit"] = result.commit;
    json["exact"] = result.exact;
    json["notice"] = result.notice;
    json["precision"] = precision_name(collection.embedder().info().precision);
    json["took_ms"] =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    print(to_line(json));
  } else {
    for (const SearchHit& hit : result.hits) {
      if (options.paths_only) {
        print(concat(display_path(place, hit.path), ":", hit.passage.line, "\n"));
      } else {
        print_hit(place, hit, options);
      }
    }
    if (result.hits.empty()) say("sememe: found nothing: the store holds no passages");
  }
  return result.hits.empty() ? kExitFoundNothing : kExitDone;
}

}  // namespace

void add_search(Program& program) {
  auto options = std::make_shared<SearchFlags>();
  CLI::App* command =
      add_command(program.app, "search", "Find passages by meaning: ranked, with path:line",
                  "  sememe search \"undo the last commit but keep my changes\"\n"
                  "  sememe search -k 20 --json memory safety without garbage collection");
  command->add_option("query", options->words, "What to look for; several words are one query")
      ->required();
  command->add_option("-k", options->k, "How many passages")->capture_default_str();
  command
      ->add_option("--recall", options->recall,
                   "Share of the best passages that is to be found where \"sememe index\" made a "
                   "graph: above 0, usually 0.90 to 1.0; 1.0 compares every vector")
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print one JSON object: query, results, took_ms");
  command->add_flag("--full", options->full, "Print whole passages, not their first lines");
  command->add_flag("-l,--locations", options->paths_only, "Print path:line only");
  add_store_option(command, options->store);
  add_model_options(command, options->model);
  add_text_options(command, options->text);
  on_run(program, command, [options] { return run_search(*options); });
}

}  // namespace sememe::cli
