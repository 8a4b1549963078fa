#include "model/packed_file.h"
#include "model/packed_testing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "base/hash.h"
#include "sememe/error.h"

namespace sememe::model {
namespace {

constexpr const char* kKey = "0123456789abcdef0123456789abcdef-fast-int8";

std::string file_bytes(const std::vector<Bytes>& sections, std::string_view key) {
  const Path path = Path(testing::TempDir()) / "packed-bytes.bin";
  write_packed(path, key, views(sections));
  return read_file(path);
}

// The code of the error, or nothing when the bytes were accepted.
std::optional<ErrorCode> refusal(const std::string& bytes) {
  try {
    parse_packed(std::as_bytes(std::span(bytes)), kKey);
    return std::nullopt;
  } catch (const Error& error) {
    return error.code();
  }
}

void put(std::string& bytes, std::size_t offset, std::uint64_t value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}

// Gives the table and the header the checksums of what they now say.
void sign(std::string& bytes) {
  std::uint32_t count = 0;
  std::memcpy(&count, bytes.data() + 12, sizeof count);
  const auto all = std::as_bytes(std::span(bytes));
  if (128 + std::size_t{24} * count <= bytes.size()) {
    put(bytes, 112, xxh3_64(all.subspan(128, std::size_t{24} * count)));
  }
  put(bytes, 120, xxh3_64(all.first(120)));
}

TEST(PackedFile, GivesBackTheSectionsEachOnACacheLine) {
  const Path path = Path(testing::TempDir()) / "packed-back.bin";
  const std::vector<Bytes> sections = some_sections();
  write_packed(path, kKey, views(sections));
  const PackedFile file = open_packed(path, kKey);
  ASSERT_EQ(file.sections().size(), sections.size());
  for (std::size_t i = 0; i < sections.size(); ++i) {
    EXPECT_TRUE(std::ranges::equal(file.sections()[i], sections[i])) << i;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(file.sections()[i].data()) % 64, 0U) << i;
  }
  write_packed(path, kKey, {});
  EXPECT_TRUE(open_packed(path, kKey).sections().empty());
}

TEST(PackedFile, AFileThatSeveralThreadsCheckIsCheckedToTheLastByte) {
  const std::vector<Bytes> sections(9, Bytes(4 << 20, 3));
  std::string bytes = file_bytes(sections, kKey);
  EXPECT_FALSE(refusal(bytes));
  bytes[bytes.size() - 1] ^= 1;
  EXPECT_EQ(refusal(bytes), ErrorCode::kCorrupt);
}

TEST(PackedFile, FindsEveryFlippedBit) {
  const std::string good = file_bytes(some_sections(), kKey);
  EXPECT_FALSE(refusal(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bytes = good;
    bytes[i] = static_cast<char>(bytes[i] ^ 1 << i % 8);
    const bool version = i >= 8 && i < 12;
    EXPECT_EQ(refusal(bytes), version ? ErrorCode::kUnsupported : ErrorCode::kCorrupt) << i;
  }
}

TEST(PackedFile, FindsEveryCutAndAnythingBehindTheEnd) {
  const std::string good = file_bytes(some_sections(), kKey);
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(refusal(good.substr(0, size)), ErrorCode::kCorrupt) << size;
  }
  EXPECT_EQ(refusal(good + std::string(64, '\0')), ErrorCode::kCorrupt);
  EXPECT_EQ(refusal(std::string(1000, '\0')), ErrorCode::kCorrupt);
}

TEST(PackedFile, RefusesOtherWeightsAndSaysWhose) {
  const std::string bytes = file_bytes(some_sections(), "fedcba-exact-f32x16");
  try {
    parse_packed(std::as_bytes(std::span(bytes)), kKey);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCorrupt);
    EXPECT_NE(std::string(error.what()).find("found \"fedcba-exact-f32x16\""), std::string::npos)
        << error.what();
  }
}

// Tables with checksums that fit: only their own checks stand between them and the memory.
TEST(PackedFile, RefusesTablesThatLeaveTheFileHoweverTheyAreSigned) {
  const std::string good = file_bytes(some_sections(), kKey);
  const std::uint64_t hostile[] = {0,
                                   1,
                                   63,
                                   good.size(),
                                   good.size() + 1,
                                   ~std::uint64_t{0},
                                   ~std::uint64_t{63},
                                   std::uint64_t{1} << 63};
  for (std::size_t entry = 0; entry < 4; ++entry) {
    for (const std::size_t field : {0, 8}) {
      for (const std::uint64_t value : hostile) {
        std::string bytes = good;
        put(bytes, 128 + 24 * entry + field, value);
        sign(bytes);
        if (bytes != good) {
          EXPECT_EQ(refusal(bytes), ErrorCode::kCorrupt) << entry << " " << field << " " << value;
        }
      }
    }
  }
  for (const std::uint32_t count : {0U, 3U, 5U, 1000U, ~0U}) {
    std::string bytes = good;
    std::memcpy(bytes.data() + 12, &count, sizeof count);
    sign(bytes);
    EXPECT_EQ(refusal(bytes), ErrorCode::kCorrupt) << count;
  }
}

std::string block_of_page(const std::string& mark) {
  const std::string page = read_file(Path(SEMEME_SOURCE_DIR) / "docs/formats/packed-weights.md");
  const std::size_t begin = page.find("```" + mark + "\n");
  if (begin == std::string::npos) return {};
  const std::size_t text = begin + mark.size() + 4;
  return page.substr(text, page.find("```", text) - text);
}

TEST(PackedFile, IsAsTheFormatPageSays) {
  std::istringstream hex(block_of_page("hex"));
  std::string page;
  for (std::string word; hex >> word;) page += static_cast<char>(std::stoi(word, nullptr, 16));
  EXPECT_EQ(page, file_bytes({{1, 2, 3}, {255}}, "fp-fast-int8"));
}

}  // namespace
}  // namespace sememe::model
