// sememe model: which models are installed, what they are, whether they are whole.

#include <memory>

#include "base/error_context.h"
#include "cli/app.h"
#include "cli/command.h"
#include "cli/command_model_distill.h"
#include "cli/output.h"
#include "model/catalog.h"
#include "sememe/collection.h"
#include "sememe/embedder.h"

namespace sememe::cli {
namespace {

struct ModelFlags {
  std::string name{kDefaultModel};
  std::string precision;
  bool json = false;
};

int run_list(const ModelFlags& options) {
  const std::vector<std::string> names = model::list_models();
  const Path models = model::sememe_home() / "models";
  if (options.json) {
    OutputJson json = OutputJson::array();
    for (const std::string& name : names) {
      json.push_back({{"name", name},
                      {"directory", (models / name).string()},
                      {"default", name == kDefaultModel}});
    }
    print(to_line(json));
  } else {
    for (const std::string& name : names)
      print(name + (name == kDefaultModel ? "  (default)\n" : "\n"));
    if (names.empty())
      say("sememe: found no model in " + quote(models.native()) +
          "; \"make model\" gets the default one");
  }
  return names.empty() ? kExitFoundNothing : kExitDone;
}

OutputJson to_json(const ModelInfo& info) {
  return {{"name", info.name},
          {"directory", info.directory},
          {"architecture", info.architecture},
          {"fingerprint", info.fingerprint},
          {"precision", precision_name(info.precision)},
          {"dim", info.dim},
          {"max_tokens", info.max_tokens},
          {"pooling", info.pooling},
          {"normalized", info.normalized},
          {"vocabulary_size", info.vocabulary_size},
          {"layers", info.layers},
          {"hidden", info.hidden},
          {"heads", info.heads},
          {"intermediate", info.intermediate},
          {"parameters", info.parameters},
          {"weights_type", info.weights_type}};
}

int run_show(const ModelFlags& options) {
  const Embedder embedder = Embedder::open(
      options.name,
      {.threads = 1, .precision = parse_precision(options.precision).value_or(kDefaultPrecision)});
  const OutputJson json = to_json(embedder.info());
  if (options.json) {
    print(to_line(json));
    return kExitDone;
  }
  for (const auto& [key, value] : json.items()) {
    std::string label = key;
    for (char& c : label) c = c == '_' ? ' ' : c;
    label.resize(17, ' ');
    const std::string text = value.is_string() ? value.get<std::string>()
                             : value.is_number_unsigned()
                                 ? with_separators(value.get<std::uint64_t>())
                                 : value.dump();
    print(concat(label, text, "\n"));
  }
  return kExitDone;
}

int run_verify(const ModelFlags& options) {
  const std::vector<std::string> faults = model::verify_model(options.name);
  if (options.json)
    print(to_line({{"name", options.name}, {"ok", faults.empty()}, {"faults", faults}}));
  if (faults.empty()) {
    if (!options.json) print(concat(options.name, ": every file is as it should be\n"));
    return kExitDone;
  }
  flush_output();
  std::string all;
  for (const std::string& fault : faults) all += concat("\n  ", fault);
  throw Error(ErrorCode::kCorrupt, concat("model ", quote(options.name), ":", all));
}

}  // namespace

void add_model(Program& program) {
  CLI::App* model = add_command(
      program.app, "model", "Installed models: list them, look at one, check one, distill one", "");
  model->require_subcommand(1);
  auto options = std::make_shared<ModelFlags>();

  CLI::App* list = add_command(*model, "list", "Names of the models in $SEMEME_HOME/models",
                               "  sememe model list");
  list->add_flag("--json", options->json, "Print an array of {name, directory, default}");
  on_run(program, list, [options] { return run_list(*options); });

  const auto add = [&](const char* name, const char* description, int (*body)(const ModelFlags&)) {
    CLI::App* command =
        add_command(*model, name, description,
                    concat("  sememe model ", name, "\n  sememe model ", name, " ./my-model/"));
    command->add_option("model", options->name, "Name of an installed model, or a directory")
        ->capture_default_str();
    command->add_flag("--json", options->json, "Print one JSON object");
    on_run(program, command, [options, body] { return body(*options); });
    return command;
  };
  add_precision_option(
      add("show", "Architecture, sizes, limits and fingerprint of a model", run_show),
      options->precision);
  add_model_distill(program, *model);
  add("verify", "Check every file of a model against what was published", run_verify);
}

}  // namespace sememe::cli
