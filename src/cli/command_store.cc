// sememe store: what a store holds, and whether it is sound.

#include <algorithm>
#include <memory>

#include "base/error_context.h"
#include "cli/app.h"
#include "cli/command.h"
#include "cli/output.h"
#include "sememe/collection.h"

namespace sememe::cli {
namespace {

struct StoreFlags {
  std::string store;
  bool json = false;
};

// Vectors that every search compares, unused ones with them: those behind the sealed ones, or all.
std::size_t compared(const SegmentInfo& segment, const CollectionInfo& info) {
  const std::size_t all = info.vectors + info.unused_vectors;
  return segment.fault.empty() ? all - std::min(all, segment.vectors) : all;
}

OutputJson to_json(const SegmentInfo& segment, const CollectionInfo& info) {
  OutputJson json = {{"sealed_vectors", segment.vectors},
                     {"compared_vectors", compared(segment, info)},
                     {"bytes", segment.bytes},
                     {"recall", OutputJson::array()},
                     {"fault", segment.fault}};
  for (const SampledRecall& at : segment.recall) {
    json["recall"].push_back({{"k", at.k}, {"effort", at.effort}, {"recall", at.recall}});
  }
  return json;
}

// Of the samples for the smallest k, those that first came to a recall that people ask for.
std::string recall_line(const std::vector<SampledRecall>& samples) {
  std::string line;
  double reached = 0;
  for (const double target : {0.9, 0.95, 0.99}) {
    const auto at = std::ranges::find_if(samples, [&](const SampledRecall& sample) {
      return sample.k == samples.front().k && sample.recall >= target;
    });
    if (at == samples.end() || at->recall == reached) continue;
    reached = at->recall;
    line += concat(line.empty() ? "" : ", ", fixed(at->recall, 3), " at effort ", at->effort);
  }
  if (line.empty()) return "not sampled";
  return concat("of the best ", samples.front().k, ": ", line);
}

void print_segment(const SegmentInfo& segment, const CollectionInfo& info) {
  if (segment.vectors == 0) return print("segment    none, every vector is compared\n");
  if (!segment.fault.empty()) return print("segment    not usable: " + segment.fault + "\n");
  print("segment    " + with_separators(segment.vectors) + " vectors under a graph, " +
        with_separators(compared(segment, info)) + " compared, " + with_separators(segment.bytes) +
        " bytes\n");
  print("recall     " + recall_line(segment.recall) + "\n");
}

int run_info(const StoreFlags& options) {
  const std::string directory = require_store(options.store).directory.string();
  const CollectionInfo info = collection_info(directory);
  const SegmentInfo segment = segment_info(directory);
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
                   {"vector_bytes", info.vector_bytes},
                   {"segment", to_json(segment, info)}}));
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
  print_segment(segment, info);
  return kExitDone;
}

int run_verify(const StoreFlags& options) {
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
  auto options = std::make_shared<StoreFlags>();
  const auto add = [&](const char* name, const char* description, int (*body)(const StoreFlags&)) {
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
