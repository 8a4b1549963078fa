// All flat indexes against FlatIndex, and that against a sort in double.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "index/flat_bits.h"
#include "index/flat_bytes.h"
#include "index/flat_half.h"
#include "index/flat_index.h"
#include "kernels/convert.h"
#include "kernels/half.h"
#include "sememe/error.h"
#include "vectors/products.h"

namespace sememe::index {
namespace {

using vectors::Metric;

constexpr Metric kMetrics[] = {Metric::kCosine, Metric::kInnerProduct, Metric::kL2};

Matrix random_rows(std::size_t rows, std::size_t cols, std::uint64_t seed, Metric metric) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal;
  Matrix matrix(rows, cols);
  for (float& value : matrix.values) value = normal(random) + 0.3F;
  return metric == Metric::kCosine ? vectors::unit_rows(matrix.view()) : matrix;
}

double exact(Metric metric, std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = double{a[i]} - double{b[i]};
    sum += metric == Metric::kL2 ? -difference * difference : double{a[i]} * double{b[i]};
  }
  return sum;
}

std::vector<std::size_t> brute_force(MatrixView rows, std::span<const float> query, Metric metric) {
  std::vector<std::pair<double, std::size_t>> all;
  for (std::size_t r = 0; r < rows.rows; ++r) {
    all.emplace_back(-exact(metric, rows.row(r), query), r);
  }
  std::ranges::sort(all);
  std::vector<std::size_t> order;
  for (const auto& [_, row] : all) order.push_back(row);
  return order;
}

// Rows as halves say them.
Matrix halved(const Matrix& rows) {
  Matrix out(rows.rows, rows.cols);
  for (std::size_t i = 0; i < rows.values.size(); ++i) {
    const std::uint16_t half = kernels::f32_to_f16(rows.values[i]);
    kernels::f16_to_f32(reinterpret_cast<const std::byte*>(&half), {&out.values[i], 1});
  }
  return out;
}

std::vector<std::size_t> rows_of(const std::vector<Neighbor>& found) {
  std::vector<std::size_t> rows;
  for (const Neighbor& neighbor : found) rows.push_back(neighbor.row);
  return rows;
}

// Among thousands of rows some are nearer to each other than f32 can tell: similarities say it
// then.
void expect_brute_force(const std::vector<Neighbor>& found, MatrixView rows,
                        std::span<const float> query, Metric metric, std::size_t k) {
  std::vector<std::size_t> order = brute_force(rows, query, metric);
  order.resize(std::min(k, order.size()));
  if (k <= 10) {
    EXPECT_EQ(rows_of(found), order);
  }
  ASSERT_EQ(found.size(), order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double best = exact(metric, rows.row(order[i]), query);
    const double tolerance = 1e-5 * (1 + std::abs(best));
    EXPECT_NEAR(exact(metric, rows.row(found[i].row), query), best, tolerance);
    EXPECT_NEAR(found[i].similarity, best, tolerance);
  }
}

struct Shape {
  std::size_t rows;
  std::size_t cols;
};
constexpr Shape kShapes[] = {{0, 8}, {1, 8}, {40, 1}, {7, 3}, {2500, 40}, {1100, 384}, {70, 4096}};

TEST(FlatIndexes, AreExactWhenEveryRowIsRefined) {
  for (const Shape& shape : kShapes) {
    for (const Metric metric : kMetrics) {
      if (shape.cols == 1 && metric == Metric::kCosine) continue;  // all equal
      SCOPED_TRACE(std::to_string(shape.rows) + "x" + std::to_string(shape.cols) + " " +
                   std::string(vectors::metric_name(metric)));
      const Matrix rows = random_rows(shape.rows, shape.cols, 1, metric);
      const Matrix queries = random_rows(6, shape.cols, 2, metric);
      const Matrix halves = halved(rows);
      const FlatIndex flat(rows.view(), metric);
      const FlatHalfIndex half(rows.view(), metric);
      const FlatByteIndex bytes(rows.view(), metric);
      const FlatBitIndex bits(rows.view(), metric);
      const FlatBitIndex four_bits(rows.view(), metric, CodeBits::kFour);
      for (std::size_t q = 0; q < queries.rows; ++q) {
        const auto query = queries.row(q);
        for (const std::size_t k : {0UL, 10UL, 5000UL}) {
          const auto found = flat.search(query, k);
          expect_brute_force(found, rows.view(), query, metric, k);
          expect_brute_force(half.search(query, k), halves.view(), query, metric, k);
          EXPECT_EQ(bytes.search(query, k, nullptr, 1000), found);
          EXPECT_EQ(bits.search(query, k, nullptr, 1000), found);
          EXPECT_EQ(four_bits.search(query, k, nullptr, 1000), found);
        }
      }
    }
  }
}

// One query or many, one thread or three.
template <class Index>
void expect_batch_equals_single(const Index& index, MatrixView queries) {
  ThreadPool pool(3);
  const auto alone = index.search_batch(queries, 10);
  const auto shared = index.search_batch(queries, 10, &pool);
  ASSERT_EQ(alone.size(), queries.rows);
  for (std::size_t q = 0; q < queries.rows; ++q) {
    EXPECT_EQ(alone[q], index.search(queries.row(q), 10)) << q;
    EXPECT_EQ(shared[q], alone[q]) << q;
  }
}

TEST(FlatIndexes, BatchesGiveWhatOneQueryGives) {
  for (const Metric metric : kMetrics) {
    Matrix rows = random_rows(2100, 72, 3, metric);
    // Near ties, and more duplicates than results.
    for (std::size_t r = 100; r < 160; ++r) std::ranges::copy(rows.row(5), rows.row(r).begin());
    for (std::size_t r = 200; r < 260; ++r) {
      std::ranges::copy(rows.row(6), rows.row(r).begin());
      rows.row(r)[r % 72] *= 1.0F + 0x1p-22F;
    }
    Matrix queries = random_rows(70, 72, 4, metric);
    std::ranges::copy(rows.row(5), queries.row(1).begin());
    std::ranges::copy(rows.row(6), queries.row(2).begin());
    expect_batch_equals_single(FlatIndex(rows.view(), metric), queries.view());
    expect_batch_equals_single(FlatHalfIndex(rows.view(), metric), queries.view());
    expect_batch_equals_single(FlatByteIndex(rows.view(), metric), queries.view());
    expect_batch_equals_single(FlatBitIndex(rows.view(), metric), queries.view());
    expect_batch_equals_single(FlatBitIndex(rows.view(), metric, CodeBits::kFour), queries.view());
    EXPECT_TRUE(FlatIndex(rows.view(), metric).search_batch({nullptr, 0, 72}, 10).empty());
  }
}

TEST(FlatIndexes, ManyEqualRowsComeInTheirOrder) {
  for (const Metric metric : kMetrics) {
    Matrix rows(9000, 4);
    for (std::size_t r = 0; r < rows.rows; ++r) rows.row(r)[r % 2] = 1;
    Matrix queries(5, 4);
    for (std::size_t q = 0; q < queries.rows; ++q) queries.row(q)[1] = 1;
    for (const auto& found : FlatIndex(rows.view(), metric).search_batch(queries.view(), 3)) {
      EXPECT_EQ(rows_of(found), (std::vector<std::size_t>{1, 3, 5}));
    }
    EXPECT_EQ(rows_of(FlatHalfIndex(rows.view(), metric).search(queries.row(0), 3)),
              (std::vector<std::size_t>{1, 3, 5}));
    EXPECT_EQ(rows_of(FlatByteIndex(rows.view(), metric).search(queries.row(0), 3)),
              (std::vector<std::size_t>{1, 3, 5}));
    EXPECT_EQ(rows_of(FlatBitIndex(rows.view(), metric).search(queries.row(0), 3)),
              (std::vector<std::size_t>{1, 3, 5}));
  }
}

TEST(FlatIndexes, ReturnOnlyAllowedRows) {
  const Matrix rows = random_rows(3000, 64, 5, Metric::kCosine);
  const Matrix queries = random_rows(6, 64, 6, Metric::kCosine);
  RowSet allowed(rows.rows);
  for (std::size_t r = 1100; r < rows.rows; r += 9) allowed.insert(r);
  const FlatIndex flat(rows.view());
  const FlatHalfIndex half(rows.view());
  const FlatByteIndex bytes(rows.view());
  const FlatBitIndex bits(rows.view());
  const FlatBitIndex four_bits(rows.view(), Metric::kInnerProduct, CodeBits::kFour);
  const auto batch = flat.search_batch(queries.view(), 10, nullptr, &allowed);
  for (std::size_t q = 0; q < queries.rows; ++q) {
    auto order = brute_force(rows.view(), queries.row(q), Metric::kCosine);
    std::erase_if(order, [&](std::size_t row) { return !allowed.contains(row); });
    order.resize(10);
    EXPECT_EQ(rows_of(batch[q]), order);
    for (const Neighbor& n : half.search(queries.row(q), 10, &allowed)) {
      EXPECT_TRUE(allowed.contains(n.row));
    }
    EXPECT_EQ(rows_of(bytes.search(queries.row(q), 10, &allowed)), order);
    EXPECT_EQ(rows_of(bits.search(queries.row(q), 10, &allowed)), order);
    EXPECT_EQ(rows_of(four_bits.search(queries.row(q), 10, &allowed)), order);
  }
}

TEST(FlatIndexes, TakeRowsAndQueriesOfZeros) {
  for (const Metric metric : kMetrics) {
    Matrix rows = random_rows(300, 20, 7, metric);
    for (std::size_t r = 0; r < 300; r += 2) std::ranges::fill(rows.row(r), 0.0F);
    const std::vector<float> zeros(20);
    const auto expected = FlatIndex(rows.view(), metric).search(zeros, 5);
    EXPECT_EQ(FlatHalfIndex(rows.view(), metric).search(zeros, 5), expected);
    EXPECT_EQ(FlatByteIndex(rows.view(), metric).search(zeros, 5, nullptr, 100), expected);
    EXPECT_EQ(FlatBitIndex(rows.view(), metric).search(zeros, 5, nullptr, 100), expected);
    EXPECT_EQ(FlatBitIndex(rows.view(), metric, CodeBits::kFour).search(zeros, 5, nullptr, 100),
              expected);
    ASSERT_EQ(expected.size(), 5U);
    EXPECT_EQ(expected[0].similarity, 0.0F);
  }
}

TEST(FlatIndexes, NeverReturnNan) {
  for (const Metric metric : kMetrics) {
    Matrix rows = random_rows(1500, 16, 8, metric);
    rows.row(2)[3] = NAN;
    rows.row(3)[3] = INFINITY;
    rows.row(3)[4] = -INFINITY;
    const Matrix queries = random_rows(5, 16, 9, metric);
    const FlatIndex flat(rows.view(), metric);
    const auto batch = flat.search_batch(queries.view(), 2000);
    for (std::size_t q = 0; q < 5; ++q) {
      const auto found = flat.search(queries.row(q), 2000);
      for (const Neighbor& n : found) EXPECT_TRUE(n.similarity > -INFINITY);
      EXPECT_LE(found.size(), 1499U);
      EXPECT_EQ(batch[q], found);
    }
    const std::vector<float> none(16, NAN);
    EXPECT_TRUE(flat.search(none, 5).empty());
  }
}

template <class Make>
void expect_refusal(Make make, const std::string& row) {
  try {
    make();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(std::string(error.what()).find(row), std::string::npos) << error.what();
  }
}

TEST(FlatIndexes, OfCodesRefuseWhatIsNoNumber) {
  Matrix rows = random_rows(1200, 16, 10, Metric::kL2);
  rows.row(1100)[2] = NAN;
  expect_refusal([&] { FlatHalfIndex index(rows.view()); }, "row 1100: ");
  expect_refusal([&] { FlatByteIndex index(rows.view()); }, "row 1100: ");
  expect_refusal([&] { FlatBitIndex index(rows.view()); }, "row 1100: ");
  rows.row(1100)[2] = 70000;
  expect_refusal([&] { FlatHalfIndex index(rows.view()); }, "found 70000");
}

// Of rows around centres, as texts are: nearer than the rest, and not by much.
TEST(FlatIndexes, CodesFindTheNearestByDefault) {
  const Matrix centres = random_rows(40, 128, 11, Metric::kCosine);
  Matrix rows = random_rows(4000, 128, 12, Metric::kCosine);
  Matrix queries = random_rows(40, 128, 13, Metric::kCosine);
  for (Matrix* matrix : {&rows, &queries}) {
    for (std::size_t r = 0; r < matrix->rows; ++r) {
      for (std::size_t c = 0; c < 128; ++c) matrix->row(r)[c] += centres.row(r % 40)[c];
    }
    *matrix = vectors::unit_rows(matrix->view());
  }
  const FlatIndex flat(rows.view());
  const FlatByteIndex bytes(rows.view());
  const FlatBitIndex bits(rows.view());
  const FlatBitIndex four_bits(rows.view(), Metric::kInnerProduct, CodeBits::kFour);
  std::size_t byte_hits = 0;
  std::size_t bit_hits = 0;
  std::size_t four_bit_hits = 0;
  for (std::size_t q = 0; q < queries.rows; ++q) {
    const auto expected = flat.search(queries.row(q), 10);
    for (const Neighbor& n : bytes.search(queries.row(q), 10)) {
      byte_hits += std::ranges::count(expected, n);
    }
    for (const Neighbor& n : bits.search(queries.row(q), 10)) {
      bit_hits += std::ranges::count(expected, n);
    }
    for (const Neighbor& n : four_bits.search(queries.row(q), 10)) {
      four_bit_hits += std::ranges::count(expected, n);
    }
  }
  EXPECT_GE(byte_hits, 399U);
  EXPECT_GE(bit_hits, 392U);
  EXPECT_GE(four_bit_hits, 396U);
}

}  // namespace
}  // namespace sememe::index
