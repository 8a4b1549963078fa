// Words and their vectors, in the files that other programs have for them
// (docs/formats/word-vectors.md).
#ifndef SEMEME_VECTORS_WORD_VECTORS_H_
#define SEMEME_VECTORS_WORD_VECTORS_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "kernels/gather.h"
#include "sememe/types.h"
#include "vectors/subwords.h"
#include "vectors/word_list.h"

namespace sememe::vectors {

/// The vectors of character n-grams, [buckets, dim].
struct NgramVectors {
  SubwordOptions options;
  kernels::RowTable table;
};
inline constexpr NgramVectors kNoNgrams = {.options = {.longest = 0, .buckets = 0}, .table = {}};

/// A vocabulary with a vector for each word, [V, dim] f32. Most files list words by descending
/// frequency.
class WordVectors {
 public:
  WordVectors() = default;
  explicit WordVectors(std::size_t dim) : dim_(dim) {}
  /// values: [V, dim], where they lie; `owner` keeps them, and the n-grams' if there are any, there
  /// (a mapped file, say).
  WordVectors(WordList words, MatrixView values, std::shared_ptr<const void> owner,
              const NgramVectors& ngrams = kNoNgrams);

  std::size_t size() const { return words_.size(); }
  std::size_t dim() const { return dim_; }
  std::string_view word(std::size_t i) const { return words_[i]; }
  std::span<const float> row(std::size_t i) const { return matrix().row(i); }
  MatrixView matrix() const {
    return {owner_ == nullptr ? values_.data() : borrowed_, size(), dim_};
  }
  /// As WordList::find.
  std::optional<std::size_t> find(std::string_view word) const { return words_.find(word); }

  /// What a word that is not there is made of: the mean of its n-grams' vectors, [dim]. None where
  /// the file has no n-grams (only fastText's models have), or the word none of their lengths.
  std::optional<std::vector<float>> from_ngrams(std::string_view word) const;

  /// vector: [dim]. Not for values that lie elsewhere.
  void add(std::string_view word, std::span<const float> vector);
  void reserve(std::size_t words);

 private:
  WordList words_;
  std::size_t dim_ = 0;
  std::vector<float> values_;  // or
  const float* borrowed_ = nullptr;
  std::shared_ptr<const void> owner_;
  NgramVectors ngrams_ = kNoNgrams;
};

/// text:        "V D" on the first line, then a word and D numbers a line (word2vec, fastText .vec)
/// glove:       the same without the first line
/// binary:      "V D", then each word, a space and D little-endian f32 (word2vec .bin)
/// safetensors: a tensor "vectors", F32 [V, D], and a tensor "words", U8, of lines
/// npy:         NAME.npy, f32 [V, D], and beside it NAME.vocab.txt, a word a line
/// fastText's models (.bin too) are read as well; write_fasttext() writes them.
enum class WordVectorFormat { kText, kGlove, kBinary, kSafetensors, kNpy };

/// By suffix: .vec, .txt, .w2v: kText; .glove: kGlove; .bin: kBinary; .safetensors; .npy.
/// Error(kInvalidArgument) names them for any other.
WordVectorFormat word_vector_format(const Path& path);

/// What the bytes of the file are, whatever its name. Throws Error(kCorrupt) with the line or the
/// offset where a file is cut, has too few numbers or is none of the formats. A word of text and
/// glove may have spaces (the last D fields are the numbers). Numbers of safetensors and npy, and
/// of fastText's n-grams, stay in the mapped file; others are copied.
WordVectors read_word_vectors(const Path& path);

/// Words and vectors as a writer takes them, in order, wherever they lie.
struct WordVectorSource {
  std::size_t words = 0;
  std::size_t dim = 0;
  std::function<std::string_view(std::size_t)> word;
  std::function<std::span<const float>(std::size_t)> row;
};

/// Replaces the file in one step (npy: the words, then the numbers). Numbers of text read back as
/// the same floats. Throws Error(kInvalidArgument) for a word that the format cannot hold: an empty
/// one, one with a line end and, in kBinary, one with a space.
void write_word_vectors(const Path& path, const WordVectorSource& source, WordVectorFormat format);
void write_word_vectors(const Path& path, const WordVectors& vectors, WordVectorFormat format);

}  // namespace sememe::vectors

#endif  // SEMEME_VECTORS_WORD_VECTORS_H_
