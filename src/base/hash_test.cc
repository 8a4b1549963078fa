#include "base/hash.h"

#include <gtest/gtest.h>

namespace sememe {
namespace {

TEST(Hash, Sha256EqualsThePublishedVectors) {
  // FIPS 180-2, appendix B.1, and the empty message.
  EXPECT_EQ(sha256_hex(std::as_bytes(std::span("abc", 3))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Hash, FileHashEqualsTheHashOfItsBytes) {
  const Path path = Path(testing::TempDir()) / "hash.bin";
  write_file_atomic(path, "abc");
  EXPECT_EQ(sha256_hex_of_file(path), sha256_hex(std::as_bytes(std::span("abc", 3))));
}

TEST(Hash, Xxh3EqualsTheReferenceForTheEmptyInput) {
  EXPECT_EQ(xxh3_64(""), 0x2d06800538d394c2U);
  EXPECT_EQ(xxh3_64(std::span<const std::byte>()), 0x2d06800538d394c2U);
  EXPECT_EQ(xxh3_64("abc"), xxh3_64(std::as_bytes(std::span("abc", 3))));
  EXPECT_EQ(xxh3_128_hex(""), "99aa06d3014798d86001c324468d497f");
  EXPECT_NE(xxh3_128_hex("a"), xxh3_128_hex("b"));
}

}  // namespace
}  // namespace sememe
