#if defined(__aarch64__)

#include "kernels/integer_product_neon.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "kernels/test_values.h"

namespace sememe::kernels::neon {
namespace {

struct Shape {
  std::size_t rows;
  std::size_t panels;
  std::size_t steps;
};

// Rows and panels of bytes, and the sums that products start from.
struct Operands {
  explicit Operands(Shape s) : a(s.rows * s.steps * 4), b(s.panels * s.steps * 64) {
    for (std::size_t i = 0; const float value : test_values(a.size(), 1)) {
      a[i++] = static_cast<std::uint8_t>(value * 127.5F + 127.5F);
    }
    for (std::size_t i = 0; const float value : test_values(b.size(), 2)) {
      b[i++] = static_cast<std::uint8_t>(static_cast<std::int8_t>(value * 127.0F));
    }
    for (const float value : test_values(16 * s.panels, 3)) {
      start.push_back(static_cast<std::int32_t>(value * 1e6F));
    }
  }
  std::vector<std::uint8_t> a, b;
  std::vector<std::int32_t> start;
};

IntegerProduct product_of(const Operands& o, Shape s, const std::int32_t* start,
                          std::vector<std::int32_t>& c) {
  c.assign(s.rows * s.panels * 16, -1);
  return {.rows = s.rows,
          .panels = s.panels,
          .steps = s.steps,
          .a = o.a.data(),
          .lda = s.steps * 4,
          .b = o.b.data(),
          .panel_stride = s.steps * 64,
          .start = start,
          .c = c.data(),
          .ldc = s.panels * 16};
}

void expect_products(const IntegerProduct& p, std::string_view name) {
  for (std::size_t r = 0; r < p.rows; ++r) {
    for (std::size_t column = 0; column < p.panels * 16; ++column) {
      std::int32_t sum = p.start == nullptr ? 0 : p.start[column];
      for (std::size_t k = 0; k < 4 * p.steps; ++k) {
        const std::uint8_t* group = p.b + column / 16 * p.panel_stride + k / 4 * 64;
        sum += p.a[r * p.lda + k] * static_cast<std::int8_t>(group[column % 16 * 4 + k % 4]);
      }
      ASSERT_EQ(p.c[r * p.ldc + column], sum) << name << " " << r << "," << column;
    }
  }
}

TEST(NeonProducts, EveryWayGivesTheSumsOfAPlainLoop) {
  for (const NarrowProduct& way : narrow_products()) {
    for (std::size_t rows = 1; rows <= 14; ++rows) {
      for (const std::size_t steps : {4UL, 8UL, 36UL}) {
        const Shape s{rows, 3, steps};
        const Operands o(s);
        for (const std::int32_t* start :
             {static_cast<const std::int32_t*>(nullptr), o.start.data()}) {
          std::vector<std::int32_t> c;
          const IntegerProduct p = product_of(o, s, start, c);
          way.run(p);
          expect_products(p, way.name);
        }
      }
    }
  }
}

// The largest levels and weights, of both signs: what 16-bit sums on the way have to hold.
TEST(NeonProducts, TheLargestProductsFit) {
  const Shape s{7, 2, 48};
  Operands o(s);
  for (std::size_t i = 0; i < o.a.size(); ++i) o.a[i] = i / (s.steps * 4) % 2 == 0 ? 255 : 0;
  for (std::size_t i = 0; i < o.b.size(); ++i) {
    o.b[i] = static_cast<std::uint8_t>(i / 4 % 2 == 0 ? 127 : -127);
  }
  for (const NarrowProduct& way : narrow_products()) {
    std::vector<std::int32_t> c;
    const IntegerProduct p = product_of(o, s, nullptr, c);
    way.run(p);
    expect_products(p, way.name);
  }
}

TEST(NeonProducts, TheWayThatEveryProcessorHasComesFirst) {
  ASSERT_FALSE(narrow_products().empty());
  EXPECT_EQ(narrow_products().front().name, "base");
}

}  // namespace
}  // namespace sememe::kernels::neon

#endif  // __aarch64__
