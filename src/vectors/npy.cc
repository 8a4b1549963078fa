#include "vectors/npy.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "base/error_context.h"

namespace sememe::vectors {
namespace {

constexpr std::string_view kMagic("\x93NUMPY\x01\x00", 8);
// Room for any row count, and a multiple of 64 as the format asks, so that the header can be
// rewritten in place.
constexpr std::size_t kHeaderBytes = 128;

std::string npy_header(std::size_t rows, std::size_t cols) {
  std::string text =
      concat("{'descr': '<f4', 'fortran_order': False, 'shape': (", rows, ", ", cols, "), }");
  text.resize(kHeaderBytes - kMagic.size() - 2 - 1, ' ');
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
  if (header.find("'descr': '<f4'") == header.npos ||
      header.find("'fortran_order': False") == header.npos) {
    throw Error(ErrorCode::kUnsupported,
                concat(what, ": expected little-endian 32-bit floats in C order"));
  }
  std::size_t at = header.find("'shape': (");
  if (at != header.npos) {
    at += std::strlen("'shape': (");
    const auto rows = take_number(header, at);
    const auto cols = rows ? take_number(header, at) : std::nullopt;
    if (rows && cols && header.substr(at, 1) == ")") return {*rows, *cols};
  }
  throw Error(ErrorCode::kUnsupported, concat(what, ": expected a two-dimensional shape"));
}

}  // namespace

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

Matrix read_npy(const Path& path) {
  const std::string bytes = read_file(path);
  const std::string what = quote(path.native());
  if (bytes.size() < 10 || std::string_view(bytes).substr(0, 8) != kMagic) {
    throw Error(ErrorCode::kUnsupported, concat(what, ": expected a .npy file of version 1.0"));
  }
  const std::size_t header_size = static_cast<unsigned char>(bytes[8]) |
                                  static_cast<std::size_t>(static_cast<unsigned char>(bytes[9]))
                                      << 8;
  if (bytes.size() - 10 < header_size) {
    throw Error(ErrorCode::kCorrupt,
                concat(what, ": the header has ", header_size, " bytes, the file ", bytes.size()));
  }
  const Shape shape = parse_shape(std::string_view(bytes).substr(10, header_size), what);
  const std::size_t have = (bytes.size() - 10 - header_size) / sizeof(float);
  if (shape.cols != 0 && shape.rows > have / shape.cols) {
    throw Error(ErrorCode::kCorrupt, concat(what, ": expected ", shape.rows, " x ", shape.cols,
                                            " floats, file has ", have));
  }
  Matrix matrix(shape.rows, shape.cols);
  std::memcpy(matrix.values.data(), bytes.data() + 10 + header_size,
              matrix.values.size() * sizeof(float));
  return matrix;
}

}  // namespace sememe::vectors
