// sememe train skipgram, cbow and fasttext.

#include <chrono>
#include <csignal>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cpu.h"
#include "base/error_context.h"
#include "cli/app.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/train_options.h"
#include "train/checkpoint.h"
#include "train/fasttext_writer.h"
#include "train/trace.h"
#include "train/word2vec.h"
#include "vectors/word_vectors.h"

namespace sememe::cli {
namespace {

struct TrainWord2vecFlags : TrainOptions {
  std::string loss = "ns";
  train::Word2VecOptions training;
  bool fasttext = false;
  std::string checkpoint;
  double checkpoint_seconds = 600;
  std::string start_from;
  std::string trace_file;
  train::TraceOptions trace;
};

void write(const TrainWord2vecFlags& options, const train::WordCorpus& corpus,
           const train::Word2VecOptions& training, const train::Word2Vec& model) {
  const vectors::WordVectorFormat format = vectors::word_vector_format(options.output);
  if (options.fasttext && format == vectors::WordVectorFormat::kBinary) {
    train::write_fasttext_model(options.output, model, corpus, training, options.reading.min_count);
    return;
  }
  write_vectors(options.output, corpus.vocabulary(), model.vectors());
}

// The corpus, with the words of the model that is to be trained on.
train::WordCorpus read(const TrainWord2vecFlags& options) {
  if (options.start_from.empty()) return read_corpus(options);
  const train::WordVocabulary known = train::read_checkpoint_vocabulary(options.start_from);
  TrainOptions with_known = options;
  with_known.reading.known = &known;
  return read_corpus(with_known);
}

bool traces(const TrainWord2vecFlags& options) { return !options.trace.words.empty(); }

Path trace_file(const TrainWord2vecFlags& options) {
  return options.trace_file.empty() ? concat(options.output, ".trace.json") : options.trace_file;
}

// What --trace asks for, if it does.
std::optional<train::TrainingTrace> begin_trace(const TrainWord2vecFlags& options,
                                                const train::WordCorpus& corpus) {
  if (!traces(options)) return std::nullopt;
  train::TraceOptions trace = options.trace;
  trace.dim = options.training.dim;
  trace.epochs = options.training.epochs;
  trace.words_an_epoch = corpus.words();
  return std::make_optional<train::TrainingTrace>(corpus.vocabulary(), trace);
}

void record(train::TrainingTrace& trace, train::TrainingProgress now,
            const train::Word2Vec& model) {
  now.words = model.words_done();
  trace.record(now, [&](std::size_t word, std::span<float> out) { model.vector(word, out); });
}

struct Outcome {
  train::TrainingProgress last;
  std::uint64_t words = 0;  // trained on here, not before
  double seconds = 0;
  bool finished = false;
};

// Trains to the end or to Ctrl-C, with a checkpoint every so often and at the end, or the steps of
// a trace.
Outcome train_on(const TrainWord2vecFlags& options, train::Word2Vec& model,
                 std::optional<train::TrainingTrace>& trace) {
  Outcome outcome;
  outcome.last.words = model.words_done();
  outcome.last.rate = options.training.rate;
  const std::uint64_t before = model.words_done();
  const bool keeps = !options.checkpoint.empty();
  const Interrupt interrupt;
  Progress progress(options.progress_mode());
  if (trace) record(*trace, outcome.last, model);
  do {
    const auto begin = std::chrono::steady_clock::now();
    const auto on_block = [&](const train::TrainingProgress& now) {
      outcome.last = now;
      const double done = static_cast<double>(now.words - before);
      const double rate = done / std::max(progress.seconds(), 1e-3);
      progress.update("trained on words", now.words, now.total_words,
                      concat(with_separators(static_cast<std::uint64_t>(rate)), " a second, loss ",
                             fixed(now.loss, 3)));
      const std::chrono::duration<double> since = std::chrono::steady_clock::now() - begin;
      return !Interrupt::seen() && !(keeps && since.count() >= options.checkpoint_seconds);
    };
    outcome.finished = model.train(
        on_block, trace ? trace->next_step() : std::numeric_limits<std::uint64_t>::max());
    if (keeps) model.save(options.checkpoint);
    if (trace) record(*trace, outcome.last, model);
  } while (!outcome.finished && !Interrupt::seen());
  outcome.seconds = progress.seconds();
  outcome.words = model.words_done() - before;
  return outcome;
}

void report(const TrainWord2vecFlags& options, const train::WordCorpus& corpus,
            const Outcome& outcome) {
  const double rate = static_cast<double>(outcome.words) / std::max(outcome.seconds, 1e-3);
  if (!outcome.finished) {
    warn(concat("interrupted: ", options.output, " has the vectors of ",
                with_separators(outcome.last.words), " of ",
                with_separators(outcome.last.total_words), " words",
                options.checkpoint.empty() ? "" : "; the same command goes on"));
  }
  if (options.json) {
    OutputJson json = {
        {"output", options.output},          {"vocabulary", corpus.vocabulary().size()},
        {"dim", options.training.dim},       {"words", corpus.words()},
        {"epochs", options.training.epochs}, {"finished", outcome.finished},
        {"loss", outcome.last.loss},         {"seconds", outcome.seconds},
        {"words_per_second", rate}};
    if (traces(options)) json["trace"] = trace_file(options).native();
    print(to_line(json));
    return;
  }
  print(corpus_line(corpus));
  print(concat("trained     ", with_separators(outcome.words), " words in ",
               fixed(outcome.seconds, 1), " s, ", with_separators(static_cast<std::uint64_t>(rate)),
               " a second\n"));
  print(concat("loss        ", fixed(outcome.last.loss, 3), "\n"));
  print(concat("written     ", options.output, "\n"));
  if (traces(options)) print(concat("trace       ", trace_file(options).native(), "\n"));
}

int run_word2vec(const TrainWord2vecFlags& options) {
  static_cast<void>(vectors::word_vector_format(options.output));  // before the work
  const train::WordCorpus corpus = read(options);
  train::Word2VecOptions training = options.training;
  if (options.loss == "hs") training.objective = train::Objective::kHierarchicalSoftmax;
  if (training.threads == 0) training.threads = available_threads();
  train::Word2Vec model(corpus, training);
  if (!options.checkpoint.empty() && std::filesystem::exists(options.checkpoint)) {
    model.resume(options.checkpoint);
  } else if (!options.start_from.empty()) {
    model.start_from(options.start_from);
  }
  std::optional<train::TrainingTrace> trace = begin_trace(options, corpus);
  const Outcome outcome = train_on(options, model, trace);
  write(options, corpus, training, model);
  if (trace) trace->write(trace_file(options));
  report(options, corpus, outcome);
  return outcome.finished ? kExitDone : 128 + SIGINT;
}

void add_trace_options(CLI::App* command, TrainWord2vecFlags& options) {
  CLI::Option* words =
      command
          ->add_option("--trace", options.trace.words,
                       "Words, with commas between them, whose neighbours and places on a map are "
                       "written down while they are learned")
          ->delimiter(',')
          ->allow_extra_args(false);
  // A trace is of one run from its beginning.
  words->excludes("--checkpoint");
  command
      ->add_option("--trace-file", options.trace_file,
                   "Where the trace goes; the output and .trace.json if not given")
      ->needs(words);
  command
      ->add_option("--trace-steps", options.trace.steps,
                   "How often, denser at the beginning, and once before training")
      ->needs(words)
      ->capture_default_str();
  command
      ->add_option("--trace-vocab-limit", options.trace.vocabulary_limit,
                   "Neighbours are looked for among that many frequent words; 0: among all")
      ->needs(words)
      ->capture_default_str();
}

void add_word2vec(Program& program, CLI::App& train, const char* name,
                  train::Architecture architecture, const char* description) {
  auto options = std::make_shared<TrainWord2vecFlags>();
  options->training.architecture = architecture;
  CLI::App* command = add_command(
      train, name, description,
      concat("  sememe train ", name, " corpus.txt -o words.vec\n", "  sememe train ", name,
             " corpus.txt -o words.bin --checkpoint words.ckpt\n", "  sememe train ", name,
             " more.txt -o words2.bin --continue words.ckpt\n", "  sememe train ", name,
             " corpus.txt -o words.bin --trace king,queen,river\n",
             "  zstd -dc wiki.zst | sememe train ", name, " - -o words.bin --dim 300 --epochs 3"));
  add_train_options(command, *options);
  train::Word2VecOptions& o = options->training;
  command->add_option("--dim", o.dim, "Numbers in a vector")->capture_default_str();
  command->add_option("--window", o.window, "Words on each side of a word that it is trained with")
      ->capture_default_str();
  command
      ->add_option(
          "--loss", options->loss,
          "ns (negative sampling), hs (hierarchical softmax: slower, better for rare words)")
      ->check(CLI::IsMember({"ns", "hs"}))
      ->capture_default_str();
  command->add_option("--negative", o.negative, "Words drawn at random beside each word")
      ->capture_default_str();
  command
      ->add_option("--sample", o.sample,
                   "Words more frequent than this share are thinned out; 0: none")
      ->capture_default_str();
  command
      ->add_option("--rate", o.rate, "Learning rate at the beginning; it falls to nearly nothing")
      ->capture_default_str();
  command->add_option("--epochs", o.epochs, "Passes over the corpus")->capture_default_str();
  command
      ->add_option("--threads", o.threads,
                   "Threads; 0: as many as this process may use. More than one give other vectors "
                   "each time, but for --deterministic")
      ->envname("SEMEME_THREADS")
      ->capture_default_str();
  command->add_flag("--deterministic", o.deterministic,
                    "The same vectors for a seed, whatever the number of threads");
  command->add_option("--seed", o.seed, "Of all random numbers")->capture_default_str();
  command->add_option("--checkpoint", options->checkpoint,
                      "File to write where training stands, and to go on from if it is there: the "
                      "same command after a kill comes to the same vectors (with one thread or "
                      "--deterministic)");
  command
      ->add_option("--checkpoint-seconds", options->checkpoint_seconds, "How often it is written")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--continue", options->start_from,
                      "Checkpoint whose vectors to begin with: this corpus is more text for them");
  add_trace_options(command, *options);
  options->trace.model = name;
  if (std::string_view(name) == "fasttext") {
    options->fasttext = true;
    o.subwords.longest = 6;
    command->add_option("--min-n", o.subwords.shortest, "Characters of the shortest n-grams")
        ->capture_default_str();
    command->add_option("--max-n", o.subwords.longest, "Characters of the longest n-grams; 0: none")
        ->capture_default_str();
    command->add_option("--buckets", o.subwords.buckets, "Vectors that all n-grams share")
        ->capture_default_str();
  }
  on_run(program, command, [options] { return run_word2vec(*options); });
}

}  // namespace

void add_train_word2vec(Program& program, CLI::App& train) {
  add_word2vec(
      program, train, "skipgram", train::Architecture::kSkipGram,
      "word2vec's skip-gram with negative sampling: a word's vector finds the words around it");
  add_word2vec(program, train, "cbow", train::Architecture::kCbow,
               "word2vec's continuous bag of words: the words around a word find it; faster");
  add_word2vec(program, train, "fasttext", train::Architecture::kSkipGram,
               "fastText's skip-gram: a word is the mean of itself and its character n-grams");
}

}  // namespace sememe::cli
