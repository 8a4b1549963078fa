#include "search/static_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/file.h"
#include "search/golden_testing.h"
#include "sememe/embedder.h"
#include "sememe/error.h"

namespace sememe {
namespace {

bool same_bits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

class StaticGolden : public testing::TestWithParam<const char*> {};

// Expected values: model2vec 0.10.0 and sentence-transformers 6.2.0, tools/golden/make_static.py.
TEST_P(StaticGolden, VectorsAndTokensAreThoseOfTheModelsOwnProgram) {
  const Golden golden = read_golden(GetParam());
  ASSERT_GE(golden.texts.size(), 80U);
  const Embedder embedder = Embedder::open(model_path(GetParam()), {.threads = 1});
  const Embeddings found = embedder.embed_batch(golden.views());
  EXPECT_EQ(found.tokens, golden.tokens);
  ASSERT_EQ(found.vectors.values.size(), golden.vectors.values.size());
  float largest = 0;
  for (std::size_t i = 0; i < golden.vectors.values.size(); ++i) {
    largest = std::max(largest, std::abs(found.vectors.values[i] - golden.vectors.values[i]));
  }
  EXPECT_LE(largest, 1e-6F);
}

TEST_P(StaticGolden, ATextHasTheSameBitsInAnyCompany) {
  const Golden golden = read_golden(GetParam());
  const Embedder embedder = Embedder::open(model_path(GetParam()), {.threads = 1});
  const Embedder threads = Embedder::open(model_path(GetParam()), {.threads = 4});
  std::vector<std::string_view> many;
  for (int i = 0; i < 4; ++i) {
    for (const std::string& text : golden.texts) many.emplace_back(text);
  }
  std::ranges::reverse(many);
  const Embeddings once = embedder.embed_batch(golden.views());
  const Embeddings often = threads.embed_batch(many);
  const std::size_t count = golden.texts.size();
  for (std::size_t i = 0; i < many.size(); ++i) {
    ASSERT_TRUE(same_bits(often.vectors.row(i), once.vectors.row(count - 1 - i % count))) << i;
  }
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_TRUE(same_bits(embedder.embed(golden.texts[i]), once.vectors.row(i))) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Models, StaticGolden,
                         testing::Values("static-f32", "static-f16", "static-int8", "static-st",
                                         "static-st-old"));

TEST(StaticEmbedder, TextsWithoutKnownTokensAreZero) {
  const Embedder embedder = Embedder::open(model_path("static-f32"), {.threads = 1});
  for (const std::string_view text : {"", " \n", "\xE2\x98\x83", "\xE2\x98\x83 \xE2\x98\x83"}) {
    const std::vector<float> vector = embedder.embed(text);
    EXPECT_EQ(vector, std::vector<float>(embedder.dim(), 0.0F)) << text;
  }
}

TEST(StaticEmbedder, SaysWhatItIs) {
  const ModelInfo info = Embedder::open(model_path("static-int8"), {.threads = 1}).info();
  EXPECT_EQ(info.architecture, "static");
  EXPECT_EQ(info.pooling, "mean");
  EXPECT_EQ(info.weights_type, "i8");
  EXPECT_TRUE(info.normalized);
  EXPECT_EQ(info.dim, 36U);
  EXPECT_EQ(info.max_tokens, 512U);
  EXPECT_EQ(info.vocabulary_size, 800U);
  EXPECT_EQ(info.layers, 0U);
}

TEST(StaticEmbedder, CountsTheTokensOfTextsCutByCharacters) {
  const Embedder embedder = Embedder::open(model_path("static-f32"), {.threads = 1});
  const std::string blank(130, ' ');  // 24 tokens of 5 characters each are 120
  const std::string text = blank + "river bank";
  const std::string_view view = text;
  const Embeddings found = embedder.embed_batch({&view, 1});
  EXPECT_EQ(found.tokens[0], 0U);
  EXPECT_EQ(found.token_counts[0], 2U);
  EXPECT_EQ(found.truncated_count(), 1U);
}

TEST(StaticEmbedder, RefusesInvalidUtf8WhereverItStands) {
  const Embedder embedder = Embedder::open(model_path("static-f32"), {.threads = 1});
  for (const std::size_t at : {0U, 50U, 500U}) {
    std::string text(600, 'a');
    text[at] = '\xFF';
    EXPECT_THROW(embedder.embed(text), Error) << at;
  }
}

TEST(StaticReaderTest, CutsAtWholeCharacters) {
  const Tokenizer tokenizer = Tokenizer::from_json(
      read_file(Path(model_path("static-f32")) / "tokenizer.json"), "tokenizer.json");
  model::ModelConfig config;
  config.max_tokens = 2;
  config.reading = {.drop_unknown = false, .cut_characters = true};
  const StaticReader reader(tokenizer, config);
  Encoding out;
  // The median token has 4 or 5 characters; Han characters are a token of three bytes each.
  std::string text;
  for (int i = 0; i < 30; ++i) text += "\xE5\xA5\xBD";
  const TokensRead tokens = reader.read(text, out);
  EXPECT_EQ(tokens.read, 2U);
  EXPECT_EQ(tokens.all, 30U);
  EXPECT_EQ(tokenizer.token(out.ids[1]), "\xE5\xA5\xBD");
}

}  // namespace
}  // namespace sememe
