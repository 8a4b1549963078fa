// What the commands share: how they join the program, their common options, and the store they work
// on.
//
// A command is one file with one add_x function: it declares options, help and examples, and a
// callback that returns the exit code.
#ifndef SEMEME_CLI_COMMAND_H_
#define SEMEME_CLI_COMMAND_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "sememe/embedder.h"

namespace sememe::cli {

/// The program under construction.
struct Program {
  CLI::App app;
  int exit_code = 0;
};

void add_index(Program& program);
void add_search(Program& program);
void add_embed(Program& program);
void add_similarity(Program& program);
void add_tokens(Program& program);
void add_eval(Program& program);
void add_phrases(Program& program);
void add_train(Program& program);
void add_neighbors(Program& program);
void add_model(Program& program);
void add_store(Program& program);
void add_bench(Program& program);
void add_completion(Program& program);

/// Makes a subcommand with a help text and examples (lines under "Examples:").
CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& description,
                      const std::string& examples);

/// Sets what the command does.
void on_run(Program& program, CLI::App* command, std::function<int()> body);

/// --model, --precision, --threads
struct ModelOptions {
  std::string model;
  std::string precision;  ///< empty when it is not named
  std::size_t threads = 0;

  /// The precision that the options name, if they name one.
  std::optional<Precision> named_precision() const { return parse_precision(precision); }
};
void add_model_options(CLI::App* command, ModelOptions& options);
/// --precision alone, into the options' word.
void add_precision_option(CLI::App* command, std::string& precision);
/// The model and precision that the options name, or the default ones.
Embedder open_embedder(const ModelOptions& options);

/// --invalid-utf8 error|replace, for texts from the command line and stdin.
struct TextOptions {
  std::string invalid_utf8 = "error";
};
void add_text_options(CLI::App* command, TextOptions& options);
/// `text` as valid UTF-8, or Error(kInvalidArgument) that begins with `what`.
std::string accept_text(std::string text, const TextOptions& options, std::string_view what);

/// Where a command's store is, and the directory that its paths are relative to (the one that holds
/// the store).
struct StorePlace {
  Path directory;
  Path base;
};
/// `wish` when it is not empty; else the nearest .sememe in this directory or above it; else
/// .sememe here.
StorePlace locate_store(const std::string& wish);
/// locate_store, for commands that read: Error(kNotFound) with the command that makes one.
StorePlace require_store(const std::string& wish);
void add_store_option(CLI::App* command, std::string& store);

/// A stored path as a person at the current directory would type it.
std::string display_path(const StorePlace& place, const std::string& stored);

}  // namespace sememe::cli

#endif  // SEMEME_CLI_COMMAND_H_
