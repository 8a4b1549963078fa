// The work that "sememe bench embed" measures: batches of token ids of fixed and of natural
// lengths, cut out of English prose, so that the cosines it reports mean what they mean elsewhere.
#ifndef SEMEME_CLI_BENCH_WORKLOADS_H_
#define SEMEME_CLI_BENCH_WORKLOADS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "sememe/tokenizer.h"

namespace sememe::cli {

struct Workload {
  std::string name;                  ///< "texts x tokens", or "mix"
  std::vector<std::size_t> lengths;  ///< of each text, special tokens included
};

/// 1x16, 1x128, 32x32, 32x128, 8x512, and mix: 128 paragraphs and headings of natural lengths (the
/// ones of bench/encoder/passage_lengths.txt).
const std::vector<Workload>& bench_workloads();

/// The first `length` tokens of prose that begins at another sentence for each `number`. Throws
/// Error(kUnsupported) for a tokenizer that makes no tokens of it.
std::vector<TokenId> bench_text(const Tokenizer& tokenizer, std::size_t number, std::size_t length);

}  // namespace sememe::cli

#endif  // SEMEME_CLI_BENCH_WORKLOADS_H_
