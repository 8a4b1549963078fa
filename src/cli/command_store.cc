// sememe store: what a store holds, and whether it is sound.

#include <memory>

#include "base/error_context.h"
#include "cli/app.h"
#include "cli/command.h"
#include "cli/output.h"
#include "sememe/collection.h"

namespace sememe::cli {
namespace {

struct Options {
  std::string store;
  bool json = false;
};

int run_info(const Options& options) {
  const CollectionInfo info = collection_info(require_store(options.store).directory.string());
  if (options.json) {
    print(to_line({{"directory", info.directory},
                   {"model", info.model},
                   {"fingerprint", info.fingerprint},
                   {"precision", precision_name(info.precision)},
                   {"passage_form", info.passage_form},
                   {"dim", info.dim},
                   {"documents", info.documents},
                   {"passages", info.passages},
                   {"vectors", info.vectors},
                   {"unused_vectors", info.unused_vectors},
                   {"commit", info.commit},
                   {"database_bytes", info.database_bytes},
                   {"vector_bytes", info.vector_bytes}}));
    return kExitDone;
  }
  print("directory  " + info.directory + "\n");
  print("model      " + info.model + " (" + std::to_string(info.dim) + " dimensions, fingerprint " +
        info.fingerprint + ")\n");
  print("precision  " + std::string(precision_name(info.precision)) + "\n");
  print("documents  " + with_separators(info.documents) + "\n");
  print("passages   " + with_separators(info.passages) + "\n");
  print("vectors    " + with_separators(info.vectors) + " used, " +
        with_separators(info.unused_vectors) + " unused\n");
  print("commit     " + std::to_string(info.commit) + "\n");
  print("bytes      " + with_separators(info.database_bytes) + " database, " +
        with_separators(info.vector_bytes) + " vectors\n");
  return kExitDone;
}

int run_verify(const Options& options) {
  const Path directory = require_store(options.store).directory;
  const std::vector<std::string> faults = verify_collection(directory.string());
  if (options.json) {
    print(to_line({{"directory", directory.string()}, {"ok", faults.empty()}, {"faults", faults}}));
  } else {
    for (const std::string& fault : faults) print(fault + "\n");
    if (faults.empty()) print("sound\n");
  }
  if (faults.empty()) return kExitDone;
  flush_output();
  throw Error(ErrorCode::kCorrupt,
              concat("store ", quote(directory.native()), ": expected no faults, found ",
                     faults.size(), "; \"sememe index PATH\" mends what can be mended"));
}

}  // namespace

void add_store(Program& program) {
  CLI::App* store = add_command(program.app, "store", "Look into a store and check it", "");
  store->require_subcommand(1);
  auto options = std::make_shared<Options>();
  const auto add = [&](const char* name, const char* description, int (*body)(const Options&)) {
    CLI::App* command =
        add_command(*store, name, description, std::string("  sememe store ") + name);
    command->add_flag("--json", options->json, "Print one JSON object");
    add_store_option(command, options->store);
    on_run(program, command, [options, body] { return body(*options); });
  };
  add("info", "What the store holds and how large it is", run_info);
  add("verify",
      "Read everything and check it: database, checksums, every passage against its vector",
      run_verify);
}

}  // namespace sememe::cli
