// sememe neighbors and sememe analogy: what lies near a word, a sum of words, or any vector.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error_context.h"
#include "cli/app.h"
#include "cli/command.h"
#include "cli/nearest_rows.h"
#include "cli/output.h"
#include "index/cosine_search.h"
#include "vectors/products.h"
#include "vectors/terms.h"
#include "vectors/vector_files.h"

namespace sememe::cli {
namespace {

struct NeighborsFlags {
  std::vector<std::string> words;
  std::optional<std::size_t> row;
  std::string queries;
  std::string metric = "cosine";
  NearestOptions nearest;
  std::size_t count = 10;
  bool json = false;
};

// Words.

std::vector<index::Neighbor> nearest_words(const vectors::WordVectors& vectors,
                                           const vectors::TermSum& sum,
                                           const NeighborsFlags& options) {
  if (options.nearest.recall >= 1) {
    return index::nearest_by_cosine(vectors.matrix(), sum.vector, options.count, sum.rows);
  }
  const Matrix units = vectors::unit_rows(vectors.matrix());
  const Matrix query = vectors::unit_rows({sum.vector.data(), 1, sum.vector.size()});
  NearestRows nearest(units.view(), vectors::Metric::kCosine, options.nearest);
  auto found = nearest.search(query.row(0), options.count + sum.rows.size());
  std::erase_if(found, [&](const index::Neighbor& neighbor) {
    return std::ranges::find(sum.rows, neighbor.row) != sum.rows.end();
  });
  found.resize(std::min(found.size(), options.count));
  return found;
}

// The words nearest to the terms' sum, which are not among them.
int run_words(const NeighborsFlags& options, std::span<const vectors::Term> terms) {
  const vectors::WordVectors vectors = vectors::read_word_vectors(options.nearest.vectors);
  const auto found = nearest_words(vectors, vectors::sum_terms(vectors, terms), options);
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

// Rows of any vectors.

void print_rows(const char* asked, std::size_t number, std::span<const index::Neighbor> found,
                bool json) {
  if (!json) {
    for (const index::Neighbor& neighbor : found) {
      print(concat(number, "\t", neighbor.row, "\t", fixed(neighbor.similarity, 6), "\n"));
    }
    return;
  }
  OutputJson list = OutputJson::array();
  for (const index::Neighbor& neighbor : found) {
    list.push_back({{"row", neighbor.row}, {"similarity", neighbor.similarity}});
  }
  print(to_line({{asked, number}, {"neighbors", list}}));
}

// Of unit length for the cosine.
Matrix read_rows(const Path& path, vectors::Metric metric) {
  Matrix rows = vectors::read_vectors(path);
  within(quote(path.native()), [&] {
    for (std::size_t r = 0; r < rows.rows; ++r) {
      within(concat("row ", r), [&] { vectors::check_finite(rows.row(r)); });
    }
  });
  return metric == vectors::Metric::kCosine ? vectors::unit_rows(rows.view()) : rows;
}

int run_row(const NeighborsFlags& options, const Matrix& rows, vectors::Metric metric) {
  const std::size_t row = *options.row;
  if (row >= rows.rows) {
    throw Error(ErrorCode::kInvalidArgument, concat("--row: expected less than the ", rows.rows,
                                                    " rows of the file, found ", row));
  }
  NearestRows nearest(rows.view(), metric, options.nearest);
  auto found = nearest.search(rows.row(row), options.count + 1);
  std::erase_if(found, [&](const index::Neighbor& neighbor) { return neighbor.row == row; });
  found.resize(std::min(found.size(), options.count));
  print_rows("row", row, found, options.json);
  return found.empty() ? kExitFoundNothing : kExitDone;
}

int run_queries(const NeighborsFlags& options, const Matrix& rows, vectors::Metric metric) {
  const Matrix queries = read_rows(options.queries, metric);
  if (queries.rows > 0 && queries.cols != rows.cols) {
    throw Error(ErrorCode::kInvalidArgument, concat("--queries: expected vectors of ", rows.cols,
                                                    " dimensions, found ", queries.cols));
  }
  NearestRows nearest(rows.view(), metric, options.nearest);
  const auto found = nearest.search_all(queries.view(), options.count);
  for (std::size_t q = 0; q < found.size(); ++q) print_rows("query", q, found[q], options.json);
  return rows.rows == 0 || queries.rows == 0 ? kExitFoundNothing : kExitDone;
}

int run_neighbors(const NeighborsFlags& options) {
  if (!options.words.empty()) {
    const std::vector<vectors::Term> terms = {{.word = options.words.front(), .sign = 1}};
    return run_words(options, terms);
  }
  const vectors::Metric metric = *vectors::parse_metric(options.metric);
  const Matrix rows = read_rows(options.nearest.vectors, metric);
  return options.row ? run_row(options, rows, metric) : run_queries(options, rows, metric);
}

void add_common(CLI::App* command, NeighborsFlags& options) {
  command->add_option("-k,--count", options.count, "How many to print")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  command->add_flag("--json", options.json, "Print JSON, an object a line");
}

constexpr char kWordFiles[] =
    "Word vectors: word2vec text or binary, fastText model, GloVe text, .safetensors, .npy";

}  // namespace

void add_neighbors(Program& program) {
  auto options = std::make_shared<NeighborsFlags>();
  CLI::App* command = add_command(
      program.app, "neighbors",
      "Words whose vectors are nearest to a word's; or rows of a file of vectors nearest to one of "
      "them, or to given vectors",
      "  sememe neighbors river --vectors words.bin\n"
      "  sememe neighbors --row 17 --vectors base.npy\n"
      "  sememe neighbors --queries queries.fvecs --vectors base.fvecs --metric l2 --recall 0.95");
  auto* asked = command->add_option_group("asked for");
  asked->add_option("word", options->words, "The word")->expected(1);
  asked->add_option("--row", options->row, "A row of a .npy or .fvecs file, from 0");
  asked->add_option("--queries", options->queries,
                    "Vectors to search for in a .npy or .fvecs file: .npy or .fvecs");
  asked->require_option(1);
  add_nearest_options(command, concat(kWordFiles, "; any vectors: .npy, .fvecs"), options->nearest);
  command
      ->add_option("--metric", options->metric, "What near means, of rows; words have the cosine")
      ->check(CLI::IsMember({"cosine", "ip", "l2"}))
      ->capture_default_str();
  add_common(command, *options);
  on_run(program, command, [options] { return run_neighbors(*options); });

  auto sums = std::make_shared<NeighborsFlags>();
  command =
      add_command(program.app, "analogy", "Words nearest to a sum of words, those words left out",
                  "  sememe analogy king - man + woman --vectors words.bin");
  command->add_option("words", sums->words, "Words with + and - between them")->required();
  add_nearest_options(command, kWordFiles, sums->nearest);
  add_common(command, *sums);
  on_run(program, command, [sums] { return run_words(*sums, vectors::parse_terms(sums->words)); });
}

}  // namespace sememe::cli
