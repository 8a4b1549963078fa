#include "train/phrases.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/error_context.h"
#include "train/corpus_reader.h"
#include "train/pair_counts.h"
#include "train/spool_file.h"
#include "train/word_counts.h"

namespace sememe::train {
namespace {

constexpr std::size_t kOutputBytes = std::size_t{1} << 18;
constexpr std::size_t kProgressBytes = std::size_t{1} << 20;

// Words, and pairs of neighbours in a sentence.
class BigramCounts {
 public:
  explicit BigramCounts(const PhraseOptions& options)
      : options_(options), words_(options.max_word_bytes), pairs_(options.max_pair_bytes) {}

  void word(std::string_view word) {
    const std::uint32_t number = words_.add(word);
    if (before_ != kNoWord) pairs_.add(before_, number);
    before_ = number;
    ++total_;
  }
  void sentence_end() { before_ = kNoWord; }

  WordCounts::Known find(std::string_view word) const { return words_.find(word); }

  /// The score of a pair that is to be joined, else nothing.
  std::optional<double> joining_score(const WordCounts::Known& first,
                                      const WordCounts::Known& second) const {
    if (std::min(first.count, second.count) < options_.min_count) return {};
    const std::uint64_t pair = pairs_.count(first.number, second.number);
    if (pair == 0 || pair < options_.min_count) return {};
    const PairFrequency counts = {
        .pair = pair, .first = first.count, .second = second.count, .total = total_};
    const double score = options_.score == PhraseScore::kNormalizedPmi
                             ? normalized_pmi(counts)
                             : word2phrase_score(counts, options_.min_count);
    if (score > options_.threshold) return score;
    return {};
  }

  PhrasePass report() const {
    return {.words = total_,
            .joined = 0,
            .distinct_pairs = pairs_.distinct(),
            .words_forgotten_up_to = words_.forgotten_up_to(),
            .pairs_forgotten_up_to = pairs_.forgotten_up_to()};
  }

 private:
  const PhraseOptions& options_;
  WordCounts words_;
  PairCounts pairs_;
  std::uint32_t before_ = kNoWord;
  std::uint64_t total_ = 0;
};

// Counts words, and writes them down as the next pass reads them.
class SpoolingCounter {
 public:
  SpoolingCounter(BigramCounts& counts, SpoolFile<char>& spool) : counts_(counts), spool_(spool) {}
  void word(std::string_view word) {
    counts_.word(word);
    if (!empty_) spool_.append(' ');
    spool_.append(word);
    empty_ = false;
  }
  void sentence_end() {
    if (empty_) return;
    counts_.sentence_end();
    spool_.append('\n');
    empty_ = true;
    ++sentences_;
  }
  std::uint64_t sentences() const { return sentences_; }

 private:
  BigramCounts& counts_;
  SpoolFile<char>& spool_;
  bool empty_ = true;  // the sentence so far
  std::uint64_t sentences_ = 0;
};

// Phrases that were joined, each with its score.
class FoundPhrases {
 public:
  explicit FoundPhrases(std::size_t max_bytes) : counts_(max_bytes) {}
  void add(std::string_view phrase, double score) {
    const std::uint32_t number = counts_.add(phrase);
    if (number == scores_.size()) scores_.push_back(score);
  }
  std::vector<Phrase> sorted() const {
    const WordVocabulary words = counts_.select(1, 0).vocabulary;
    std::vector<Phrase> phrases;
    phrases.reserve(words.size());
    for (std::size_t i = 0; i < words.size(); ++i) {
      phrases.push_back({.text = std::string(words.word(i)),
                         .joined = words.counts()[i],
                         .score = scores_[counts_.find(words.word(i)).number]});
    }
    std::ranges::sort(phrases, [](const Phrase& a, const Phrase& b) {
      return a.score != b.score ? a.score > b.score : a.text < b.text;
    });
    return phrases;
  }

 private:
  WordCounts counts_;
  std::vector<double> scores_;  // by number
};

// The text as it comes out.
class TextWriter {
 public:
  explicit TextWriter(const std::function<void(std::string_view)>& output) : output_(output) {}
  void word(std::string_view word) {
    if (!line_empty_) text_ += ' ';
    text_ += word;
    line_empty_ = false;
    if (text_.size() >= kOutputBytes) finish();
  }
  void sentence_end() {
    if (!line_empty_) text_ += '\n';
    line_empty_ = true;
  }
  void finish() {
    output_(text_);
    text_.clear();
  }

 private:
  const std::function<void(std::string_view)>& output_;
  std::string text_;
  bool line_empty_ = true;
};

// Joins words of a text whose pairs were counted, and gives what comes of them to another sink.
template <class Sink>
class Joiner {
 public:
  Joiner(const BigramCounts& counts, const std::string& delimiter, FoundPhrases& found, Sink& sink)
      : counts_(counts), delimiter_(delimiter), found_(found), sink_(sink) {}

  void word(std::string_view word) {
    const WordCounts::Known known = counts_.find(word);
    const std::optional<double> score =
        before_ ? counts_.joining_score(*before_, known) : std::nullopt;
    if (score) {
      piece_ += delimiter_;
      piece_ += word;
      found_.add(piece_, *score);
      before_.reset();
      ++joined_;
      return;
    }
    if (!piece_.empty()) sink_.word(piece_);
    piece_ = word;
    before_ = known;
  }
  void sentence_end() {
    if (!piece_.empty()) sink_.word(piece_);
    sink_.sentence_end();
    piece_.clear();
    before_.reset();
  }
  std::uint64_t joined() const { return joined_; }

 private:
  const BigramCounts& counts_;
  const std::string& delimiter_;
  FoundPhrases& found_;
  Sink& sink_;
  std::string piece_;                        // what the next word may be joined to
  std::optional<WordCounts::Known> before_;  // the same as a word, if one may
  std::uint64_t joined_ = 0;
};

// Gives the words of a text that a SpoolingCounter wrote to the sink.
template <class Sink>
void read_spool(std::string_view text, Sink& sink, const PhraseProgress& progress) {
  std::string lower;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::string_view piece = text.substr(begin, kProgressBytes);
    const bool last = begin + piece.size() == text.size();
    const std::size_t end = begin + (last ? piece.size() : text::word_boundary(piece));
    text::split_words(text.substr(begin, end - begin), text::WordRule::kSpaces, lower, sink);
    begin = end;
    if (progress) progress("joined bytes", begin, text.size());
  }
}

void check(const PhraseOptions& options) {
  constexpr std::string_view kWhiteSpace("\0 \t\n\v\f\r", 7);
  if (options.delimiter.empty() ||
      options.delimiter.find_first_of(kWhiteSpace) != std::string::npos) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("phrases: expected a delimiter without white space, found ",
                       quote(options.delimiter)));
  }
  if (options.passes == 0) {
    throw Error(ErrorCode::kInvalidArgument, "phrases: expected at least 1 pass, found 0");
  }
}

}  // namespace

double word2phrase_score(const PairFrequency& counts, std::uint64_t discount) {
  return (static_cast<double>(counts.pair) - static_cast<double>(discount)) /
         static_cast<double>(counts.first) / static_cast<double>(counts.second) *
         static_cast<double>(counts.total);
}

double normalized_pmi(const PairFrequency& counts) {
  const auto pair =
      static_cast<double>(std::min({counts.pair, counts.first, counts.second, counts.total - 1}));
  const auto total = static_cast<double>(counts.total);
  const double mutual = std::log(
      pair * total / (static_cast<double>(counts.first) * static_cast<double>(counts.second)));
  // Rounding alone could lead past the ends.
  return std::clamp(mutual / -std::log(pair / total), -1.0, 1.0);
}

PhraseReport join_phrases(const PhraseOptions& options,
                          const std::function<void(std::string_view)>& output,
                          const PhraseProgress& progress) {
  check(options);
  PhraseReport report;
  FoundPhrases found(options.max_word_bytes);
  std::optional<BigramCounts> counts(options);
  std::optional<SpoolFile<char>> spool(options.temporary_directory);
  {
    SpoolingCounter counter(*counts, *spool);
    read_corpus_words(options.files, options.rule, counter,
                      [&](std::uint64_t done, std::uint64_t total) {
                        if (progress) progress("read bytes", done, total);
                      });
    report.sentences = counter.sentences();
  }
  for (std::size_t pass = 1;; ++pass) {
    const std::span<const char> bytes = spool->finish();
    const std::string_view text(bytes.data(), bytes.size());
    report.passes.push_back(counts->report());
    if (pass == options.passes) {
      TextWriter writer(output);
      Joiner joiner(*counts, options.delimiter, found, writer);
      read_spool(text, joiner, progress);
      writer.finish();
      report.passes.back().joined = joiner.joined();
      break;
    }
    BigramCounts next_counts(options);
    SpoolFile<char> next_spool(options.temporary_directory);
    SpoolingCounter next(next_counts, next_spool);
    Joiner joiner(*counts, options.delimiter, found, next);
    read_spool(text, joiner, progress);
    report.passes.back().joined = joiner.joined();
    counts.emplace(std::move(next_counts));
    spool.emplace(std::move(next_spool));
  }
  report.phrases = found.sorted();
  return report;
}

}  // namespace sememe::train
