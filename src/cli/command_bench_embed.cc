// sememe bench: this machine's figures. Results are compared before anything is timed.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/error_context.h"
#include "base/memory.h"
#include "base/thread_pool.h"
#include "cli/app.h"
#include "cli/bench_workloads.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "model/catalog.h"
#include "model/encoder.h"
#include "model/sentence_transformers.h"
#include "search/batching.h"
#include "vectors/similarity.h"

namespace sememe::cli {
namespace {

// Texts and tokens of a workload that are compared with exact.
constexpr std::size_t kComparedTexts = 16;
constexpr std::size_t kComparedTokens = 2048;
// What is timed at a time: long against the clock's resolution, short enough that some samples of a
// busy machine are undisturbed.
constexpr double kSampleSeconds = 0.01;
constexpr std::size_t kFewestSamples = 3;

struct BenchEmbedFlags {
  std::string model;
  std::vector<std::string> precisions = {"exact", "near", "fast"};
  std::string progress = "auto";
  std::size_t threads = 1;
  double seconds = 1;
  bool json = false;
};

double now_cpu() { return cpu_seconds(CLOCK_PROCESS_CPUTIME_ID); }

double now_wall() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Texts one after the other, as the encoder takes them.
struct Batch {
  std::vector<TokenId> ids;
  std::vector<std::size_t> starts = {0};
  std::vector<std::size_t> texts;  ///< which of the workload's texts they are

  void add(std::size_t text, std::span<const TokenId> tokens) {
    ids.insert(ids.end(), tokens.begin(), tokens.end());
    starts.push_back(ids.size());
    texts.push_back(text);
  }
};

/// One workload made ready: its batches, and what exact gives for some of its texts.
struct Prepared {
  const Workload* workload = nullptr;
  std::size_t tokens = 0;
  std::vector<Batch> batches;
  std::vector<std::size_t> compared;  ///< texts
  Matrix expected;                    ///< [compared, dim]
};

struct Skipped {
  std::string name;
  std::string reason;
};

/// The best of all samples, for one pass over the workload.
struct Timing {
  double cpu = HUGE_VAL;
  double wall = HUGE_VAL;
  std::size_t passes = 0;  ///< in all samples
};

struct Agreement {
  double mean = 0;
  double least = 1;
};

struct Measured {
  const Prepared* work;
  Timing timing;
  Agreement cosine;
};

struct PrecisionReport {
  Precision precision = Precision::kExact;
  double load_seconds = 0;
  std::uint64_t peak_bytes = 0;
  std::vector<Measured> workloads;
};

/// An encoder with the threads and memory to run batches.
class Runner {
 public:
  Runner(const Path& directory, Precision precision, std::size_t threads)
      : encoder_(model::Encoder::load(directory, {.precision = precision})),
        pool_(threads),
        workspaces_(pool_.size()) {}

  const model::EncoderInfo& info() const { return encoder_->info(); }
  std::size_t threads() const { return pool_.size(); }

  /// out [texts of the batches, dim]: a row for each text, by its number.
  void run(std::span<const Batch> batches, Matrix& out) {
    pool_.parallel_for(batches.size(), [&](std::size_t b, std::size_t worker) {
      const Batch& batch = batches[b];
      std::vector<float> vectors(batch.texts.size() * out.cols);
      encoder_->encode({batch.ids, batch.starts}, workspaces_[worker], vectors);
      for (std::size_t i = 0; i < batch.texts.size(); ++i) {
        std::ranges::copy(std::span(vectors).subspan(i * out.cols, out.cols),
                          out.row(batch.texts[i]).begin());
      }
    });
  }

 private:
  std::unique_ptr<model::Encoder> encoder_;
  ThreadPool pool_;
  std::vector<model::Workspace> workspaces_;
};

// Texts from all over the workload, as many as comparing them may cost.
std::vector<std::size_t> choose_compared(const Workload& workload) {
  const std::size_t texts = workload.lengths.size();
  const std::size_t longest = std::ranges::max(workload.lengths);
  const std::size_t wanted =
      std::min({texts, kComparedTexts, std::max<std::size_t>(1, kComparedTokens / longest)});
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < wanted; ++i) chosen.push_back(i * texts / wanted);
  return chosen;
}

Prepared prepare(const Workload& workload, const Tokenizer& tokenizer, std::size_t threads) {
  Prepared work;
  work.workload = &workload;
  work.compared = choose_compared(workload);
  std::vector<std::vector<TokenId>> texts;
  for (std::size_t i = 0; i < workload.lengths.size(); ++i) {
    texts.push_back(bench_text(tokenizer, i, workload.lengths[i]));
    work.tokens += workload.lengths[i];
  }
  for (const std::vector<std::size_t>& plan : plan_batches(workload.lengths, threads)) {
    Batch& batch = work.batches.emplace_back();
    for (const std::size_t text : plan) batch.add(text, texts[text]);
  }
  return work;
}

// What exact gives for each compared text alone.
void fill_expected(Runner& exact, const Tokenizer& tokenizer, Prepared& work) {
  work.expected = Matrix(work.compared.size(), exact.info().dim);
  std::vector<Batch> alone(work.compared.size());
  for (std::size_t i = 0; i < work.compared.size(); ++i) {
    const std::size_t text = work.compared[i];
    alone[i].add(i, bench_text(tokenizer, text, work.workload->lengths[text]));
  }
  exact.run(alone, work.expected);
}

Agreement compare(const Prepared& work, const Matrix& found) {
  Agreement agreement;
  for (std::size_t i = 0; i < work.compared.size(); ++i) {
    const double cosine = vectors::cosine(found.row(work.compared[i]), work.expected.row(i));
    agreement.mean += cosine / static_cast<double>(work.compared.size());
    agreement.least = std::min(agreement.least, cosine);
  }
  return agreement;
}

// Far below what the precisions keep: whatever falls short of it is a fault, not rounding.
double least_agreement(Precision precision) {
  if (precision == Precision::kExact) return 0.999999;
  return precision == Precision::kNear ? 0.999 : 0.98;
}

void require_agreement(const Agreement& agreement, Precision precision, const Workload& workload) {
  if (agreement.mean >= least_agreement(precision)) return;
  throw Error(ErrorCode::kCorrupt,
              concat("bench embed: ", workload.name, " in ", precision_name(precision),
                     ": expected a mean cosine to exact of at least ", least_agreement(precision),
                     ", found ", agreement.mean, "; run \"sememe model verify\""));
}

Timing time_passes(Runner& runner, const Prepared& work, double seconds, Matrix& out) {
  const double begin = now_wall();
  runner.run(work.batches, out);  // warm, and a first guess of how long a pass takes
  const double once = std::max(now_wall() - begin, 1e-7);
  const auto passes = static_cast<std::size_t>(std::ceil(kSampleSeconds / once));
  Timing best;
  for (std::size_t sample = 0; sample < kFewestSamples || now_wall() - begin < seconds; ++sample) {
    const double cpu = now_cpu();
    const double wall = now_wall();
    for (std::size_t pass = 0; pass < passes; ++pass) runner.run(work.batches, out);
    best.wall = std::min(best.wall, (now_wall() - wall) / static_cast<double>(passes));
    best.cpu = std::min(best.cpu, (now_cpu() - cpu) / static_cast<double>(passes));
    best.passes += passes;
  }
  return best;
}

/// The bench of one model: what it measures, and what it found.
class EmbedBench {
 public:
  explicit EmbedBench(const BenchEmbedFlags& options)
      : options_(options),
        name_(options.model.empty() ? std::string(kDefaultModel) : options.model),
        directory_(model::resolve_model(name_)),
        progress_(parse_progress_mode(options.progress)) {
    const model::ModelConfig config = model::read_model_config(directory_);
    const Tokenizer tokenizer = Tokenizer::from_json(read_file(config.tokenizer_file),
                                                     quote(config.tokenizer_file.native()));
    const std::size_t positions = config.max_positions;  // 0: any number
    Runner exact(directory_, Precision::kExact, options.threads);
    threads_ = exact.threads();
    dim_ = exact.info().dim;
    for (const Workload& workload : bench_workloads()) {
      if (positions > 0 && std::ranges::max(workload.lengths) > positions) {
        skipped_.push_back(
            {workload.name, concat("the model takes at most ", positions, " tokens a text")});
        continue;
      }
      progress_.update("preparing workloads", works_.size() + 1, bench_workloads().size());
      works_.push_back(prepare(workload, tokenizer, threads_));
      fill_expected(exact, tokenizer, works_.back());
    }
  }

  void run() {
    for (const std::string& word : options_.precisions) measure(*parse_precision(word));
  }

  void print_json() const;
  void print_tables() const;

 private:
  void measure(Precision wanted) {
    release_free_memory();  // of the precision before
    reset_peak_memory();
    const double begin = now_wall();
    Runner runner(directory_, wanted, options_.threads);
    PrecisionReport report;
    report.precision = runner.info().precision;
    report.load_seconds = now_wall() - begin;
    // A model without layers is exact in all three.
    const auto same = [&](const PrecisionReport& r) { return r.precision == report.precision; };
    if (std::ranges::any_of(reports_, same)) return;
    for (const Prepared& work : works_) {
      progress_.update(concat("measuring ", precision_name(report.precision)),
                       report.workloads.size() + 1, works_.size());
      Matrix out(work.workload->lengths.size(), dim_);
      runner.run(work.batches, out);
      const Agreement agreement = compare(work, out);
      require_agreement(agreement, report.precision, *work.workload);
      report.workloads.push_back(
          {&work, time_passes(runner, work, options_.seconds, out), agreement});
    }
    report.peak_bytes = memory_use().peak;
    reports_.push_back(std::move(report));
  }

  const BenchEmbedFlags& options_;
  std::string name_;
  Path directory_;
  Progress progress_;
  std::size_t threads_ = 1;
  std::size_t dim_ = 0;
  std::vector<Prepared> works_;
  std::vector<Skipped> skipped_;
  std::vector<PrecisionReport> reports_;
};

double per_second(const Measured& measured, double seconds) {
  return static_cast<double>(measured.work->tokens) / seconds;
}

void EmbedBench::print_json() const {
  OutputJson json = {{"model", model::durable_model_name(name_)},
                     {"dim", dim_},
                     {"isa", isa_name(active_isa())},
                     {"threads", threads_},
                     {"seconds", options_.seconds},
                     {"precisions", OutputJson::array()},
                     {"skipped", OutputJson::array()}};
  for (const PrecisionReport& report : reports_) {
    OutputJson workloads = OutputJson::array();
    for (const Measured& measured : report.workloads) {
      workloads.push_back({{"workload", measured.work->workload->name},
                           {"texts", measured.work->workload->lengths.size()},
                           {"tokens", measured.work->tokens},
                           {"passes", measured.timing.passes},
                           {"tokens_per_cpu_second", per_second(measured, measured.timing.cpu)},
                           {"tokens_per_second", per_second(measured, measured.timing.wall)},
                           {"cpu_ms", 1e3 * measured.timing.cpu},
                           {"wall_ms", 1e3 * measured.timing.wall},
                           {"compared_texts", measured.work->compared.size()},
                           {"cosine_mean", measured.cosine.mean},
                           {"cosine_min", measured.cosine.least}});
    }
    json["precisions"].push_back({{"precision", precision_name(report.precision)},
                                  {"load_ms", 1e3 * report.load_seconds},
                                  {"peak_memory_bytes", report.peak_bytes},
                                  {"workloads", std::move(workloads)}});
  }
  for (const Skipped& skipped : skipped_) {
    json["skipped"].push_back({{"workload", skipped.name}, {"reason", skipped.reason}});
  }
  print(to_line(json));
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

void EmbedBench::print_tables() const {
  print(concat("model ", name_, ", ", dim_, " dimensions, tier ", isa_name(active_isa()), ", ",
               counted(threads_, "thread", "threads"), "\n"));
  for (const PrecisionReport& report : reports_) {
    print(concat(
        "\n", precision_name(report.precision), ": loaded in ", fixed(1e3 * report.load_seconds, 0),
        " ms, peak memory ", with_separators(report.peak_bytes >> 20), " MiB\n",
        "workload   tokens  tokens/CPU-s      wall ms  cosine to exact: mean       min\n"));
    for (const Measured& measured : report.workloads) {
      const auto rate = static_cast<std::uint64_t>(per_second(measured, measured.timing.cpu));
      std::string name = measured.work->workload->name;
      name.resize(9, ' ');
      print(concat(name, padded(with_separators(measured.work->tokens), 8),
                   padded(with_separators(rate), 14),
                   padded(fixed(1e3 * measured.timing.wall, 3), 13),
                   padded(fixed(measured.cosine.mean, 7), 23),
                   padded(fixed(measured.cosine.least, 7), 10), "\n"));
    }
  }
  for (const Skipped& skipped : skipped_) {
    print(concat("\nnot measured: ", skipped.name, ": ", skipped.reason, "\n"));
  }
}

int run_bench_embed(const BenchEmbedFlags& options) {
  EmbedBench bench(options);
  bench.run();
  options.json ? bench.print_json() : bench.print_tables();
  return kExitDone;
}

}  // namespace

void add_bench(Program& program) {
  CLI::App* bench = add_command(program.app, "bench", "This machine's figures", "");
  bench->require_subcommand(1);
  auto options = std::make_shared<BenchEmbedFlags>();
  CLI::App* command = add_command(
      *bench, "embed", "Tokens a second, time and memory of a model's encoder, by precision",
      "  sememe bench embed\n"
      "  sememe bench embed --precision fast --threads 2 --seconds 5 --json");
  command->add_flag("--json", options->json, "Print one JSON object");
  command
      ->add_option("-m,--model", options->model,
                   "Name of an installed model, or a sentence-transformers directory")
      ->envname("SEMEME_MODEL");
  command->add_option("--precision", options->precisions, "Which ones: exact, near, fast")
      ->check(CLI::IsMember({"exact", "near", "fast"}))
      ->capture_default_str();
  command->add_option("--threads", options->threads, "Threads; 0: as many as this process may use")
      ->capture_default_str();
  command
      ->add_option("--seconds", options->seconds,
                   "How long to measure each workload in each precision")
      ->check(CLI::Range(0.0, 3600.0))
      ->capture_default_str();
  command->add_option("--progress", options->progress, "Progress on standard error")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  on_run(program, command, [options] { return run_bench_embed(*options); });
}

}  // namespace sememe::cli
