#include <algorithm>
#include <memory>

#include "ingest/chunker.h"

namespace sememe::ingest {

TokenMeasure measure_of(const Tokenizer& tokenizer) {
  const auto scratch = std::make_shared<Encoding>();
  const std::size_t special = tokenizer.special_token_count();
  const auto find_tokens = [&tokenizer, scratch](std::string_view text,
                                                 std::vector<std::size_t>& begins) {
    tokenizer.encode_into(text, {}, *scratch);
    begins.clear();
    for (const ByteRange& token : scratch->offsets) {
      if (token.end > token.begin) begins.push_back(token.begin);
    }
    std::sort(begins.begin(), begins.end());
  };
  return {find_tokens, special};
}

}  // namespace sememe::ingest
