// sememe::sync: the walk, compared with what the collection holds, becomes puts, touches and
// removals.
//
// Order: new text is put before old documents are removed, so that a renamed file finds its
// vectors still there. Every batch is one durable step of the collection; a run that is killed
// between two of them leaves a collection that the next run completes.
#include "sememe/sync.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

#include "base/error_context.h"
#include "base/hash.h"
#include "ingest/source_file.h"
#include "ingest/walk.h"
#include "text/utf8.h"

namespace sememe {
namespace {

/// A batch is committed when it holds this many passages.
constexpr std::size_t kPassagesPerBatch = 256;
/// Longer passages are allowed when asked for, but they are worse to search: one vector for many
/// subjects.
constexpr std::size_t kDefaultPassageTokens = 256;
/// A file written this short before it is read may change again without a new time stamp.
constexpr std::int64_t kRacyNs = 100'000'000;
/// Equal to no file's: such a document is read again next time.
constexpr std::int64_t kNoMtime = -1;

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string printable(const std::string& path) { return text::replace_invalid_utf8(path).text; }

ingest::ChunkOptions chunk_options(const Embedder& embedder, const ingest::TokenMeasure& measure,
                                   std::size_t asked) {
  std::size_t limit = embedder.info().max_tokens;
  limit = std::min(limit, asked == 0 ? kDefaultPassageTokens : asked);
  std::vector<std::size_t> prompt;
  measure.find_tokens(embedder.prompt(TextRole::kDocument), prompt);
  limit -= std::min(limit, prompt.size());
  return {.max_tokens = limit, .target_tokens = limit * 5 / 8};  // 160 of 256
}

class Sync {
 public:
  Sync(Collection& collection, const SyncOptions& options,
       const std::function<void(const SyncProgress&)>& progress)
      : collection_(collection),
        options_(options),
        progress_(progress),
        base_(ingest::normal_path(options.base_directory.empty() ? "." : options.base_directory)),
        measure_(ingest::measure_of(collection.embedder().tokenizer())),
        chunking_(chunk_options(collection.embedder(), measure_, options.max_passage_tokens)) {
    for (DocumentVersion& version : collection.documents()) {
      std::string path = version.path;
      known_.emplace(std::move(path), std::move(version));
    }
  }

  SyncReport run(std::span<const std::string> roots) {
    tell();
    ingest::WalkResult walked = ingest::walk(
        roots, {.hidden = options_.hidden ? ingest::HiddenFiles::kTake : ingest::HiddenFiles::kSkip,
                .ignore_files = options_.ignore_files ? ingest::IgnoreFiles::kObey
                                                      : ingest::IgnoreFiles::kDisregard,
                .max_file_bytes = options_.max_file_bytes});
    for (SkippedFile& file : walked.skipped) {
      file.path = printable(name_of(file.path));
      report_.skipped.push_back(std::move(file));
    }
    for (FailedFile& file : walked.failed) {
      fail(name_of(file.path), file.message);
      unseen_.push_back(std::move(file.path));
    }
    seen_.files_total = walked.files.size();
    if (!options_.dry_run) report_.repaired = collection_.repair();
    for (const ingest::FoundFile& file : walked.files) {
      add_file(file);
      ++seen_.files_seen;
      tell();
    }
    flush();
    remove_missing(roots);
    if (!options_.dry_run) collection_.compact_if_worthwhile();
    return std::move(report_);
  }

 private:
  void tell() const {
    if (progress_) progress_(seen_);
  }

  /// The name in the collection of an absolute path.
  std::string name_of(const std::string& path) const {
    if (!ingest::is_within(path, base_) || path == base_) return path;
    return path.substr(base_ == "/" ? 1 : base_.size() + 1);
  }

  std::string path_of(const std::string& name) const {
    if (name.starts_with('/')) return name;
    return base_ == "/" ? base_ + name : concat(base_, "/", name);
  }

  void fail(const std::string& name, std::string message) {
    report_.failed.push_back({printable(name), std::move(message)});
    kept_.insert(name);
  }

  void add_file(const ingest::FoundFile& file) {
    const std::string name = name_of(file.path);
    if (text::find_invalid_utf8(name)) return fail(name, "expected a name in UTF-8");
    const auto known = known_.find(name);
    if (known != known_.end() && known->second.size == file.stamp.size &&
        known->second.mtime_ns == file.stamp.mtime_ns) {
      kept_.insert(name);
      ++report_.unchanged;
      return;
    }
    try {
      read_file(file, name, known == known_.end() ? nullptr : &known->second);
    } catch (const Error& error) {
      fail(name, error.what());
    }
    // Outside the try: an error of the collection ends the run.
    if (batch_passages_ >= kPassagesPerBatch) flush();
  }

  void read_file(const ingest::FoundFile& file, const std::string& name,
                 const DocumentVersion* known) {
    const std::int64_t begin_ns = now_ns();
    const ingest::SourceFile source = ingest::read_source_file(file.path, options_.max_file_bytes);
    if (source.bytes.empty()) return skip(name, "empty", "0 bytes");
    if (auto reason = ingest::find_binary(source.bytes)) {
      return skip(name, "binary", std::move(*reason));
    }
    const bool racy = source.stamp.mtime_ns > begin_ns - kRacyNs;
    DocumentVersion version{.path = name,
                            .content_hash = xxh3_128_hex(source.bytes),
                            .size = source.stamp.size,
                            .mtime_ns = racy ? kNoMtime : source.stamp.mtime_ns};
    if (known != nullptr && known->content_hash == version.content_hash) {
      kept_.insert(name);
      ++report_.unchanged;
      if (known->mtime_ns != version.mtime_ns) touched_.push_back(std::move(version));
      return;
    }
    Document document{
        std::move(version),
        ingest::passages_of(name, source.bytes, options_.invalid_utf8, measure_, chunking_)};
    kept_.insert(name);
    ++(known == nullptr ? report_.added : report_.updated);
    batch_passages_ += document.passages.size();
    batch_.push_back(std::move(document));
  }

  void skip(const std::string& name, std::string reason, std::string detail) {
    report_.skipped.push_back({name, std::move(reason), std::move(detail)});
  }

  /// Commits what has gathered.
  void flush() {
    if (options_.dry_run) {
      report_.passages.passages += batch_passages_;
    } else {
      if (!touched_.empty()) collection_.touch(touched_);
      if (!batch_.empty()) put_batch();
    }
    touched_.clear();
    batch_.clear();
    batch_passages_ = 0;
  }

  void put_batch() {
    const std::size_t before = seen_.passages_embedded;
    const PutReport put = collection_.put(batch_, [&](std::size_t done) {
      seen_.passages_embedded = before + done;
      tell();
    });
    report_.passages.passages += put.passages;
    report_.passages.embedded += put.embedded;
    report_.passages.tokens += put.tokens;
    report_.passages.truncated += put.truncated;
    seen_.passages_embedded = report_.passages.embedded;
    seen_.tokens_embedded = report_.passages.tokens;
    tell();
  }

  /// Removes documents under the roots that the walk did not meet, but for those in directories
  /// that could not be read.
  void remove_missing(std::span<const std::string> roots) {
    std::vector<std::string> normal_roots;
    for (const std::string& root : roots) normal_roots.push_back(ingest::normal_path(root));
    const auto lies_in = [](const std::vector<std::string>& directories, const std::string& path) {
      return std::any_of(directories.begin(), directories.end(), [&](const std::string& directory) {
        return ingest::is_within(path, directory);
      });
    };
    std::vector<std::string> removed;
    for (const auto& [name, version] : known_) {
      const std::string path = path_of(name);
      if (kept_.contains(name) || !lies_in(normal_roots, path) || lies_in(unseen_, path)) continue;
      removed.push_back(name);
    }
    report_.removed = removed.size();
    if (!options_.dry_run && !removed.empty()) collection_.remove(removed);
  }

  Collection& collection_;
  const SyncOptions& options_;
  const std::function<void(const SyncProgress&)>& progress_;
  std::string base_;
  ingest::TokenMeasure measure_;
  ingest::ChunkOptions chunking_;
  std::map<std::string, DocumentVersion> known_;  ///< what the collection holds, by name
  std::set<std::string> kept_;                    ///< names that must not be removed
  std::vector<std::string> unseen_;               ///< paths that could not be walked
  std::vector<Document> batch_;
  std::size_t batch_passages_ = 0;
  std::vector<DocumentVersion> touched_;
  SyncProgress seen_;
  SyncReport report_;
};

}  // namespace

SyncReport sync(Collection& collection, std::span<const std::string> roots,
                const SyncOptions& options,
                const std::function<void(const SyncProgress&)>& progress) {
  return Sync(collection, options, progress).run(roots);
}

}  // namespace sememe
