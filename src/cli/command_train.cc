// sememe train: word vectors from a corpus.

#include "cli/command.h"
#include "cli/train_options.h"

namespace sememe::cli {

void add_train(Program& program) {
  CLI::App* train = add_command(program.app, "train", "Learn vectors of words from a corpus", "");
  train->require_subcommand(1);
  add_train_word2vec(program, *train);
  add_train_counts(program, *train);
  add_train_glove(program, *train);
}

}  // namespace sememe::cli
