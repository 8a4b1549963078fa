#include "train/word2vec.h"
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "sememe/error.h"
#include "train/corpus_testing.h"
#include "train/sampling.h"

namespace sememe::train {
namespace {

constexpr std::size_t kTopics = 10;
constexpr std::size_t kTopicWords = 20;

// Sentences whose words are all of one topic: "t3w17".
WordCorpus topic_corpus(int sentences = 6000) {
  std::string text;
  Random random(5);
  for (int sentence = 0; sentence < sentences; ++sentence) {
    const std::uint32_t topic = random.below(kTopics);
    for (int i = 0; i < 12; ++i) {
      text += "t" + std::to_string(topic) + "w" + std::to_string(random.below(kTopicWords)) + " ";
    }
    text += "\n";
  }
  return corpus_of(text);
}

std::string topic_of(std::string_view word) { return std::string(word.substr(0, word.find('w'))); }

// The share of words whose nearest other word is of their topic.
double topics_found(const WordCorpus& corpus, const VectorTable& vectors) {
  std::size_t found = 0;
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    std::size_t nearest = i == 0 ? 1 : 0;
    for (std::size_t j = 0; j < vectors.rows(); ++j) {
      if (j == i) continue;
      if (cosine(vectors.values(i), vectors.values(j)) >
          cosine(vectors.values(i), vectors.values(nearest))) {
        nearest = j;
      }
    }
    if (topic_of(corpus.vocabulary().word(i)) == topic_of(corpus.vocabulary().word(nearest))) {
      ++found;
    }
  }
  return static_cast<double>(found) / static_cast<double>(vectors.rows());
}

Word2VecOptions small_options(Architecture architecture) {
  Word2VecOptions options;
  options.architecture = architecture;
  options.dim = 24;
  options.sample = 0;
  options.epochs = 3;
  return options;
}

TEST(Word2Vec, PutsWordsOfATopicTogether) {
  const WordCorpus corpus = topic_corpus();
  struct Case {
    Architecture architecture;
    Objective objective;
  };
  for (const Case& c : {Case{Architecture::kSkipGram, Objective::kNegativeSampling},
                        Case{Architecture::kCbow, Objective::kNegativeSampling},
                        Case{Architecture::kSkipGram, Objective::kHierarchicalSoftmax},
                        Case{Architecture::kCbow, Objective::kHierarchicalSoftmax}}) {
    for (const bool deterministic : {false, true}) {
      Word2VecOptions options = small_options(c.architecture);
      options.objective = c.objective;
      options.threads = 2;
      options.deterministic = deterministic;
      Word2Vec model(corpus, options);
      EXPECT_LT(topics_found(corpus, model.vectors()), 0.3);
      double first_loss = 0;
      double last_loss = 0;
      std::uint64_t words = 0;
      EXPECT_TRUE(model.train([&](const TrainingProgress& progress) {
        if (first_loss == 0) first_loss = progress.loss;
        last_loss = progress.loss;
        words = std::max(words, progress.words);
        EXPECT_EQ(progress.total_words, 3 * corpus.words());
        return true;
      }));
      EXPECT_GT(topics_found(corpus, model.vectors()), 0.99);
      EXPECT_LT(last_loss, first_loss);
    }
  }
}

// Every word shares n-grams with those of its topic and with those of its number.
TEST(Word2Vec, LearnsSubwords) {
  const WordCorpus corpus = topic_corpus();
  Word2VecOptions options = small_options(Architecture::kSkipGram);
  options.subwords = {.shortest = 2, .longest = 3, .buckets = 5000};
  for (const auto objective : {Objective::kNegativeSampling, Objective::kHierarchicalSoftmax}) {
    options.objective = objective;
    Word2Vec model(corpus, options);
    EXPECT_TRUE(model.train());
    EXPECT_EQ(model.input().rows(), corpus.vocabulary().size() + 5000);
    EXPECT_EQ(model.vectors().rows(), corpus.vocabulary().size());
    EXPECT_GT(topics_found(corpus, model.vectors()), 0.99);
  }
}

TEST(Word2Vec, GivesTheSameBytesForTheSameSeedAndOthersForAnother) {
  const WordCorpus corpus = topic_corpus();
  Word2VecOptions options = small_options(Architecture::kSkipGram);
  options.epochs = 1;
  Word2Vec a(corpus, options);
  Word2Vec b(corpus, options);
  options.seed = 2;
  Word2Vec other(corpus, options);
  for (Word2Vec* model : {&a, &b, &other}) model->train();
  EXPECT_TRUE(same_bytes(a.input(), b.input()));
  EXPECT_TRUE(same_bytes(a.output(), b.output()));
  EXPECT_FALSE(same_bytes(a.input(), other.input()));
}

// Rows of one, two and four slices, fewer and more threads than slices, every kind of step.
TEST(Word2Vec, DeterministicGivesTheSameBytesForAnyNumberOfThreads) {
  const WordCorpus corpus = topic_corpus(500);
  struct Case {
    std::size_t dim;
    Architecture architecture;
    Objective objective;
    std::size_t longest;  // n-gram
  };
  for (const Case& c : {Case{40, Architecture::kSkipGram, Objective::kNegativeSampling, 0},
                        Case{100, Architecture::kSkipGram, Objective::kNegativeSampling, 0},
                        Case{260, Architecture::kSkipGram, Objective::kNegativeSampling, 0},
                        Case{100, Architecture::kCbow, Objective::kNegativeSampling, 0},
                        Case{100, Architecture::kSkipGram, Objective::kHierarchicalSoftmax, 0},
                        Case{100, Architecture::kSkipGram, Objective::kNegativeSampling, 3}}) {
    Word2VecOptions options = small_options(c.architecture);
    options.dim = c.dim;
    options.epochs = 1;
    options.objective = c.objective;
    options.subwords = {.shortest = 3, .longest = c.longest, .buckets = 1000};
    options.deterministic = true;
    const auto trained = [&](std::size_t threads, double& loss) {
      options.threads = threads;
      Word2Vec model(corpus, options);
      EXPECT_TRUE(model.train([&](const TrainingProgress& progress) {
        loss = progress.loss;
        return true;
      }));
      return model;
    };
    double expected_loss = 0;
    const Word2Vec expected = trained(1, expected_loss);
    for (const std::size_t threads : {2UL, c.dim > 200 ? 7UL : 3UL}) {
      double loss = 0;
      const Word2Vec model = trained(threads, loss);
      EXPECT_TRUE(same_bytes(model.input(), expected.input())) << c.dim << " " << threads;
      EXPECT_TRUE(same_bytes(model.output(), expected.output())) << c.dim << " " << threads;
      EXPECT_EQ(loss, expected_loss);
    }
    EXPECT_GT(expected_loss, 0);
  }
}

TEST(Word2Vec, DeterministicStopsAndGoesOnToTheSameBytes) {
  const WordCorpus corpus = topic_corpus();
  Word2VecOptions options = small_options(Architecture::kSkipGram);
  options.deterministic = true;
  options.threads = 2;
  Word2Vec straight(corpus, options);
  straight.train();
  Word2Vec stopped(corpus, options);
  EXPECT_FALSE(stopped.train([](const TrainingProgress&) { return false; }));
  EXPECT_FALSE(same_bytes(straight.input(), stopped.input()));
  EXPECT_THROW(stopped.train([](const TrainingProgress&) -> bool {
    throw Error(ErrorCode::kIo, "no more room");
  }),
               Error);
  EXPECT_TRUE(stopped.train());
  EXPECT_TRUE(same_bytes(straight.input(), stopped.input()));
}

// A batch takes all steps of a word from one place: there must be few of them.
TEST(Word2Vec, DeterministicStaysStableWithFewWords) {
  std::string text;
  Random random(5);
  for (int i = 0; i < 60000; ++i) {
    text += "w" + std::to_string(random.below(3)) + (i % 10 == 9 ? "\n" : " ");
  }
  const WordCorpus corpus = corpus_of(text);
  Word2VecOptions options = small_options(Architecture::kSkipGram);
  options.deterministic = true;
  Word2Vec model(corpus, options);
  EXPECT_TRUE(model.train());
  const VectorTable vectors = model.vectors();
  for (const float value : vectors.values(0)) EXPECT_LT(std::abs(value), 1);
}

TEST(Word2Vec, SaysWhenItDiverges) {
  const WordCorpus corpus = topic_corpus();
  for (const bool deterministic : {false, true}) {
    Word2VecOptions options = small_options(Architecture::kSkipGram);
    options.rate = 10;
    options.epochs = 50;
    options.deterministic = deterministic;
    Word2Vec model(corpus, options);
    try {
      model.train();
      FAIL() << "a rate of 10 should be too much";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
      EXPECT_NE(std::string(error.what()).find("10"), std::string::npos);
    }
  }
}

TEST(Word2Vec, StopsWhenToldAndGoesOnToTheSameBytes) {
  const WordCorpus corpus = topic_corpus();
  const Word2VecOptions options = small_options(Architecture::kCbow);
  Word2Vec straight(corpus, options);
  straight.train();
  Word2Vec stopped(corpus, options);
  int calls = 0;
  EXPECT_FALSE(stopped.train([&](const TrainingProgress&) { return ++calls < 5; }));
  EXPECT_EQ(calls, 5);
  EXPECT_FALSE(same_bytes(straight.input(), stopped.input()));
  EXPECT_TRUE(stopped.train());
  EXPECT_TRUE(same_bytes(straight.input(), stopped.input()));
}

TEST(Word2Vec, StopsAtTheSameWordWithAnyNumberOfThreads) {
  const WordCorpus corpus = topic_corpus();
  Word2VecOptions options = small_options(Architecture::kSkipGram);
  options.deterministic = true;
  const auto paused = [&](std::size_t threads) {
    options.threads = threads;
    Word2Vec model(corpus, options);
    EXPECT_FALSE(model.train({}, 1));
    EXPECT_EQ(model.words_done(), corpus.words_before(1));
    EXPECT_FALSE(model.train({}, corpus.words() + 1));
    EXPECT_EQ(model.words_done(), corpus.words() + corpus.words_before(1));
    EXPECT_FALSE(model.train({}, corpus.words()));  // are done
    return model;
  };
  Word2Vec one = paused(1);
  Word2Vec two = paused(2);
  EXPECT_TRUE(same_bytes(one.vectors(), two.vectors()));
  EXPECT_TRUE(two.train());
  options.deterministic = false;
  Word2Vec asynchronous = paused(2);
  EXPECT_TRUE(asynchronous.train());
}

TEST(Word2Vec, PaddingOfRowsStaysZero) {
  const WordCorpus corpus = topic_corpus();
  Word2Vec model(corpus, small_options(Architecture::kSkipGram));
  model.train();
  for (std::size_t i = 0; i < model.input().rows(); ++i) {
    for (std::size_t d = 24; d < 32; ++d) ASSERT_EQ(model.input().row(i)[d], 0.0F);
  }
}

TEST(Word2Vec, RefusesOptionsOutOfRange) {
  const WordCorpus corpus = topic_corpus();
  const auto refused = [&](auto change) {
    Word2VecOptions options;
    change(options);
    try {
      Word2Vec model(corpus, options);
    } catch (const Error& error) {
      return error.code() == ErrorCode::kInvalidArgument;
    }
    return false;
  };
  EXPECT_TRUE(refused([](Word2VecOptions& o) { o.dim = 0; }));
  EXPECT_TRUE(refused([](Word2VecOptions& o) { o.dim = 5000; }));
  EXPECT_TRUE(refused([](Word2VecOptions& o) { o.window = 33; }));
  EXPECT_TRUE(refused([](Word2VecOptions& o) { o.negative = 0; }));
  EXPECT_TRUE(refused([](Word2VecOptions& o) { o.epochs = 0; }));
  EXPECT_TRUE(refused([](Word2VecOptions& o) { o.rate = NAN; }));
}

}  // namespace
}  // namespace sememe::train
