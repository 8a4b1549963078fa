#include "vectors/word_vectors.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/error_context.h"
#include "vectors/fasttext_file.h"
#include "vectors/npy.h"
#include "vectors/safetensors.h"
#include "vectors/word2vec_file.h"

namespace sememe::vectors {
namespace {

using SharedFile = std::shared_ptr<const MappedFile>;

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// values: [rows, dim] of the file `what`, whose words stand at `place`.
void require_shape(const WordList& words, MatrixView values, std::string_view what,
                   std::string_view place) {
  if (values.cols == 0) {
    throw Error(ErrorCode::kCorrupt, concat(what, ": expected 1 dimension or more, found 0"));
  }
  if (words.size() != values.rows) {
    throw Error(ErrorCode::kCorrupt, concat(place, ": expected ", values.rows,
                                            " words, one a line, found ", words.size()));
  }
}

// words.npy: words.vocab.txt
Path vocabulary_path(Path npy) { return npy.replace_extension(".vocab.txt"); }

WordVectors read_npy_words(const Path& path, const SharedFile& file) {
  const std::string what = quote(path.native());
  const MatrixView matrix = parse_npy(file->bytes(), what);
  const Path vocabulary = vocabulary_path(path);
  WordList words = within(concat("words of ", what), [&] {
    return WordList::parse_lines(text_of(MappedFile::open(vocabulary).bytes()));
  });
  require_shape(words, matrix, what, quote(vocabulary.native()));
  return {std::move(words), matrix, file};
}

void write_npy_words(const Path& path, const WordVectorSource& source) {
  FileWriter words(vocabulary_path(path));
  for (std::size_t i = 0; i < source.words; ++i) words.append(concat(source.word(i), "\n"));
  words.finish();
  NpyWriter numbers(path, source.dim);
  for (std::size_t i = 0; i < source.words; ++i)
    numbers.append({source.row(i).data(), 1, source.dim});
  numbers.finish();
}

constexpr std::string_view kVectorsTensor = "vectors";
constexpr std::string_view kWordsTensor = "words";

const TensorInfo& expect_tensor(const TensorTable& table, std::string_view name,
                                std::string_view expected) {
  const TensorInfo* tensor = table.find(name);
  if (tensor != nullptr) return *tensor;
  throw Error(ErrorCode::kUnsupported, concat(table.what(), ": expected word vectors: a tensor ",
                                              quote(name), ", ", expected, "; it is missing"));
}

WordVectors read_safetensors_words(const Path& path, const SharedFile& file) {
  const TensorTable table = TensorTable::parse(file->bytes(), quote(path.native()));
  const TensorInfo& vectors = expect_tensor(table, kVectorsTensor, "floats [V, dim]");
  const TensorInfo& lines = expect_tensor(table, kWordsTensor, "U8 [bytes] of lines");
  if (vectors.shape.size() != 2 || !is_float(vectors) || lines.dtype != "U8") {
    throw Error(ErrorCode::kUnsupported,
                concat(table.what(), ": expected F32, F16 or BF16 ", quote(kVectorsTensor),
                       " of two dimensions and U8 ", quote(kWordsTensor), ", found ", vectors.dtype,
                       " of ", vectors.shape.size(), " and ", lines.dtype));
  }
  WordList words = WordList::parse_lines(text_of(lines.bytes));
  MatrixView matrix{view_f32(vectors).data(), vectors.shape[0], vectors.shape[1]};
  require_shape(words, matrix, table.what(),
                concat(table.what(), ": tensor ", quote(kWordsTensor)));
  if (matrix.data != nullptr) return {std::move(words), matrix, file};
  auto values = std::make_shared<std::vector<float>>(read_f32(vectors));
  matrix.data = values->data();
  return {std::move(words), matrix, std::move(values)};
}

void write_safetensors_words(const Path& path, const WordVectorSource& source) {
  std::string lines;
  for (std::size_t i = 0; i < source.words; ++i) lines += concat(source.word(i), "\n");
  const std::array<TensorSpec, 2> tensors = {
      {{.name = kVectorsTensor, .dtype = "F32", .shape = {source.words, source.dim}},
       {.name = kWordsTensor, .dtype = "U8", .shape = {lines.size()}}}};
  FileWriter file(path);
  file.append(safetensors_head(tensors));
  for (std::size_t i = 0; i < source.words; ++i) file.append(std::as_bytes(source.row(i)));
  file.append(lines);
  file.finish();
}

void check_words(const WordVectorSource& source, WordVectorFormat format) {
  const std::string_view ends = format == WordVectorFormat::kBinary ? "\r\n " : "\r\n";
  for (std::size_t i = 0; i < source.words; ++i) {
    const std::string_view word = source.word(i);
    if (!word.empty() && word.find_first_of(ends) == word.npos) continue;
    throw Error(ErrorCode::kInvalidArgument,
                concat("word ", i + 1, " ", quote(word), ": expected a word without line ends",
                       format == WordVectorFormat::kBinary ? " and spaces" : ""));
  }
}

}  // namespace

WordVectors::WordVectors(WordList words, MatrixView values, std::shared_ptr<const void> owner,
                         const NgramVectors& ngrams)
    : words_(std::move(words)),
      dim_(values.cols),
      borrowed_(values.data),
      owner_(std::move(owner)),
      ngrams_(ngrams) {
  SEMEME_CHECK(values.rows == words_.size() && owner_ != nullptr);
}

std::optional<std::vector<float>> WordVectors::from_ngrams(std::string_view word) const {
  std::vector<std::uint32_t> buckets;
  append_subwords(word, ngrams_.options, buckets);
  if (buckets.empty()) return std::nullopt;
  std::vector<TokenId> rows(buckets.size());
  std::ranges::transform(buckets, rows.begin(), [](std::uint32_t b) { return TokenId{b}; });
  std::vector<float> mean(dim_);
  kernels::gather_mean(ngrams_.table, rows, {}, mean);
  return mean;
}

void WordVectors::add(std::string_view word, std::span<const float> vector) {
  SEMEME_CHECK(vector.size() == dim_ && owner_ == nullptr);
  words_.add(word);
  values_.insert(values_.end(), vector.begin(), vector.end());
}

void WordVectors::reserve(std::size_t words) {
  words_.reserve(words);
  values_.reserve(words * dim_);
}

WordVectorFormat word_vector_format(const Path& path) {
  const std::string suffix = path.extension().string();
  if (suffix == ".vec" || suffix == ".txt" || suffix == ".w2v") return WordVectorFormat::kText;
  if (suffix == ".glove") return WordVectorFormat::kGlove;
  if (suffix == ".bin") return WordVectorFormat::kBinary;
  if (suffix == ".safetensors") return WordVectorFormat::kSafetensors;
  if (suffix == ".npy") return WordVectorFormat::kNpy;
  throw Error(ErrorCode::kInvalidArgument,
              concat(quote(path.native()),
                     ": expected a name that ends in .vec, .txt or .w2v (word2vec text), .glove, "
                     ".bin (word2vec binary), .safetensors or .npy, found ",
                     quote(suffix)));
}

WordVectors read_word_vectors(const Path& path) {
  const auto file = std::make_shared<const MappedFile>(MappedFile::open(path));
  const std::string_view text = text_of(file->bytes());
  if (is_fasttext(file->bytes())) return read_fasttext(path, file);
  if (is_npy(file->bytes())) return read_npy_words(path, file);
  // Its header begins behind 8 bytes, the last ones of a number that is small.
  if (text.size() > 8 && text.substr(4, 5) == std::string_view("\0\0\0\0{", 5)) {
    return read_safetensors_words(path, file);
  }
  return read_word2vec(path, text);
}

void write_word_vectors(const Path& path, const WordVectorSource& source, WordVectorFormat format) {
  check_words(source, format);
  if (format == WordVectorFormat::kSafetensors) return write_safetensors_words(path, source);
  if (format == WordVectorFormat::kNpy) return write_npy_words(path, source);
  write_word2vec(path, source, format);
}

void write_word_vectors(const Path& path, const WordVectors& vectors, WordVectorFormat format) {
  write_word_vectors(path,
                     {.words = vectors.size(),
                      .dim = vectors.dim(),
                      .word = [&](std::size_t i) { return vectors.word(i); },
                      .row = [&](std::size_t i) { return vectors.row(i); }},
                     format);
}

}  // namespace sememe::vectors
