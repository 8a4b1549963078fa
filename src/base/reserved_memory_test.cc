#include "base/reserved_memory.h"

#include <gtest/gtest.h>

#include <utility>

#include "base/memory.h"
#include "sememe/error.h"

namespace sememe {
namespace {

TEST(ReservedMemory, IsZerosAndTakesMemoryOnlyWhereItIsWritten) {
  // QEMU, under which NEON is tested, has 20 bytes of its own for each page of it.
  constexpr std::size_t kBytes = std::size_t{4} << 30;
  const std::uint64_t before = memory_use().resident;
  const ReservedMemory memory(kBytes);
  for (const std::size_t at : {std::size_t{0}, kBytes / 2, kBytes - 1}) {
    EXPECT_EQ(memory.data()[at], std::byte{0});
    memory.data()[at] = std::byte{7};
    EXPECT_EQ(memory.data()[at], std::byte{7});
  }
  EXPECT_LT(memory_use().resident, before + (std::uint64_t{64} << 20));
}

TEST(ReservedMemory, MovesWithItsOwner) {
  ReservedMemory memory(1000);
  std::byte* const data = memory.data();
  ReservedMemory other = std::move(memory);
  EXPECT_EQ(other.data(), data);
  memory = std::move(other);
  EXPECT_EQ(memory.data(), data);
  EXPECT_EQ(memory.size(), 1000);
}

TEST(ReservedMemory, SaysWhenThereIsNotSoMuch) {
  try {
    const ReservedMemory memory(std::size_t{1} << 60);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kLimit);
  }
}

}  // namespace
}  // namespace sememe
