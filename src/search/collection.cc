#include "sememe/collection.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <unordered_set>
#include <utility>

#include "base/error_context.h"
#include "base/hash.h"
#include "search/nearest_chunks.h"
#include "search/passage_input.h"
#include "search/sealing.h"
#include "store/store.h"
#include "vectors/similarity.h"

namespace sememe {
namespace {

// A compaction rewrites every vector in use; below this many unused rows the space is not worth it.
constexpr std::size_t kMinUnusedToCompact = 1000;

[[noreturn]] void refuse(const store::Store& store, std::string_view difference,
                         std::string_view way_out) {
  const std::string directory = quote(store.directory().native());
  throw Error(
      ErrorCode::kConflict,
      concat("store ", directory, ": ", difference, "; ", way_out, "remove the store (rm -r ",
             directory, ") and index again, or index into another one with --store"));
}

// Vectors compare only when one model made them in one precision.
void require_same_model(const store::Store& store, const ModelInfo& model) {
  const store::Identity& made_with = store.identity();
  if (made_with.fingerprint != model.fingerprint) {
    refuse(store,
           concat("expected model ", quote(made_with.model), " with fingerprint ",
                  made_with.fingerprint, ", found ", quote(model.name), " with fingerprint ",
                  model.fingerprint),
           made_with.model == model.name
               ? "the model's files have changed since: put the old ones back, or "
               : concat("use --model ", made_with.model, ", or "));
  }
  if (made_with.precision != model.precision) {
    const std::string_view name = precision_name(made_with.precision);
    refuse(store,
           concat("expected precision ", quote(name), ", in which its vectors were made, found ",
                  quote(precision_name(model.precision))),
           concat("leave --precision away or use --precision ", name, ", or "));
  }
}

void require_same_passages(const store::Store& store) {
  const std::size_t made_with = store.identity().passage_form;
  if (made_with == kPassageForm) return;
  refuse(store,
         concat("expected passages in form ", kPassageForm, ", found form ", made_with,
                " of another version of sememe"),
         "");
}

// What `options` leave open comes from the store, if there is one.
Embedder open_embedder(const store::Identity* made_with, const CollectionOptions& options) {
  std::string name = options.model;
  Precision precision = options.precision.value_or(kDefaultPrecision);
  if (made_with != nullptr) {
    if (name.empty()) name = made_with->model;
    precision = options.precision.value_or(made_with->precision);
  }
  if (name.empty()) name = kDefaultModel;
  return Embedder::open(name, {.threads = options.threads, .precision = precision});
}

CollectionInfo to_info(const store::Store& store) {
  const store::Counts counts = store.counts();
  return {.directory = store.directory().string(),
          .model = store.identity().model,
          .fingerprint = store.identity().fingerprint,
          .precision = store.identity().precision,
          .passage_form = store.identity().passage_form,
          .dim = store.identity().dim,
          .documents = counts.documents,
          .passages = counts.chunks,
          .vectors = counts.vectors_used,
          .unused_vectors = counts.vectors_unused,
          .commit = counts.commit,
          .database_bytes = counts.database_bytes,
          .vector_bytes = counts.vector_bytes,
          .sealed_vectors = counts.sealed_rows,
          .segment_bytes = counts.segment_bytes};
}

store::DocumentRow to_row(const DocumentVersion& version) {
  return {version.path, version.content_hash, version.size, version.mtime_ns};
}

}  // namespace

struct Collection::Impl {
  Embedder embedder;
  store::Store store;
  std::size_t threads = 0;
  mutable NearestChunks nearest;

  // Two passages with one key have one vector: the key covers all that the model reads, prompt
  // included.
  std::string key_of(std::string_view input) const {
    return xxh3_128_hex(std::string(embedder.prompt(TextRole::kDocument)).append(input));
  }

  // Vectors of models that do not normalise are compared by inner products.
  vectors::Metric metric() const {
    return embedder.info().normalized ? vectors::Metric::kCosine : vectors::Metric::kInnerProduct;
  }

  Impl(Embedder opened_embedder, store::Store opened_store, std::size_t thread_count)
      : embedder(std::move(opened_embedder)),
        store(std::move(opened_store)),
        threads(thread_count),
        nearest(store, metric()) {}
};

Collection::Collection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Collection::Collection(Collection&&) noexcept = default;
Collection& Collection::operator=(Collection&&) noexcept = default;
Collection::~Collection() = default;

Collection Collection::open(const std::string& directory, const CollectionOptions& options) {
  store::Store store = store::Store::open(directory);
  Embedder embedder = open_embedder(&store.identity(), options);
  require_same_model(store, embedder.info());
  return Collection(std::make_unique<Impl>(std::move(embedder), std::move(store), options.threads));
}

Collection Collection::open_for_writing(const std::string& directory,
                                        const CollectionOptions& options) {
  std::optional<store::Identity> made_with;
  if (store::Store::exists(directory)) made_with = store::Store::open(directory).identity();
  Embedder embedder = open_embedder(made_with ? &*made_with : nullptr, options);
  const ModelInfo& model = embedder.info();
  store::Store store = store::Store::open_for_writing(directory, {.model = model.name,
                                                                  .fingerprint = model.fingerprint,
                                                                  .dim = model.dim,
                                                                  .precision = model.precision,
                                                                  .passage_form = kPassageForm});
  require_same_model(store, model);
  require_same_passages(store);
  return Collection(std::make_unique<Impl>(std::move(embedder), std::move(store), options.threads));
}

const Embedder& Collection::embedder() const { return impl_->embedder; }
CollectionInfo Collection::info() const { return to_info(impl_->store); }

std::vector<DocumentVersion> Collection::documents() const {
  std::vector<DocumentVersion> out;
  for (store::DocumentRow& row : impl_->store.documents()) {
    out.push_back({std::move(row.path), std::move(row.content_hash), row.size, row.mtime_ns});
  }
  return out;
}

PutReport Collection::put(std::span<const Document> documents,
                          const std::function<void(std::size_t)>& progress) {
  PutReport report;
  std::vector<store::NewDocument> rows;
  std::vector<std::string> inputs;                      // what goes through the model
  std::vector<std::pair<std::size_t, std::size_t>> at;  // whose passage each of them is
  std::unordered_set<std::string> pending;
  for (const Document& document : documents) {
    store::NewDocument row{to_row(document.version), {}};
    for (const Passage& passage : document.passages) {
      std::string input = passage_input(passage.heading, passage.text);
      std::string key = impl_->key_of(input);
      if (!impl_->store.has_vector(key) && pending.insert(key).second) {
        at.emplace_back(rows.size(), row.chunks.size());
        inputs.push_back(std::move(input));
      }
      row.chunks.push_back({.row = {.bytes = passage.bytes,
                                    .line = passage.line,
                                    .end_line = passage.end_line,
                                    .heading = passage.heading,
                                    .text = passage.text,
                                    .vector_key = std::move(key)},
                            .vector = {}});
      ++report.passages;
    }
    rows.push_back(std::move(row));
  }
  const std::vector<std::string_view> views(inputs.begin(), inputs.end());
  const Embeddings embeddings =
      impl_->embedder.embed_batch(views, {.role = TextRole::kDocument, .progress = progress});
  for (std::size_t i = 0; i < at.size(); ++i) {
    rows[at[i].first].chunks[at[i].second].vector = embeddings.vectors.row(i);
    report.tokens += embeddings.tokens[i];
  }
  report.embedded = at.size();
  report.truncated = embeddings.truncated_count();
  impl_->store.put(rows);
  return report;
}

void Collection::touch(std::span<const DocumentVersion> versions) {
  std::vector<store::DocumentRow> rows;
  for (const DocumentVersion& version : versions) rows.push_back(to_row(version));
  impl_->store.touch(rows);
}

void Collection::remove(std::span<const std::string> paths) { impl_->store.remove(paths); }

std::size_t Collection::repair() {
  const std::vector<store::StoredChunk> lost = impl_->store.chunks_without_vector();
  std::vector<std::string> keys;
  std::vector<std::string> inputs;
  std::set<std::string_view> seen;
  for (const store::StoredChunk& chunk : lost) {
    if (!seen.insert(chunk.row.vector_key).second) continue;
    keys.push_back(chunk.row.vector_key);
    inputs.push_back(passage_input(chunk.row.heading, chunk.row.text));
  }
  if (keys.empty()) return 0;
  const std::vector<std::string_view> views(inputs.begin(), inputs.end());
  const Embeddings embeddings =
      impl_->embedder.embed_batch(views, {.role = TextRole::kDocument, .progress = {}});
  impl_->store.restore_vectors(keys, embeddings.vectors.view());
  return lost.size();
}

void Collection::compact_if_worthwhile() {
  const store::Counts counts = impl_->store.counts();
  if (counts.vectors_unused >= kMinUnusedToCompact && counts.vectors_unused > counts.vectors_used) {
    impl_->store.compact();
  }
}

SealReport Collection::seal_if_worthwhile(const SealOptions& options) {
  return sealing::seal_if_worthwhile(impl_->store, impl_->metric(), impl_->threads, options);
}

SearchResult Collection::search(std::string_view query, const SearchOptions& options) const {
  if (!(options.recall > 0 && options.recall <= 1)) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("recall: expected a number above 0, up to 1, found ", options.recall));
  }
  const Embeddings embedded =
      impl_->embedder.embed_batch({&query, 1}, {.role = TextRole::kQuery, .progress = {}});
  const NearestChunks::Result found =
      impl_->nearest.find(embedded.vectors.row(0), options.k, options.recall);
  SearchResult result;
  result.commit = found.commit;
  result.query_truncated = embedded.truncated_count() > 0;
  result.exact = found.exact;
  result.notice = found.notice;
  for (const FoundChunk& one : found.chunks) {
    store::StoredChunk chunk = impl_->store.chunk(one.chunk);
    result.hits.push_back({.rank = 0,
                           .score = vectors::score_of_cosine(one.similarity),
                           .path = std::move(chunk.path),
                           .passage = {chunk.row.bytes, chunk.row.line, chunk.row.end_line,
                                       std::move(chunk.row.heading), std::move(chunk.row.text)}});
  }
  std::ranges::stable_sort(result.hits, [](const SearchHit& a, const SearchHit& b) {
    if (a.score != b.score) return a.score > b.score;
    if (a.path != b.path) return a.path < b.path;
    return a.passage.bytes.begin < b.passage.bytes.begin;
  });
  if (result.hits.size() > options.k) result.hits.resize(options.k);
  for (std::size_t i = 0; i < result.hits.size(); ++i) result.hits[i].rank = i + 1;
  return result;
}

bool collection_exists(const std::string& directory) { return store::Store::exists(directory); }

std::vector<std::string> verify_collection(const std::string& directory) {
  std::vector<std::string> faults = store::Store::verify(directory);
  try {
    if (std::string fault = segment_info(directory).fault; !fault.empty()) {
      faults.push_back(std::move(fault));
    }
  } catch (const Error&) {
    if (faults.empty()) throw;  // else the database is among the faults
  }
  return faults;
}

CollectionInfo collection_info(const std::string& directory) {
  return to_info(store::Store::open(directory));
}

SegmentInfo segment_info(const std::string& directory) {
  return sealing::inspect(store::Store::open(directory));
}

}  // namespace sememe
