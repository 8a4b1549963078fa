#include "vectors/safetensors.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sememe/error.h"
#include "vectors/safetensors_testing.h"

namespace sememe::vectors {
namespace {

TensorTable parse(const std::string& bytes) {
  return TensorTable::parse(std::as_bytes(std::span(bytes)), "file");
}

std::string one_tensor(const std::string& dtype, const std::string& shape,
                       const std::string& offsets) {
  return R"({"t":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets +
         "}}";
}

void expect_corrupt(const std::string& bytes, const std::string& part) {
  try {
    parse(bytes);
    FAIL() << "expected an Error with " << part;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCorrupt);
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

TEST(Safetensors, ReadsF32F16AndBf16AsF32AndSkipsTheMetadata) {
  const std::string header = R"({"__metadata__":{"format":"pt"},)"
                             R"("a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},)"
                             R"("b":{"dtype":"F16","shape":[2],"data_offsets":[8,12]},)"
                             R"("c":{"dtype":"BF16","shape":[],"data_offsets":[12,14]},)"
                             R"("d":{"dtype":"I64","shape":[0],"data_offsets":[14,14]}})";
  const std::string data("\0\0\x80\x3f\0\0\0\xc0\0\x3c\0\xc0\x80\x3f", 14);
  const std::string bytes = safetensors_bytes(header, data);
  const TensorTable table = parse(bytes);
  EXPECT_EQ(table.tensors().size(), 4);
  EXPECT_EQ(read_f32(*table.find("a")), (std::vector<float>{1, -2}));
  EXPECT_EQ(read_f32(*table.find("b")), (std::vector<float>{1, -2}));
  EXPECT_EQ(read_f32(*table.find("c")), (std::vector<float>{1}));
  EXPECT_TRUE(read_f32(*table.find("d")).empty());
  EXPECT_EQ(dtype_word(*table.find("c")), "bf16");
  EXPECT_EQ(table.find("e"), nullptr);
}

TEST(Safetensors, ReadsAPartOfATensor) {
  const std::string bytes =
      safetensors_bytes(one_tensor("F16", "[3]", "[0,6]"), std::string("\0\x3c\0\x40\0\x42", 6));
  const TensorTable table = parse(bytes);
  std::vector<float> out(2);
  read_f32(*table.find("t"), 1, out);
  EXPECT_EQ(out, (std::vector<float>{2, 3}));
}

TEST(Safetensors, ViewsAlignedF32InPlaceAndNothingElse) {
  const std::string header = one_tensor("F32", "[1]", "[0,4]");
  for (std::size_t spaces = 0; spaces < 8; ++spaces) {
    const std::string file =
        safetensors_bytes(header + std::string(spaces, ' '), std::string("\0\0\x80\x3f", 4));
    const TensorTable table = parse(file);
    const TensorInfo& tensor = *table.find("t");
    const bool aligned = reinterpret_cast<std::uintptr_t>(tensor.bytes.data()) % 4 == 0;
    EXPECT_EQ(view_f32(tensor).size(), aligned ? 1 : 0);
    EXPECT_EQ(read_f32(tensor), std::vector<float>{1});
  }
}

TEST(Safetensors, RefusesADtypeThatIsNoFloatOnlyWhenAskedForIt) {
  const std::string bytes = safetensors_bytes(one_tensor("I32", "[1]", "[0,4]"), "abcd");
  const TensorTable table = parse(bytes);
  EXPECT_FALSE(is_float(*table.find("t")));
  EXPECT_THROW(read_f32(*table.find("t")), Error);
}

TEST(Safetensors, NamesExpectedAndFoundShape) {
  const std::string bytes = safetensors_bytes(one_tensor("F32", "[2,1]", "[0,8]"), "abcdabcd");
  const TensorTable table = parse(bytes);
  const std::vector<std::uint64_t> right = {2, 1};
  const std::vector<std::uint64_t> wrong = {1, 2};
  EXPECT_EQ(table.expect("t", right).elements, 2);
  try {
    table.expect("t", wrong);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "file: tensor \"t\": expected shape [1, 2], file has [2, 1]");
  }
}

TEST(Safetensors, RefusesTruncatedFilesAtEveryLength) {
  const std::string bytes = safetensors_bytes(one_tensor("F32", "[2]", "[0,8]"), "abcdabcd");
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_THROW(parse(bytes.substr(0, length)), Error) << length;
  }
}

TEST(Safetensors, RefusesAHeaderLengthBeyondTheFileOrTheLimit) {
  expect_corrupt(std::string(8, '\xff') + "{}", "header length: expected at most 2");
  expect_corrupt(std::string("\x03\0\0\0\0\0\0\0{}", 10), "found 3");
  expect_corrupt("abc", "the file has 3");
}

TEST(Safetensors, RefusesAHeaderThatIsNoObjectOfTensors) {
  expect_corrupt(safetensors_bytes("[1]", ""), "expected an object");
  expect_corrupt(safetensors_bytes("{", ""), "invalid JSON");
  expect_corrupt(safetensors_bytes(R"({"t":1})", ""), "tensor \"t\"");
  expect_corrupt(safetensors_bytes(R"({"t":{"dtype":"F32"}})", ""), "\"shape\"");
  expect_corrupt(safetensors_bytes(std::string(300, '['), ""), "levels");
}

TEST(Safetensors, RefusesShapesAndOffsetsThatContradictEachOther) {
  const auto file = [](const char* dtype, const char* shape, const char* offsets) {
    return safetensors_bytes(one_tensor(dtype, shape, offsets), "12345678");
  };
  expect_corrupt(file("F32", "[3]", "[0,8]"), "expected 12 bytes, data_offsets span 8");
  expect_corrupt(file("F32", "[2]", "[4,12]"), "begin <= end <= 8");
  expect_corrupt(file("F32", "[2]", "[8,0]"), "begin <= end <= 8");
  expect_corrupt(file("F32", "[2]", "[0]"), "begin <= end <= 8");
  expect_corrupt(file("F32", "[4294967296,4294967296]", "[0,8]"), "more than 2^64");
  expect_corrupt(file("F32", "[-2]", "[0,8]"), "whole numbers");
  expect_corrupt(file("F32", "[2.0]", "[0,8]"), "whole numbers");
  expect_corrupt(file("F32", "7", "[0,8]"), "expected a list");
  expect_corrupt(file("F33", "[2]", "[0,8]"), "dtype");
}

TEST(Safetensors, RefusesOverlapsAndDuplicateNames) {
  expect_corrupt(safetensors_bytes(R"({"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]},)"
                                   R"("b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
                                   "12345678"),
                 "tensors \"a\" and \"b\" share bytes");
  expect_corrupt(safetensors_bytes(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                                   R"("a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
                                   "12345678"),
                 "tensor \"a\" is listed twice");
}

TEST(Safetensors, HeadsOfNewFilesAreRead) {
  const std::vector<TensorSpec> tensors = {{.name = "a", .dtype = "F32", .shape = {2, 1}},
                                           {.name = "none", .dtype = "F32", .shape = {0, 3}},
                                           {.name = "b", .dtype = "U8", .shape = {3}}};
  const std::string head = safetensors_head(tensors);
  EXPECT_EQ(head.size() % 8, 0U);
  const std::string bytes = head + std::string("\0\0\x80\x3f\0\0\0\xc0xyz", 11);
  const TensorTable table = parse(bytes);
  EXPECT_EQ(table.tensors().size(), 3U);
  EXPECT_EQ(table.find("a")->shape, (std::vector<std::uint64_t>{2, 1}));
  EXPECT_EQ(read_f32(*table.find("a")), (std::vector<float>{1, -2}));
  EXPECT_EQ(table.find("none")->elements, 0U);
  EXPECT_EQ(std::to_integer<char>(table.find("b")->bytes[2]), 'z');
}

}  // namespace
}  // namespace sememe::vectors
