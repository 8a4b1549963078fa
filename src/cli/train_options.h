// What the commands that learn from a corpus share: its options, reading it, and Ctrl-C.
#ifndef SEMEME_CLI_TRAIN_OPTIONS_H_
#define SEMEME_CLI_TRAIN_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/progress.h"
#include "train/vector_table.h"
#include "train/word_corpus.h"

namespace sememe::cli {

/// The commands of `sememe train`, by model.
void add_train_word2vec(Program& program, CLI::App& train);
void add_train_counts(Program& program, CLI::App& train);
void add_train_glove(Program& program, CLI::App& train);

/// corpus, -o, --words, --min-count, --max-words, --json, --progress
struct TrainOptions {
  std::vector<std::string> corpus;
  std::string output;
  std::string words = "unicode";
  train::CorpusOptions reading;
  std::string progress = "auto";
  bool json = false;

  ProgressMode progress_mode() const { return parse_progress_mode(progress); }
};
void add_train_options(CLI::App* command, TrainOptions& options);

/// Reads the corpus that the options name, with progress; warns where words were forgotten for want
/// of memory.
train::WordCorpus read_corpus(const TrainOptions& options);

/// Writes the vectors of a vocabulary in the format that the end of the name says.
void write_vectors(const std::string& output, const train::WordVocabulary& vocabulary,
                   const train::VectorTable& table);

/// What a finished command prints of its corpus.
std::string corpus_line(const train::WordCorpus& corpus);

}  // namespace sememe::cli

#endif  // SEMEME_CLI_TRAIN_OPTIONS_H_
