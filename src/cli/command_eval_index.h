// sememe eval index.
#ifndef SEMEME_CLI_COMMAND_EVAL_INDEX_H_
#define SEMEME_CLI_COMMAND_EVAL_INDEX_H_

#include "cli/command.h"

namespace sememe::cli {

void add_eval_index(Program& program, CLI::App& eval);

}  // namespace sememe::cli

#endif  // SEMEME_CLI_COMMAND_EVAL_INDEX_H_
