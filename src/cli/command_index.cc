// sememe index: files into a store; only what changed is read and embedded.

#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>

#include "base/error_context.h"
#include "base/memory.h"
#include "cli/app.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "sememe/collection.h"
#include "sememe/sync.h"

namespace sememe::cli {
namespace {

struct IndexFlags {
  ModelOptions model;
  std::string store;
  std::vector<std::string> paths;
  std::string invalid_utf8 = "skip";
  std::string progress = "auto";
  std::uint64_t max_file_mib = 16;
  std::size_t max_tokens = 0;
  std::size_t graph_from = kDefaultGraphFrom;
  bool no_ignore = false;
  bool hidden = false;
  bool dry_run = false;
  bool explain_skips = false;
  bool json = false;
};

// A store that goes with its object: what a dry run works on when there is no store yet.
class TemporaryStore {
 public:
  TemporaryStore() {
    std::string name = (std::filesystem::temp_directory_path() / "sememe-dry-run-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw Error(ErrorCode::kIo, concat("mkdtemp ", quote(name)));
    path_ = name;
  }
  ~TemporaryStore() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryStore(const TemporaryStore&) = delete;
  TemporaryStore& operator=(const TemporaryStore&) = delete;
  const Path& path() const { return path_; }

 private:
  Path path_;
};

std::map<std::string, std::size_t> count_by_reason(const std::vector<SkippedFile>& skipped) {
  std::map<std::string, std::size_t> counts;
  for (const SkippedFile& file : skipped) ++counts[file.reason];
  return counts;
}

// What was done, and how long it took.
struct Done {
  SyncReport files;
  double seconds = 0;
  SealReport seal;
  double seal_seconds = 0;
};

OutputJson to_json(const Done& done, const CollectionInfo& info, const IndexFlags& options) {
  const SyncReport& report = done.files;
  OutputJson json = {{"store", info.directory},
                     {"precision", precision_name(info.precision)},
                     {"dry_run", options.dry_run},
                     {"added", report.added},
                     {"updated", report.updated},
                     {"unchanged", report.unchanged},
                     {"removed", report.removed},
                     {"repaired", report.repaired},
                     {"passages", report.passages.passages},
                     {"embedded", report.passages.embedded},
                     {"tokens", report.passages.tokens},
                     {"truncated", report.passages.truncated},
                     {"seconds", done.seconds},
                     {"sealed", done.seal.sealed},
                     {"seal_seconds", done.seal_seconds},
                     {"peak_memory_bytes", memory_use().peak},
                     {"skipped", OutputJson::object()},
                     {"skipped_files", OutputJson::array()},
                     {"failed", OutputJson::array()}};
  for (const auto& [reason, count] : count_by_reason(report.skipped))
    json["skipped"][reason] = count;
  for (const SkippedFile& file : report.skipped) {
    json["skipped_files"].push_back(
        {{"path", file.path}, {"reason", file.reason}, {"detail", file.detail}});
  }
  for (const FailedFile& file : report.failed) {
    json["failed"].push_back({{"path", file.path}, {"message", file.message}});
  }
  return json;
}

void print_report(const Done& done, const CollectionInfo& info, const IndexFlags& options) {
  const SyncReport& report = done.files;
  const char* would = options.dry_run ? "would index" : "indexed";
  print(concat(would, " ", counted(report.added + report.updated, "file", "files"), ": ",
               report.added, " added, ", report.updated, " updated; ", report.unchanged,
               " unchanged, ", report.removed, " removed\n"));
  if (report.repaired > 0)
    print(concat("mended ", counted(report.repaired, "vector", "vectors"), " lost to damage\n"));
  if (report.passages.passages > 0) {
    print(concat(counted(report.passages.passages, "passage", "passages"), ", ",
                 with_separators(report.passages.embedded), " embedded (",
                 with_separators(report.passages.tokens), " tokens) in ", fixed(done.seconds, 1),
                 " s\n"));
  }
  if (report.passages.truncated > 0) {
    warn(concat(counted(report.passages.truncated, "passage was", "passages were"),
                " cut at the model's limit"));
  }
  if (!report.skipped.empty()) {
    std::string reasons;
    for (const auto& [reason, count] : count_by_reason(report.skipped)) {
      reasons += concat(reasons.empty() ? "" : ", ", reason, " ", count);
    }
    print(concat("skipped ", report.skipped.size(), ": ", reasons,
                 options.explain_skips ? "\n" : " (--explain-skips lists them)\n"));
  }
  if (options.explain_skips) {
    for (const SkippedFile& file : report.skipped) {
      print(concat("  ", file.path, ": ", file.reason, file.detail.empty() ? "" : ": ", file.detail,
                   "\n"));
    }
  }
  if (done.seal.sealed > 0) {
    print(concat("sealed ", counted(done.seal.sealed, "vector", "vectors"), " under a graph in ",
                 fixed(done.seal_seconds, 1), " s\n"));
  }
  print(concat("store ", info.directory, ": ", counted(info.documents, "file", "files"), ", ",
               counted(info.passages, "passage", "passages"), "\n"));
}

SyncOptions to_sync_options(const IndexFlags& options, const StorePlace& place) {
  return {.base_directory = place.base.string(),
          .ignore_files = !options.no_ignore,
          .hidden = options.hidden,
          .dry_run = options.dry_run,
          .invalid_utf8 =
              options.invalid_utf8 == "replace" ? InvalidUtf8::kReplace : InvalidUtf8::kSkip,
          .max_file_bytes = options.max_file_mib << 20,
          .max_passage_tokens = options.max_tokens};
}

void sync_files(Collection& collection, const IndexFlags& options, const StorePlace& place,
                Done& done) {
  Progress progress(parse_progress_mode(options.progress));
  done.files = sync(
      collection, options.paths, to_sync_options(options, place), [&](const SyncProgress& now) {
        const double elapsed = std::max(progress.seconds(), 0.001);
        progress.update(
            "indexing files", now.files_seen, now.files_total,
            concat(counted(now.passages_embedded, "passage", "passages"), ", ",
                   fixed(static_cast<double>(now.tokens_embedded) / elapsed, 0), " tokens/s"));
      });
  done.seconds = progress.seconds();
}

// All documents are in the store already: Ctrl-C gives up the graph alone.
void seal(Collection& collection, const IndexFlags& options, Done& done) {
  const Interrupt interrupt;
  {
    Progress progress(parse_progress_mode(options.progress));
    done.seal = collection.seal_if_worthwhile(
        {.min_vectors = options.graph_from, .progress = [&](std::string_view step, double part) {
           progress.update(concat("graph of vectors, ", step), static_cast<std::size_t>(100 * part),
                           100);
           return !Interrupt::seen();
         }});
    done.seal_seconds = done.seal.sealed > 0 ? progress.seconds() : 0;
  }
  if (!done.seal.notice.empty()) {
    warn(concat("the segment was ", done.seal.sealed > 0 ? "made again" : "not usable", ": ",
                done.seal.notice));
  }
  if (done.seal.stopped) {
    warn(
        "interrupted: the documents are in the store, the graph is not; searches compare every "
        "vector that no earlier graph holds until \"sememe index\" has made it");
  }
}

int run_index(IndexFlags options) {
  const StorePlace place = locate_store(options.store);
  if (options.paths.empty()) options.paths.push_back(place.base.string());
  for (const std::string& path : options.paths) {
    if (!std::filesystem::exists(std::filesystem::symlink_status(path))) {
      throw Error(ErrorCode::kNotFound,
                  concat("expected a file or directory at ", quote(path), ", found none"));
    }
  }
  const bool exists = collection_exists(place.directory.string());
  std::optional<TemporaryStore> temporary;
  if (options.dry_run && !exists) temporary.emplace();
  const std::string directory = (temporary ? temporary->path() : place.directory).string();
  const CollectionOptions collection_options{.model = options.model.model,
                                             .precision = options.model.named_precision(),
                                             .threads = options.model.threads};
  Collection collection = options.dry_run && exists
                              ? Collection::open(directory, collection_options)
                              : Collection::open_for_writing(directory, collection_options);
  Done done;
  sync_files(collection, options, place, done);
  if (!options.dry_run) seal(collection, options, done);
  const CollectionInfo info = collection.info();
  if (options.json) {
    print(to_line(to_json(done, info, options)));
  } else {
    print_report(done, info, options);
  }
  const SyncReport& report = done.files;
  for (const FailedFile& file : report.failed) warn(concat(file.path, ": ", file.message));
  if (done.seal.stopped) return 128 + SIGINT;
  if (!report.failed.empty()) return kExitSomeFailed;
  const bool nothing = report.added + report.updated + report.unchanged + report.removed == 0;
  if (nothing) say("sememe: found no file to index");
  return nothing ? kExitFoundNothing : kExitDone;
}

void add_file_options(CLI::App* command, IndexFlags& options) {
  command->add_flag("--no-ignore", options.no_ignore,
                    "Do not honour .gitignore, .ignore and .git/info/exclude");
  command->add_flag("--hidden", options.hidden, "Index hidden files and directories too");
  command->add_option("--max-file-mib", options.max_file_mib, "Skip larger files")
      ->capture_default_str();
  command
      ->add_option(
          "--invalid-utf8", options.invalid_utf8,
          "Files that are not UTF-8: skip them with an error, or read U+FFFD for bad bytes")
      ->check(CLI::IsMember({"skip", "replace"}))
      ->capture_default_str();
  command->add_flag("--explain-skips", options.explain_skips,
                    "List every file that was skipped, and why");
}

}  // namespace

void add_index(Program& program) {
  auto options = std::make_shared<IndexFlags>();
  CLI::App* command =
      add_command(program.app, "index", "Add files to a store, or bring it up to date with them",
                  "  sememe index docs/ README.md\n"
                  "  sememe index                       # the directory that holds the store\n"
                  "  sememe index docs/ --dry-run --explain-skips");
  command->add_option("path", options->paths,
                      "Files and directories; files gone from them go from the store");
  command->add_flag("-n,--dry-run", options->dry_run, "Say what would be done, change nothing");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->add_option("--max-tokens", options->max_tokens,
                      "Longest passage in tokens; 0: the model's limit");
  command
      ->add_option("--graph-from", options->graph_from,
                   "Vectors from which on a graph over them is built (0.25 ms of CPU each), which "
                   "searches then walk instead of comparing every vector; 0: never")
      ->capture_default_str();
  command->add_option("--progress", options->progress, "Progress on standard error")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  add_file_options(command, *options);
  add_store_option(command, options->store);
  add_model_options(command, options->model);
  on_run(program, command, [options] { return run_index(*options); });
}

}  // namespace sememe::cli
