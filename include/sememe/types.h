// The vocabulary types that several stages share: ids that cannot be mixed up, precisions, a
// borrowed matrix.
#ifndef SEMEME_TYPES_H_
#define SEMEME_TYPES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace sememe {

/// Index into one tokenizer's vocabulary.
enum class TokenId : std::uint32_t {};

/// Identity of one stored chunk. Never reused within a store.
enum class ChunkId : std::int64_t {};

/// What an encoder's arithmetic keeps of f32. near and fast give the same bits on every processor.
enum class Precision {
  kExact,  ///< f32
  kNear,   ///< 16-bit integers: cosine to exact above 0.99999
  kFast,   ///< 8-bit integers: mean cosine to exact above 0.999
};

/// "exact", "near", "fast".
constexpr std::string_view precision_name(Precision precision) {
  switch (precision) {
    case Precision::kExact:
      return "exact";
    case Precision::kNear:
      return "near";
    case Precision::kFast:
      return "fast";
  }
  return "unknown";
}

/// The precision of that name, if it is one.
constexpr std::optional<Precision> parse_precision(std::string_view name) {
  for (const Precision precision : {Precision::kExact, Precision::kNear, Precision::kFast}) {
    if (name == precision_name(precision)) return precision;
  }
  return std::nullopt;
}

/// [begin, end) in bytes.
struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

/// [rows, cols] f32, row-major, contiguous, borrowed.
struct MatrixView {
  const float* data = nullptr;
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::span<const float> row(std::size_t r) const { return {data + r * cols, cols}; }
};

/// [rows, cols] f32, row-major, owned.
struct Matrix {
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::vector<float> values;

  Matrix() = default;
  Matrix(std::size_t row_count, std::size_t col_count)
      : rows(row_count), cols(col_count), values(row_count * col_count) {}
  std::span<float> row(std::size_t r) { return {values.data() + r * cols, cols}; }
  std::span<const float> row(std::size_t r) const { return {values.data() + r * cols, cols}; }
  MatrixView view() const { return {values.data(), rows, cols}; }
};

}  // namespace sememe

#endif  // SEMEME_TYPES_H_
