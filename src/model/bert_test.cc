#include "model/bert.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "base/json.h"
#include "model/bert_reference.h"
#include "model/test_models.h"
#include "sememe/error.h"
#include "vectors/npy.h"

namespace sememe::model {
namespace {

const Path kGolden = Path(SEMEME_GOLDEN_DIR) / "models";

BertEncoder load_for(const Path& directory, Isa isa, Precision precision = Precision::kExact) {
  ModelConfig config = read_model_config(directory);
  vectors::SafetensorsFile file =
      vectors::SafetensorsFile::open(config.transformer_directory / "model.safetensors");
  return BertEncoder(std::move(config), std::move(file), precision, isa);
}

std::vector<float> encode(const Encoder& encoder, const PackedTokens& tokens) {
  Workspace workspace;
  std::vector<float> out(tokens.batch() * encoder.info().dim);
  encoder.encode(tokens, workspace, out);
  return out;
}

std::vector<float> encode_alone(const Encoder& encoder, const PackedTokens& tokens,
                                std::size_t text) {
  const std::size_t length = tokens.starts[text + 1] - tokens.starts[text];
  const std::vector<std::size_t> starts = {0, length};
  return encode(encoder, {tokens.ids.subspan(tokens.starts[text], length), starts});
}

// Lengths 1 to the position table, more tokens than one group holds.
TestBatch mixed_batch(const TestShape& shape) {
  std::vector<std::size_t> lengths;
  for (std::size_t i = 0; i < 30; ++i) lengths.push_back(1 + i * 17 % shape.positions);
  lengths.push_back(shape.positions);
  return {lengths, shape.vocabulary, 9};
}

class BertOnRandomWeights : public testing::Test {
 protected:
  static void SetUpTestSuite() { write_bert(directory(), TestShape()); }
  static Path directory() { return Path(testing::TempDir()) / "bert-random"; }
};

TEST_F(BertOnRandomWeights, MatchesTheDoubleReferenceOnEveryTier) {
  const BertReference reference(directory());
  const TestBatch batch = mixed_batch(TestShape());
  for (const Isa isa : supported_isas()) {
    const BertEncoder encoder = load_for(directory(), isa);
    const std::vector<float> out = encode(encoder, batch.packed());
    for (std::size_t b = 0; b < batch.packed().batch(); ++b) {
      const auto ids =
          std::span(batch.ids).subspan(batch.starts[b], batch.starts[b + 1] - batch.starts[b]);
      const std::vector<double> expected = reference.vector(ids);
      for (std::size_t i = 0; i < expected.size(); ++i) {
        ASSERT_NEAR(out[b * expected.size() + i], expected[i], 1e-5) << isa_name(isa) << " " << b;
      }
    }
  }
}

TEST_F(BertOnRandomWeights, GivesATextTheSameBitsAloneInAnyBatchAndInAnyOrder) {
  const TestBatch batch = mixed_batch(TestShape());
  std::vector<std::size_t> lengths;
  std::vector<TokenId> reversed_ids;
  for (std::size_t b = batch.packed().batch(); b-- > 0;) {
    lengths.push_back(batch.starts[b + 1] - batch.starts[b]);
    reversed_ids.insert(reversed_ids.end(), batch.ids.begin() + batch.starts[b],
                        batch.ids.begin() + batch.starts[b + 1]);
  }
  TestBatch reversed(lengths, 100, 1);
  reversed.ids = reversed_ids;
  for (const Isa isa : supported_isas()) {
    const BertEncoder encoder = load_for(directory(), isa);
    const std::size_t dim = encoder.info().dim;
    const std::vector<float> all = encode(encoder, batch.packed());
    const std::vector<float> backwards = encode(encoder, reversed.packed());
    const std::size_t count = batch.packed().batch();
    for (std::size_t b = 0; b < count; ++b) {
      const std::vector<float> alone = encode_alone(encoder, batch.packed(), b);
      for (std::size_t i = 0; i < dim; ++i) {
        ASSERT_EQ(alone[i], all[b * dim + i]) << isa_name(isa) << " text " << b;
        ASSERT_EQ(alone[i], backwards[(count - 1 - b) * dim + i]) << isa_name(isa);
      }
    }
  }
}

TEST_F(BertOnRandomWeights, GivesTheSameBitsFromSeveralThreadsAndAUsedWorkspace) {
  const std::unique_ptr<Encoder> encoder = Encoder::load(directory());
  const TestBatch batch = mixed_batch(TestShape());
  const std::vector<float> expected = encode(*encoder, batch.packed());
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      Workspace workspace;
      std::vector<float> out(expected.size());
      for (int repeat = 0; repeat < 3; ++repeat) {
        encoder->encode(batch.packed(), workspace, out);
        EXPECT_EQ(out, expected);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(BertOnRandomWeights, EncodesAnEmptyBatchToNothing) {
  const std::unique_ptr<Encoder> encoder = Encoder::load(directory());
  const std::vector<std::size_t> starts = {0};
  EXPECT_TRUE(encode(*encoder, {{}, starts}).empty());
}

TEST_F(BertOnRandomWeights, DescribesItself) {
  const EncoderInfo info = Encoder::load(directory())->info();
  std::size_t parameters = 0;
  for (const auto& [name, shape] : bert_tensors(TestShape())) {
    parameters += shape[0] * (shape.size() == 2 ? shape[1] : 1);
  }
  EXPECT_EQ(info.parameters, parameters);
  EXPECT_EQ(info.architecture, "bert");
  EXPECT_EQ(info.pooling, "mean");
  EXPECT_EQ(info.weights_type, "f32");
  EXPECT_FALSE(info.normalized);
  EXPECT_EQ(info.max_tokens, 40);
}

// Elements of unit vectors are held to 1e-5 on every tier. Hidden states are longer, the root of
// their dimension: on AMX, whose f32 products are good to 17 bits, that shows.
double element_bound(Isa isa, bool unit) { return isa == Isa::kAmx && !unit ? 6e-5 : 1e-5; }

// Hidden states that transformers computed, with the token ids it used.
TEST(BertGolden, HiddenStatesOfTheTinyModelMatchTransformers) {
  const Json golden = read_json(kGolden / "tiny-bert.hidden.json");
  const Matrix expected = vectors::read_npy(kGolden / "tiny-bert.hidden.npy");
  std::vector<TokenId> ids;
  std::vector<std::size_t> starts = {0};
  for (const Json& text : golden["ids"]) {
    for (const Json& id : text) ids.push_back(TokenId{id.get<std::uint32_t>()});
    starts.push_back(ids.size());
  }
  ASSERT_EQ(expected.rows, ids.size());
  for (const Isa isa : supported_isas()) {
    const BertEncoder encoder = load_for(kGolden / "tiny-bert", isa);
    Workspace workspace;
    std::vector<float> out(expected.values.size());
    encoder.hidden_states({ids, starts}, workspace, out);
    for (std::size_t i = 0; i < out.size(); ++i) {
      ASSERT_NEAR(out[i], expected.values[i], element_bound(isa, false))
          << isa_name(isa) << " at " << i;
    }
  }
}

TEST(BertGolden, HalfPrecisionWeightsAndClsPoolingMatchTheDoubleReference) {
  for (const char* name : {"tiny-bert", "tiny-bert-f16", "tiny-bert-cls"}) {
    const BertReference reference(kGolden / name);
    const std::unique_ptr<Encoder> encoder = Encoder::load(kGolden / name);
    const TestBatch batch({3, 1, 30, 17}, encoder->info().vocabulary_size, 4);
    const std::vector<float> out = encode(*encoder, batch.packed());
    const double bound = element_bound(active_isa(), encoder->info().normalized);
    for (std::size_t b = 0; b < 4; ++b) {
      const auto ids =
          std::span(batch.ids).subspan(batch.starts[b], batch.starts[b + 1] - batch.starts[b]);
      const std::vector<double> expected = reference.vector(ids);
      for (std::size_t i = 0; i < expected.size(); ++i) {
        ASSERT_NEAR(out[b * expected.size() + i], expected[i], bound) << name << " text " << b;
      }
    }
  }
}

void expect_load_error(const Path& directory, ErrorCode code, const std::string& part) {
  try {
    static_cast<void>(Encoder::load(directory));
    FAIL() << "expected an Error with " << part;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

TEST(BertLoad, NamesATensorOfAnotherShapeWithBothShapes) {
  const Path directory = Path(testing::TempDir()) / "bert-shape";
  write_bert(directory, TestShape());
  Json config = read_json(directory / "config.json");
  config["vocab_size"] = 101;
  write_file_atomic(directory / "config.json", config.dump());
  expect_load_error(directory, ErrorCode::kCorrupt,
                    "tensor \"embeddings.word_embeddings.weight\": expected shape [101, 48], file "
                    "has [100, 48]");
}

TEST(BertLoad, NamesAMissingTensorALayerTooManyAndAWrongDtype) {
  const Path directory = Path(testing::TempDir()) / "bert-missing";
  write_bert(directory, TestShape(),
             [](Json& header) { header.erase("encoder.layer.1.output.dense.bias"); });
  expect_load_error(directory, ErrorCode::kCorrupt,
                    "tensor \"encoder.layer.1.output.dense.bias\": expected shape [48], it is");
  write_bert(directory, TestShape());
  Json config = read_json(directory / "config.json");
  config["num_hidden_layers"] = 1 << 24;
  write_file_atomic(directory / "config.json", config.dump());
  expect_load_error(directory, ErrorCode::kCorrupt, "encoder.layer.2.");
  write_bert(directory, TestShape(),
             [](Json& header) { header["embeddings.LayerNorm.bias"]["dtype"] = "I32"; });
  expect_load_error(directory, ErrorCode::kUnsupported, "found \"I32\"");
}

TEST(BertLoad, AcceptsTheBertPrefix) {
  const Path plain = Path(testing::TempDir()) / "bert-plain";
  const Path prefixed = Path(testing::TempDir()) / "bert-prefixed";
  write_bert(plain, TestShape());
  write_bert(prefixed, TestShape(), [](Json& header) {
    Json renamed = Json::object();
    for (const auto& [name, entry] : header.items()) renamed["bert." + name] = entry;
    header = renamed;
  });
  const TestBatch batch({5, 9}, 100, 2);
  EXPECT_EQ(encode(*Encoder::load(prefixed), batch.packed()),
            encode(*Encoder::load(plain), batch.packed()));
}

TEST(BertLoad, NamesTheMissingFileAndDirectory) {
  expect_load_error(Path(testing::TempDir()) / "no-such-model", ErrorCode::kNotFound,
                    "no-such-model");
  const Path directory = Path(testing::TempDir()) / "bert-no-weights";
  write_bert(directory, TestShape());
  std::filesystem::remove(directory / "model.safetensors");
  expect_load_error(directory, ErrorCode::kNotFound, "model.safetensors");
}

}  // namespace
}  // namespace sememe::model
