#ifndef SEMEME_CLI_COMMAND_MODEL_DISTILL_H_
#define SEMEME_CLI_COMMAND_MODEL_DISTILL_H_

#include "cli/command.h"

namespace sememe::cli {

/// Adds "distill" to the command "model".
void add_model_distill(Program& program, CLI::App& model);

}  // namespace sememe::cli

#endif  // SEMEME_CLI_COMMAND_MODEL_DISTILL_H_
