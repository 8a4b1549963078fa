#include "store/vector_file.h"

#include <gtest/gtest.h>

#include <sstream>

#include "store/schema.h"
#include "store/store_testing.h"

namespace sememe::store {
namespace {

TEST(VectorFile, NamesFilesByNumber) {
  EXPECT_EQ(vector_file_name(1), "vectors-000001.f32");
  EXPECT_EQ(vector_file_name(1234567), "vectors-1234567.f32");
  for (const std::int64_t number : {1, 999999, 1000000}) {
    EXPECT_TRUE(is_vector_file_name(vector_file_name(number)));
  }
  for (const char* name : {"vectors-1.f32", "vectors-.f32", "vectors-00000a.f32", "vectors-000001",
                           "my-vectors-000001.f32", "vectors.f32", ""}) {
    EXPECT_FALSE(is_vector_file_name(name)) << name;
  }
}

TEST(VectorFile, RefusesEveryHeaderWithAFlippedBit) {
  const VectorFileName name{3, 4};
  const auto header = encode_vector_header(name);
  EXPECT_NO_THROW(check_vector_header(header, name, "f"));
  for (std::size_t bit = 0; bit < header.size() * 8; ++bit) {
    auto flipped = header;
    flipped[bit / 8] ^= std::byte(1 << (bit % 8));
    error_text(ErrorCode::kCorrupt, [&] { check_vector_header(flipped, name, "f"); });
  }
  EXPECT_HAS(error_text(ErrorCode::kCorrupt, [&] { check_vector_header(header, {3, 5}, "f"); }),
             "vector file \"f\": header: expected dim 5, found 4");
  EXPECT_HAS(error_text(ErrorCode::kCorrupt, [&] { check_vector_header(header, {4, 4}, "f"); }),
             "expected file number 4, found 3");
  EXPECT_HAS(error_text(ErrorCode::kCorrupt,
                        [&] { check_vector_header(std::span(header).first(63), name, "f"); }),
             "expected 64 bytes, found 63");
}

// The lines between ```<mark> and ``` in the format page.
std::string block_of_page(const std::string& mark) {
  const std::string page = read_file(Path(SEMEME_SOURCE_DIR) / "docs/formats/store.md");
  const std::string fence = "```" + mark + "\n";
  const std::size_t begin = page.find(fence);
  if (begin == std::string::npos) return {};
  const std::size_t text = begin + fence.size();
  return page.substr(text, page.find("```", text) - text);
}

TEST(VectorFile, IsAsTheFormatPageSays) {
  std::istringstream hex(block_of_page("hex"));
  std::vector<std::byte> bytes;
  for (std::string word; hex >> word;) bytes.push_back(std::byte(std::stoi(word, nullptr, 16)));
  ASSERT_EQ(bytes.size(), kVectorHeaderBytes + 2 * 16);
  EXPECT_NO_THROW(check_vector_header(bytes, {3, 4}, "the page"));

  const ScratchDirectory directory;
  std::filesystem::create_directories(directory.path());
  VectorFileWriter writer = VectorFileWriter::create(directory, {3, 4}, FileLayer::system());
  writer.append(std::vector<float>{1.0f, -0.5f, 0.25f, 2.0f});
  writer.append(std::vector<float>{0.0f, 3.0f, -1.0f, 0.125f});
  const std::vector<Extent> extents = writer.flush();
  ASSERT_EQ(extents.size(), 1u);
  EXPECT_EQ(extents[0].checksum, std::stoull(block_of_page("checksum"), nullptr, 16));
  const std::string file = read_file(directory.path() / "vectors-000003.f32");
  EXPECT_EQ(file, std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

TEST(VectorFile, IsMadeWithTheTablesOfTheFormatPage) {
  EXPECT_EQ("\n" + block_of_page("sql"), kCreateTables);
}

TEST(VectorFile, GivesRowsOfASmallFileWithinItsEndOnly) {
  const ScratchDirectory directory;
  std::filesystem::create_directories(directory.path());
  VectorFileWriter writer = VectorFileWriter::create(directory, {1, 4}, FileLayer::system());
  writer.append(std::vector<float>{1, 2, 3, 4});
  writer.flush();
  const VectorFileReader reader(directory, {1, 4});
  EXPECT_EQ(reader.row(0)[3], 4.0f);
  for (const Extent& extent :
       {Extent{0, 2, 0}, Extent{1, 1, 0}, Extent{std::int64_t{1} << 39, 1, 0},
        Extent{0, std::int64_t{1} << 40, 0}}) {
    error_text(ErrorCode::kCorrupt, [&] { reader.bytes(extent); });
  }
}

}  // namespace
}  // namespace sememe::store
