#include "sememe/embedder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/memory.h"
#include "search/golden_testing.h"
#include "sememe/error.h"
#include "vectors/similarity.h"

namespace sememe {
namespace {

float largest_difference(const Matrix& a, const Matrix& b) {
  EXPECT_EQ(a.values.size(), b.values.size());
  float largest = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    largest = std::max(largest, std::abs(a.values[i] - b.values[i]));
  }
  return largest;
}

// Of unit vectors 1; the model without normalisation gives longer ones, and errors as much larger.
float longest(const Matrix& vectors) {
  float longest = 1;
  for (std::size_t r = 0; r < vectors.rows; ++r) {
    float squares = 0;
    for (const float value : vectors.row(r)) squares += value * value;
    longest = std::max(longest, std::sqrt(squares));
  }
  return longest;
}

class EmbedderGolden : public testing::TestWithParam<const char*> {};

TEST_P(EmbedderGolden, VectorsAndTokenCountsEqualSentenceTransformers) {
  const Golden golden = read_golden(GetParam());
  ASSERT_GE(golden.texts.size(), 60U);
  const Embedder embedder =
      Embedder::open(model_path(GetParam()), {.threads = 1, .precision = Precision::kExact});
  const Embeddings found = embedder.embed_batch(golden.views());
  EXPECT_EQ(found.tokens, golden.tokens);
  EXPECT_LE(largest_difference(found.vectors, golden.vectors), 1e-5F * longest(golden.vectors));
}
INSTANTIATE_TEST_SUITE_P(Models, EmbedderGolden,
                         testing::Values("tiny-bert", "tiny-bert-cls", "tiny-bert-f16"));

class EmbedderPrecision : public testing::TestWithParam<Precision> {};

TEST_P(EmbedderPrecision, SameBitsAloneInAnyBatchInAnyOrderWithAnyThreads) {
  const Golden golden = read_golden("tiny-bert");
  const std::vector<std::string_view> texts = golden.views();
  const Embedder one =
      Embedder::open(model_path("tiny-bert"), {.threads = 1, .precision = GetParam()});
  const Embedder four =
      Embedder::open(model_path("tiny-bert"), {.threads = 4, .precision = GetParam()});
  const Matrix expected = one.embed_batch(texts).vectors;

  EXPECT_EQ(four.embed_batch(texts).vectors.values, expected.values);
  const std::vector<std::string_view> backwards(texts.rbegin(), texts.rend());
  const Matrix reversed = four.embed_batch(backwards).vectors;
  std::vector<std::string_view> many;  // enough for several batches
  for (int copy = 0; copy < 60; ++copy) many.insert(many.end(), texts.begin(), texts.end());
  const Matrix repeated = four.embed_batch(many).vectors;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto row = expected.row(i);
    EXPECT_TRUE(std::ranges::equal(row, reversed.row(texts.size() - 1 - i)));
    EXPECT_TRUE(std::ranges::equal(row, one.embed(texts[i])));
    EXPECT_TRUE(std::ranges::equal(row, repeated.row(59 * texts.size() + i)));
  }
}

TEST_P(EmbedderPrecision, IsNamedAndAsNearToExactAsItsNameSays) {
  const Golden golden = read_golden("tiny-bert");
  const Embedder embedder =
      Embedder::open(model_path("tiny-bert"), {.threads = 1, .precision = GetParam()});
  EXPECT_EQ(embedder.info().precision, GetParam());
  const Matrix found = embedder.embed_batch(golden.views()).vectors;
  double mean = 0;
  for (std::size_t i = 0; i < found.rows; ++i) {
    mean += vectors::cosine(found.row(i), golden.vectors.row(i)) / static_cast<double>(found.rows);
  }
  EXPECT_GT(mean, GetParam() == Precision::kFast ? 0.999 : 0.99999);
  if (GetParam() != Precision::kExact) {
    EXPECT_GT(largest_difference(found, golden.vectors), 1e-6F) << "computed in f32?";
  }
}
INSTANTIATE_TEST_SUITE_P(Precisions, EmbedderPrecision,
                         testing::Values(Precision::kExact, Precision::kNear, Precision::kFast),
                         [](const auto& tested) {
                           return std::string(precision_name(tested.param));
                         });

TEST(Embedder, TheDefaultPrecisionIsFast) {
  EXPECT_EQ(Embedder::open(model_path("tiny-bert"), {.threads = 1}).info().precision,
            Precision::kFast);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
std::string repeated(std::string_view pattern, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += pattern;
  return text;
}

class EmbedderMemory : public testing::TestWithParam<const char*> {};

TEST_P(EmbedderMemory, OfAHugeTextIsGivenBack) {
  const Embedder embedder = Embedder::open(model_path(GetParam()), {.threads = 2});
  embedder.embed("warm");
  // What takes the tokenizer's fast way needs little; the others are one stretch of text without a
  // space, words that lose most of their code points, and special tokens.
  const std::size_t large = std::size_t{4} << 20;
  for (const std::string& text :
       {repeated("One line that does not end, ", 12 * large), repeated("x", large),
        repeated("中文", large), repeated("\u0301\u0302", large), repeated("[SEP]", large)}) {
    const std::uint64_t before = memory_use().resident;
    EXPECT_GT(embedder.embed_batch({{std::string_view(text)}}).token_counts.size(), 0U);
    EXPECT_LT(memory_use().resident, before + (std::size_t{3} << 20)) << text.substr(0, 12);
  }
}
INSTANTIATE_TEST_SUITE_P(Models, EmbedderMemory, testing::Values("tiny-bert", "static-f32"),
                         [](const auto& tested) {
                           return std::string(tested.param).starts_with("tiny") ? "bert" : "static";
                         });
#endif

TEST(Embedder, ReportsWhatWasCutAndTheProgress) {
  const Embedder embedder = Embedder::open(model_path("tiny-bert"));
  const std::string text = [] {
    std::string out;
    for (int i = 0; i < 100; ++i) out += "word ";
    return out;
  }();
  const std::vector<std::string_view> texts = {"short", text, ""};
  std::size_t last = 0;
  const Embeddings found = embedder.embed_batch(
      texts, {.role = TextRole::kPlain, .progress = [&last](std::size_t done) { last = done; }});
  EXPECT_EQ(last, 3U);
  EXPECT_EQ(found.truncated_count(), 1U);
  EXPECT_EQ(found.tokens[1], embedder.info().max_tokens);
  EXPECT_GT(found.token_counts[1], 100U);
  EXPECT_EQ(found.tokens[2], 2U);
}

TEST(Embedder, NothingInNothingOut) {
  const Embedder embedder = Embedder::open(model_path("tiny-bert"));
  EXPECT_EQ(embedder.embed_batch({}).vectors.rows, 0U);
}

TEST(Embedder, BadUtf8IsNamedWithItsOffset) {
  const Embedder embedder = Embedder::open(model_path("tiny-bert"));
  const std::vector<std::string_view> texts = {"good", "ab\xff"};
  try {
    embedder.embed_batch(texts);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(std::string(error.what()).find("offset 2"), std::string::npos) << error.what();
  }
}

TEST(Embedder, MissingModelSaysWhereItLooked) {
  try {
    Embedder::open("no-such-model");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    EXPECT_NE(std::string(error.what()).find("no-such-model"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace sememe
