#include "train/cooccurrences.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/error_context.h"
#include "base/thread_pool.h"

namespace sememe::train {
namespace {

constexpr std::size_t kMaxWindow = 1000;
// Words of the corpus whose rows are one task.
constexpr std::uint64_t kTaskWords = std::uint64_t{1} << 15;
// Tasks of a thread until what they found is written out.
constexpr std::size_t kTasksAtOnce = 4;

void check(const CooccurrenceOptions& o) {
  if (o.window >= 1 && o.window <= kMaxWindow) return;
  throw Error(ErrorCode::kInvalidArgument,
              concat("cooccurrences: expected 1 to ", kMaxWindow, " as window, found ", o.window));
}

// By distance - 1.
std::vector<double> distance_weights(const CooccurrenceOptions& o) {
  std::vector<double> weights(o.window, 1.0);
  for (std::size_t i = 0; i < o.window; ++i) {
    const auto distance = static_cast<double>(i + 1);
    const auto window = static_cast<double>(o.window);
    if (o.weight == DistanceWeight::kHarmonic) weights[i] = 1 / distance;
    if (o.weight == DistanceWeight::kLinear) weights[i] = (window - distance + 1) / window;
    weights[i] = std::round(weights[i] * 0x1p24) * 0x1p-24;
  }
  return weights;
}

struct Range {
  std::size_t begin;
  std::size_t end;
};

// Cuts rows into ranges of about `words` words of the corpus, one row at least.
std::vector<Range> cut(Range rows, std::span<const std::uint64_t> counts, std::uint64_t words) {
  std::vector<Range> out;
  std::size_t begin = rows.begin;
  std::uint64_t sum = 0;
  for (std::size_t row = rows.begin; row < rows.end; ++row) {
    if (row > begin && sum + counts[row] > words) {
      out.push_back({begin, row});
      begin = row;
      sum = 0;
    }
    sum += counts[row];
  }
  if (begin < rows.end) out.push_back({begin, rows.end});
  return out;
}

// Where the words of a range of rows stand in the corpus, in order.
class Places {
 public:
  Places(std::span<const std::uint32_t> ids, Range rows, std::span<const std::uint64_t> counts)
      : begin_(rows.begin), starts_(rows.end - rows.begin + 1) {
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
      starts_[row - begin_ + 1] = starts_[row - begin_] + counts[row];
    }
    places_.resize(starts_.back());
    std::vector<std::uint64_t> next(starts_.begin(), starts_.end() - 1);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      // Words before the range and ends of sentences become large numbers.
      const std::size_t row = std::size_t{ids[i]} - begin_;
      if (row < next.size()) places_[next[row]++] = i;
    }
  }
  std::span<const std::uint64_t> of(std::size_t row) const {
    const std::uint64_t* places = places_.data();
    return {places + starts_[row - begin_], places + starts_[row - begin_ + 1]};
  }

 private:
  std::size_t begin_;
  std::vector<std::uint64_t> starts_;
  std::vector<std::uint64_t> places_;
};

// Rows that one task found.
struct Rows {
  std::vector<std::uint64_t> ends;  // behind each row, among the columns
  std::vector<std::uint32_t> columns;
  std::vector<std::uint32_t> counts;  // the bits of f32
};

class RowCounter {
 public:
  RowCounter(std::span<const std::uint32_t> ids, std::size_t words, const CooccurrenceOptions& o)
      : ids_(ids),
        weights_(distance_weights(o)),
        both_sides_(o.sides == WindowSides::kBoth),
        sums_(words),
        found_(words + 1),
        marks_((words + 63) / 64) {}

  void count(std::span<const std::uint64_t> places, Rows& out) {
    std::size_t found = 0;
    for (const std::uint64_t place : places) {
      found = add_side<-1>(place, std::min<std::size_t>(weights_.size(), place), found);
      // The end of the last sentence ends the corpus.
      if (both_sides_) found = add_side<1>(place, weights_.size(), found);
    }
    found_count_ = found;
    sort_found();
    for (std::size_t i = 0; i < found_count_; ++i) {
      double& sum = sums_[found_[i]];
      out.columns.push_back(found_[i]);
      out.counts.push_back(std::bit_cast<std::uint32_t>(static_cast<float>(sum)));
      sum = 0;
    }
    out.ends.push_back(out.columns.size());
  }

 private:
  // Adds the words on one side of a place up to the end of the sentence; returns how many were
  // found in all, of which there were `found` before.
  template <std::ptrdiff_t kStep>
  std::size_t add_side(std::uint64_t place, std::size_t reach, std::size_t found) {
    const std::uint32_t* word = ids_.data() + place;
    const double* weights = weights_.data();
    double* sums = sums_.data();
    std::uint32_t* list = found_.data();
    for (std::size_t d = 0; d < reach; ++d) {
      word += kStep;
      if (*word == WordCorpus::kSentenceEnd) break;
      // Without a branch on what is new, which cannot be predicted: every eighth or so.
      const double sum = sums[*word];
      list[found] = *word;
      found += sum == 0 ? 1 : 0;
      sums[*word] = sum + weights[d];
    }
    return found;
  }

  // Long rows by marks in a bitmap, which costs a look at 64 words for each of its words.
  void sort_found() {
    if (found_count_ < marks_.size() / 4) {
      std::sort(found_.begin(), found_.begin() + static_cast<std::ptrdiff_t>(found_count_));
      return;
    }
    for (std::size_t i = 0; i < found_count_; ++i) {
      marks_[found_[i] / 64] |= std::uint64_t{1} << (found_[i] % 64);
    }
    std::size_t out = 0;
    for (std::size_t m = 0; m < marks_.size(); ++m) {
      for (std::uint64_t marks = marks_[m]; marks != 0; marks &= marks - 1) {
        found_[out++] = static_cast<std::uint32_t>(m * 64 + std::countr_zero(marks));
      }
      marks_[m] = 0;
    }
  }

  std::span<const std::uint32_t> ids_;
  std::vector<double> weights_;
  bool both_sides_;
  std::vector<double> sums_;          // [words], zero but for those found
  std::vector<std::uint32_t> found_;  // one more than there are words: add_side() writes first
  std::size_t found_count_ = 0;
  std::vector<std::uint64_t> marks_;
};

}  // namespace

Cooccurrences Cooccurrences::count(const WordCorpus& corpus, const CooccurrenceOptions& options,
                                   const Progress& progress) {
  check(options);
  const std::span<const std::uint32_t> ids = corpus.ids();
  const std::span<const std::uint64_t> word_counts = corpus.vocabulary().counts();
  const std::size_t words = word_counts.size();
  ThreadPool pool(std::max<std::size_t>(options.threads, 1));
  std::vector<RowCounter> counters(pool.size(), RowCounter(ids, words, options));
  std::vector<Rows> found(pool.size() * kTasksAtOnce);
  Cooccurrences out;
  IdFile columns(options.temporary_directory);
  IdFile counts(options.temporary_directory);
  std::uint64_t done = 0;
  for (const Range& pass :
       cut({0, words}, word_counts, options.max_bytes / sizeof(std::uint64_t))) {
    const Places places(ids, pass, word_counts);
    const std::vector<Range> tasks = cut(pass, word_counts, kTaskWords);
    for (std::size_t first = 0; first < tasks.size(); first += found.size()) {
      const std::size_t now = std::min(found.size(), tasks.size() - first);
      pool.parallel_for(now, [&](std::size_t task, std::size_t worker) {
        found[task] = {};
        for (std::size_t row = tasks[first + task].begin; row < tasks[first + task].end; ++row) {
          counters[worker].count(places.of(row), found[task]);
        }
      });
      for (const Rows& rows : std::span(found).first(now)) {
        const std::uint64_t before = out.size();
        for (const std::uint64_t end : rows.ends) out.row_starts_.push_back(before + end);
        columns.append(rows.columns);
        counts.append(rows.counts);
      }
      for (std::size_t row = tasks[first].begin; row < tasks[first + now - 1].end; ++row) {
        done += word_counts[row];
      }
      if (progress) progress(done, corpus.words());
    }
  }
  out.columns_ = columns.finish();
  const std::span<std::uint32_t> bits = counts.finish();
  out.counts_ = {reinterpret_cast<float*>(bits.data()), bits.size()};
  out.column_file_ = std::move(columns);
  out.count_file_ = std::move(counts);
  return out;
}

}  // namespace sememe::train
