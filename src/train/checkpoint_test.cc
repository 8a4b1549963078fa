#include "train/checkpoint.h"

#include <gtest/gtest.h>

#include <string>

#include "sememe/error.h"
#include "train/corpus_testing.h"
#include "train/sampling.h"
#include "train/word2vec.h"

namespace sememe::train {
namespace {

Path temporary(const std::string& name) {
  return std::filesystem::temp_directory_path() / ("sememe-checkpoint-" + name);
}

// Sentences of words "P0" to "P39".
std::string text_of(const std::string& prefix, std::uint64_t seed) {
  std::string text;
  Random random(seed);
  for (int i = 0; i < 50000; ++i) {
    text += prefix + std::to_string(random.below(40)) + (i % 10 == 9 ? "\n" : " ");
  }
  return text;
}

Word2VecOptions small_options() {
  Word2VecOptions options;
  options.dim = 20;
  options.sample = 0;
  options.epochs = 2;
  return options;
}

// What the error of a call says.
template <class Call>
std::string error_of(ErrorCode code, const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "expected an error";
  return {};
}

TEST(Checkpoint, TrainingGoesOnToTheSameBytes) {
  const WordCorpus corpus = corpus_of(text_of("a", 1));
  const Path path = temporary("resume");
  for (const std::size_t longest : {0UL, 4UL}) {
    for (const bool deterministic : {false, true}) {
      Word2VecOptions options = small_options();
      options.deterministic = deterministic;
      options.subwords = {.shortest = 2, .longest = longest, .buckets = 100};
      Word2Vec straight(corpus, options);
      straight.train();
      Word2Vec killed(corpus, options);
      int blocks = 0;
      EXPECT_FALSE(killed.train([&](const TrainingProgress&) { return ++blocks < 3; }));
      killed.save(path);
      options.threads = deterministic ? 2 : 1;  // is none of a checkpoint's settings
      Word2Vec resumed(corpus, options);
      resumed.resume(path);
      EXPECT_EQ(resumed.words_done(), killed.words_done());
      EXPECT_GT(resumed.words_done(), 0U);
      EXPECT_TRUE(resumed.train());
      EXPECT_TRUE(same_bytes(resumed.input(), straight.input()));
      EXPECT_TRUE(same_bytes(resumed.output(), straight.output()));
    }
  }
  std::filesystem::remove(path);
}

TEST(Checkpoint, OfAnotherTrainingIsRefusedAndTheDifferenceNamed) {
  const WordCorpus corpus = corpus_of(text_of("a", 1));
  const WordCorpus other = corpus_of(text_of("a", 2));
  const Path path = temporary("other");
  const Word2VecOptions options = small_options();
  Word2Vec(corpus, options).save(path);
  Word2VecOptions wider = options;
  wider.dim = 24;
  EXPECT_NE(error_of(ErrorCode::kInvalidArgument, [&] { Word2Vec(corpus, wider).resume(path); })
                .find("\"dim 24\"; found one with \"dim 20\""),
            std::string::npos);
  EXPECT_NE(error_of(ErrorCode::kInvalidArgument, [&] { Word2Vec(other, options).resume(path); })
                .find("corpus"),
            std::string::npos);
  error_of(ErrorCode::kInvalidArgument, [&] { Word2Vec(corpus, wider).start_from(path); });
  std::filesystem::remove(path);
}

// Any byte: the head, a number, a word, a checksum.
TEST(Checkpoint, DamageIsFound) {
  const WordCorpus corpus = corpus_of(text_of("a", 1));
  const Path path = temporary("damage");
  const Word2VecOptions options = small_options();
  Word2Vec(corpus, options).save(path);
  const std::string good = read_file(path);
  Word2Vec model(corpus, options);
  model.resume(path);
  for (std::size_t i = 0; i < good.size(); i += i < 1000 ? 1 : 53) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 4);
    write_file_atomic(path, bad);
    EXPECT_THROW(model.resume(path), Error) << "byte " << i;
  }
  for (std::size_t size = 0; size < good.size(); size += 211) {
    write_file_atomic(path, good.substr(0, size));
    EXPECT_THROW(model.resume(path), Error) << size << " bytes";
  }
  std::filesystem::remove(path);
}

TEST(Checkpoint, NewTextTrainsOldWordsOnAndAddsNewOnes) {
  const Path path = temporary("more");
  const Word2VecOptions options = small_options();
  const WordCorpus first = corpus_of(text_of("a", 1) + text_of("b", 2));
  Word2Vec old(first, options);
  old.train();
  old.save(path);
  const WordVocabulary known = read_checkpoint_vocabulary(path);
  EXPECT_EQ(known.size(), first.vocabulary().size());
  const WordCorpus more = corpus_of(text_of("b", 3) + text_of("c", 4), &known);
  EXPECT_EQ(more.vocabulary().size(), 120U);
  EXPECT_EQ(more.words(), 100000U);
  Word2Vec model(more, options);
  model.start_from(path);
  const auto row = [](const WordCorpus& corpus, const VectorTable& table, std::string_view word) {
    for (std::size_t i = 0; i < corpus.vocabulary().size(); ++i) {
      if (corpus.vocabulary().word(i) == word) {
        return std::vector<float>(table.values(i).begin(), table.values(i).end());
      }
    }
    ADD_FAILURE() << word;
    return std::vector<float>();
  };
  for (const std::string_view word : {"a7", "b7"}) {
    EXPECT_EQ(row(more, model.input(), word), row(first, old.input(), word));
    EXPECT_EQ(row(more, model.output(), word), row(first, old.output(), word));
  }
  EXPECT_TRUE(model.train());
  // Old words of the new text move, those that it lacks stay as inputs.
  EXPECT_EQ(row(more, model.input(), "a7"), row(first, old.input(), "a7"));
  EXPECT_NE(row(more, model.input(), "b7"), row(first, old.input(), "b7"));
  std::filesystem::remove(path);
}

TEST(Checkpoint, ATreeCannotGoOnWithOtherCounts) {
  const WordCorpus corpus = corpus_of(text_of("a", 1));
  const Path path = temporary("tree");
  Word2VecOptions options = small_options();
  options.objective = Objective::kHierarchicalSoftmax;
  Word2Vec model(corpus, options);
  model.save(path);
  model.resume(path);
  error_of(ErrorCode::kInvalidArgument, [&] { model.start_from(path); });
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace sememe::train
