#include <gtest/gtest.h>

#include <cmath>

#include "base/file.h"
#include "base/json.h"
#include "kernels/layer_norm.h"
#include "model/encoder.h"
#include "sememe/distillation.h"
#include "sememe/error.h"
#include "sememe/tokenizer.h"
#include "train/teacher.h"
#include "vectors/npy.h"

namespace sememe {
namespace {

std::string golden(const std::string& name) {
  return std::string(SEMEME_GOLDEN_DIR) + "/models/" + name;
}

class Distill : public testing::Test {
 protected:
  void SetUp() override {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    home_ = Path(testing::TempDir()) / ("distill-" + name);
    std::filesystem::remove_all(home_);
    std::filesystem::create_directories(home_);
  }
  DistillOptions options(const std::string& name) const {
    return {.model = golden("tiny-bert"),
            .directory = (home_ / name).string(),
            .dims = 16,
            .contexts = 2,
            .threads = 1};
  }
  std::string file(const std::string& model, const char* name) const {
    return read_file(home_ / model / name);
  }
  void expect_error(ErrorCode code, const DistillOptions& options) const {
    try {
      distill(options);
      FAIL() << "expected an Error";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
    }
  }

  Path home_;
};

TEST_F(Distill, MakesAModelOfTheKeptVocabulary) {
  std::vector<std::string> steps;
  const DistillReport report =
      distill(options("m"), [&](std::string_view step, std::size_t done, std::size_t total) {
        EXPECT_LE(done, total);
        if (steps.empty() || steps.back() != step) steps.emplace_back(step);
      });
  EXPECT_EQ(steps, (std::vector<std::string>{"tokens alone", "tokens in contexts"}));
  // tiny-bert's 800 tokens less [PAD], [CLS], [SEP] and [MASK].
  EXPECT_EQ(report.tokens, 796U);
  EXPECT_EQ(report.dim, 16U);
  EXPECT_EQ(report.teacher_tokens, 796U * 3 + 796 * 2 + 398 * 2);
  EXPECT_GT(report.explained_variance, 0.3);
  EXPECT_LT(report.explained_variance, 1);
  const auto encoder = model::Encoder::load(home_ / "m");
  EXPECT_EQ(encoder->info().architecture, "static");
  EXPECT_EQ(encoder->info().vocabulary_size, 796U);
  const Tokenizer tokenizer = Tokenizer::from_json(file("m", "tokenizer.json"), "m");
  EXPECT_EQ(tokenizer.vocabulary_size(), 796U);
}

TEST_F(Distill, GivesTheSameFilesForAnyNumberOfThreads) {
  distill(options("one"));
  DistillOptions many = options("many");
  many.threads = 4;
  distill(many);
  for (const char* name : {"model.safetensors", "tokenizer.json", "config.json", "modules.json"}) {
    EXPECT_EQ(file("one", name), file("many", name)) << name;
  }
}

TEST_F(Distill, WithoutContextsEachTokenIsSeenAlone) {
  DistillOptions alone = options("m");
  alone.contexts = 0;
  alone.dims = 0;
  const DistillReport report = distill(alone);
  EXPECT_EQ(report.teacher_tokens, 796U * 3);
  EXPECT_EQ(report.dim, 48U);
  EXPECT_NEAR(report.explained_variance, 1, 1e-9);
}

TEST_F(Distill, RefusesWhatItCannotDo) {
  DistillOptions wrong = options("m");
  wrong.sif = 1;
  expect_error(ErrorCode::kInvalidArgument, wrong);
  wrong.sif = std::nan("");
  expect_error(ErrorCode::kInvalidArgument, wrong);
  wrong = options("m");
  wrong.contexts = 1001;
  expect_error(ErrorCode::kInvalidArgument, wrong);
  wrong = options("m");
  wrong.model = golden("static-f32");
  expect_error(ErrorCode::kUnsupported, wrong);
  wrong.model = golden("no-such-model");
  expect_error(ErrorCode::kNotFound, wrong);
  EXPECT_TRUE(std::filesystem::is_empty(home_));
  std::filesystem::create_directories(home_ / "m");
  expect_error(ErrorCode::kConflict, options("m"));
}

// Oracle: the states that PyTorch gives "[CLS] river [SEP]",
// tests/golden/models/tiny-bert.hidden.*.
TEST(TeacherTest, ATokensRowIsItsStateAndTheFirstOne) {
  const Json texts = read_json(golden("tiny-bert.hidden.json"));
  const Matrix hidden = vectors::read_npy(golden("tiny-bert.hidden.npy"));
  const std::vector<std::uint32_t> ids = texts["ids"][0].get<std::vector<std::uint32_t>>();
  ASSERT_EQ(texts["texts"][0], "river");
  ASSERT_EQ(ids.size(), 3U);

  const Path directory = golden("tiny-bert");
  const train::StaticVocabulary vocabulary =
      train::static_vocabulary(read_file(directory / "tokenizer.json"));
  ThreadPool pool(1);
  const train::Teacher teacher(directory, vocabulary, pool);
  const Matrix rows = teacher.tokens({});
  const auto place = std::ranges::find(vocabulary.teacher_ids, TokenId{ids[1]});
  ASSERT_NE(place, vocabulary.teacher_ids.end());
  const auto found = rows.row(static_cast<std::size_t>(place - vocabulary.teacher_ids.begin()));

  std::vector<float> first(hidden.row(0).begin(), hidden.row(0).end());
  std::vector<float> own(hidden.row(1).begin(), hidden.row(1).end());
  kernels::l2_normalize(first);
  kernels::l2_normalize(own);
  for (std::size_t c = 0; c < found.size(); ++c) {
    EXPECT_NEAR(found[c], first[c] + own[c], 2e-3) << c;
  }
}

}  // namespace
}  // namespace sememe
