// A corpus as word ids: read, split and counted once, then as many passes as training takes.
#ifndef SEMEME_TRAIN_WORD_CORPUS_H_
#define SEMEME_TRAIN_WORD_CORPUS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "text/words.h"
#include "train/corpus_reader.h"
#include "train/spool_file.h"
#include "train/word_counts.h"

namespace sememe::train {

struct CorpusOptions {
  std::vector<Path> files;  ///< read one after the other; "-" is standard input
  text::WordRule rule = text::WordRule::kUnicode;
  std::uint64_t min_count = 5;
  std::size_t max_words = 0;  ///< 0: all
  /// Words that there were before this text, with their counts: of a model that is to be trained
  /// on.
  const WordVocabulary* known = nullptr;
  std::size_t max_vocabulary_bytes = std::size_t{4} << 30;
  /// Where the ids lie while they are in use: an unnamed file, four bytes a word. Empty: the
  /// system's place for such files.
  Path temporary_directory;
};

using IdFile = SpoolFile<std::uint32_t>;

/// Sentences of word ids, in blocks.
class WordCorpus {
 public:
  /// No words.
  WordCorpus() = default;

  /// Behind each sentence, among the ids.
  static constexpr std::uint32_t kSentenceEnd = 0xFFFFFFFF;
  /// Longer ones are no words, and left out.
  static constexpr std::size_t kMaxWordBytes = 255;
  /// Longer sentences are cut (text8 is one line), as in word2vec.c.
  static constexpr std::size_t kMaxSentence = 1000;
  /// Words of a block, about: the unit in which threads take work.
  static constexpr std::size_t kBlockWords = 10000;

  /// Throws Error as TextStream does, and kInvalidArgument where no word is left.
  static WordCorpus read(const CorpusOptions& options, const ReadingProgress& progress = {});

  /// A copy in which frequent words come less often, each kept by the chance that keep_chances()
  /// gives it. Ids stay what they are; counts are those of the copy.
  WordCorpus thinned(double sample, std::uint64_t seed, const Path& directory = {}) const;

  const WordVocabulary& vocabulary() const { return vocabulary_; }
  /// Words of the text, those of the vocabulary.
  std::uint64_t words_read() const { return words_read_; }
  std::uint64_t words() const { return block_words_.back(); }
  /// Distinct words before any were left out.
  std::size_t distinct_words() const { return distinct_words_; }
  std::uint64_t forgotten_up_to() const { return forgotten_up_to_; }
  /// Of the words, their counts and the text in ids. Cost: one pass at memory speed.
  std::string fingerprint() const;

  /// All blocks, one behind the other.
  std::span<const std::uint32_t> ids() const { return ids_; }
  std::size_t blocks() const { return block_starts_.size() - 1; }
  /// Whole sentences, each with kSentenceEnd behind it.
  std::span<const std::uint32_t> block(std::size_t i) const {
    return ids_.subspan(block_starts_[i], block_starts_[i + 1] - block_starts_[i]);
  }
  /// Words of the vocabulary in the blocks before block i.
  std::uint64_t words_before(std::size_t i) const { return block_words_[i]; }

 private:
  template <class IdOf>
  void encode(std::span<std::uint32_t> numbers, IdOf&& id_of);

  WordVocabulary vocabulary_;
  std::optional<IdFile> file_;
  std::span<const std::uint32_t> ids_;
  std::vector<std::size_t> block_starts_ = {0};
  std::vector<std::uint64_t> block_words_ = {0};
  std::uint64_t words_read_ = 0;
  std::size_t distinct_words_ = 0;
  std::uint64_t forgotten_up_to_ = 0;
};

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_WORD_CORPUS_H_
