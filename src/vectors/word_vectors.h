// Words and their vectors, in the files that other programs have for them.
#ifndef SEMEME_VECTORS_WORD_VECTORS_H_
#define SEMEME_VECTORS_WORD_VECTORS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "sememe/types.h"

namespace sememe::vectors {

/// A vocabulary with a vector for each word, [V, dim] f32. Words are any bytes; most files list
/// them by descending frequency.
class WordVectors {
 public:
  WordVectors() = default;
  explicit WordVectors(std::size_t dim) : dim_(dim) {}

  std::size_t size() const { return starts_.size() - 1; }
  std::size_t dim() const { return dim_; }
  std::string_view word(std::size_t i) const {
    return std::string_view(bytes_).substr(starts_[i], starts_[i + 1] - starts_[i]);
  }
  std::span<const float> row(std::size_t i) const { return {values_.data() + i * dim_, dim_}; }
  MatrixView matrix() const { return {values_.data(), size(), dim_}; }
  /// The first place of the word. Cost: one hash; the first call makes the table, so it must not
  /// run beside another.
  std::optional<std::size_t> find(std::string_view word) const;

  /// vector: [dim].
  void add(std::string_view word, std::span<const float> vector);
  void reserve(std::size_t words);

 private:
  // Where the word stands in slots_, or the free place that it would take.
  std::size_t slot_of(std::string_view word) const;

  std::size_t dim_ = 0;
  std::string bytes_;
  std::vector<std::size_t> starts_ = {0};
  std::vector<float> values_;
  mutable std::vector<std::uint32_t> slots_;  // of find(): index plus one, or 0
};

/// text:   "V D" on the first line, then a word and D numbers a line (word2vec, fastText .vec)
/// glove:  the same without the first line
/// binary: "V D", then each word, a space and D little-endian f32 (word2vec .bin)
enum class WordVectorFormat { kText, kGlove, kBinary };

/// By suffix: .vec, .txt, .w2v: kText; .glove: kGlove; .bin: kBinary. Error(kInvalidArgument) names
/// them for any other.
WordVectorFormat word_vector_format(const Path& path);

/// What the bytes of the file are, whatever its name. Throws Error(kCorrupt) with the line or the
/// offset where a file is cut, has too few numbers or is none of the formats. A word of text and
/// glove may have spaces (the last D fields are the numbers).
WordVectors read_word_vectors(const Path& path);

/// Replaces the file in one step. Numbers of text read back as the same floats.
void write_word_vectors(const Path& path, const WordVectors& vectors, WordVectorFormat format);

}  // namespace sememe::vectors

#endif  // SEMEME_VECTORS_WORD_VECTORS_H_
