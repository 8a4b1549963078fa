// sememe train skipgram, cbow and fasttext.

#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/cpu.h"
#include "base/error_context.h"
#include "cli/app.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/train_options.h"
#include "train/fasttext_writer.h"
#include "train/word2vec.h"
#include "vectors/word_vectors.h"

namespace sememe::cli {
namespace {

struct Options : TrainOptions {
  std::string loss = "ns";
  train::Word2VecOptions training;
  bool fasttext = false;
};

void write(const Options& options, const train::WordCorpus& corpus,
           const train::Word2VecOptions& training, const train::Word2Vec& model) {
  const vectors::WordVectorFormat format = vectors::word_vector_format(options.output);
  if (options.fasttext && format == vectors::WordVectorFormat::kBinary) {
    train::write_fasttext_model(options.output, model, corpus, training, options.reading.min_count);
    return;
  }
  const train::VectorTable table = model.vectors();
  vectors::write_word_vectors(options.output,
                              {.words = table.rows(),
                               .dim = table.dim(),
                               .word = [&](std::size_t i) { return corpus.vocabulary().word(i); },
                               .row = [&](std::size_t i) { return table.values(i); }},
                              format);
}

int run_word2vec(const Options& options) {
  static_cast<void>(vectors::word_vector_format(options.output));  // before the work
  const auto begin = std::chrono::steady_clock::now();
  const train::WordCorpus corpus = read_corpus(options);
  const std::chrono::duration<double> reading = std::chrono::steady_clock::now() - begin;
  train::Word2VecOptions training = options.training;
  if (options.loss == "hs") training.objective = train::Objective::kHierarchicalSoftmax;
  if (training.threads == 0) training.threads = available_threads();
  train::Word2Vec model(corpus, training);
  train::TrainingProgress last;
  bool finished = false;
  double seconds = 0;
  {
    const Interrupt interrupt;
    Progress progress(options.progress_mode());
    finished = model.train([&](const train::TrainingProgress& now) {
      last = now;
      const double rate = static_cast<double>(now.words) / std::max(progress.seconds(), 1e-3);
      progress.update("trained on words", now.words, now.total_words,
                      concat(with_separators(static_cast<std::uint64_t>(rate)), " a second, loss ",
                             fixed(now.loss, 3)));
      return !Interrupt::seen();
    });
    seconds = progress.seconds();
  }
  write(options, corpus, training, model);
  const std::uint64_t words = finished ? last.total_words : last.words;
  const double rate = static_cast<double>(words) / std::max(seconds, 1e-3);
  if (!finished) {
    warn(concat("interrupted: ", options.output, " has the vectors of ", with_separators(words),
                " of ", with_separators(last.total_words), " words"));
  }
  if (options.json) {
    print(to_line({{"output", options.output},
                   {"vocabulary", corpus.vocabulary().size()},
                   {"dim", training.dim},
                   {"words", corpus.words()},
                   {"epochs", training.epochs},
                   {"finished", finished},
                   {"loss", last.loss},
                   {"reading_seconds", reading.count()},
                   {"seconds", seconds},
                   {"words_per_second", rate}}));
  } else {
    print(concat("words       ", with_separators(corpus.words()), " of ",
                 with_separators(corpus.words_read()), ", ",
                 with_separators(corpus.vocabulary().size()), " different of ",
                 with_separators(corpus.distinct_words()), "\n"));
    print(concat("trained     ", with_separators(words), " words in ", fixed(seconds, 1), " s, ",
                 with_separators(static_cast<std::uint64_t>(rate)), " a second\n"));
    print(concat("loss        ", fixed(last.loss, 3), "\n"));
    print(concat("written     ", options.output, "\n"));
  }
  return finished ? kExitDone : 128 + SIGINT;
}

void add_word2vec(Program& program, CLI::App& train, const char* name,
                  train::Architecture architecture, const char* description) {
  auto options = std::make_shared<Options>();
  options->training.architecture = architecture;
  CLI::App* command = add_command(
      train, name, description,
      concat("  sememe train ", name, " corpus.txt -o words.vec\n",
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
