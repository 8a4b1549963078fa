// A collection of documents that can be searched by meaning: a store on disk and the model that
// made its vectors.
//
//   sememe::Collection docs = sememe::Collection::open(".sememe", {});
//   for (const sememe::SearchHit& hit : docs.search("undo a commit", {}).hits) ...
#ifndef SEMEME_COLLECTION_H_
#define SEMEME_COLLECTION_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sememe/embedder.h"
#include "sememe/export.h"
#include "sememe/types.h"

namespace sememe {

/// A piece of a document, small enough for the model. `text` is bytes [bytes.begin, bytes.end) of
/// the document.
struct Passage {
  ByteRange bytes;
  std::size_t line = 0;      ///< of the first byte, from 1
  std::size_t end_line = 0;  ///< of the last byte
  std::string heading;       ///< the headings it stands under, outermost first, joined by " > "
  std::string text;
};

/// What identifies one version of a document.
struct DocumentVersion {
  std::string path;          ///< unique in the collection
  std::string content_hash;  ///< of the whole file
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
};

struct Document {
  DocumentVersion version;
  std::vector<Passage> passages;
};

struct PutReport {
  std::size_t passages = 0;   ///< in the documents that were put
  std::size_t embedded = 0;   ///< passages that went through the model
  std::size_t tokens = 0;     ///< tokens of those
  std::size_t truncated = 0;  ///< passages cut at the model's limit
};

/// What a search finds of the exact results when it is not told.
inline constexpr double kDefaultRecall = 0.99;
/// Fewer vectors are compared one by one in a few milliseconds.
inline constexpr std::size_t kDefaultGraphFrom = 20'000;

struct SearchOptions {
  std::size_t k = 10;
  /// Share of the exact best k that is to be found, above 0; 1 compares every vector. Sealed
  /// vectors (Collection::seal_if_worthwhile) are searched with as much effort as found this share
  /// when a sample of them was searched for; the others are always compared.
  double recall = kDefaultRecall;
};

struct SearchHit {
  std::size_t rank = 0;  ///< from 1
  float score = 0;       ///< cosine similarity cut to 0..1, higher is better
  std::string path;
  Passage passage;
};

struct SearchResult {
  std::vector<SearchHit> hits;  ///< best first; equal scores in order of path and place
  std::uint64_t commit = 0;     ///< the state of the collection that was searched
  bool query_truncated = false;
  bool exact = true;   ///< whether every vector was compared
  std::string notice;  ///< why the segment was not used, and what mends it; empty when all is well
};

/// When vectors are sealed: put under a graph, in a file that is called a segment.
struct SealOptions {
  std::size_t min_vectors = kDefaultGraphFrom;  ///< from so many in use on; 0: never
  /// Told now and then what is being done and which part of it is done, from any thread, one call
  /// at a time. Sealing stops when it returns false.
  std::function<bool(std::string_view step, double part)> progress;
};

struct SealReport {
  std::size_t sealed = 0;  ///< vectors under the graph that was made; 0: none was made
  bool stopped = false;    ///< by `progress`; the collection is as it was
  std::string notice;      ///< what was wrong with the segment before; empty when nothing was
};

struct SampledRecall {
  std::size_t k = 0;
  std::size_t effort = 0;  ///< vectors visited a search, the mean
  double recall = 0;       ///< of the exact best k
};

/// The segment of a collection.
struct SegmentInfo {
  std::size_t vectors = 0;  ///< sealed; 0: there is no segment
  std::uint64_t bytes = 0;
  std::vector<SampledRecall> recall;  ///< measured when it was made: k rising, then effort
  std::string fault;                  ///< why it cannot be used; empty when it can
};

struct CollectionInfo {
  std::string directory;
  std::string model;
  std::string fingerprint;
  Precision precision = kDefaultPrecision;
  std::size_t passage_form = 0;  ///< numbers what the model is given to read for a passage
  std::size_t dim = 0;
  std::size_t documents = 0;
  std::size_t passages = 0;
  std::size_t vectors = 0;         ///< rows in the vector file that a passage uses
  std::size_t unused_vectors = 0;  ///< rows that none uses any more
  std::uint64_t commit = 0;
  std::uint64_t database_bytes = 0;
  std::uint64_t vector_bytes = 0;
  std::size_t sealed_vectors = 0;   ///< rows of the vector file that the segment is over, 0: none
  std::uint64_t segment_bytes = 0;  ///< 0 also when its file is missing
};

struct CollectionOptions {
  /// Name or directory. Empty: the model that made the collection, or kDefaultModel for a new one.
  std::string model;
  /// None: the precision of the vectors in the collection, or kDefaultPrecision for a new one.
  std::optional<Precision> precision = std::nullopt;
  std::size_t threads = 0;
};

class SEMEME_API Collection {
 public:
  /// For reading; any number of processes. Throws Error(kNotFound) when there is none,
  /// Error(kConflict) when options.model is not the model that made it or options.precision not the
  /// precision, Error(kCorrupt) for damage.
  static Collection open(const std::string& directory, const CollectionOptions& options);
  /// For reading and writing; makes the directory when it is missing. One at a time: a second one
  /// gets Error(kConflict) that names the first one's process. Error(kConflict) too for a
  /// collection whose passages were read in another form than this version's: new ones would not
  /// compare.
  static Collection open_for_writing(const std::string& directory,
                                     const CollectionOptions& options);

  Collection(Collection&&) noexcept;
  Collection& operator=(Collection&&) noexcept;
  ~Collection();

  const Embedder& embedder() const;
  CollectionInfo info() const;

  /// Every document, by path.
  std::vector<DocumentVersion> documents() const;

  /// Adds or replaces documents in one durable step: when it returns, they are there after a power
  /// cut. A passage whose text and heading the collection holds already keeps its vector; only the
  /// others go through the model.
  PutReport put(std::span<const Document> documents,
                const std::function<void(std::size_t passages_done)>& progress = {});
  /// Records that a file was touched but its bytes did not change.
  void touch(std::span<const DocumentVersion> versions);
  void remove(std::span<const std::string> paths);
  /// Embeds again what has lost its vector to damage. Returns how many passages; 0 for a healthy
  /// collection.
  std::size_t repair();
  /// Gives the space of unused vectors back when they are more than half of the file.
  void compact_if_worthwhile();

  /// Seals the vectors when there are enough of them and none, or too few, are sealed: when those
  /// that came since, or that no passage uses any more (these go first, by a compaction), are more
  /// than 1,000 and a quarter of the sealed ones; or when the segment is missing or damaged. One
  /// durable step. Cost: about 0.25 ms of CPU a vector of 384 dimensions.
  SealReport seal_if_worthwhile(const SealOptions& options);

  /// The first search after a commit checks the vectors and the segment, about 10 GB/s. Throws
  /// Error(kInvalidArgument) for a recall that is not above 0 and at most 1.
  SearchResult search(std::string_view query, const SearchOptions& options) const;

 private:
  struct Impl;
  explicit Collection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Whether there is a collection in `directory`.
SEMEME_API bool collection_exists(const std::string& directory);
/// Reads everything in a collection and checks it: the database, every vector checksum, every
/// passage against its vector, the segment. No model is needed. Returns one line for each fault;
/// empty when there is none.
SEMEME_API std::vector<std::string> verify_collection(const std::string& directory);
/// info() without a model.
SEMEME_API CollectionInfo collection_info(const std::string& directory);
/// The segment, after a check of its whole file.
SEMEME_API SegmentInfo segment_info(const std::string& directory);

}  // namespace sememe

#endif  // SEMEME_COLLECTION_H_
