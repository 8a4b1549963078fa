#include "ingest/split_points.h"

#include <algorithm>

#include "ingest/formats.h"
#include "text/boundaries.h"

namespace sememe::ingest {
namespace {

bool is_space(char byte) { return is_blank(std::string_view(&byte, 1)); }

std::size_t distance(std::size_t a, std::size_t b) { return a < b ? b - a : a - b; }

}  // namespace

SplitPoints::SplitPoints(std::string_view source, ByteRange range, Block::Kind kind)
    : source_(source), range_(range) {
  const std::string_view text = source.substr(range.begin, range.end - range.begin);
  const bool by_line =
      kind == Block::Kind::kCode || kind == Block::Kind::kTable || kind == Block::Kind::kEntry;
  bool blank = false;
  for (const ByteRange& line : split_lines(text)) {
    const bool now_blank = is_blank(text.substr(line.begin, line.end - line.begin));
    if (!now_blank && blank) points_[0].push_back(range.begin + line.begin);
    if (!now_blank && by_line) points_[1].push_back(range.begin + line.begin);
    blank = now_blank;
  }
  if (by_line) return;
  points_[1] = text::sentence_ends(text);
  for (std::size_t& point : points_[1]) point += range.begin;
}

std::size_t SplitPoints::best(ByteRange window, std::size_t aim) const {
  for (const std::vector<std::size_t>& points : points_) {
    auto at = std::upper_bound(points.begin(), points.end(), window.begin);
    std::size_t found = 0;
    for (; at != points.end() && *at <= window.end && *at < range_.end; ++at) {
      if (found == 0 || distance(*at, aim) < distance(found, aim)) found = *at;
    }
    if (found != 0) return found;
  }
  std::size_t word = 0;
  for (std::size_t i = window.begin + 1; i <= window.end && i < range_.end; ++i) {
    if (is_space(source_[i]) || !is_space(source_[i - 1])) continue;
    if (word == 0 || distance(i, aim) < distance(word, aim)) word = i;
  }
  if (word != 0) return word;
  const std::size_t cut = code_point_begin(source_, std::min(window.end, range_.end));
  if (cut > window.begin) return cut;
  // The window is smaller than one code point.
  std::size_t next = window.begin + 1;
  while (next < range_.end && code_point_begin(source_, next) != next) ++next;
  return next;
}

}  // namespace sememe::ingest
