// A text on its way through the normaliser: code points, each with the bytes of the source that it
// came from, and in the end UTF-8 with the source of every byte.
//
// The sources follow the rules of Hugging Face tokenizers, so that offsets are equal: what a code
// point turns into keeps its source, and marks that canonical ordering moves take the sources in
// the order of the places, not of the marks (see decompose).
#ifndef SEMEME_TOKENS_NORMALIZED_TEXT_H_
#define SEMEME_TOKENS_NORMALIZED_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sememe/types.h"

namespace sememe::tokens {

/// One step of a normaliser. Those of BertNormalizer apply in this order.
enum class NormalizerStep {
  kClean,       ///< drop control characters, turn white space into U+0020
  kIsolateHan,  ///< U+0020 before and after each Han ideograph
  kDecompose,   ///< NFD
  kStripMn,     ///< drop nonspacing marks (BertNormalizer's strip_accents after NFD)
  kStripMarks,  ///< drop all marks (the normaliser StripAccents)
  kLower,       ///< full lower case, no context
};

using Normalizer = std::vector<NormalizerStep>;

/// Memory that one call of encode after another uses again. Not for two threads at a time.
class NormalizedText {
 public:
  /// Runs the steps on source[range.begin, range.end), valid UTF-8. Cost: linear, apart from the
  /// sort of runs of combining marks.
  void assign(std::string_view source, ByteRange range, const Normalizer& steps);

  /// The normalised text.
  std::string_view bytes() const { return bytes_; }
  /// The bytes of the source behind bytes()[range.begin, range.end), not empty.
  ByteRange source(ByteRange range) const {
    return {sources_[range.begin].begin, sources_[range.end - 1].end};
  }
  /// Gives back memory past a fixed size, after an unusually long text.
  void trim();

 private:
  struct Point {
    char32_t value = 0;
    unsigned size = 0;  // of its source
    std::size_t begin = 0;
  };

  // A decomposed code point on its way to canonical order.
  struct Part {
    char32_t value = 0;
    std::uint8_t combining_class = 0;
    bool continues = false;  // not the first of its decomposition: shares the source before it
  };

  void apply(NormalizerStep step);
  void clean();
  void isolate_han();
  void decompose();
  void flush_run(std::size_t& next_source);
  void lower();
  template <class Drop>
  void erase_if(Drop&& drop);
  void encode();

  std::vector<Point> points_;
  std::vector<Point> next_;
  std::vector<Part> run_;
  std::string bytes_;
  std::vector<ByteRange> sources_;  // one for each byte of bytes_
};

}  // namespace sememe::tokens

#endif  // SEMEME_TOKENS_NORMALIZED_TEXT_H_
