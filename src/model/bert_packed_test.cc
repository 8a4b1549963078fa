// Layers that look into a file of packed weights against layers that packed them.
#include <gtest/gtest.h>

#include <map>

#include "base/hash.h"
#include "model/bert.h"
#include "model/test_models.h"

namespace sememe::model {
namespace {

constexpr Precision kPrecisions[] = {Precision::kExact, Precision::kNear, Precision::kFast};

class BertPacked : public testing::Test {
 protected:
  void SetUp() override {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    home_ = Path(testing::TempDir()) / ("bert-packed-" + name);
    std::filesystem::remove_all(home_);
    write_bert(model(), TestShape());
  }

  Path model() const { return home_ / "model"; }
  Path packed() const { return home_ / "cache" / "packed"; }
  PackedCache cache() const { return {home_ / "cache", model(), read_model_config(model())}; }

  std::vector<float> vectors(Precision precision, Isa isa, const PackedCache& cache) const {
    const BertEncoder encoder(read_model_config(model()),
                              vectors::SafetensorsFile::open(model() / "model.safetensors"),
                              precision, isa, cache);
    const TestBatch batch({1, 40, 7, 33}, TestShape().vocabulary, 5);
    Workspace workspace;
    std::vector<float> out(4 * encoder.info().dim);
    encoder.encode(batch.packed(), workspace, out);
    return out;
  }

  /// By precision and layout, the checksum of the file.
  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> files;
    std::error_code missing;
    for (const auto& entry : std::filesystem::directory_iterator(packed(), missing)) {
      const std::string name = entry.path().stem().native();
      const std::string bytes = read_file(entry.path());
      // Behind the key, which holds the fingerprint.
      files[name.substr(name.find('-') + 1)] = xxh3_128_hex(std::string_view(bytes).substr(128));
    }
    return files;
  }

  Path home_;
};

TEST_F(BertPacked, GivesTheSameBitsFromTheFileInEveryPrecisionAndTier) {
  for (const Isa isa : supported_isas()) {
    for (const Precision precision : kPrecisions) {
      const std::vector<float> owned = vectors(precision, isa, {});
      std::filesystem::remove_all(packed());
      EXPECT_EQ(vectors(precision, isa, cache()), owned);  // makes the file
      const auto before = files();
      ASSERT_EQ(before.size(), 1U) << precision_name(precision) << " " << isa_name(isa);
      EXPECT_EQ(vectors(precision, isa, cache()), owned)
          << precision_name(precision) << " " << isa_name(isa);
      EXPECT_EQ(files(), before);
    }
  }
}

TEST_F(BertPacked, ReadsTheFileInsteadOfTheWeights) {
  const Isa isa = supported_isas().back();
  for (const Precision precision : kPrecisions) {
    std::filesystem::remove_all(packed());
    const std::vector<float> original = vectors(precision, isa, cache());
    const Path file = std::filesystem::directory_iterator(packed())->path();
    const std::string key = file.stem().native();
    // A file of other weights under this name, whole and signed: its bits must show.
    std::vector<std::vector<std::uint8_t>> sections;
    {
      const PackedFile mapped = open_packed(file, key);
      for (const Section section : mapped.sections()) {
        sections.emplace_back(section.begin(), section.end());
      }
    }
    std::ranges::fill(sections[0], std::uint8_t{0});
    const std::vector<Section> views(sections.begin(), sections.end());
    write_packed(file, key, views);
    EXPECT_NE(vectors(precision, isa, cache()), original) << precision_name(precision);
  }
}

TEST_F(BertPacked, PacksAnewWhenTheFileIsDamaged) {
  const Isa isa = supported_isas().back();
  for (const Precision precision : kPrecisions) {
    std::filesystem::remove_all(packed());
    const std::vector<float> original = vectors(precision, isa, cache());
    const auto before = files();
    const Path file = std::filesystem::directory_iterator(packed())->path();
    std::string bytes = read_file(file);
    bytes[bytes.size() / 2] ^= 1;
    write_file_atomic(file, bytes);
    testing::internal::CaptureStderr();
    EXPECT_EQ(vectors(precision, isa, cache()), original);
    EXPECT_NE(testing::internal::GetCapturedStderr(), "");
    EXPECT_EQ(files(), before);
  }
}

TEST_F(BertPacked, OneFileServesEveryTierOfItsLayout) {
  for (const Precision precision : kPrecisions) {
    for (const Isa isa : supported_isas()) static_cast<void>(vectors(precision, isa, cache()));
  }
  const auto all = files();
  EXPECT_TRUE(all.contains("fast-int8"));
  for (const Precision precision : kPrecisions) {
    for (const Isa isa : supported_isas()) {
      EXPECT_EQ(vectors(precision, isa, cache()), vectors(precision, isa, {}));
    }
  }
  EXPECT_EQ(files(), all);
}

// The bytes that version kPackedVersion has for these weights. When packing changes on purpose:
// raise kPackedVersion and put the new values here. Without the first, programs would read the
// files of older ones.
TEST_F(BertPacked, BytesAreThoseOfThisVersion) {
  ASSERT_EQ(kPackedVersion, 2U);
  const std::map<std::string, std::string> expected = {
      {"exact-bf16x32", "865134e2abce0fc1999e1a90f5fc55bd"},
      {"exact-f32x16", "170b71453ee67182313ee03d4e7c0c21"},
      {"exact-f32x64", "5f1be1649dedc80b843ba029647e0df2"},
      {"fast-int8", "76367abe55489182fbf59a4ed276a467"},
      {"near-int16", "2b71addc12677104d491e18f928e09a5"},
      {"near-int16planes", "e9b36fc8ea4ba847a50a8e6b98083500"},
  };
  for (const Isa isa : supported_isas()) {
    for (const Precision precision : kPrecisions) {
      static_cast<void>(vectors(precision, isa, cache()));
    }
  }
  for (const auto& [name, hash] : files()) {
    ASSERT_TRUE(expected.contains(name)) << name;
    EXPECT_EQ(hash, expected.at(name)) << name;
  }
}

}  // namespace
}  // namespace sememe::model
