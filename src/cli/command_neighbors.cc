// sememe neighbors and sememe analogy: what lies near a word, or near a sum of words.

#include <memory>
#include <string>
#include <vector>

#include "base/error_context.h"
#include "cli/app.h"
#include "cli/command.h"
#include "cli/output.h"
#include "index/cosine_search.h"
#include "vectors/terms.h"

namespace sememe::cli {
namespace {

struct Options {
  std::vector<std::string> words;
  std::string vectors;
  std::size_t count = 10;
  bool json = false;
};

// The words nearest to the terms' sum, which are not among them.
int run(const Options& options, std::span<const vectors::Term> terms) {
  const vectors::WordVectors vectors = vectors::read_word_vectors(options.vectors);
  const vectors::TermSum sum = vectors::sum_terms(vectors, terms);
  const auto found =
      index::nearest_by_cosine(vectors.matrix(), sum.vector, options.count, sum.rows);
  OutputJson list = OutputJson::array();
  for (const index::Neighbor& neighbor : found) {
    const std::string word(vectors.word(neighbor.row));
    if (options.json) {
      list.push_back({{"word", word}, {"cosine", neighbor.similarity}});
    } else {
      print(concat(fixed(neighbor.similarity, 3), "  ", word, "\n"));
    }
  }
  if (options.json) {
    OutputJson asked = OutputJson::array();
    for (const vectors::Term& term : terms) {
      asked.push_back({{"word", term.word}, {"sign", term.sign > 0 ? "+" : "-"}});
    }
    print(to_line({{"terms", asked}, {"neighbors", list}}));
  }
  return found.empty() ? kExitFoundNothing : kExitDone;
}

void add_common(CLI::App* command, Options& options) {
  command
      ->add_option(
          "--vectors", options.vectors,
          "Word vectors: word2vec text or binary, fastText model, GloVe text, .safetensors, .npy")
      ->envname("SEMEME_VECTORS")
      ->required();
  command->add_option("-k,--count", options.count, "How many words to print")
      ->capture_default_str();
  command->add_flag("--json", options.json, "Print one JSON object");
}

}  // namespace

void add_neighbors(Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      add_command(program.app, "neighbors", "Words whose vectors are nearest to a word's",
                  "  sememe neighbors river --vectors words.bin");
  command->add_option("word", options->words, "The word")->required()->expected(1);
  add_common(command, *options);
  on_run(program, command, [options] {
    const std::vector<vectors::Term> terms = {{.word = options->words.front(), .sign = 1}};
    return run(*options, terms);
  });

  auto sums = std::make_shared<Options>();
  command =
      add_command(program.app, "analogy", "Words nearest to a sum of words, those words left out",
                  "  sememe analogy king - man + woman --vectors words.bin");
  command->add_option("words", sums->words, "Words with + and - between them")->required();
  add_common(command, *sums);
  on_run(program, command, [sums] { return run(*sums, vectors::parse_terms(sums->words)); });
}

}  // namespace sememe::cli
