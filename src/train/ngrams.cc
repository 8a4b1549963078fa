#include "train/ngrams.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "base/error_context.h"

namespace sememe::train {
namespace {

constexpr std::size_t kLongest = 8;

}  // namespace

// number[n - 1]: of the n-gram that ends here, or kNoWord.
struct Ngrams::Ends {
  explicit Ends(std::size_t levels) : number(levels, kNoWord) {}

  // Goes on to the next word. Long ones first, since each needs the shorter one of the word before.
  void step(std::uint32_t word, std::span<const PairCounts> levels) {
    for (std::size_t n = levels.size(); n > 0; --n) {
      const std::uint64_t found =
          number[n - 1] == kNoWord ? 0 : levels[n - 1].count(number[n - 1], word);
      number[n] = found == 0 ? kNoWord : static_cast<std::uint32_t>(found - 1);
    }
    number[0] = word;
  }
  void clear() { std::ranges::fill(number, kNoWord); }

  std::vector<std::uint32_t> number;
};

Ngrams::Ngrams(const WordCorpus& corpus, const NgramOptions& options) {
  if (options.longest < 1 || options.longest > kLongest) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("n-grams: expected 1 to ", kLongest, " words, found ", options.longest));
  }
  for (std::size_t n = 2; n <= options.longest; ++n) add_level(corpus, options);
  sort_terms(corpus.vocabulary());
}

void Ngrams::add_level(const WordCorpus& corpus, const NgramOptions& options) {
  PairCounts counts(options.max_bytes);
  Ends ends(levels_.size() + 1);
  for (const std::uint32_t id : corpus.ids()) {
    if (id == WordCorpus::kSentenceEnd) {
      ends.clear();
      continue;
    }
    if (ends.number.back() != kNoWord) counts.add(ends.number.back(), id);
    ends.step(id, levels_);
  }
  forgotten_ = std::max(forgotten_, counts.forgotten_up_to());
  ngrams_.push_back(counts.number(options.min_count));
  levels_.push_back(std::move(counts));
}

void Ngrams::sort_terms(const WordVocabulary& words) {
  struct Term {
    std::string text;
    std::uint64_t count;
  };
  std::vector<Term> all;
  for (std::size_t i = 0; i < words.size(); ++i) {
    all.push_back({.text = std::string(words.word(i)), .count = words.counts()[i]});
  }
  first_.push_back(0);
  for (const std::vector<PairCounts::Pair>& level : ngrams_) {
    const std::size_t shorter = first_.back();
    first_.push_back(all.size());
    for (const PairCounts::Pair& ngram : level) {
      all.push_back({.text = concat(all[shorter + ngram.first].text, "_", words.word(ngram.second)),
                     .count = ngram.count});
    }
  }
  std::vector<std::uint32_t> by_count(all.size());
  std::iota(by_count.begin(), by_count.end(), 0U);
  std::ranges::stable_sort(by_count, [&](std::uint32_t a, std::uint32_t b) {
    return all[a].count != all[b].count ? all[a].count > all[b].count : all[a].text < all[b].text;
  });
  order_.resize(all.size());
  for (std::size_t i = 0; i < by_count.size(); ++i) {
    order_[by_count[i]] = static_cast<std::uint32_t>(i);
    terms_.add(all[by_count[i]].text, all[by_count[i]].count);
  }
}

void Ngrams::append_terms(std::span<const std::uint32_t> ids,
                          std::vector<std::uint32_t>& terms) const {
  Ends ends(levels_.size() + 1);
  for (const std::uint32_t id : ids) {
    if (id == WordCorpus::kSentenceEnd) {
      ends.clear();
      continue;
    }
    ends.step(id, levels_);
    for (std::size_t n = 0; n < ends.number.size(); ++n) {
      if (ends.number[n] != kNoWord) terms.push_back(order_[first_[n] + ends.number[n]]);
    }
  }
}

}  // namespace sememe::train
