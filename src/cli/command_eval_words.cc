// sememe eval words: analogies and word similarity of word vectors.

#include <cmath>
#include <memory>

#include "base/error_context.h"
#include "cli/app.h"
#include "cli/command_eval_words.h"
#include "cli/output.h"
#include "eval/word_tests.h"

namespace sememe::cli {
namespace {

struct EvalWordsFlags {
  std::string vectors;
  std::vector<std::string> files;
  std::size_t vocabulary_limit = 0;
  bool json = false;
};

eval::AnalogyScore sum_of(const std::vector<eval::AnalogyScore>& sections) {
  eval::AnalogyScore sum{.name = "all"};
  for (const eval::AnalogyScore& section : sections) {
    sum.total += section.total;
    sum.covered += section.covered;
    sum.correct_add += section.correct_add;
    sum.correct_mul += section.correct_mul;
  }
  return sum;
}

// Of the covered ones, times 100; NaN without any.
double accuracy(std::size_t correct, const eval::AnalogyScore& score) {
  return 100.0 * static_cast<double>(correct) / static_cast<double>(score.covered);
}

OutputJson number(double value) { return std::isfinite(value) ? OutputJson(value) : OutputJson(); }

std::string percent(double value) { return std::isfinite(value) ? fixed(value, 1) : "-"; }

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

OutputJson json_of(const std::string& file, const std::vector<eval::AnalogyScore>& sections) {
  const eval::AnalogyScore all = sum_of(sections);
  OutputJson list = OutputJson::array();
  for (const eval::AnalogyScore& section : sections) {
    list.push_back({{"name", section.name},
                    {"accuracy", number(accuracy(section.correct_add, section))},
                    {"accuracy_3cosmul", number(accuracy(section.correct_mul, section))},
                    {"covered", section.covered},
                    {"total", section.total}});
  }
  return {{"file", file},
          {"kind", "analogy"},
          {"accuracy", number(accuracy(all.correct_add, all))},
          {"accuracy_3cosmul", number(accuracy(all.correct_mul, all))},
          {"covered", all.covered},
          {"total", all.total},
          {"sections", list}};
}

void print_analogies(const std::vector<eval::AnalogyScore>& sections) {
  const auto line = [](const std::string& name, const eval::AnalogyScore& score) {
    print(concat("  ", padded(name, 30), padded(percent(accuracy(score.correct_add, score)), 10),
                 padded(percent(accuracy(score.correct_mul, score)), 10), score.covered, " of ",
                 score.total, "\n"));
  };
  print(concat("  ", padded("", 30), padded("3CosAdd", 10), padded("3CosMul", 10), "covered\n"));
  for (const eval::AnalogyScore& section : sections) line(section.name, section);
  if (sections.size() > 1) line("all", sum_of(sections));
}

int run(const EvalWordsFlags& options) {
  const vectors::WordVectors vectors = vectors::read_word_vectors(options.vectors);
  OutputJson results = OutputJson::array();
  for (const std::string& file : options.files) {
    const auto tests = eval::read_word_tests(file);
    if (!options.json) print(concat(file, "\n"));
    if (const auto* analogies = std::get_if<eval::AnalogySet>(&tests)) {
      const auto sections = eval::test_analogies(vectors, *analogies, options.vocabulary_limit);
      if (options.json) {
        results.push_back(json_of(file, sections));
      } else {
        print_analogies(sections);
      }
      continue;
    }
    const eval::SimilarityScore score = eval::test_similarity(
        vectors, std::get<eval::SimilaritySet>(tests), options.vocabulary_limit);
    if (options.json) {
      results.push_back({{"file", file},
                         {"kind", "similarity"},
                         {"spearman", number(100 * score.spearman)},
                         {"covered", score.covered},
                         {"total", score.total}});
    } else {
      print(concat("  ", padded("spearman", 30), padded(percent(100 * score.spearman), 20),
                   score.covered, " of ", score.total, "\n"));
    }
  }
  if (options.json) print(to_line(results));
  return kExitDone;
}

}  // namespace

void add_eval_words(Program& program, CLI::App& eval) {
  auto options = std::make_shared<EvalWordsFlags>();
  CLI::App* command =
      add_command(eval, "words",
                  "Analogies (accuracy in percent of the covered questions) and similarity of "
                  "words (Spearman x "
                  "100 with human scores)",
                  "  sememe eval words words.vec questions-words.txt --vocab-limit 30000\n"
                  "  sememe eval words words.bin wordsim353.tsv simlex999.txt men.csv --json");
  command
      ->add_option(
          "vectors", options->vectors,
          "Word vectors: word2vec text or binary, fastText model, GloVe text, .safetensors, .npy")
      ->required();
  command
      ->add_option("files", options->files,
                   "Four words a line and \": SECTION\" lines, or two words and a score a line")
      ->required();
  command->add_option("--vocab-limit", options->vocabulary_limit,
                      "Only the first words of the vectors, as questions and as answers; 0: all");
  command->add_flag("--json", options->json, "Print one JSON array");
  on_run(program, command, [options] { return run(*options); });
}

}  // namespace sememe::cli
