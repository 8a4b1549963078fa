#include "model/static_encoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "model/test_models.h"
#include "sememe/error.h"

namespace sememe::model {
namespace {

// A tensor of a test file.
struct TestTensor {
  std::string name;
  std::string dtype;
  std::vector<std::size_t> shape;
  std::string data;
};

template <class T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

class StaticEncoderTest : public testing::Test {
 protected:
  // pad: bytes in front of the data, so that the table stands at any address.
  vectors::SafetensorsFile file(const std::vector<TestTensor>& tensors, std::size_t pad = 0) const {
    Json header = Json::object();
    std::string data;
    for (const TestTensor& tensor : tensors) {
      header[tensor.name] = {{"dtype", tensor.dtype},
                             {"shape", tensor.shape},
                             {"data_offsets", {data.size(), data.size() + tensor.data.size()}}};
      data += tensor.data;
    }
    std::string text = header.dump();
    text.resize((text.size() + 7) / 8 * 8 + pad, ' ');
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    const Path path = Path(testing::TempDir()) / ("static-encoder-" + name + ".safetensors");
    write_file_atomic(path, vectors::safetensors_bytes(text, data));
    return vectors::SafetensorsFile::open(path);
  }

  static std::vector<float> encode(const StaticEncoder& encoder, std::vector<std::uint32_t> ids) {
    std::vector<TokenId> tokens;
    for (const std::uint32_t id : ids) tokens.push_back(TokenId{id});
    const std::size_t starts[] = {0, tokens.size()};
    std::vector<float> out(encoder.info().dim);
    Workspace workspace;
    encoder.encode({tokens, starts}, workspace, out);
    return out;
  }

  void expect_error(ErrorCode code, const std::string& part,
                    const std::vector<TestTensor>& tensors) const {
    try {
      const StaticEncoder encoder(ModelConfig(), file(tensors));
      FAIL() << "expected an Error with " << part;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  }
};

const std::vector<float> kRows = {1, 2, 4, -8, 0.5F, 16};  // [3, 2]
const TestTensor kTable = {"embeddings", "F32", {3, 2}, bytes_of(kRows)};

using Floats = std::vector<float>;

TEST_F(StaticEncoderTest, IsTheMeanOfTheRows) {
  for (std::size_t pad = 0; pad < 4; ++pad) {
    const StaticEncoder encoder(ModelConfig(), file({kTable}, pad));
    EXPECT_EQ(encode(encoder, {1}), (Floats{4, -8}));
    EXPECT_EQ(encode(encoder, {0, 1, 0}), (Floats{2, -4.0F / 3}));
    EXPECT_EQ(encode(encoder, {}), (Floats{0, 0}));
    EXPECT_EQ(encoder.info().vocabulary_size, 3U);
    EXPECT_EQ(encoder.info().parameters, 6U);
  }
}

TEST_F(StaticEncoderTest, NormalisesWhenTheModelSaysSo) {
  ModelConfig config;
  config.normalize = true;
  const StaticEncoder encoder(config, file({kTable}));
  const Floats vector = encode(encoder, {0, 2});
  EXPECT_FLOAT_EQ(std::hypot(vector[0], vector[1]), 1);
  EXPECT_FLOAT_EQ(vector[1] / vector[0], 18 / 1.5F);
  EXPECT_EQ(encode(encoder, {}), (Floats{0, 0}));
}

TEST_F(StaticEncoderTest, ReadsEveryElementTypeTheSame) {
  std::vector<std::uint16_t> f16 = {0x3C00, 0x4000, 0x4400, 0xC800, 0x3800, 0x4C00};
  std::vector<std::uint16_t> bf16;
  std::vector<double> f64;
  for (const float value : kRows) {
    bf16.push_back(static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16));
    f64.push_back(value);
  }
  const StaticEncoder f32(ModelConfig(), file({kTable}));
  for (const TestTensor& table : {TestTensor{"embedding.weight", "F16", {3, 2}, bytes_of(f16)},
                                  TestTensor{"embeddings", "BF16", {3, 2}, bytes_of(bf16)},
                                  TestTensor{"embeddings", "F64", {3, 2}, bytes_of(f64)}}) {
    const StaticEncoder encoder(ModelConfig(), file({table}));
    EXPECT_EQ(encode(encoder, {0, 1, 2, 2}), encode(f32, {0, 1, 2, 2})) << table.dtype;
  }
  const StaticEncoder i8(
      ModelConfig(),
      file({{"embeddings", "I8", {3, 2}, bytes_of<std::int8_t>({1, 2, 4, -8, -128, 127})}}));
  EXPECT_EQ(encode(i8, {0, 2}), (Floats{-63.5F, 64.5F}));
  EXPECT_EQ(i8.info().weights_type, "i8");
}

TEST_F(StaticEncoderTest, MapsTokensToRowsAndWeighsThem) {
  const TestTensor mapping = {"mapping", "I64", {4}, bytes_of<std::int64_t>({2, 2, 0, 1})};
  const TestTensor weights = {"weights", "F64", {4}, bytes_of<double>({1, 0.5, 2, 4})};
  const StaticEncoder both(ModelConfig(), file({kTable, mapping, weights}));
  EXPECT_EQ(both.info().vocabulary_size, 4U);
  EXPECT_EQ(encode(both, {1}), (Floats{0.25F, 8}));
  EXPECT_EQ(encode(both, {0, 1, 2, 3}), (Floats{18.75F / 4, -4.0F / 4}));
  const StaticEncoder mapped(ModelConfig(),
                             file({kTable, {"mapping", "I32", {1}, bytes_of<std::int32_t>({1})}}));
  EXPECT_EQ(encode(mapped, {0}), (Floats{4, -8}));
  const StaticEncoder weighed(
      ModelConfig(), file({kTable, {"weights", "F32", {3}, bytes_of<float>({1, 1, 0.5F})}}));
  EXPECT_EQ(encode(weighed, {2}), (Floats{0.25F, 8}));
}

TEST_F(StaticEncoderTest, HiddenStatesAreTheRows) {
  const TestTensor weights = {"weights", "F32", {3}, bytes_of<float>({1, 1, 0.5F})};
  const StaticEncoder encoder(ModelConfig(), file({kTable, weights}));
  const std::vector<TokenId> ids = {TokenId{2}, TokenId{0}};
  const std::size_t starts[] = {0, 2};
  Floats states(4);
  Workspace workspace;
  encoder.hidden_states({ids, starts}, workspace, states);
  EXPECT_EQ(states, (Floats{0.25F, 8, 1, 2}));
}

TEST_F(StaticEncoderTest, BatchesAreTheirTexts) {
  const StaticEncoder encoder(ModelConfig(), file({kTable}));
  const std::vector<TokenId> ids = {TokenId{2}, TokenId{0}, TokenId{1}};
  const std::size_t starts[] = {0, 0, 2, 3, 3};
  Floats out(8);
  Workspace workspace;
  encoder.encode({ids, starts}, workspace, out);
  EXPECT_EQ(out, (Floats{0, 0, 0.75F, 9, 4, -8, 0, 0}));
}

TEST_F(StaticEncoderTest, RefusesFilesThatContradictThemselves) {
  expect_error(ErrorCode::kCorrupt, "found neither",
               {{"embedding", "F32", {3, 2}, bytes_of(kRows)}});
  expect_error(ErrorCode::kCorrupt, "expected [rows, columns]",
               {{"embeddings", "F32", {6}, bytes_of(kRows)}});
  expect_error(ErrorCode::kCorrupt, "expected [rows, columns]",
               {{"embeddings", "F32", {0, 2}, ""}});
  expect_error(ErrorCode::kUnsupported, "found \"I32\"",
               {{"embeddings", "I32", {3, 2}, bytes_of(kRows)}});
  expect_error(ErrorCode::kCorrupt, "token 1: expected a row below 3, found 3",
               {kTable, {"mapping", "I64", {2}, bytes_of<std::int64_t>({0, 3})}});
  expect_error(ErrorCode::kCorrupt, "token 0: expected a row below 3, found -1",
               {kTable, {"mapping", "I32", {1}, bytes_of<std::int32_t>({-1})}});
  expect_error(ErrorCode::kUnsupported, "expected I32 or I64",
               {kTable, {"mapping", "F32", {1}, bytes_of<float>({0})}});
  expect_error(ErrorCode::kCorrupt, "expected a list",
               {kTable, {"mapping", "I64", {1, 1}, bytes_of<std::int64_t>({0})}});
  expect_error(ErrorCode::kCorrupt, "expected 3 weights, found 2",
               {kTable, {"weights", "F32", {2}, bytes_of<float>({1, 1})}});
  expect_error(ErrorCode::kUnsupported, "found \"I64\"",
               {kTable, {"weights", "I64", {3}, bytes_of<std::int64_t>({1, 1, 1})}});
}

}  // namespace
}  // namespace sememe::model
