#include "vectors/npy.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "base/error_context.h"
#include "kernels/convert.h"

namespace sememe::vectors {
namespace {

constexpr std::string_view kMagic("\x93NUMPY\x01\x00", 8);
// Magic and header length.
constexpr std::size_t kPreamble = 10;
// Room for any row count, and a multiple of 64 as the format asks, so that the header can be
// rewritten in place.
constexpr std::size_t kHeaderBytes = 128;

std::string npy_header(std::size_t rows, std::size_t cols) {
  std::string text =
      concat("{'descr': '<f4', 'fortran_order': False, 'shape': (", rows, ", ", cols, "), }");
  text.resize(kHeaderBytes - kPreamble - 1, ' ');
  text += '\n';
  std::string out(kMagic);
  out += static_cast<char>(text.size() & 0xff);
  out += static_cast<char>(text.size() >> 8);
  return out + text;
}

// The number that follows `at` in `text`, which moves past it.
std::optional<std::size_t> take_number(std::string_view text, std::size_t& at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == ',' || text[at] == '(')) ++at;
  std::size_t value = 0;
  const std::size_t begin = at;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
    if (value > (std::size_t{1} << 58)) return std::nullopt;
    value = value * 10 + static_cast<std::size_t>(text[at] - '0');
  }
  return at == begin ? std::nullopt : std::optional(value);
}

struct Shape {
  std::size_t rows;
  std::size_t cols;
};

Shape parse_shape(std::string_view header, const std::string& what) {
  std::size_t at = header.find("'shape': (");
  if (at != header.npos) {
    at += std::strlen("'shape': (");
    const auto rows = take_number(header, at);
    const auto cols = rows ? take_number(header, at) : std::nullopt;
    if (rows && cols && header.substr(at, 1) == ")") return {*rows, *cols};
  }
  throw Error(ErrorCode::kUnsupported, concat(what, ": expected a two-dimensional shape"));
}

enum class Numbers { kF32, kF16 };

struct Array {
  Numbers numbers;
  Shape shape;
  const std::byte* data;
};

Numbers parse_numbers(std::string_view header, const std::string& what) {
  if (header.find("'fortran_order': False") != header.npos) {
    if (header.find("'descr': '<f4'") != header.npos) return Numbers::kF32;
    if (header.find("'descr': '<f2'") != header.npos) return Numbers::kF16;
  }
  throw Error(ErrorCode::kUnsupported,
              concat(what, ": expected little-endian 32-bit or 16-bit floats in C order"));
}

Array parse_array(std::span<const std::byte> file, const std::string& what) {
  const std::string_view bytes(reinterpret_cast<const char*>(file.data()), file.size());
  if (bytes.size() < kPreamble || !bytes.starts_with(kMagic)) {
    throw Error(ErrorCode::kUnsupported, concat(what, ": expected a .npy file of version 1.0"));
  }
  const std::size_t header_size = static_cast<unsigned char>(bytes[8]) |
                                  static_cast<std::size_t>(static_cast<unsigned char>(bytes[9]))
                                      << 8;
  if (bytes.size() - kPreamble < header_size) {
    throw Error(ErrorCode::kCorrupt,
                concat(what, ": the header has ", header_size, " bytes, the file ", bytes.size()));
  }
  const std::string_view header = bytes.substr(kPreamble, header_size);
  const Numbers numbers = parse_numbers(header, what);
  const Shape shape = parse_shape(header, what);
  const std::size_t begin = kPreamble + header_size;
  // The format asks for a multiple of 64, in its first versions of 16.
  if (begin % sizeof(float) != 0) {
    throw Error(ErrorCode::kCorrupt,
                concat(what, ": expected numbers from a multiple of 16 bytes on, found ", begin));
  }
  const std::size_t have = (bytes.size() - begin) / (numbers == Numbers::kF32 ? 4 : 2);
  if (shape.cols != 0 && shape.rows > have / shape.cols) {
    throw Error(ErrorCode::kCorrupt, concat(what, ": expected ", shape.rows, " x ", shape.cols,
                                            " floats, file has ", have));
  }
  return {numbers, shape, file.data() + begin};
}

}  // namespace

bool is_npy(std::span<const std::byte> file) {
  constexpr std::size_t kVersionAt = 6;
  return file.size() >= kVersionAt && std::memcmp(file.data(), kMagic.data(), kVersionAt) == 0;
}

MatrixView parse_npy(std::span<const std::byte> file, const std::string& what) {
  const Array array = parse_array(file, what);
  if (array.numbers != Numbers::kF32) {
    throw Error(ErrorCode::kUnsupported, concat(what, ": expected 32-bit floats, found halves"));
  }
  return {reinterpret_cast<const float*>(array.data), array.shape.rows, array.shape.cols};
}

Matrix read_npy(const Path& path) {
  const MappedFile file = MappedFile::open(path);
  const Array array = parse_array(file.bytes(), quote(path.native()));
  Matrix matrix(array.shape.rows, array.shape.cols);
  if (array.numbers == Numbers::kF16) {
    kernels::f16_to_f32(array.data, matrix.values);
  } else {
    std::copy_n(reinterpret_cast<const float*>(array.data), matrix.values.size(),
                matrix.values.begin());
  }
  return matrix;
}

NpyWriter::NpyWriter(Path path, std::size_t cols) : file_(std::move(path)), cols_(cols) {
  file_.append(npy_header(0, cols_));
}

void NpyWriter::append(MatrixView rows) {
  SEMEME_CHECK(rows.cols == cols_);
  file_.append(std::as_bytes(std::span(rows.data, rows.rows * rows.cols)));
  rows_ += rows.rows;
}

void NpyWriter::finish() {
  file_.overwrite(0, npy_header(rows_, cols_));
  file_.finish();
}

}  // namespace sememe::vectors
