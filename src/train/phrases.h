// Phrases: pairs of words that come together more often than by chance, joined into one word.
#ifndef SEMEME_TRAIN_PHRASES_H_
#define SEMEME_TRAIN_PHRASES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "text/words.h"

namespace sememe::train {

/// How often two words were seen, and one right behind the other, among `total` words.
struct PairFrequency {
  std::uint64_t pair = 0;
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  std::uint64_t total = 0;
};

/// (pair - discount) total / (first second): Mikolov et al. 2013, "Distributed representations of
/// words and phrases", eq. 6, times the words of the text, as word2phrase.c has it.
double word2phrase_score(const PairFrequency& counts, std::uint64_t discount);

/// Normalised pointwise mutual information (Bouma 2009): ln(p(ab) / p(a) p(b)) / -ln p(ab); 1 where
/// neither word comes without the other, 0 where they come together by chance, towards -1 where
/// they avoid each other. A pair that was counted more often than a word of it (which forgetting
/// can bring about) counts as often as the word.
double normalized_pmi(const PairFrequency& counts);

enum class PhraseScore { kWord2Phrase, kNormalizedPmi };

struct PhraseOptions {
  std::vector<Path> files;  ///< read one after the other; "-" is standard input
  text::WordRule rule = text::WordRule::kUnicode;
  /// Pairs and words seen less often are not joined; the discount of word2phrase's score.
  std::uint64_t min_count = 5;
  PhraseScore score = PhraseScore::kWord2Phrase;
  double threshold = 100;  ///< pairs with a higher score are joined
  std::size_t passes = 1;  ///< each works on what the one before wrote, so phrases grow
  std::string delimiter = "_";
  /// Of words and of pairs, in each pass; see WordCounts and PairCounts.
  std::size_t max_word_bytes = std::size_t{1} << 30;
  std::size_t max_pair_bytes = std::size_t{3} << 30;
  Path temporary_directory;  ///< for a copy of the text, two with several passes; empty: the
                             ///< system's
};

struct Phrase {
  std::string text;
  std::uint64_t joined = 0;  ///< times
  double score = 0;
};

struct PhrasePass {
  std::uint64_t words = 0;   ///< that it found
  std::uint64_t joined = 0;  ///< pairs of them that it made one
  std::uint64_t distinct_pairs = 0;
  std::uint64_t words_forgotten_up_to = 0;  ///< 0: none were; see WordCounts
  std::uint64_t pairs_forgotten_up_to = 0;
};

struct PhraseReport {
  std::uint64_t sentences = 0;
  std::vector<PhrasePass> passes;
  std::vector<Phrase> phrases;  ///< of all passes, highest score first, then by their bytes
};

/// A stage in words, and how many bytes of all (0: not known) it is through.
using PhraseProgress =
    std::function<void(std::string_view stage, std::uint64_t done, std::uint64_t total)>;

/// Writes the text with phrases joined to `output` in pieces: a sentence a line, words parted by
/// single spaces; sentences without words are left out.
///
/// A sentence is gone through from its first word on. A word is joined to the one before it where
/// their score is above the threshold and that word is not itself the end of a pair just joined: of
/// a b c with (a b) and (b c) above it, "a_b c" is made, whatever the scores. So one pass makes
/// phrases of two words, two passes up to four. A phrase counts as a word in the next pass.
///
/// The text is read once and kept in an unnamed file. Memory: what the words and pairs take, within
/// the limits. Throws Error(kInvalidArgument) for a delimiter that is empty or has white space, or
/// no passes; as TextStream does for the files.
PhraseReport join_phrases(const PhraseOptions& options,
                          const std::function<void(std::string_view)>& output,
                          const PhraseProgress& progress = {});

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_PHRASES_H_
