// Where a block that is too large may be cut, best places first.
#ifndef SEMEME_INGEST_SPLIT_POINTS_H_
#define SEMEME_INGEST_SPLIT_POINTS_H_

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "ingest/document.h"

namespace sememe::ingest {

/// The places to cut one range of a source. Made once for a range: finding them is linear.
class SplitPoints {
 public:
  /// kind: code and tables are cut at lines, other text at sentences.
  SplitPoints(std::string_view source, ByteRange range, Block::Kind kind);

  /// The place in (window.begin, window.end] that is of the best rank there is (paragraph, sentence
  /// or line, word, code point) and, among those, nearest to `aim`. Always inside the range and
  /// past window.begin. Cost: the size of the window.
  std::size_t best(ByteRange window, std::size_t aim) const;

 private:
  std::string_view source_;
  ByteRange range_;
  std::array<std::vector<std::size_t>, 2> points_;  ///< paragraphs; sentences or lines
};

}  // namespace sememe::ingest

#endif  // SEMEME_INGEST_SPLIT_POINTS_H_
