// Documents that are several vectors each, searched for with several: ColBERT's late interaction
// (Khattab and Zaharia 2020, "ColBERT: Efficient and Effective Passage Search via Contextualized
// Late Interaction over BERT", SIGIR, arXiv 2004.12832).
//
// The score of a document is the sum, over the vectors of the query, of the largest inner product
// with any vector of the document.
#ifndef SEMEME_INDEX_MAX_SIM_H_
#define SEMEME_INDEX_MAX_SIM_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "index/graph_index.h"
#include "index/neighbor.h"
#include "sememe/types.h"

namespace sememe::index {

/// Borrows the vectors of all documents. Immutable; any number of threads may use it.
class MultiVectors {
 public:
  /// Document d is rows offsets[d] .. offsets[d + 1] of vectors; it may have none. Throws
  /// Error(kInvalidArgument) unless offsets ascend from 0 to the number of rows.
  MultiVectors(MatrixView vectors, std::span<const std::size_t> offsets);

  /// Documents.
  std::size_t size() const { return offsets_.size() - 1; }
  MatrixView vectors() const { return vectors_; }
  std::size_t document_of(std::size_t row) const { return document_of_row_[row]; }

  /// Its score for a query [vectors, dims]; the same bits wherever the document stands. Minus
  /// infinity for a document of no vectors.
  float score(MatrixView query, std::size_t document) const;
  /// The best k by score, best first, equal ones by number: `row` is a document. Of those given, or
  /// of all: the oracle of searches. NaN and documents of no vectors are never returned. pool: null
  /// for this thread.
  std::vector<Neighbor> best_of(MatrixView query, std::span<const std::size_t> documents,
                                std::size_t k, ThreadPool* pool = nullptr) const;
  std::vector<Neighbor> search_exact(MatrixView query, std::size_t k,
                                     ThreadPool* pool = nullptr) const;

 private:
  MatrixView vectors_;
  std::vector<std::size_t> offsets_;
  std::vector<std::uint32_t> document_of_row_;
  std::size_t not_empty_ = 0;

  friend class MaxSimSearcher;
};

struct MaxSimSearch {
  std::size_t k = 10;
  /// Vectors that are looked for near each vector of the query; their documents are scored.
  std::size_t near = 100;
  /// Of each of these searches (GraphSearch::effort).
  std::size_t effort = 200;
};

/// One thread's memory for searching documents through a graph index of their vectors.
class MaxSimSearcher {
 public:
  /// Borrows both. index: of documents.vectors(), under the cosine or the inner product; otherwise
  /// Error(kInvalidArgument).
  MaxSimSearcher(const MultiVectors& documents, const GraphIndex& index);

  /// The k best documents that were found, with exact scores, best first, equal ones by number.
  /// Fewer only when fewer have vectors. query: [vectors, dims], at least one. Cost: a search a
  /// vector of the query, and the scores of what these found.
  std::vector<Neighbor> search(MatrixView query, const MaxSimSearch& options);

 private:
  const MultiVectors& documents_;
  GraphSearcher searcher_;
};

}  // namespace sememe::index

#endif  // SEMEME_INDEX_MAX_SIM_H_
