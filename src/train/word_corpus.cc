#include "train/word_corpus.h"

#include <utility>

#include "base/error_context.h"
#include "base/hash.h"
#include "train/sampling.h"

namespace sememe::train {
namespace {

// Counts words and writes their numbers down.
class Counter {
 public:
  Counter(WordCounts& counts, IdFile& ids) : counts_(counts), ids_(ids) {}
  void word(std::string_view word) {
    if (word.size() > WordCorpus::kMaxWordBytes) return;
    if (length_ == WordCorpus::kMaxSentence) sentence_end();
    ids_.append(counts_.add(word));
    ++words_;
    ++length_;
  }
  void sentence_end() {
    if (length_ > 0) ids_.append(WordCorpus::kSentenceEnd);
    length_ = 0;
  }
  std::uint64_t words() const { return words_; }

 private:
  WordCounts& counts_;
  IdFile& ids_;
  std::uint64_t words_ = 0;
  std::size_t length_ = 0;
};

}  // namespace

// In place, to what id_of makes of each number: those of words that are left out (kNoWord) go,
// empty sentences too.
template <class IdOf>
void WordCorpus::encode(std::span<std::uint32_t> numbers, IdOf&& id_of) {
  std::size_t out = 0;
  std::size_t length = 0;       // of the sentence so far
  std::size_t block_words = 0;  // of the block so far
  std::uint64_t words = 0;
  const auto end_sentence = [&] {
    numbers[out++] = kSentenceEnd;
    length = 0;
    if (block_words >= kBlockWords) {
      block_starts_.push_back(out);
      block_words_.push_back(words);
      block_words = 0;
    }
  };
  for (std::size_t in = 0; in < numbers.size(); ++in) {
    const std::uint32_t number = numbers[in];
    if (number == kSentenceEnd) {
      if (length > 0) end_sentence();
      continue;
    }
    const std::uint32_t id = id_of(number);
    if (id == kNoWord) continue;
    numbers[out++] = id;
    ++words;
    ++block_words;
    ++length;
  }
  if (block_starts_.back() != out) {
    block_starts_.push_back(out);
    block_words_.push_back(words);
  }
  ids_ = numbers.first(out);
}

std::string WordCorpus::fingerprint() const {
  std::uint64_t words = 0;
  for (std::size_t i = 0; i < vocabulary_.size(); ++i) {
    words = words * 31 + xxh3_64(vocabulary_.word(i));
  }
  const std::uint64_t parts[] = {words, xxh3_64(std::as_bytes(vocabulary_.counts())),
                                 xxh3_64(std::as_bytes(ids_))};
  return concat(words_before(blocks()), " words ", xxh3_64(std::as_bytes(std::span(parts))));
}

WordCorpus WordCorpus::read(const CorpusOptions& options, const ReadingProgress& progress) {
  WordCorpus corpus;
  WordCounts counts(options.max_vocabulary_bytes);
  if (options.known != nullptr) {
    for (std::size_t i = 0; i < options.known->size(); ++i) {
      counts.add(options.known->word(i), options.known->counts()[i]);
    }
  }
  IdFile ids(options.temporary_directory);
  Counter counter(counts, ids);
  read_corpus_words(options.files, options.rule, counter, progress);
  corpus.words_read_ = counter.words();
  corpus.distinct_words_ = counts.distinct();
  corpus.forgotten_up_to_ = counts.forgotten_up_to();
  WordCounts::Selection selection = counts.select(options.min_count, options.max_words);
  if (selection.vocabulary.size() == 0) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("corpus: expected words that come at least ", options.min_count,
                       " times, found none among ", corpus.words_read_));
  }
  const std::span<std::uint32_t> numbers = ids.finish();
  corpus.file_ = std::move(ids);
  corpus.encode(numbers, [&](std::uint32_t number) { return selection.ids[number]; });
  if (corpus.blocks() == 0) {
    throw Error(ErrorCode::kInvalidArgument, "corpus: expected a text, found no word that is kept");
  }
  corpus.vocabulary_ = std::move(selection.vocabulary);
  return corpus;
}

WordCorpus WordCorpus::thinned(double sample, std::uint64_t seed, const Path& directory) const {
  const std::vector<std::uint32_t> keep = keep_chances(vocabulary_.counts(), sample);
  IdFile copy(directory);
  copy.append(ids_);
  const std::span<std::uint32_t> ids = copy.finish();
  WordCorpus out;
  out.file_ = std::move(copy);
  std::vector<std::uint64_t> counts(vocabulary_.size());
  Random random(seed);
  out.encode(ids, [&](std::uint32_t id) {
    if (static_cast<std::uint32_t>(random.next() >> 32) > keep[id]) return kNoWord;
    ++counts[id];
    return id;
  });
  for (std::size_t id = 0; id < counts.size(); ++id) {
    out.vocabulary_.add(vocabulary_.word(id), counts[id]);
  }
  out.words_read_ = words_read_;
  out.distinct_words_ = distinct_words_;
  out.forgotten_up_to_ = forgotten_up_to_;
  return out;
}

}  // namespace sememe::train
