#include "train/fasttext_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "vectors/fasttext_file.h"

namespace sememe::train {
namespace {

class FastTextWriter : public testing::Test {
 protected:
  void SetUp() override {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    home_ = Path(testing::TempDir()) / ("fasttext-writer-" + name);
    std::filesystem::create_directories(home_);
    std::string text;
    for (int i = 0; i < 200; ++i) text += "apple pear plum\nzinc tin\n";
    write_file_atomic(home_ / "corpus", text);
    CorpusOptions reading;
    reading.files = {home_ / "corpus"};
    reading.min_count = 2;
    corpus_ = WordCorpus::read(reading);
  }
  void TearDown() override { std::filesystem::remove_all(home_); }

  Path home_;
  WordCorpus corpus_;
};

TEST_F(FastTextWriter, WordsReadBackAsTrainingHasThem) {
  for (const std::size_t longest : {0, 4}) {
    const Word2VecOptions options = {
        .dim = 7, .subwords = {.shortest = 2, .longest = longest, .buckets = 50}};
    Word2Vec model(corpus_, options);
    model.train();
    write_fasttext_model(home_ / "model.bin", model, corpus_, options, 2);
    const vectors::WordVectors back = vectors::read_word_vectors(home_ / "model.bin");
    const VectorTable expected = model.vectors();
    ASSERT_EQ(back.size(), 5U);
    for (std::size_t i = 0; i < back.size(); ++i) {
      EXPECT_EQ(back.word(i), corpus_.vocabulary().word(i));
      EXPECT_TRUE(std::ranges::equal(back.row(i), expected.values(i))) << i;
    }
    EXPECT_EQ(back.from_ngrams("apples").has_value(), longest > 0);
  }
}

// Of five equal counts fastText makes this tree: nodes from the root on, and where the answer is
// yes.
struct Decision {
  std::size_t node;
  bool yes;
};
const std::vector<std::vector<Decision>> kTree = {{{3, true}, {2, false}},
                                                  {{3, false}, {1, true}},
                                                  {{3, false}, {1, false}},
                                                  {{3, true}, {2, true}, {0, true}},
                                                  {{3, true}, {2, true}, {0, false}}};

TEST_F(FastTextWriter, OutputsOfATreeSayWhatFastTextReadsInThem) {
  const Word2VecOptions options = {.dim = 4,
                                   .objective = Objective::kHierarchicalSoftmax,
                                   .sample = 0,
                                   .subwords = {.shortest = 2, .longest = 3, .buckets = 50}};
  Word2Vec model(corpus_, options);
  model.train();
  write_fasttext_model(home_ / "model.bin", model, corpus_, options, 2);
  const std::string bytes = read_file(home_ / "model.bin");
  // [5, 4] outputs at the end, the last of zeros: five words have four nodes.
  Matrix outputs(5, 4);
  std::memcpy(outputs.values.data(), bytes.data() + bytes.size() - 80, 80);
  EXPECT_TRUE(std::ranges::all_of(outputs.row(4), [](float value) { return value == 0; }));
  const vectors::WordVectors words = vectors::read_word_vectors(home_ / "model.bin");
  const auto probability = [&](std::size_t input, std::size_t word) {
    double product = 1;
    for (const auto& [node, yes] : kTree[word]) {
      double dot = 0;
      for (std::size_t d = 0; d < 4; ++d) dot += words.row(input)[d] * outputs.row(node)[d];
      product /= 1 + std::exp(yes ? -dot : dot);
    }
    return product;
  };
  ASSERT_EQ(words.word(3), "tin");
  ASSERT_EQ(words.word(4), "zinc");
  EXPECT_GT(probability(3, 4), 0.9);
  EXPECT_GT(probability(4, 3), 0.9);
  EXPECT_GT(probability(0, 1) + probability(0, 2), 0.9);
}

}  // namespace
}  // namespace sememe::train
