#include "train/glove.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "kernels/glove.h"
#include "sememe/error.h"
#include "train/corpus_testing.h"
#include "train/sampling.h"

namespace sememe::train {
namespace {

constexpr std::size_t kTopics = 10;
constexpr std::size_t kTopicWords = 20;

// Sentences whose words are all of one topic: "t3w17".
const WordCorpus& topic_corpus() {
  static const WordCorpus corpus = [] {
    std::string text;
    Random random(5);
    for (int sentence = 0; sentence < 4000; ++sentence) {
      const std::uint32_t topic = random.below(kTopics);
      for (int i = 0; i < 12; ++i) {
        // One word in four is of any topic: those pairs are rare, but there.
        const std::uint32_t from = random.below(4) == 0 ? random.below(kTopics) : topic;
        text += "t" + std::to_string(from) + "w" + std::to_string(random.below(kTopicWords)) + " ";
      }
      text += "\n";
    }
    return corpus_of(text);
  }();
  return corpus;
}

Cooccurrences topic_pairs() { return Cooccurrences::count(topic_corpus(), {}); }

std::string topic_of(std::size_t id) {
  const std::string_view word = topic_corpus().vocabulary().word(id);
  return std::string(word.substr(0, word.find('w')));
}

// The share of words whose nearest other word is of their topic.
double topics_found(const VectorTable& vectors) {
  std::size_t found = 0;
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    std::size_t nearest = i == 0 ? 1 : 0;
    for (std::size_t j = 0; j < vectors.rows(); ++j) {
      if (j != i && cosine(vectors.values(i), vectors.values(j)) >
                        cosine(vectors.values(i), vectors.values(nearest))) {
        nearest = j;
      }
    }
    found += topic_of(i) == topic_of(nearest) ? 1 : 0;
  }
  return static_cast<double>(found) / static_cast<double>(vectors.rows());
}

GloveOptions small_glove() {
  GloveOptions options;
  options.dim = 24;
  options.epochs = 10;
  return options;
}

TEST(Glove, FindsTopicsAndItsLossFalls) {
  Glove model(topic_pairs(), small_glove());
  std::vector<double> losses;
  EXPECT_TRUE(model.train([&](const GloveProgress& now) {
    EXPECT_EQ(now.total_pairs, 10 * model.pairs());
    if (now.pairs % model.pairs() == 0) losses.push_back(now.loss);
    return true;
  }));
  ASSERT_EQ(losses.size(), 10U);
  EXPECT_LT(losses.back(), 0.5 * losses.front());
  EXPECT_NEAR(model.loss(), losses.back(), 1e-9);
  EXPECT_GE(topics_found(model.vectors()), 0.99);
}

TEST(Glove, GivesTheSameBytesForASeedWithAnyThreads) {
  GloveOptions options = small_glove();
  Glove one(topic_pairs(), options);
  one.train();
  for (const std::size_t threads : {1UL, 2UL, 4UL, 7UL}) {
    options.threads = threads;
    Glove many(topic_pairs(), options);
    many.train();
    EXPECT_TRUE(same_bytes(one.vectors(), many.vectors())) << threads;
    EXPECT_EQ(one.loss(), many.loss());
  }
  options.seed = 2;
  Glove other(topic_pairs(), options);
  other.train();
  EXPECT_FALSE(same_bytes(one.vectors(), other.vectors()));
}

TEST(Glove, StopsWhenAsked) {
  for (const std::size_t threads : {1UL, 3UL}) {
    GloveOptions options = small_glove();
    options.threads = threads;
    Glove model(topic_pairs(), options);
    std::size_t calls = 0;
    EXPECT_FALSE(model.train([&](const GloveProgress&) { return ++calls < 3; }));
    EXPECT_LT(calls, 3 + threads);
    const VectorTable vectors = model.vectors();
    for (std::size_t i = 0; i < vectors.rows(); ++i) {
      for (const float value : vectors.values(i)) ASSERT_TRUE(std::isfinite(value));
    }
  }
}

TEST(Glove, NamesTheEpochThatDiverged) {
  GloveOptions options = small_glove();
  options.rate = 10;
  options.threads = 2;
  options.epochs = 200;
  Glove model(topic_pairs(), options);
  try {
    model.train();
    ADD_FAILURE() << "loss " << model.loss();
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("in epoch "), std::string::npos) << message;
    EXPECT_NE(message.find("lower learning rate than 10"), std::string::npos) << message;
  }
}

TEST(Glove, RefusesWhatItCannotLearnFrom) {
  const auto refused = [](auto change) {
    GloveOptions options = small_glove();
    change(options);
    try {
      const Glove model(topic_pairs(), options);
      return false;
    } catch (const Error& error) {
      return error.code() == ErrorCode::kInvalidArgument;
    }
  };
  EXPECT_TRUE(refused([](GloveOptions& o) { o.dim = 0; }));
  EXPECT_TRUE(refused([](GloveOptions& o) { o.dim = 4097; }));
  EXPECT_TRUE(refused([](GloveOptions& o) { o.x_max = 0; }));
  EXPECT_TRUE(refused([](GloveOptions& o) { o.power = -1; }));
  EXPECT_TRUE(refused([](GloveOptions& o) { o.rate = 0; }));
  EXPECT_TRUE(refused([](GloveOptions& o) { o.epochs = 0; }));
  EXPECT_FALSE(refused([](GloveOptions&) {}));
  EXPECT_THROW(Glove({}, small_glove()), Error);
}

// Every pair once, with its logarithm, in its block; no group crosses what the kernel may take as
// one step.
TEST(GloveBlocks, HoldEveryPairOnce) {
  const Cooccurrences matrix = topic_pairs();
  std::map<std::pair<std::size_t, std::size_t>, float> expected;
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    for (std::uint64_t i = matrix.row_starts()[row]; i < matrix.row_starts()[row + 1]; ++i) {
      expected[{row, matrix.columns()[i]}] = matrix.counts()[i];
    }
  }
  for (const std::size_t most_rows : {1UL, 3UL, 65536UL}) {
    const GloveBlocks blocks(topic_pairs(), most_rows, 1, 2);
    auto left = expected;
    for (std::size_t i = 0; i < blocks.parts(); ++i) {
      EXPECT_LE(blocks.first_word(i + 1) - blocks.first_word(i), most_rows);
      for (std::size_t j = 0; j < blocks.parts(); ++j) {
        const std::span<const std::uint32_t> pairs = blocks.pairs(i, j);
        for (std::size_t k = 0; k < pairs.size(); ++k) {
          const auto found = left.find({blocks.first_word(i) + (pairs[k] >> 16),
                                        blocks.first_word(j) + (pairs[k] & 0xFFFF)});
          ASSERT_NE(found, left.end());
          ASSERT_FLOAT_EQ(std::exp(blocks.logs(i, j)[k]), found->second);
          left.erase(found);
        }
      }
    }
    EXPECT_TRUE(left.empty());
  }
}

}  // namespace
}  // namespace sememe::train
