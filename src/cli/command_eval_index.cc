// sememe eval index: recall and speed of the vector index on vectors of one's own.

#include "cli/command_eval_index.h"

#include <memory>

#include "base/error_context.h"
#include "cli/app.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "eval/index_report.h"
#include "vectors/vector_files.h"

namespace sememe::cli {
namespace {

struct EvalIndexFlags {
  std::string vectors;
  std::string queries;
  std::string metric = "cosine";
  std::string layout = "fast";
  std::size_t k = 10;
  std::vector<double> recall = {0.9, 0.95, 0.99};
  std::vector<double> selectivity;
  std::size_t threads = 0;
  std::string progress = "auto";
  bool json = false;
};

OutputJson json_of(const eval::IndexTarget& target) {
  return {{"target", target.target}, {"recall", target.recall}, {"qps_cpu", target.qps_cpu},
          {"p50_us", target.p50_us}, {"p99_us", target.p99_us}, {"effort", target.effort}};
}

OutputJson json_of(const eval::IndexReport& report) {
  OutputJson targets = OutputJson::array();
  for (const eval::IndexTarget& target : report.targets) targets.push_back(json_of(target));
  OutputJson filtered = OutputJson::array();
  for (const eval::FilteredTarget& target : report.filtered) {
    OutputJson entry = {{"selectivity", target.selectivity}, {"passing", target.passing}};
    entry.update(json_of(target.at));
    filtered.push_back(entry);
  }
  return {{"rows", report.rows},
          {"dims", report.dims},
          {"build_cpu_s", report.build_cpu_s},
          {"build_wall_s", report.build_wall_s},
          {"bytes_per_vector", report.bytes_per_vector},
          {"index_bytes_per_vector", report.index_bytes_per_vector},
          {"targets", targets},
          {"filtered", filtered}};
}

std::string aligned(std::string text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

std::string line_of(const eval::IndexTarget& t) {
  return concat(aligned(fixed(t.target, 3), 6), aligned(fixed(t.recall, 4), 9),
                aligned(with_separators(static_cast<std::uint64_t>(t.qps_cpu)), 17),
                aligned(fixed(t.p50_us, 1), 10), aligned(fixed(t.p99_us, 1), 10),
                aligned(t.effort == 0 ? "exact" : std::to_string(t.effort), 10), "\n");
}

void print_table(const eval::IndexReport& report) {
  print(concat("rows    ", with_separators(report.rows), " of ", report.dims, " dimensions\n"));
  print(concat("build   ", fixed(report.build_cpu_s, 1), " CPU-seconds, ",
               fixed(report.build_wall_s, 1), " seconds\n"));
  print(concat("memory  ", fixed(report.bytes_per_vector, 0), " bytes a vector, ",
               fixed(report.index_bytes_per_vector, 0), " of them the index\n\n"));
  constexpr std::string_view kTitles =
      "target   recall    queries/CPU-s    p50 us    p99 us    effort\n";
  print(kTitles);
  for (const eval::IndexTarget& t : report.targets) print(line_of(t));
  if (report.filtered.empty()) return;
  print(concat("\n  share   rows that pass   ", kTitles));
  for (const eval::FilteredTarget& t : report.filtered) {
    print(concat(aligned(fixed(t.selectivity, 4), 7), aligned(with_separators(t.passing), 17),
                 "   ", line_of(t.at)));
  }
}

int run(const EvalIndexFlags& options) {
  Matrix rows = vectors::read_vectors(options.vectors);
  Matrix queries = vectors::read_vectors(options.queries);
  eval::IndexReport report;
  {
    Progress progress(parse_progress_mode(options.progress));
    eval::IndexTest test;
    test.metric = *vectors::parse_metric(options.metric);
    test.layout = *index::parse_layout(options.layout);
    test.k = options.k;
    test.targets = options.recall;
    test.selectivities = options.selectivity;
    test.threads = options.threads;
    test.progress = [&](std::string_view step, double part) {
      progress.update(step, static_cast<std::size_t>(100 * part), 100);
    };
    report = eval::evaluate_index(rows, queries, test);
  }
  if (options.json) {
    print(to_line(json_of(report)));
  } else {
    print_table(report);
  }
  return kExitDone;
}

}  // namespace

void add_eval_index(Program& program, CLI::App& eval) {
  auto options = std::make_shared<EvalIndexFlags>();
  CLI::App* command = add_command(
      eval, "index",
      "Build a vector index of given vectors, and measure its recall against exact search, its "
      "speed on one thread and its memory",
      "  sememe eval index --vectors base.npy --queries queries.npy\n"
      "  sememe eval index --vectors base.npy --queries queries.npy --recall 0.9 0.99 1 --json\n"
      "  sememe eval index --vectors base.npy --queries queries.npy --selectivity 0.5 0.1 0.01");
  command
      ->add_option("--vectors", options->vectors,
                   "Vectors to search: a .npy of float32 or float16, or a .fvecs")
      ->required();
  command->add_option("--queries", options->queries, "Vectors to search for, likewise")->required();
  command->add_option("--metric", options->metric, "What near means")
      ->check(CLI::IsMember({"cosine", "ip", "l2"}))
      ->capture_default_str();
  command
      ->add_option("--layout", options->layout,
                   "fast: neighbours' codes beside the edges; compact: a quarter of the memory")
      ->check(CLI::IsMember({"fast", "compact"}))
      ->capture_default_str();
  command->add_option("-k,--k", options->k, "Nearest vectors wanted")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  command
      ->add_option(
          "--recall", options->recall,
          "Shares of the nearest that are to be found; 1 scans all vectors, for 100 queries")
      ->check(CLI::Range(0.01, 1.0))
      ->capture_default_str();
  command
      ->add_option("--selectivity", options->selectivity,
                   "Measure searches among this share of the vectors, drawn at random, too")
      ->check(CLI::Range(1e-9, 1.0));
  command
      ->add_option("--threads", options->threads,
                   "Threads for building; 0: as many as this process may")
      ->capture_default_str();
  command->add_option("--progress", options->progress, "Progress on standard error")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command->add_flag("--json", options->json, "Print one JSON object");
  on_run(program, command, [options] { return run(*options); });
}

}  // namespace sememe::cli
