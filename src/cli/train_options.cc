#include "cli/train_options.h"

#include "base/error_context.h"
#include "cli/output.h"
#include "vectors/word_vectors.h"

namespace sememe::cli {

void add_train_options(CLI::App* command, TrainOptions& options) {
  command
      ->add_option("corpus", options.corpus,
                   "Text files, plain, .gz or .zst; \"-\": standard input")
      ->required();
  command
      ->add_option(
          "-o,--output", options.output,
          "File for the vectors; by its end .vec, .txt, .w2v (word2vec text), .glove, .bin "
          "(word2vec binary; of fasttext its own model), .safetensors, .npy")
      ->required();
  command
      ->add_option(
          "--words", options.words,
          "What a word is: unicode (letters and digits, in lower case), spaces (what stands "
          "between them)")
      ->check(CLI::IsMember({"unicode", "spaces"}))
      ->capture_default_str();
  command
      ->add_option("--min-count", options.reading.min_count, "Words seen less often are left out")
      ->capture_default_str();
  command
      ->add_option("--max-words", options.reading.max_words,
                   "The most frequent words that are kept; 0: all")
      ->capture_default_str();
  command->add_flag("--json", options.json, "Print one JSON object");
  command->add_option("--progress", options.progress, "Progress on standard error")
      ->check(CLI::IsMember({"auto", "always", "never"}));
}

train::WordCorpus read_corpus(const TrainOptions& options) {
  train::CorpusOptions reading = options.reading;
  reading.files.assign(options.corpus.begin(), options.corpus.end());
  reading.rule = options.words == "spaces" ? text::WordRule::kSpaces : text::WordRule::kUnicode;
  train::WordCorpus corpus;
  {
    Progress progress(options.progress_mode());
    corpus = train::WordCorpus::read(reading, [&](std::uint64_t done, std::uint64_t total) {
      progress.update("read bytes", done, total);
    });
  }
  if (corpus.forgotten_up_to() > 0) {
    warn(concat("the words of this corpus took more than ",
                with_separators(reading.max_vocabulary_bytes), " bytes: those seen up to ",
                corpus.forgotten_up_to(),
                " times were forgotten on the way, so counts near that are too low"));
  }
  return corpus;
}

void write_vectors(const std::string& output, const train::WordVocabulary& vocabulary,
                   const train::VectorTable& table) {
  vectors::write_word_vectors(output,
                              {.words = table.rows(),
                               .dim = table.dim(),
                               .word = [&](std::size_t i) { return vocabulary.word(i); },
                               .row = [&](std::size_t i) { return table.values(i); }},
                              vectors::word_vector_format(output));
}

std::string corpus_line(const train::WordCorpus& corpus) {
  return concat("words       ", with_separators(corpus.words()), " of ",
                with_separators(corpus.words_read()), ", ",
                with_separators(corpus.vocabulary().size()), " different of ",
                with_separators(corpus.distinct_words()), "\n");
}

}  // namespace sememe::cli
