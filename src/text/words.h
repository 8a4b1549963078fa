// What a word is, for word vectors: text to words and ends of sentences.
#ifndef SEMEME_TEXT_WORDS_H_
#define SEMEME_TEXT_WORDS_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "text/unicode.h"
#include "text/utf8.h"

namespace sememe::text {

enum class WordRule {
  /// Runs of letters, marks, digits and connectors, in lower case, with an apostrophe between
  /// letters ("don't"); an ideograph is a word. Sentences end at . ! ? before white space, at the
  /// full stops of CJK text and at the end of a line.
  kUnicode,
  /// What stands between spaces, tabs and line ends, as it is; sentences are lines (word2vec.c,
  /// fastText).
  kSpaces,
};

/// Where a piece of text can be cut so that no word crosses the cut: after the last white space,
/// or, where there is none, behind the last whole code point.
std::size_t word_boundary(std::string_view text);

/// Gives the words of `text` to sink.word(std::string_view), valid for the call, and calls
/// sink.sentence_end() behind each sentence. Any bytes are accepted: what is not UTF-8 is no part
/// of a kUnicode word. lower: scratch.
template <class Sink>
void split_words(std::string_view text, WordRule rule, std::string& lower, Sink& sink);

namespace internal {

constexpr bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f' || c == '\0';
}

template <class Sink>
void split_spaces(std::string_view text, Sink& sink) {
  std::size_t i = 0;
  while (i < text.size()) {
    const char c = text[i];
    if (c == '\n') {
      sink.sentence_end();
      ++i;
    } else if (is_space(c)) {
      ++i;
    } else {
      const std::size_t begin = i;
      while (i < text.size() && text[i] != '\n' && !is_space(text[i])) ++i;
      sink.word(text.substr(begin, i - begin));
    }
  }
}

/// What kUnicode makes of a byte or code point.
enum class Kind : unsigned char { kOther, kWord, kUpper, kApostrophe, kStop, kLineEnd, kIdeograph };

constexpr Kind kind_of_ascii(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_') return Kind::kWord;
  if (c >= 'A' && c <= 'Z') return Kind::kUpper;
  if (c == '\n') return Kind::kLineEnd;
  if (c == '\'') return Kind::kApostrophe;
  return c == '.' || c == '!' || c == '?' ? Kind::kStop : Kind::kOther;
}

inline Kind kind_of(char32_t c) {
  if (c == 0x2019) return Kind::kApostrophe;
  if (c == 0x3002 || c == 0xFF01 || c == 0xFF1F || c == 0x0964) return Kind::kStop;
  if ((c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
      (c >= 0x20000 && c <= 0x3FFFF)) {
    return Kind::kIdeograph;
  }
  return is_word_character(c) ? Kind::kUpper : Kind::kOther;
}

template <class Sink>
class UnicodeSplitter {
 public:
  UnicodeSplitter(std::string_view text, std::string& lower, Sink& sink)
      : text_(text), lower_(lower), sink_(sink) {}

  void run() {
    while (i_ < text_.size()) {
      const char c = text_[i_];
      if (static_cast<unsigned char>(c) >= 0x80) {
        other();
        continue;
      }
      switch (kind_of_ascii(c)) {
        case Kind::kWord:
        case Kind::kUpper:
          word();
          break;
        case Kind::kStop:
          ++i_;
          if (i_ == text_.size() || internal::is_space(text_[i_])) sink_.sentence_end();
          break;
        case Kind::kLineEnd:
          ++i_;
          sink_.sentence_end();
          break;
        default:
          ++i_;
      }
    }
  }

 private:
  // A code point that begins a word or stands alone.
  void other() {
    const CodePoint point = decode_code_point(text_, i_);
    const Kind kind = kind_of(point.value);
    if (kind == Kind::kUpper) {
      word();
      return;
    }
    if (kind == Kind::kIdeograph) sink_.word(text_.substr(i_, point.size));
    i_ += point.size;
    if (kind == Kind::kStop) sink_.sentence_end();
  }

  // A word that begins at i_. As long as it is lower case ASCII it is given as it lies in the text.
  void word() {
    const std::size_t begin = i_;
    while (i_ < text_.size() && kind_of_ascii(text_[i_]) == Kind::kWord) ++i_;
    if (i_ == text_.size() || !goes_on()) {
      sink_.word(text_.substr(begin, i_ - begin));
      return;
    }
    lower_.assign(text_, begin, i_ - begin);
    do {
      append_one();
    } while (i_ < text_.size() && goes_on());
    sink_.word(lower_);
  }

  // Whether the code point at i_ belongs to the word before it.
  bool goes_on() const {
    const Kind kind = kind_at(i_);
    if (kind != Kind::kApostrophe) return kind == Kind::kWord || kind == Kind::kUpper;
    const std::size_t next = i_ + size_at(i_);
    if (next >= text_.size()) return false;
    const Kind after = kind_at(next);
    return after == Kind::kWord || after == Kind::kUpper;
  }

  void append_one() {
    const char c = text_[i_];
    if (static_cast<unsigned char>(c) < 0x80) {
      lower_ += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
      ++i_;
      return;
    }
    const CodePoint point = decode_code_point(text_, i_);
    i_ += point.size;
    if (point.value == 0x2019) {
      lower_ += '\'';
      return;
    }
    for (const char32_t lowered : to_lower(point.value)) {
      append_code_point(lower_, lowered);
    }
  }

  Kind kind_at(std::size_t at) const {
    const char c = text_[at];
    if (static_cast<unsigned char>(c) < 0x80) return kind_of_ascii(c);
    return kind_of(decode_code_point(text_, at).value);
  }
  std::size_t size_at(std::size_t at) const { return decode_code_point(text_, at).size; }

  std::string_view text_;
  std::string& lower_;
  Sink& sink_;
  std::size_t i_ = 0;
};

}  // namespace internal

template <class Sink>
void split_words(std::string_view text, WordRule rule, std::string& lower, Sink& sink) {
  if (rule == WordRule::kSpaces) {
    internal::split_spaces(text, sink);
  } else {
    internal::UnicodeSplitter(text, lower, sink).run();
  }
}

}  // namespace sememe::text

#endif  // SEMEME_TEXT_WORDS_H_
