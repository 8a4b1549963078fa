#include "text/boundaries.h"

#include <algorithm>
#include <array>
#include <span>

#include "text/unicode.h"
#include "text/utf8.h"

namespace sememe::text {
namespace {

// What a mark does to a sentence.
enum class Mark {
  kNone,
  kPeriod,  // '.': ends one unless the word before says otherwise
  kSpaced,  // ends one when white space follows
  kFull,    // ends one at once: CJK text has no spaces
};

Mark mark_of(char32_t c) {
  switch (c) {
    case '.':
      return Mark::kPeriod;
    case '!':
    case '?':
    case 0x061F:  // Arabic question mark
    case 0x06D4:  // Arabic full stop
    case 0x0964:  // danda
    case 0x0965:  // double danda
    case 0x2026:  // horizontal ellipsis
    case 0x203C:  // double exclamation mark
    case 0x2047:  // double question mark
    case 0x2048:  // question exclamation mark
    case 0x2049:  // exclamation question mark
      return Mark::kSpaced;
    case 0x3002:  // ideographic full stop
    case 0xFF01:  // fullwidth exclamation mark
    case 0xFF1F:  // fullwidth question mark
    case 0xFF61:  // halfwidth ideographic full stop
      return Mark::kFull;
    default:
      return Mark::kNone;
  }
}

// Quotes and brackets that belong to the sentence before them.
bool is_closer(char32_t c) {
  switch (c) {
    case '"':
    case '\'':
    case ')':
    case ']':
    case '}':
    case 0x00BB:  // right guillemet
    case 0x2019:  // right single quote
    case 0x201D:  // right double quote
    case 0x3009:
    case 0x300B:
    case 0x300D:
    case 0x300F:
    case 0x3011:  // right CJK brackets
    case 0xFF09:  // fullwidth right parenthesis
      return true;
    default:
      return false;
  }
}

// Without their last period, in lower case, sorted: looked up by binary search.
constexpr std::array<std::string_view, 25> kContinuing = {
    "approx", "capt", "cf",  "col", "dr",   "eq",  "eqs", "fig",  "figs", "gen", "gov", "hon", "lt",
    "messrs", "mr",   "mrs", "ms",  "prof", "ref", "rep", "resp", "rev",  "sen", "st",  "vs"};
constexpr std::array<std::string_view, 15> kMayClose = {"a.m", "al",   "assn", "ave", "bros",
                                                        "co",  "corp", "dept", "ed",  "est",
                                                        "etc", "inc",  "jr",   "ltd", "p.m"};
constexpr std::array<std::string_view, 27> kCounting = {
    "apr", "art", "aug", "ca",  "ch",   "chap", "dec",  "feb", "jan",
    "jul", "jun", "mar", "may", "no",   "nos",  "nov",  "oct", "p",
    "par", "pp",  "sec", "sep", "sept", "vol",  "vols", "v",   "ver"};

static_assert(std::ranges::is_sorted(kContinuing));
static_assert(std::ranges::is_sorted(kMayClose));

constexpr std::size_t kLongestAbbreviation = 8;

bool is_listed(std::span<const std::string_view> list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

bool is_ascii_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// "J", "e.g", "U.S.A": single letters with periods between them.
bool is_dotted_letters(std::string_view word) {
  bool want_letter = true;
  for (const auto& [value, offset, size] : CodePoints(word)) {
    if (want_letter ? !is_letter(category(value)) : value != '.') return false;
    want_letter = !want_letter;
  }
  return !word.empty() && !want_letter;
}

bool is_digits(std::string_view word) {
  return !word.empty() && std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

// One pass over a paragraph; a struct so that the rules share its state.
class SentenceScanner {
 public:
  explicit SentenceScanner(std::string_view paragraph) : text_(paragraph) {}

  std::vector<std::size_t> run() {
    std::size_t at = 0;
    while (at < text_.size()) {
      // Nearly every byte is an ASCII letter or space; decode only what may be a mark.
      const char byte = text_[at];
      if (byte >= 0 && byte != '.' && byte != '!' && byte != '?') {
        ++at;
        continue;
      }
      const CodePoint point = decode_code_point(text_, at);
      at = mark_of(point.value) == Mark::kNone ? at + point.size : after_marks(at);
    }
    if (!text_.empty() && (ends_.empty() || ends_.back() != text_.size())) {
      ends_.push_back(text_.size());
    }
    return std::move(ends_);
  }

 private:
  // Reads the marks at `begin` and what closes them; records an end if there is one.
  std::size_t after_marks(std::size_t begin) {
    std::size_t at = begin;
    bool is_full = false;
    bool is_lone_period = false;
    while (at < text_.size()) {
      const CodePoint point = decode_code_point(text_, at);
      const Mark mark = mark_of(point.value);
      if (mark == Mark::kNone) break;
      is_full |= mark == Mark::kFull;
      is_lone_period = at == begin && mark == Mark::kPeriod;
      at += point.size;
    }
    const std::size_t marks_end = at;
    at = skip_while(at, is_closer);
    const std::size_t next = skip_while(at, is_white_space);
    if (next == at && next < text_.size() && !is_full) return at;
    if (is_lone_period && at == marks_end && continues(begin, next)) return next;
    ends_.push_back(next);
    return next;
  }

  template <class Predicate>
  std::size_t skip_while(std::size_t at, Predicate&& predicate) const {
    while (at < text_.size()) {
      const CodePoint point = decode_code_point(text_, at);
      if (!predicate(point.value)) break;
      at += point.size;
    }
    return at;
  }

  // Whether the sentence goes on after the period at `period`, with `next` the first byte after the
  // white space behind it.
  bool continues(std::size_t period, std::size_t next) const {
    if (next == text_.size()) return false;
    const std::size_t begin = word_begin(period);
    const std::string_view word = text_.substr(begin, period - begin);
    if (is_digits(word)) return begin == 0 || text_[begin - 1] == '\n';
    if (word.empty() || word.size() > kLongestAbbreviation) return false;
    std::array<char, kLongestAbbreviation> buffer{};
    std::ranges::transform(word, buffer.begin(), ascii_lower);
    const std::string_view lower(buffer.data(), word.size());
    const Category next_category = category(decode_code_point(text_, next).value);
    if (is_listed(kMayClose, lower)) return next_category == Category::kOtherLetter;
    if (is_listed(kCounting, lower) && next_category == Category::kDecimalNumber) return true;
    return is_listed(kContinuing, lower) || is_dotted_letters(word);
  }

  // Where the word that ends at `end` begins: letters, digits and inner periods. Looks back no
  // further than an abbreviation can reach, so that hostile text stays linear.
  std::size_t word_begin(std::size_t end) const {
    std::size_t begin = end;
    while (begin > 0 && end - begin <= kLongestAbbreviation) {
      const char byte = text_[begin - 1];
      if (byte != '.' && byte >= 0 && !is_ascii_alphanumeric(byte)) break;
      const std::size_t previous = previous_code_point(text_, begin);
      if (byte < 0 && !is_letter(category(decode_code_point(text_, previous).value))) break;
      begin = previous;
    }
    return begin;
  }

  std::string_view text_;
  std::vector<std::size_t> ends_;
};

}  // namespace

std::vector<std::size_t> line_starts(std::string_view text) {
  std::vector<std::size_t> starts = {0};
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at)) {
    ++at;
    if (at < text.size()) starts.push_back(at);
  }
  return starts;
}

std::vector<std::size_t> sentence_ends(std::string_view paragraph) {
  return SentenceScanner(paragraph).run();
}

}  // namespace sememe::text
