#include "vectors/word2vec_file.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

#include "base/error_context.h"
#include "kernels/aligned.h"

namespace sememe::vectors {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::size_t kMaxDim = std::size_t{1} << 20;
constexpr std::size_t kMaxWordBytes = std::size_t{1} << 16;

// A file that is read from its beginning to its end.
class Input {
 public:
  Input(const Path& path, std::string_view text) : path_(path), text_(text) {}

  std::string_view rest() const { return text_.substr(at_); }
  bool done() const { return at_ == text_.size(); }
  std::size_t at() const { return at_; }
  void skip(std::size_t bytes) { at_ += bytes; }

  // The next line without its end.
  std::string_view next_line() const {
    const std::string_view line = rest().substr(0, rest().find('\n'));
    return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
  }
  std::string_view take_line() {
    const std::string_view line = next_line();
    const std::size_t end = rest().find('\n');
    at_ = end == rest().npos ? text_.size() : at_ + end + 1;
    ++line_;
    return line;
  }
  void rewind() { at_ = line_ = 0; }

  [[noreturn]] void corrupt_line(const std::string& what) const {
    throw Error(ErrorCode::kCorrupt, concat(quote(path_.native()), " line ", line_, ": ", what));
  }
  [[noreturn]] void corrupt_byte(const std::string& what) const {
    throw Error(ErrorCode::kCorrupt, concat(quote(path_.native()), " byte ", at_, ": ", what));
  }

 private:
  const Path& path_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 0;
};

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view line) {
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  return line;
}

// The last field of a line, which becomes shorter by it and the blanks before it.
std::string_view take_last_field(std::string_view& line) {
  std::size_t begin = line.size();
  while (begin > 0 && !is_blank(line[begin - 1])) --begin;
  const std::string_view field = line.substr(begin);
  line = trimmed(line.substr(0, begin));
  return field;
}

std::size_t count_fields(std::string_view line) {
  std::size_t fields = 0;
  for (std::string_view left = trimmed(line); !left.empty(); ++fields) take_last_field(left);
  return fields;
}

template <class Number>
std::optional<Number> parse(std::string_view field) {
  Number value{};
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  // A number too small for a float is zero.
  if constexpr (std::is_floating_point_v<Number>) {
    if (error == std::errc::result_out_of_range && end == field.data() + field.size()) {
      double wide = 0;
      std::from_chars(field.data(), field.data() + field.size(), wide);
      if (std::abs(wide) < 1) return Number{0};
    }
  }
  if (error != std::errc() || end != field.data() + field.size()) return std::nullopt;
  return value;
}

struct Header {
  std::size_t words;
  std::size_t dim;
};

// "V D", if the line is that.
std::optional<Header> parse_header(std::string_view line) {
  line = trimmed(line);
  const std::string_view dim = take_last_field(line);
  const auto words = parse<std::uint64_t>(line);
  const auto columns = parse<std::uint64_t>(dim);
  if (!words || !columns) return std::nullopt;
  return Header{*words, *columns};
}

// Words and vectors of lines, `dim` numbers each.
WordVectors read_lines(Input& input, std::size_t dim, std::optional<std::size_t> expected) {
  WordVectors vectors(dim);
  std::vector<float> row(dim);
  while (!input.done()) {
    const std::string_view line = input.take_line();
    std::string_view left = trimmed(line);
    if (left.empty() && input.done()) break;
    for (std::size_t d = dim; d-- > 0;) {
      const std::string_view field = take_last_field(left);
      const auto value = parse<float>(field);
      if (!value) {
        input.corrupt_line(concat("expected a word and ", dim, " numbers, found ",
                                  quote(field.substr(0, 40)), " as number ", d + 1));
      }
      row[d] = *value;
    }
    vectors.add(left, row);
  }
  if (expected && vectors.size() != *expected) {
    input.corrupt_line(
        concat("expected ", *expected, " words, found ", vectors.size(), " up to the end"));
  }
  return vectors;
}

// Each word, a space, numbers and, by most programs, a line end. Rows are of no common distance and
// at any address, so the numbers are copied, once.
WordVectors read_binary(Input& input, const Header& header) {
  const std::size_t row_bytes = header.dim * sizeof(float);
  // A word has at least a space beside its numbers.
  if (header.words > input.rest().size() / (row_bytes + 1)) {
    input.corrupt_byte(concat("expected ", header.words, " words of ", row_bytes,
                              " bytes of numbers, found ", input.rest().size(), " bytes"));
  }
  WordList words;
  words.reserve(header.words);
  auto values = std::make_shared<kernels::AlignedFloats>(
      kernels::AlignedFloats::uninitialized(header.words * header.dim));
  for (std::size_t i = 0; i < header.words; ++i) {
    if (input.rest().starts_with('\n')) input.skip(1);
    const std::string_view rest = input.rest();
    const std::size_t space = rest.substr(0, kMaxWordBytes).find(' ');
    if (space == rest.npos || rest.size() - space - 1 < row_bytes) {
      input.corrupt_byte(concat("expected word ", i + 1, " of ", header.words, " and ", row_bytes,
                                " bytes of numbers, found ", rest.size(), " bytes"));
    }
    std::memcpy(values->data() + i * header.dim, rest.data() + space + 1, row_bytes);
    words.add(rest.substr(0, space));
    input.skip(space + 1 + row_bytes);
  }
  if (input.rest().starts_with('\n')) input.skip(1);
  if (!input.done()) input.corrupt_byte(concat("expected the end behind ", header.words, " words"));
  const MatrixView matrix{values->data(), header.words, header.dim};
  return {std::move(words), matrix, std::move(values)};
}

// Whether a line behind the header is one of words and numbers: it has as many fields as that says.
bool is_text(std::string_view line, std::size_t dim) {
  std::string_view left = trimmed(line);
  return count_fields(left) >= dim + 1 && parse<float>(take_last_field(left)).has_value();
}

void append_number(std::string& out, float value) {
  char digits[32];
  const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), value);
  out.append(digits, end);
}

}  // namespace

WordVectors read_word2vec(const Path& path, std::string_view text) {
  Input input(path, text);
  const std::string_view first = input.take_line();
  if (input.at() == 0 || trimmed(first).empty()) {
    input.corrupt_line("expected word vectors, found an empty line");
  }
  const std::optional<Header> header = parse_header(first);
  if (!header) {
    const std::size_t fields = count_fields(first);
    if (fields < 2 || fields > kMaxDim) {
      input.corrupt_line("expected \"WORDS DIMENSIONS\" or a word and its numbers");
    }
    input.rewind();
    return read_lines(input, fields - 1, std::nullopt);
  }
  if (header->dim == 0 || header->dim > kMaxDim) {
    input.corrupt_line(concat("expected 1 to ", kMaxDim, " dimensions, found ", header->dim));
  }
  // Each number takes at least two bytes, so a header that asks for more is found out early.
  if (header->words > input.rest().size() / (2 * header->dim)) {
    input.corrupt_line(concat("expected ", header->words, " words of ", header->dim,
                              " numbers behind it, found ", input.rest().size(), " bytes"));
  }
  if (is_text(input.next_line(), header->dim)) {
    return read_lines(input, header->dim, header->words);
  }
  return read_binary(input, *header);
}

void write_word2vec(const Path& path, const WordVectorSource& source, WordVectorFormat format) {
  FileWriter file(path);
  if (format != WordVectorFormat::kGlove) {
    file.append(concat(source.words, " ", source.dim, "\n"));
  }
  std::string line;
  for (std::size_t i = 0; i < source.words; ++i) {
    line.assign(source.word(i));
    if (format == WordVectorFormat::kBinary) {
      line += ' ';
      const auto bytes = std::as_bytes(source.row(i));
      line.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    } else {
      for (const float value : source.row(i)) {
        line += ' ';
        append_number(line, value);
      }
    }
    line += '\n';
    file.append(line);
  }
  file.finish();
}

}  // namespace sememe::vectors
