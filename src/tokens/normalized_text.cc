#include "tokens/normalized_text.h"

#include <algorithm>
#include <utility>

#include "text/utf8.h"
#include "tokens/reference_unicode.h"

namespace sememe::tokens {
namespace {

using reference::properties;

constexpr std::size_t kKept = std::size_t{1} << 16;

}  // namespace

void NormalizedText::assign(std::string_view source, ByteRange range, const Normalizer& steps) {
  points_.clear();
  for (std::size_t at = range.begin; at < range.end;) {
    const text::CodePoint point = text::decode_valid_code_point(source.data() + at);
    points_.push_back({point.value, point.size, at});
    at += point.size;
  }
  for (const NormalizerStep step : steps) apply(step);
  encode();
}

void NormalizedText::trim() {
  // A text may lose nearly all of its code points on the way: bytes_ alone does not tell.
  if (std::max({points_.capacity(), next_.capacity(), run_.capacity(), bytes_.capacity(),
                sources_.capacity()}) <= kKept) {
    return;
  }
  NormalizedText fresh;  // assigning it would leave the string its memory
  std::swap(*this, fresh);
}

void NormalizedText::apply(NormalizerStep step) {
  switch (step) {
    case NormalizerStep::kClean:
      return clean();
    case NormalizerStep::kIsolateHan:
      return isolate_han();
    case NormalizerStep::kDecompose:
      return decompose();
    case NormalizerStep::kStripMn:
      return erase_if([](char32_t c) { return (properties(c) & reference::kNonspacingMark) != 0; });
    case NormalizerStep::kStripMarks:
      return erase_if(reference::is_mark);
    case NormalizerStep::kLower:
      return lower();
  }
}

template <class Drop>
void NormalizedText::erase_if(Drop&& drop) {
  std::erase_if(points_, [&drop](const Point& point) { return drop(point.value); });
}

void NormalizedText::clean() {
  erase_if([](char32_t c) { return (properties(c) & reference::kRemoved) != 0; });
  for (Point& point : points_) {
    if ((properties(point.value) & reference::kWhiteSpace) != 0) point.value = ' ';
  }
}

void NormalizedText::isolate_han() {
  next_.clear();
  for (const Point& point : points_) {
    if ((properties(point.value) & reference::kIdeograph) == 0) {
      next_.push_back(point);
      continue;
    }
    const Point space = {' ', point.size, point.begin};
    next_.insert(next_.end(), {space, point, space});
  }
  points_.swap(next_);
}

// Each decomposition keeps the source of its code point; then every run of marks is put into
// canonical order, and here the reference counts: the k-th part that begins a decomposition takes
// the k-th source, wherever the sort has moved it, and a part that continues one takes the source
// of the part before it. There always is one: the first part of a text begins a decomposition, and
// the sort is stable while a decomposition's own parts are in canonical order already.
void NormalizedText::decompose() {
  next_.clear();
  run_.clear();
  std::size_t next_source = 0;
  for (const Point& point : points_) {
    if ((properties(point.value) & (reference::kDecomposes | reference::kReorders)) == 0) {
      flush_run(next_source);
      run_.push_back({point.value, 0, false});
      continue;
    }
    bool continues = false;
    for (const char32_t part : reference::canonical_decomposition(point.value)) {
      const std::uint8_t combining_class = reference::combining_class(part);
      if (combining_class == 0) flush_run(next_source);
      run_.push_back({part, combining_class, continues});
      continues = true;
    }
  }
  flush_run(next_source);
  points_.swap(next_);
}

void NormalizedText::flush_run(std::size_t& next_source) {
  const auto by_class = [](const Part& a, const Part& b) {
    return a.combining_class < b.combining_class;
  };
  if (run_.size() > 2 && !std::ranges::is_sorted(run_, by_class)) {
    std::ranges::stable_sort(run_, by_class);
  } else if (run_.size() == 2 && by_class(run_[1], run_[0])) {
    std::swap(run_[0], run_[1]);
  }
  for (const Part& part : run_) {
    if (!part.continues) ++next_source;
    const Point& source = points_[next_source - 1];
    next_.push_back({part.value, source.size, source.begin});
  }
  run_.clear();
}

void NormalizedText::lower() {
  next_.clear();
  for (const Point& point : points_) {
    if ((properties(point.value) & reference::kHasLower) == 0) {
      next_.push_back(point);
      continue;
    }
    for (const char32_t value : reference::to_lower(point.value)) {
      next_.push_back({value, point.size, point.begin});
    }
  }
  points_.swap(next_);
}

void NormalizedText::encode() {
  bytes_.clear();
  sources_.clear();
  for (const Point& point : points_) {
    text::append_code_point(bytes_, point.value);
    sources_.resize(bytes_.size(), {point.begin, point.begin + point.size});
  }
}

}  // namespace sememe::tokens
