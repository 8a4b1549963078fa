#include "kernels/byte_dot.h"

#include <gtest/gtest.h>

#include <vector>

#include "kernels/test_values.h"

namespace sememe::kernels {
namespace {

std::vector<std::int8_t> signed_bytes(std::size_t count, std::uint64_t seed) {
  std::vector<std::int8_t> bytes;
  for (const float value : test_values(count, seed)) {
    bytes.push_back(static_cast<std::int8_t>(static_cast<int>(value * 128.0F)));
  }
  return bytes;
}

std::int32_t product(std::span<const std::int8_t> a, const std::int8_t* b) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

TEST(ByteDot, IsExactOnEveryTier) {
  for (const std::size_t n : {0UL, 64UL, 128UL, 384UL, 448UL, 1024UL, 4096UL}) {
    const std::size_t stride = n + 5;  // rows at any address
    const std::vector<std::int8_t> query = signed_bytes(n, 1);
    std::vector<std::int8_t> bytes = signed_bytes(21 * stride, 2);
    bytes.shrink_to_fit();
    const ByteRows rows = {.data = bytes.data(), .stride = stride};
    std::vector<std::uint32_t> ids;
    for (std::uint32_t i = 0; i < 39; ++i) ids.push_back((i * 7 + i * i) % 21);
    for (const Isa isa : supported_isas()) {
      for (const std::size_t count : {0UL, 1UL, 3UL, 4UL, 21UL}) {
        std::vector<std::int32_t> out(count);
        byte_dot_rows(query, rows, out, isa);
        for (std::size_t r = 0; r < count; ++r) {
          EXPECT_EQ(out[r], product(query, bytes.data() + r * stride)) << isa_name(isa) << ' ' << n;
        }
      }
      std::vector<std::int32_t> out(ids.size());
      byte_dot_gather(query, rows, ids, out, isa);
      for (std::size_t i = 0; i < ids.size(); ++i) {
        EXPECT_EQ(out[i], product(query, bytes.data() + ids[i] * stride)) << isa_name(isa);
      }
      EXPECT_EQ(byte_dot(query, std::span(bytes).first(n), isa), product(query, bytes.data()));
    }
  }
}

TEST(ByteDot, HoldsTheLargestSums) {
  const std::vector<std::int8_t> low(kByteDotMost, -128);
  const std::vector<std::int8_t> high(kByteDotMost, 127);
  for (const Isa isa : supported_isas()) {
    EXPECT_EQ(byte_dot(low, low, isa), 1 << 30);
    EXPECT_EQ(byte_dot(high, high, isa), 65536 * 127 * 127);
    EXPECT_EQ(byte_dot(low, high, isa), -65536 * 128 * 127);
    EXPECT_EQ(byte_dot(high, low, isa), -65536 * 128 * 127);
  }
}

}  // namespace
}  // namespace sememe::kernels
