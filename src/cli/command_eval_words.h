// sememe eval words, one of the commands under eval.
#ifndef SEMEME_CLI_COMMAND_EVAL_WORDS_H_
#define SEMEME_CLI_COMMAND_EVAL_WORDS_H_

#include "cli/command.h"

namespace sememe::cli {

void add_eval_words(Program& program, CLI::App& eval);

}  // namespace sememe::cli

#endif  // SEMEME_CLI_COMMAND_EVAL_WORDS_H_
