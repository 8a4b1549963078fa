// sememe train glove.

#include <chrono>
#include <csignal>
#include <memory>
#include <string>

#include "base/cpu.h"
#include "base/error_context.h"
#include "cli/app.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/train_options.h"
#include "train/cooccurrences.h"
#include "train/glove.h"
#include "vectors/word_vectors.h"

namespace sememe::cli {
namespace {

struct TrainGloveFlags : TrainOptions {
  train::CooccurrenceOptions counting;
  train::GloveOptions training;
};

using Clock = std::chrono::steady_clock;

double since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

train::Cooccurrences count_pairs(const TrainGloveFlags& options, const train::WordCorpus& corpus) {
  Progress progress(options.progress_mode());
  return train::Cooccurrences::count(corpus, options.counting,
                                     [&](std::uint64_t done, std::uint64_t total) {
                                       progress.update("counted neighbours of words", done, total);
                                     });
}

struct Training {
  std::uint64_t pairs = 0;  // trained, of all epochs
  std::uint64_t total_pairs = 0;
  double loss = 0;
  bool finished = false;
  double seconds = 0;
};

Training train_model(const TrainGloveFlags& options, train::Glove& model) {
  const Interrupt interrupt;
  Progress progress(options.progress_mode());
  Training out;
  out.finished = model.train([&](const train::GloveProgress& now) {
    out.pairs = now.pairs;
    out.total_pairs = now.total_pairs;
    out.loss = now.loss;
    const double rate = static_cast<double>(now.pairs) / std::max(progress.seconds(), 1e-3);
    progress.update("trained on pairs", now.pairs, now.total_pairs,
                    concat(with_separators(static_cast<std::uint64_t>(rate)), " a second, loss ",
                           fixed(now.loss, 4)));
    return !Interrupt::seen();
  });
  if (out.finished) out.loss = model.loss();
  out.seconds = progress.seconds();
  return out;
}

int run_glove(TrainGloveFlags options) {
  static_cast<void>(vectors::word_vector_format(options.output));  // before the work
  if (options.training.threads == 0) options.training.threads = available_threads();
  options.counting.threads = options.training.threads;
  const Clock::time_point begin = Clock::now();
  const train::WordCorpus corpus = read_corpus(options);
  const double reading = since(begin);
  const Clock::time_point counting_begin = Clock::now();
  train::Glove model(count_pairs(options, corpus), options.training);
  const double counting = since(counting_begin);
  const Training result = train_model(options, model);
  write_vectors(options.output, corpus.vocabulary(), model.vectors());
  const double rate = static_cast<double>(result.pairs) / std::max(result.seconds, 1e-3);
  if (!result.finished) {
    warn(concat("interrupted: ", options.output, " has the vectors after ",
                with_separators(result.pairs), " of ", with_separators(result.total_pairs),
                " pairs"));
  }
  if (options.json) {
    print(to_line({{"output", options.output},
                   {"vocabulary", corpus.vocabulary().size()},
                   {"dim", options.training.dim},
                   {"words", corpus.words()},
                   {"pairs", model.pairs()},
                   {"epochs", options.training.epochs},
                   {"finished", result.finished},
                   {"loss", result.loss},
                   {"reading_seconds", reading},
                   {"counting_seconds", counting},
                   {"seconds", result.seconds},
                   {"pairs_per_second", rate}}));
  } else {
    print(corpus_line(corpus));
    print(concat("counted     ", with_separators(model.pairs()), " different pairs in ",
                 fixed(counting, 1), " s\n"));
    print(concat("trained     ", with_separators(result.pairs), " pairs in ",
                 fixed(result.seconds, 1), " s, ",
                 with_separators(static_cast<std::uint64_t>(rate)), " a second\n"));
    print(concat("loss        ", fixed(result.loss, 4), "\n"));
    print(concat("written     ", options.output, "\n"));
  }
  return result.finished ? kExitDone : 128 + SIGINT;
}

}  // namespace

void add_train_glove(Program& program, CLI::App& train) {
  auto options = std::make_shared<TrainGloveFlags>();
  CLI::App* command = add_command(
      train, "glove",
      "GloVe: products of vectors meet the logarithms of how often words stand near each other",
      "  sememe train glove corpus.txt -o words.glove\n"
      "  zstd -dc wiki.zst | sememe train glove - -o words.bin --dim 300 --x-max 100 --threads 0");
  add_train_options(command, *options);
  train::GloveOptions& o = options->training;
  command->add_option("--dim", o.dim, "Numbers in a vector")->capture_default_str();
  command
      ->add_option("--window", options->counting.window,
                   "Words on each side of a word that count as near; each by 1 / distance")
      ->capture_default_str();
  command
      ->add_option("--x-max", o.x_max,
                   "Pairs counted less often weigh less; 100 for billions of words")
      ->capture_default_str();
  command->add_option("--alpha", o.power, "They weigh (count / x-max) to this power")
      ->capture_default_str();
  command->add_option("--rate", o.rate, "Learning rate at the beginning, of AdaGrad")
      ->capture_default_str();
  command->add_option("--epochs", o.epochs, "Passes over the pairs")->capture_default_str();
  command
      ->add_option("--threads", o.threads,
                   "Threads; 0: as many as this process may use. Their number does not change the "
                   "vectors")
      ->envname("SEMEME_THREADS")
      ->capture_default_str();
  command->add_option("--seed", o.seed, "Of all random numbers")->capture_default_str();
  command
      ->add_option("--memory", options->counting.max_bytes,
                   "For the places of words while they are counted, 8 bytes each; with less the "
                   "corpus is gone through more often. 512MB, 2GB")
      ->transform(CLI::AsSizeValue(false))
      ->default_str("1GB");
  on_run(program, command, [options] { return run_glove(*options); });
}

}  // namespace sememe::cli
