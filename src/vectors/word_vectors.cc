#include "vectors/word_vectors.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/error_context.h"
#include "base/hash.h"

namespace sememe::vectors {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::size_t kMaxDim = std::size_t{1} << 20;
constexpr std::size_t kMaxWordBytes = std::size_t{1} << 16;

// A file that is read from its beginning to its end.
class Input {
 public:
  explicit Input(const Path& path) : path_(path), map_(MappedFile::open(path)) {
    text_ = {reinterpret_cast<const char*>(map_.bytes().data()), map_.bytes().size()};
  }

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
  Path path_;
  MappedFile map_;
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

// Each word, a space, numbers and, by most programs, a line end.
WordVectors read_binary(Input& input, const Header& header) {
  WordVectors vectors(header.dim);
  std::vector<float> row(header.dim);
  const std::size_t row_bytes = header.dim * sizeof(float);
  vectors.reserve(std::min(header.words, input.rest().size() / row_bytes));
  for (std::size_t i = 0; i < header.words; ++i) {
    if (input.rest().starts_with('\n')) input.skip(1);
    const std::string_view rest = input.rest();
    const std::size_t space = rest.substr(0, kMaxWordBytes).find(' ');
    if (space == rest.npos || rest.size() - space - 1 < row_bytes) {
      input.corrupt_byte(concat("expected word ", i + 1, " of ", header.words, " and ", row_bytes,
                                " bytes of numbers, found ", rest.size(), " bytes"));
    }
    std::memcpy(row.data(), rest.data() + space + 1, row_bytes);
    vectors.add(rest.substr(0, space), row);
    input.skip(space + 1 + row_bytes);
  }
  if (input.rest().starts_with('\n')) input.skip(1);
  if (!input.done()) input.corrupt_byte(concat("expected the end behind ", header.words, " words"));
  return vectors;
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

std::size_t WordVectors::slot_of(std::string_view word) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = xxh3_64(word) & mask;
  while (slots_[at] != 0 && this->word(slots_[at] - 1) != word) at = (at + 1) & mask;
  return at;
}

std::optional<std::size_t> WordVectors::find(std::string_view word) const {
  if (size() == 0) return std::nullopt;
  if (slots_.empty()) {
    slots_.assign(std::bit_ceil(2 * size()), 0);
    for (std::size_t i = 0; i < size(); ++i) {
      std::uint32_t& slot = slots_[slot_of(this->word(i))];
      if (slot == 0) slot = static_cast<std::uint32_t>(i + 1);
    }
  }
  const std::uint32_t slot = slots_[slot_of(word)];
  return slot == 0 ? std::nullopt : std::optional<std::size_t>(slot - 1);
}

void WordVectors::add(std::string_view word, std::span<const float> vector) {
  SEMEME_CHECK(vector.size() == dim_);
  if (size() == 0xFFFFFFFE) {
    throw Error(ErrorCode::kLimit, "word vectors: expected fewer than 2^32 - 1 words");
  }
  bytes_ += word;
  starts_.push_back(bytes_.size());
  values_.insert(values_.end(), vector.begin(), vector.end());
  slots_.clear();
}

void WordVectors::reserve(std::size_t words) {
  starts_.reserve(words + 1);
  values_.reserve(words * dim_);
}

WordVectorFormat word_vector_format(const Path& path) {
  const std::string suffix = path.extension().string();
  if (suffix == ".vec" || suffix == ".txt" || suffix == ".w2v") return WordVectorFormat::kText;
  if (suffix == ".glove") return WordVectorFormat::kGlove;
  if (suffix == ".bin") return WordVectorFormat::kBinary;
  throw Error(ErrorCode::kInvalidArgument,
              concat(quote(path.native()),
                     ": expected a name that ends in .vec, .txt or .w2v (word2vec text), "
                     ".glove or .bin (word2vec binary), found ",
                     quote(suffix)));
}

WordVectors read_word_vectors(const Path& path) {
  Input input(path);
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

void write_word_vectors(const Path& path, const WordVectors& vectors, WordVectorFormat format) {
  FileWriter file(path);
  if (format != WordVectorFormat::kGlove) {
    file.append(concat(vectors.size(), " ", vectors.dim(), "\n"));
  }
  std::string line;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    line.assign(vectors.word(i));
    if (format == WordVectorFormat::kBinary) {
      line += ' ';
      const auto bytes = std::as_bytes(vectors.row(i));
      line.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    } else {
      for (const float value : vectors.row(i)) {
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
