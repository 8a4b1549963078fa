// near and fast give the same bits on every tier and every processor: those in tests/bits, which
// the scalar tier made. They pin down what a store holds, and say nothing about what is right;
// bert_test.cc compares with reference values.
//
// Where the bits are meant to change (another quantization), write them anew:
//   SEMEME_WRITE_BITS=1 model_test --gtest_filter='BertBits.*'
#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "base/file.h"
#include "model/bert.h"
#include "model/test_models.h"

namespace sememe::model {
namespace {

const Path kBits = Path(SEMEME_SOURCE_DIR) / "tests" / "bits" / "tiny-bert.txt";
const Path kModel = Path(SEMEME_GOLDEN_DIR) / "models" / "tiny-bert";

// Around the registers and tiles of every tier, up to the model's limit.
const std::vector<std::size_t> kLengths = {1, 2, 15, 16, 17, 33, 64};

std::string hex(float value) {
  char text[9];
  std::snprintf(text, sizeof(text), "%08x", std::bit_cast<std::uint32_t>(value));
  return text;
}

// A line a text: precision, tokens, the vector.
std::vector<std::string> lines_of(Precision precision, Isa isa) {
  ModelConfig config = read_model_config(kModel);
  vectors::SafetensorsFile file = vectors::SafetensorsFile::open(kModel / "model.safetensors");
  const BertEncoder encoder(std::move(config), std::move(file), precision, isa);
  const TestBatch batch(kLengths, encoder.info().vocabulary_size, 12);
  std::vector<float> vectors(kLengths.size() * encoder.info().dim);
  Workspace workspace;
  encoder.encode(batch.packed(), workspace, vectors);
  std::vector<std::string> lines;
  for (std::size_t b = 0; b < kLengths.size(); ++b) {
    std::string line(precision_name(precision));
    line += " " + std::to_string(kLengths[b]);
    for (std::size_t i = 0; i < encoder.info().dim; ++i) {
      line += " " + hex(vectors[b * encoder.info().dim + i]);
    }
    lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> lines_of(Isa isa) {
  std::vector<std::string> lines = lines_of(Precision::kNear, isa);
  const std::vector<std::string> fast = lines_of(Precision::kFast, isa);
  lines.insert(lines.end(), fast.begin(), fast.end());
  return lines;
}

std::vector<std::string> committed_lines() {
  std::istringstream text(read_file(kBits));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

TEST(BertBits, AreTheCommittedOnesOnEveryTier) {
  if (std::getenv("SEMEME_WRITE_BITS") != nullptr) {
    std::string text;
    for (const std::string& line : lines_of(Isa::kScalar)) text += line + "\n";
    write_file_atomic(kBits, text);
  }
  const std::vector<std::string> expected = committed_lines();
  ASSERT_EQ(expected.size(), 2 * kLengths.size());
  for (const Isa isa : supported_isas()) {
    const std::vector<std::string> lines = lines_of(isa);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      EXPECT_EQ(lines[i], expected[i])
          << isa_name(isa) << "; meant to change: see this file's head";
    }
  }
}

}  // namespace
}  // namespace sememe::model
