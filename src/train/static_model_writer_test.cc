#include "train/static_model_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "kernels/test_values.h"
#include "model/static_config.h"
#include "sememe/error.h"
#include "vectors/safetensors.h"

namespace sememe::train {
namespace {

class Writer : public testing::Test {
 protected:
  void SetUp() override {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    home_ = Path(testing::TempDir()) / ("static-writer-" + name);
    std::filesystem::remove_all(home_);
    std::filesystem::create_directories(home_);
  }

  static StaticModel model(float first = 1) {
    StaticModel out;
    out.table = Matrix(3, 2);
    out.table.values = {first, -2, 0.5F, 4, -1, 0.25F};
    out.tokenizer_json = "{}";
    out.teacher = "teacher";
    out.contexts = 8;
    out.sif = 1e-3;
    return out;
  }
  void expect_conflict(const Path& directory, bool overwrite, const std::string& part) const {
    try {
      write_static_model(model(), TableType::kF32, directory, overwrite);
      FAIL() << "expected an Error with " << part;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kConflict) << error.what();
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(home_), {}));
  }

  Path home_;
};

TEST_F(Writer, WritesWhatTheLoaderReads) {
  const Path directory = home_ / "m";
  const std::size_t bytes = write_static_model(model(), TableType::kF32, directory, false);
  const model::ModelConfig config = model::read_model_config(directory);
  EXPECT_EQ(config.architecture, model::Architecture::kStatic);
  EXPECT_TRUE(config.normalize);
  EXPECT_EQ(config.max_tokens, model::kUnlimitedTokens);
  const auto file = vectors::SafetensorsFile::open(directory / "model.safetensors");
  const vectors::TensorInfo* table = file.table().find("embeddings");
  ASSERT_NE(table, nullptr);
  EXPECT_EQ(table->shape, (std::vector<std::uint64_t>{3, 2}));
  EXPECT_EQ(vectors::read_f32(*table), model().table.values);
  std::size_t found = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    found += entry.file_size();
  }
  EXPECT_EQ(found, bytes);
  EXPECT_EQ(entries(), 1U);
}

TEST_F(Writer, StoresHalvesAndBytes) {
  write_static_model(model(), TableType::kF16, home_ / "f16", false);
  const auto f16 = vectors::SafetensorsFile::open(home_ / "f16" / "model.safetensors");
  EXPECT_EQ(f16.table().find("embeddings")->dtype, "F16");
  EXPECT_EQ(vectors::read_f32(*f16.table().find("embeddings")), model().table.values);
  write_static_model(model(), TableType::kInt8, home_ / "i8", false);
  const auto i8 = vectors::SafetensorsFile::open(home_ / "i8" / "model.safetensors");
  EXPECT_EQ(i8.table().find("embeddings")->dtype, "I8");
  EXPECT_EQ(read_json(home_ / "i8" / "config.json")["embedding_dtype"], "int8");
}

TEST_F(Writer, ReplacesOnlyWhenAskedAndOnlyStaticModels) {
  const Path directory = home_ / "m";
  write_static_model(model(), TableType::kF32, directory, false);
  expect_conflict(directory, false, "--force");
  write_static_model(model(7), TableType::kF32, directory, true);
  const auto file = vectors::SafetensorsFile::open(directory / "model.safetensors");
  EXPECT_EQ(vectors::read_f32(*file.table().find("embeddings"))[0], 7);

  write_file_atomic(directory / "thesis.txt", "years of work");
  expect_conflict(directory, true, "\"thesis.txt\"");
  std::filesystem::create_directories(home_ / "other");
  write_file_atomic(home_ / "other" / "notes.txt", "x");
  expect_conflict(home_ / "other", true, "something else");
  write_file_atomic(home_ / "file", "x");
  expect_conflict(home_ / "file", true, "expected a directory");
  std::filesystem::create_directory_symlink(directory, home_ / "link");
  expect_conflict(home_ / "link", true, "expected a directory");
  EXPECT_EQ(entries(), 4U);  // nothing is left aside
}

TEST_F(Writer, TakesAnEmptyDirectoryAndATrailingSlash) {
  std::filesystem::create_directories(home_ / "m");
  write_static_model(model(), TableType::kF32, home_ / "m" / "", true);
  EXPECT_TRUE(model::is_static_model(home_ / "m"));
  EXPECT_EQ(entries(), 1U);
}

TEST_F(Writer, SaysWhereItCannotWrite) {
  write_file_atomic(home_ / "file", "x");
  try {
    write_static_model(model(), TableType::kF32, home_ / "file" / "m", false);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("file/m"), std::string::npos) << error.what();
  }
}

TEST(QuantizeTable, IsWithinHalfAStep) {
  Matrix table(100, 10);
  table.values = kernels::test_values(1000, 3);
  const std::vector<std::int8_t> plain = quantize_table(table);
  double product = 0;
  double square = 0;
  for (std::size_t i = 0; i < 1000; ++i) {
    product += double{table.values[i]} * plain[i];
    square += double(plain[i]) * plain[i];
  }
  const double step = product / square;  // the factor, but for rounding
  EXPECT_NEAR(step, 1 / 127.0, 1e-4);
  for (std::size_t i = 0; i < 1000; ++i) {
    EXPECT_NEAR(plain[i] * step, table.values[i], 0.51 * step);
  }
}

TEST(QuantizeTable, CutsAnOutlierThatWouldTakeMostLevelsFromTheOthers) {
  Matrix table(2000, 100);
  table.values = kernels::test_values(200'000, 3);
  table.values[500] = 2;
  const std::vector<std::int8_t> levels = quantize_table(table);
  EXPECT_EQ(levels[500], 127);
  EXPECT_GT(std::ranges::count(levels, std::int8_t{100}), 0);
}

TEST(QuantizeTable, KeepsZeros) {
  Matrix table(2, 2);
  EXPECT_EQ(quantize_table(table), std::vector<std::int8_t>(4, 0));
}

}  // namespace
}  // namespace sememe::train
