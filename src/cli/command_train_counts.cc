// sememe train bow, tfidf and ppmi: counts, then the singular vectors of their matrix.

#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/cpu.h"
#include "base/error_context.h"
#include "base/thread_pool.h"
#include "cli/app.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/train_options.h"
#include "train/cooccurrences.h"
#include "train/ppmi.h"
#include "train/term_documents.h"
#include "train/truncated_svd.h"
#include "vectors/word_vectors.h"

namespace sememe::cli {
namespace {

enum class Model { kBow, kTfidf, kPpmi };

struct TrainCountsFlags : TrainOptions {
  Model model = Model::kBow;
  train::SvdOptions svd;
  double power = 0;
  std::size_t threads = 0;
  // bow and tfidf
  std::size_t document = 1000;
  train::NgramOptions ngrams;
  std::string frequency = "log";
  // ppmi
  std::size_t window = 10;
  std::string weight = "linear";
  train::PpmiOptions ppmi;
  double sample = 0;
  bool add_contexts = false;
};

// What is factored: rows are words (or n-grams), columns documents or words.
struct Counted {
  train::WordVocabulary words;
  train::SparseMatrix matrix;
  train::SparseMatrix transposed;
};

Counted count_documents(const train::WordCorpus& corpus, const TrainCountsFlags& options) {
  if (options.document == 0) {
    throw Error(ErrorCode::kInvalidArgument, "--document: expected at least 1 word, found 0");
  }
  const train::Ngrams ngrams(corpus, options.ngrams);
  if (ngrams.forgotten_up_to() > 0) {
    warn(concat("the n-grams of this corpus took more than ",
                with_separators(options.ngrams.max_bytes), " bytes: those seen up to ",
                ngrams.forgotten_up_to(), " times were forgotten on the way"));
  }
  train::SparseMatrix documents =
      train::count_terms(train::cut_documents(corpus.ids(), options.document), ngrams);
  if (options.model == Model::kTfidf) {
    train::weigh_by_tfidf(documents, options.frequency == "count" ? train::TermFrequency::kCount
                                                                  : train::TermFrequency::kLog);
  }
  train::SparseMatrix words = documents.transposed();
  return {.words = ngrams.terms(), .matrix = std::move(words), .transposed = std::move(documents)};
}

Counted count_windows(const train::WordCorpus& corpus, const TrainCountsFlags& options,
                      std::size_t threads, Progress& progress) {
  train::CooccurrenceOptions window;
  window.window = options.window;
  window.threads = threads;
  window.weight = options.weight == "flat"       ? train::DistanceWeight::kFlat
                  : options.weight == "harmonic" ? train::DistanceWeight::kHarmonic
                                                 : train::DistanceWeight::kLinear;
  std::optional<train::WordCorpus> thinned;
  if (options.sample > 0) thinned = corpus.thinned(options.sample, options.svd.seed);
  const train::Cooccurrences counts = train::Cooccurrences::count(
      thinned ? *thinned : corpus, window, [&](std::uint64_t done, std::uint64_t total) {
        progress.update("counted windows of words", done, total);
      });
  train::SparseMatrix matrix = train::positive_pmi(counts, options.ppmi);
  train::SparseMatrix transposed = matrix.transposed();
  return {.words = corpus.vocabulary(),
          .matrix = std::move(matrix),
          .transposed = std::move(transposed)};
}

train::VectorTable word_vectors(const train::SingularVectors& svd,
                                const TrainCountsFlags& options) {
  train::VectorTable words = train::scaled_by_values(svd.left, svd.values, options.power);
  if (!options.add_contexts) return words;
  const train::VectorTable contexts = train::scaled_by_values(svd.right, svd.values, options.power);
  for (std::size_t r = 0; r < words.rows(); ++r) {
    for (std::size_t c = 0; c < words.dim(); ++c) words.row(r)[c] += contexts.row(r)[c];
  }
  return words;
}

void report(const TrainCountsFlags& options, const train::WordCorpus& corpus,
            const Counted& counted, const train::SingularVectors& svd, double seconds) {
  if (options.json) {
    print(to_line({{"output", options.output},
                   {"vocabulary", counted.words.size()},
                   {"dim", options.svd.dim},
                   {"words", corpus.words()},
                   {"columns", counted.matrix.cols()},
                   {"entries", counted.matrix.entries()},
                   {"singular_values", {svd.values.front(), svd.values.back()}},
                   {"seconds", seconds}}));
    return;
  }
  print(corpus_line(corpus));
  print(concat("matrix      ", with_separators(counted.matrix.rows()), " x ",
               with_separators(counted.matrix.cols()), ", ",
               with_separators(counted.matrix.entries()), " entries\n"));
  print(concat("singular    ", fixed(svd.values.front(), 2), " to ", fixed(svd.values.back(), 2),
               "\n"));
  print(concat("took        ", fixed(seconds, 1), " s\n"));
  print(concat("written     ", options.output, "\n"));
}

int run_counts(const TrainCountsFlags& options) {
  static_cast<void>(vectors::word_vector_format(options.output));  // before the work
  const std::size_t threads = options.threads == 0 ? available_threads() : options.threads;
  ThreadPool pool(threads);
  const train::WordCorpus corpus = read_corpus(options);
  std::optional<Counted> counted;
  train::SingularVectors svd;
  bool finished = true;
  double seconds = 0;
  {
    Progress progress(options.progress_mode());
    counted = options.model == Model::kPpmi ? count_windows(corpus, options, threads, progress)
                                            : count_documents(corpus, options);
    seconds = progress.seconds();
  }
  {
    const Interrupt interrupt;
    Progress progress(options.progress_mode());
    svd = train::truncated_svd(
        counted->matrix, counted->transposed, options.svd, pool, [&](double done) {
          progress.update("singular vectors, percent", static_cast<std::size_t>(100 * done), 100);
          finished = finished && !Interrupt::seen();
          return finished;
        });
    seconds += progress.seconds();
  }
  write_vectors(options.output, counted->words, word_vectors(svd, options));
  if (!finished) {
    warn(concat("interrupted: the vectors in ", options.output,
                " are of fewer power iterations, and less exact"));
  }
  report(options, corpus, *counted, svd, seconds);
  return finished ? kExitDone : 128 + SIGINT;
}

void add_svd_options(CLI::App* command, TrainCountsFlags& o) {
  command->add_option("--dim", o.svd.dim, "Numbers in a vector")->capture_default_str();
  command
      ->add_option("--singular-power", o.power,
                   "Vectors are singular vectors times their values to this power")
      ->check(CLI::Range(0.0, 2.0))
      ->capture_default_str();
  command
      ->add_option("--iterations", o.svd.iterations,
                   "Power iterations: more make the singular vectors more exact")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  command
      ->add_option("--threads", o.threads,
                   "Threads; 0: as many as this process may use. The vectors do not depend on it")
      ->envname("SEMEME_THREADS")
      ->capture_default_str();
  command->add_option("--seed", o.svd.seed, "Of all random numbers")->capture_default_str();
}

void add_document_options(CLI::App* command, TrainCountsFlags& o) {
  command
      ->add_option("--document", o.document,
                   "Words of a document, at most: whole sentences as far as they fit")
      ->capture_default_str();
  command
      ->add_option("--ngrams", o.ngrams.longest,
                   "Runs of up to so many words get a vector too: new_york")
      ->check(CLI::Range(1, 8))
      ->capture_default_str();
  command->add_option("--ngram-min-count", o.ngrams.min_count, "Runs seen less often are left out")
      ->capture_default_str();
}

void add_window_options(CLI::App* command, TrainCountsFlags& o) {
  command->add_option("--window", o.window, "Words on each side of a word that are counted")
      ->capture_default_str();
  command
      ->add_option("--weight", o.weight,
                   "How a word at distance d of w counts: linear (1 - (d - 1) / w), harmonic (1 / "
                   "d), flat (1)")
      ->check(CLI::IsMember({"linear", "harmonic", "flat"}))
      ->capture_default_str();
  command
      ->add_option("--cds", o.ppmi.smoothing,
                   "Context distribution smoothing: counts of contexts to this power")
      ->capture_default_str();
  command->add_option("--shift", o.ppmi.shift, "The logarithm of this is taken off")
      ->capture_default_str();
  command
      ->add_option("--sample", o.sample,
                   "Words more frequent than this share are thinned out; 0: none")
      ->capture_default_str();
  command->add_flag("--add-contexts", o.add_contexts,
                    "A word's vector is the sum of what it is as a word and as a context");
}

void add_model(Program& program, CLI::App& train, Model model, const char* name,
               const char* description) {
  auto options = std::make_shared<TrainCountsFlags>();
  options->model = model;
  CLI::App* command =
      add_command(train, name, description,
                  concat("  sememe train ", name, " corpus.txt -o words.vec\n",
                         "  zstd -dc wiki.zst | sememe train ", name, " - -o words.bin --dim 300"));
  add_train_options(command, *options);
  if (model == Model::kPpmi) {
    add_window_options(command, *options);
  } else {
    add_document_options(command, *options);
  }
  if (model == Model::kTfidf) {
    command
        ->add_option("--tf", options->frequency,
                     "How the number of times n that a word comes counts: log (1 + ln n), count")
        ->check(CLI::IsMember({"log", "count"}))
        ->capture_default_str();
  }
  add_svd_options(command, *options);
  on_run(program, command, [options] { return run_counts(*options); });
}

}  // namespace

void add_train_counts(Program& program, CLI::App& train) {
  add_model(program, train, Model::kBow, "bow",
            "Bags of words: the documents that a word comes in, in few dimensions");
  add_model(program, train, Model::kTfidf, "tfidf",
            "The same weighted by TF-IDF: latent semantic analysis");
  add_model(program, train, Model::kPpmi, "ppmi",
            "How much more often than by chance words come near each other, in few dimensions");
}

}  // namespace sememe::cli
