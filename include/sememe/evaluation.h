// How good a model's vectors are, measured on published evaluation sets.
#ifndef SEMEME_EVALUATION_H_
#define SEMEME_EVALUATION_H_

#include <array>
#include <cstddef>
#include <functional>
#include <string>

#include "sememe/embedder.h"
#include "sememe/export.h"

namespace sememe {

/// Called with texts done and texts in all.
using EvaluationProgress = std::function<void(std::size_t done, std::size_t total)>;

struct StsReport {
  std::size_t pairs = 0;
  double spearman = 0;        ///< times 100, as published
  double pearson = 0;         ///< times 100
  std::size_t truncated = 0;  ///< sentences cut at the model's limit
};

/// Sentence similarity: correlation of the cosine of two sentences with a human score.
/// file: tab separated; columns: where score, sentence 1 and sentence 2 stand, from 1.
SEMEME_API StsReport evaluate_sts(const Embedder& embedder, const std::string& file,
                                  const std::array<std::size_t, 3>& columns = {1, 2, 3},
                                  const EvaluationProgress& progress = {});

struct RetrievalReport {
  std::size_t documents = 0;
  std::size_t queries = 0;
  double ndcg_10 = 0;
  double map = 0;
  double mrr_10 = 0;
  double recall_10 = 0;
  double recall_100 = 0;
  std::size_t truncated = 0;  ///< documents and queries cut at the model's limit
};

/// Retrieval over a set in BEIR layout with exact search; the ranking is cut at 1,000 documents a
/// query. The figures are those of trec_eval.
SEMEME_API RetrievalReport evaluate_retrieval(const Embedder& embedder,
                                              const std::string& directory,
                                              const EvaluationProgress& progress = {});

}  // namespace sememe

#endif  // SEMEME_EVALUATION_H_
