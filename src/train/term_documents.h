// Which terms come in which documents, and how much each says: bags of words and TF-IDF.
#ifndef SEMEME_TRAIN_TERM_DOCUMENTS_H_
#define SEMEME_TRAIN_TERM_DOCUMENTS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "train/ngrams.h"
#include "train/sparse_matrix.h"
#include "train/word_corpus.h"

namespace sememe::train {

/// A corpus as documents of up to `words` words (of the vocabulary), ends of sentences in between:
/// whole sentences, as many as there is room for; a sentence that alone is longer is cut.
std::vector<std::span<const std::uint32_t>> cut_documents(std::span<const std::uint32_t> ids,
                                                          std::size_t words);

/// How often each term comes in each document, [documents, terms].
SparseMatrix count_terms(std::span<const std::span<const std::uint32_t>> documents,
                         const Ngrams& ngrams);

/// How the number of times that a term comes in a document counts.
enum class TermFrequency {
  kCount,  ///< tf
  kLog,    ///< 1 + ln tf
};

/// Turns counts [documents, terms] into TF-IDF weights: tf (or 1 + ln tf) times
/// ln((1 + documents) / (1 + documents with the term)) + 1, each document then scaled to length 1:
/// scikit-learn's TfidfTransformer, sublinear_tf for kLog; "ltc" but for the ones (Salton and
/// Buckley 1988).
void weigh_by_tfidf(SparseMatrix& counts, TermFrequency frequency);

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_TERM_DOCUMENTS_H_
