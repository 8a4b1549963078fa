#include "train/cooccurrences.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "sememe/error.h"
#include "train/corpus_testing.h"
#include "train/sampling.h"

namespace sememe::train {
namespace {

// Sentences of 1 to 40 of 600 words, a few of them most of the time.
WordCorpus random_corpus() {
  std::string text;
  Random random(3);
  for (int sentence = 0; sentence < 400; ++sentence) {
    const std::uint32_t length = 1 + random.below(40);
    for (std::uint32_t i = 0; i < length; ++i) {
      text += "w" + std::to_string(random.below(1 + random.below(1 + random.below(600)))) + " ";
    }
    text += "\n";
  }
  return corpus_of(text);
}

using ExpectedCounts = std::map<std::pair<std::uint32_t, std::uint32_t>, double>;

double weight_at(std::size_t distance, const CooccurrenceOptions& o) {
  const auto d = static_cast<double>(distance);
  const auto w = static_cast<double>(o.window);
  if (o.weight == DistanceWeight::kHarmonic) return 1 / d;
  return o.weight == DistanceWeight::kLinear ? (w - d + 1) / w : 1;
}

// Every pair of places of every sentence.
ExpectedCounts slow_count(const WordCorpus& corpus, const CooccurrenceOptions& o) {
  ExpectedCounts matrix;
  std::vector<std::uint32_t> sentence;
  for (const std::uint32_t id : corpus.ids()) {
    if (id != WordCorpus::kSentenceEnd) {
      sentence.push_back(id);
      continue;
    }
    for (std::size_t i = 0; i < sentence.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (i - j > o.window) continue;
        matrix[{sentence[i], sentence[j]}] += weight_at(i - j, o);
        if (o.sides == WindowSides::kBoth) {
          matrix[{sentence[j], sentence[i]}] += weight_at(i - j, o);
        }
      }
    }
    sentence.clear();
  }
  return matrix;
}

void expect_matrix(const Cooccurrences& found, const ExpectedCounts& expected, std::size_t words) {
  ASSERT_EQ(found.rows(), words);
  ASSERT_EQ(found.size(), expected.size());
  auto next = expected.begin();
  for (std::uint32_t row = 0; row < words; ++row) {
    for (std::uint64_t i = found.row_starts()[row]; i < found.row_starts()[row + 1]; ++i, ++next) {
      ASSERT_EQ(row, next->first.first);
      ASSERT_EQ(found.columns()[i], next->first.second);
      ASSERT_NEAR(found.counts()[i] / next->second, 1, 1e-6);
    }
  }
}

TEST(Cooccurrences, AreThoseOfEveryPairOfPlaces) {
  const WordCorpus corpus = random_corpus();
  for (const std::size_t window : {1UL, 10UL, 100UL}) {
    for (const WindowSides sides : {WindowSides::kBoth, WindowSides::kLeft}) {
      for (const DistanceWeight weight :
           {DistanceWeight::kHarmonic, DistanceWeight::kLinear, DistanceWeight::kFlat}) {
        CooccurrenceOptions options;
        options.window = window;
        options.sides = sides;
        options.weight = weight;
        expect_matrix(Cooccurrences::count(corpus, options), slow_count(corpus, options),
                      corpus.vocabulary().size());
      }
    }
  }
}

TEST(Cooccurrences, AreTheSameBitsForAnyThreadsAndMemory) {
  const WordCorpus corpus = random_corpus();
  CooccurrenceOptions options;
  const Cooccurrences expected = Cooccurrences::count(corpus, options);
  for (const std::size_t threads : {1UL, 2UL, 4UL}) {
    for (const std::size_t bytes : {0UL, 20000UL, std::size_t{1} << 30}) {
      options.threads = threads;
      options.max_bytes = bytes;
      std::uint64_t done = 0;
      const Cooccurrences found = Cooccurrences::count(
          corpus, options, [&](std::uint64_t now, std::uint64_t) { done = now; });
      EXPECT_EQ(done, corpus.words());
      EXPECT_TRUE(std::ranges::equal(found.row_starts(), expected.row_starts()));
      EXPECT_TRUE(std::ranges::equal(found.columns(), expected.columns()));
      EXPECT_TRUE(std::ranges::equal(found.counts(), expected.counts()));
    }
  }
}

TEST(Cooccurrences, OfBothSidesAreSymmetricBitForBit) {
  const WordCorpus corpus = random_corpus();
  const Cooccurrences found = Cooccurrences::count(corpus, {});
  std::map<std::pair<std::uint32_t, std::uint32_t>, float> counts;
  for (std::uint32_t row = 0; row < found.rows(); ++row) {
    for (std::uint64_t i = found.row_starts()[row]; i < found.row_starts()[row + 1]; ++i) {
      counts[{row, found.columns()[i]}] = found.counts()[i];
    }
  }
  for (const auto& [pair, count] : counts) {
    ASSERT_EQ(count, counts.at({pair.second, pair.first}));
  }
}

TEST(Cooccurrences, EndWithTheSentence) {
  const WordCorpus corpus = corpus_of("one two\nthree\n");
  const Cooccurrences found = Cooccurrences::count(corpus, {});
  EXPECT_EQ(found.size(), 2U);
  EXPECT_EQ(found.rows(), 3U);
}

TEST(Cooccurrences, RefuseAWindowOutOfRange) {
  const WordCorpus corpus = corpus_of("one two\n");
  for (const std::size_t window : {0UL, 1001UL}) {
    CooccurrenceOptions options;
    options.window = window;
    try {
      Cooccurrences::count(corpus, options);
      ADD_FAILURE() << "window " << window;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    }
  }
}

}  // namespace
}  // namespace sememe::train
