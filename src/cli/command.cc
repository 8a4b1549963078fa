#include "cli/command.h"

#include <filesystem>
#include <utility>

#include "base/error_context.h"
#include "sememe/collection.h"
#include "text/utf8.h"

namespace sememe::cli {
namespace {

constexpr const char* kStoreName = ".sememe";

StorePlace place_of(const Path& directory) {
  const Path absolute = std::filesystem::weakly_canonical(std::filesystem::absolute(directory));
  return {absolute, absolute.parent_path()};
}

}  // namespace

CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& description,
                      const std::string& examples) {
  CLI::App* command = parent.add_subcommand(name, description);
  if (!examples.empty()) command->footer("Examples:\n" + examples);
  return command;
}

void on_run(Program& program, CLI::App* command, std::function<int()> body) {
  command->callback([&program, body = std::move(body)] { program.exit_code = body(); });
}

void add_model_options(CLI::App* command, ModelOptions& options) {
  command
      ->add_option("-m,--model", options.model,
                   "Name of an installed model, or a sentence-transformers directory")
      ->envname("SEMEME_MODEL");
  add_precision_option(command, options.precision);
  command
      ->add_option("--threads", options.threads, "Threads to use; 0: as many as this process may")
      ->envname("SEMEME_THREADS");
}

void add_precision_option(CLI::App* command, std::string& precision) {
  command
      ->add_option("--precision", precision,
                   "Arithmetic of the model: exact (f32), near (16-bit integers), fast (8-bit "
                   "integers); default: that of the store, else fast")
      ->check(CLI::IsMember({"exact", "near", "fast"}))
      ->envname("SEMEME_PRECISION");
}

Embedder open_embedder(const ModelOptions& options) {
  const std::string name = options.model.empty() ? std::string(kDefaultModel) : options.model;
  return Embedder::open(name, {.threads = options.threads,
                               .precision = options.named_precision().value_or(kDefaultPrecision)});
}

void add_text_options(CLI::App* command, TextOptions& options) {
  command
      ->add_option("--invalid-utf8", options.invalid_utf8,
                   "Bytes that are not UTF-8: stop with an error, or read U+FFFD")
      ->check(CLI::IsMember({"error", "replace"}))
      ->capture_default_str();
}

std::string accept_text(std::string text, const TextOptions& options, std::string_view what) {
  if (options.invalid_utf8 == "replace") return text::replace_invalid_utf8(text).text;
  text::require_valid_utf8(text, what);
  return text;
}

void add_store_option(CLI::App* command, std::string& store) {
  command
      ->add_option("-s,--store", store,
                   "Directory of the store; default: the nearest .sememe here or above")
      ->envname("SEMEME_STORE");
}

StorePlace locate_store(const std::string& wish) {
  if (!wish.empty()) return place_of(wish);
  const Path here = std::filesystem::current_path();
  for (Path directory = here;; directory = directory.parent_path()) {
    if (collection_exists((directory / kStoreName).string()))
      return place_of(directory / kStoreName);
    if (directory == directory.parent_path()) return place_of(here / kStoreName);
  }
}

StorePlace require_store(const std::string& wish) {
  StorePlace place = locate_store(wish);
  if (collection_exists(place.directory.string())) return place;
  throw Error(
      ErrorCode::kNotFound,
      wish.empty()
          ? "expected a store (.sememe) in this directory or above it, found none; make one with "
            "\"sememe index PATH\""
          : concat("expected a store in ", quote(wish),
                   ", found none; make one with \"sememe index "
                   "--store ",
                   wish, " PATH\""));
}

std::string display_path(const StorePlace& place, const std::string& stored) {
  return std::filesystem::proximate(place.base / stored).string();
}

}  // namespace sememe::cli
