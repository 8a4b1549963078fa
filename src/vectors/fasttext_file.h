// Reads and writes fastText's models (.bin): what its program, its Python module and gensim load.
//
// Source: fastText 0.9.2 (Bojanowski et al. 2017), file format version 12. Layout:
// docs/formats/word-vectors.md.
#ifndef SEMEME_VECTORS_FASTTEXT_FILE_H_
#define SEMEME_VECTORS_FASTTEXT_FILE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "base/file.h"
#include "vectors/subwords.h"
#include "vectors/word_vectors.h"

namespace sememe::vectors {

bool is_fasttext(std::span<const std::byte> file);

/// The words of a model, each with the mean of its own row and those of its n-grams, as
/// get_word_vector has it, bit for bit; the vectors of n-grams stay in the mapped file
/// (WordVectors::from_ngrams). Of a supervised model the words, not the labels. path: for messages.
/// Throws Error(kUnsupported) for quantised models (.ftz) and versions beyond 12, Error(kCorrupt)
/// with the byte. Cost: one read of all n-grams' rows of all words, by all threads.
WordVectors read_fasttext(const Path& path, std::shared_ptr<const MappedFile> file);

/// How a model was trained.
struct FastTextSettings {
  enum class Model : std::int32_t { kCbow = 1, kSkipGram = 2, kSupervised = 3 };
  enum class Loss : std::int32_t { kHierarchicalSoftmax = 1, kNegativeSampling = 2 };
  Model model = Model::kSkipGram;
  Loss loss = Loss::kNegativeSampling;
  std::size_t window = 5;
  std::size_t epochs = 5;
  std::uint64_t min_count = 5;
  std::size_t negative = 5;
  double sample = 1e-4;
  SubwordOptions subwords;
  std::uint64_t tokens = 0;  ///< of the corpus
};

/// Rows as a writer takes them, in order.
struct RowSource {
  std::size_t rows = 0;
  std::function<std::span<const float>(std::size_t)> row;
};

/// What a model consists of, wherever it lies.
struct FastTextSource {
  FastTextSettings settings;
  std::size_t words = 0;
  std::size_t dim = 0;
  std::function<std::string_view(std::size_t)> word;
  std::span<const std::uint64_t> counts;  ///< [words]
  RowSource input;                        ///< words, then buckets if subwords are enabled
  RowSource output;                       ///< at most as many rows as words; zeros follow
};

/// Replaces the file in one step. No entry stands for line ends ("</s>"): fastText has one only
/// where its corpus had them, and no loader asks for it. Throws Error(kInvalidArgument) for an
/// empty word and one with a zero byte, Error(kLimit) for numbers beyond 2^31 - 1.
void write_fasttext(const Path& path, const FastTextSource& model);

}  // namespace sememe::vectors

#endif  // SEMEME_VECTORS_FASTTEXT_FILE_H_
