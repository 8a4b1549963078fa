#include "train/word_counts.h"

#include <algorithm>

#include "base/error_context.h"
#include "base/hash.h"

namespace sememe::train {
namespace {

constexpr std::size_t kFirstSlots = std::size_t{1} << 16;

}  // namespace

void WordVocabulary::add(std::string_view word, std::uint64_t count) {
  bytes_ += word;
  starts_.push_back(bytes_.size());
  counts_.push_back(count);
  total_ += count;
}

WordCounts::WordCounts(std::size_t max_bytes) : max_bytes_(max_bytes), slots_(kFirstSlots) {}

std::size_t WordCounts::memory() const {
  return bytes_.size() + words_.size() * sizeof(Word) + slots_.size() * sizeof(slots_[0]);
}

// The slot of the word, or the empty one where it belongs.
std::size_t WordCounts::slot_of(std::string_view word, std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = hash & mask;
  for (; slots_[i] != 0; i = (i + 1) & mask) {
    if (slots_[i] >> 32 == hash >> 32 && text(words_[(slots_[i] & 0xFFFFFFFF) - 1]) == word) break;
  }
  return i;
}

WordCounts::Known WordCounts::find(std::string_view word) const {
  const std::uint64_t slot = slots_[slot_of(word, xxh3_64(word))];
  if (slot == 0) return {.number = kNoWord, .count = 0};
  const Word& known = words_[(slot & 0xFFFFFFFF) - 1];
  return {.number = known.number, .count = known.count};
}

std::uint32_t WordCounts::add(std::string_view word, std::uint64_t times) {
  const std::uint64_t hash = xxh3_64(word);
  const std::size_t i = slot_of(word, hash);
  if (slots_[i] != 0) {
    Word& known = words_[(slots_[i] & 0xFFFFFFFF) - 1];
    known.count += times;
    return known.number;
  }
  if (next_number_ == kNoWord) {
    throw Error(ErrorCode::kLimit, "expected fewer than 2^32 distinct words in a corpus");
  }
  const std::uint32_t number = next_number_++;
  words_.push_back({.start = bytes_.size(),
                    .size = static_cast<std::uint32_t>(word.size()),
                    .number = number,
                    .count = times});
  bytes_ += word;
  slots_[i] = (hash >> 32 << 32) | words_.size();
  if (2 * words_.size() > slots_.size()) {
    if (memory() > max_bytes_) forget();
    if (2 * words_.size() > slots_.size()) rehash(2 * slots_.size());
  }
  return number;
}

void WordCounts::rehash(std::size_t size) {
  std::vector<std::uint64_t> slots(size);
  const std::size_t mask = slots.size() - 1;
  for (std::size_t k = 0; k < words_.size(); ++k) {
    const std::uint64_t hash = xxh3_64(text(words_[k]));
    std::size_t i = hash & mask;
    while (slots[i] != 0) i = (i + 1) & mask;
    slots[i] = (hash >> 32 << 32) | (k + 1);
  }
  slots_ = std::move(slots);
}

// The lowest count that at most half of the words exceed goes, and all below.
void WordCounts::forget() {
  std::vector<std::uint64_t> counts(words_.size());
  std::ranges::transform(words_, counts.begin(), &Word::count);
  const auto middle = counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2);
  std::ranges::nth_element(counts, middle);
  forgotten_ = std::max(forgotten_, *middle);
  std::string bytes;
  std::vector<Word> words;
  for (Word word : words_) {
    if (word.count <= *middle) continue;
    const std::size_t start = bytes.size();
    bytes.append(bytes_, word.start, word.size);
    word.start = start;
    words.push_back(word);
  }
  bytes_ = std::move(bytes);
  words_ = std::move(words);
  rehash(slots_.size());
}

WordCounts::Selection WordCounts::select(std::uint64_t min_count, std::size_t max_words) const {
  std::vector<const Word*> chosen;
  for (const Word& word : words_) {
    if (word.count >= min_count) chosen.push_back(&word);
  }
  std::ranges::sort(chosen, [this](const Word* a, const Word* b) {
    return a->count != b->count ? a->count > b->count : text(*a) < text(*b);
  });
  if (max_words != 0 && chosen.size() > max_words) chosen.resize(max_words);
  Selection selection;
  selection.ids.assign(next_number_, kNoWord);
  for (const Word* word : chosen) {
    selection.ids[word->number] = static_cast<std::uint32_t>(selection.vocabulary.size());
    selection.vocabulary.add(text(*word), word->count);
  }
  return selection;
}

}  // namespace sememe::train
