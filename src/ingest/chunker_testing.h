// For tests and the fuzzer: a tokenizer without a model, and what must hold for all passages.
#ifndef SEMEME_INGEST_CHUNKER_TESTING_H_
#define SEMEME_INGEST_CHUNKER_TESTING_H_

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/error_context.h"
#include "ingest/chunker.h"
#include "search/passage_input.h"
#include "text/utf8.h"

namespace sememe::ingest {

/// Letters and digits in pieces of six bytes, other characters one by one; a word of more than 100
/// bytes is a single token, as WordPiece has it. Two special tokens.
inline TokenMeasure tiny_measure() {
  const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  const auto is_word = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  const auto find_tokens = [=](std::string_view text, std::vector<std::size_t>& begins) {
    begins.clear();
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = at + 1;
      if (is_space(text[at])) {
        at = end;
        continue;
      }
      while (is_word(text[at]) && end < text.size() && is_word(text[end])) ++end;
      const std::size_t step = end - at > 100 ? end - at : 6;
      for (std::size_t i = at; i < end; i += step) begins.push_back(i);
      at = end;
    }
  };
  return {find_tokens, 2};
}

/// Which rule of chunk_document the passages break, or "".
inline std::string broken_rule(std::string_view source, const ParsedDocument& document,
                               const std::vector<Passage>& passages, const TokenMeasure& measure,
                               std::size_t max_tokens) {
  std::vector<char> covered(source.size(), 0);
  std::size_t at = 0;
  std::vector<std::size_t> tokens;
  for (const Passage& passage : passages) {
    const auto [begin, end] = passage.bytes;
    const std::string where = concat("passage at ", begin, "..", end, ": ");
    if (begin < at || end <= begin || end > source.size()) return where + "out of order";
    if (source.substr(begin, end - begin) != passage.text) return where + "not the source's bytes";
    if (text::find_invalid_utf8(passage.text)) return where + "splits a code point";
    if (text::find_invalid_utf8(passage.heading)) return where + "splits a code point in heading";
    measure.find_tokens(passage_input(passage.heading, passage.text), tokens);
    if (tokens.size() + measure.special_tokens > max_tokens) return where + "too many tokens";
    const auto line = 1 + std::count(source.begin(), source.begin() + begin, '\n');
    const auto lines = std::count(passage.text.begin(), passage.text.end(), '\n');
    if (passage.line != static_cast<std::size_t>(line)) return where + "wrong line";
    if (passage.end_line != static_cast<std::size_t>(line + lines)) return where + "wrong end line";
    std::fill(covered.begin() + begin, covered.begin() + end, char{1});
    at = end;
  }
  for (const Block& block : document.blocks) {
    if (block.kind != Block::Kind::kDropped) continue;
    std::fill(covered.begin() + block.bytes.begin, covered.begin() + block.bytes.end, char{1});
  }
  for (std::size_t i = 0; i < source.size(); ++i) {
    const bool space = source[i] == ' ' || (source[i] >= '\t' && source[i] <= '\r');
    if (!space && covered[i] == 0) return concat("byte ", i, " is in no passage");
  }
  return {};
}

}  // namespace sememe::ingest

#endif  // SEMEME_INGEST_CHUNKER_TESTING_H_
