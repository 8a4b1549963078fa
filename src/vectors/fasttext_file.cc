#include "vectors/fasttext_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/cpu.h"
#include "base/error_context.h"
#include "base/thread_pool.h"
#include "kernels/aligned.h"
#include "kernels/gather.h"

namespace sememe::vectors {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::int32_t kMagic = 793712314;
constexpr std::int32_t kVersion = 12;
// Of version 12 only the header of supervised models differs.
constexpr std::int32_t kOldestVersion = 11;
constexpr std::int32_t kMaxDim = 1 << 20;
// Published models have 5 or 6; a limit, so that a long word takes no forever.
constexpr std::int32_t kMaxNgram = 64;
constexpr std::size_t kMaxWordBytes = std::size_t{1} << 16;
// Words that a thread takes at a time.
constexpr std::size_t kTaskWords = 1024;

enum class EntryType : std::int8_t { kWord = 0, kLabel = 1 };

// The numbers of the file one after the other.
class Input {
 public:
  Input(const Path& path, std::span<const std::byte> bytes) : path_(path), bytes_(bytes) {}

  template <class Number>
  Number take(std::string_view name) {
    Number value{};
    std::memcpy(&value, take_bytes(sizeof(value), name).data(), sizeof(value));
    return value;
  }
  // The same, which must be `least` to `most`.
  template <class Number>
  Number take(std::string_view name, Number least, Number most) {
    const std::size_t begin = at_;
    const auto value = take<Number>(name);
    if (value < least || value > most) {
      at_ = begin;
      corrupt(concat("expected ", least, " to ", most, " as ", name, ", found ", value));
    }
    return value;
  }
  std::span<const std::byte> take_bytes(std::size_t size, std::string_view name) {
    if (size > left()) {
      corrupt(concat("expected ", size, " bytes of ", name, ", found ", left()));
    }
    at_ += size;
    return bytes_.subspan(at_ - size, size);
  }
  // Up to a zero byte, which is taken too.
  std::string_view take_word() {
    const auto rest = bytes_.subspan(at_, std::min(left(), kMaxWordBytes));
    const std::string_view text(reinterpret_cast<const char*>(rest.data()), rest.size());
    const std::size_t size = text.find('\0');
    if (size == text.npos) corrupt("expected a word and a zero byte");
    at_ += size + 1;
    return text.substr(0, size);
  }
  std::size_t left() const { return bytes_.size() - at_; }

  [[noreturn]] void corrupt(const std::string& what) const {
    throw Error(ErrorCode::kCorrupt, concat(quote(path_.native()), " byte ", at_, ": ", what));
  }
  [[noreturn]] void unsupported(const std::string& what) const {
    throw Error(ErrorCode::kUnsupported, concat(quote(path_.native()), ": ", what));
  }

 private:
  const Path& path_;
  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
};

struct Header {
  std::int32_t version;
  std::int32_t dim;
  FastTextSettings::Model model;
  SubwordOptions subwords;
};

Header take_header(Input& input) {
  constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
  Header header{};
  static_cast<void>(input.take<std::int32_t>("magic"));
  header.version = input.take<std::int32_t>("version");
  if (header.version < kOldestVersion || header.version > kVersion) {
    input.unsupported(concat("expected a fastText model of version ", kOldestVersion, " to ",
                             kVersion, ", found ", header.version));
  }
  header.dim = input.take("dimensions", 1, kMaxDim);
  for (const char* name :
       {"window", "epochs", "minimum count", "negatives", "word n-grams", "loss"}) {
    static_cast<void>(input.take<std::int32_t>(name));
  }
  header.model = FastTextSettings::Model{input.take("model", 1, 3)};
  header.subwords.buckets = static_cast<std::uint32_t>(input.take("buckets", 0, kMost));
  header.subwords.shortest = static_cast<std::size_t>(input.take("shortest n-gram", 0, kMost));
  header.subwords.longest = static_cast<std::size_t>(input.take("longest n-gram", 0, kMaxNgram));
  static_cast<void>(input.take<std::int32_t>("update rate"));
  static_cast<void>(input.take<double>("sampling threshold"));
  // Older supervised models have no n-grams, whatever they say.
  if (header.model == FastTextSettings::Model::kSupervised && header.version == kOldestVersion) {
    header.subwords.longest = 0;
  }
  if (header.subwords.enabled() && header.subwords.buckets == 0) {
    input.corrupt("expected buckets for n-grams, found 0");
  }
  return header;
}

struct Dictionary {
  WordList words;
  bool pruned;
};

Dictionary take_dictionary(Input& input) {
  constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
  constexpr std::size_t kLeastEntry = 1 + sizeof(std::int64_t) + sizeof(EntryType);
  const std::int32_t entries = input.take("entries", 0, kMost);
  const std::int32_t words = input.take("words", 0, entries);
  static_cast<void>(input.take("labels", entries - words, entries - words));
  static_cast<void>(input.take<std::int64_t>("tokens"));
  const auto pruned = input.take<std::int64_t>("size of the prune index", -1, kMost);
  Dictionary dictionary{.words = {}, .pruned = pruned >= 0};
  dictionary.words.reserve(std::min(static_cast<std::size_t>(words), input.left() / kLeastEntry));
  for (std::int32_t i = 0; i < entries; ++i) {
    const std::string_view word = input.take_word();
    static_cast<void>(input.take<std::int64_t>("count"));
    const auto type = static_cast<std::int8_t>(i < words ? EntryType::kWord : EntryType::kLabel);
    static_cast<void>(input.take("type of an entry", type, type));
    if (i < words) dictionary.words.add(word);
  }
  constexpr std::size_t kPair = 2 * sizeof(std::int32_t);
  static_cast<void>(input.take_bytes(
      static_cast<std::size_t>(std::max<std::int64_t>(pruned, 0)) * kPair, "prune index"));
  return dictionary;
}

// [rows, dim] at any address.
kernels::RowTable take_matrix(Input& input, std::string_view name, std::int32_t dim) {
  const auto rows = static_cast<std::size_t>(input.take<std::int64_t>(
      concat("rows of the ", name), 0, std::numeric_limits<std::int64_t>::max()));
  static_cast<void>(input.take<std::int64_t>(concat("columns of the ", name), dim, dim));
  const std::size_t row_bytes = static_cast<std::size_t>(dim) * sizeof(float);
  if (rows > input.left() / row_bytes) {
    input.corrupt(concat("expected ", rows, " rows of ", row_bytes, " bytes as ", name, ", found ",
                         input.left(), " bytes"));
  }
  return {.data = input.take_bytes(rows * row_bytes, name).data(),
          .type = kernels::RowType::kF32,
          .rows = rows,
          .cols = static_cast<std::size_t>(dim)};
}

void refuse_quantised(Input& input) {
  if (input.take<std::int8_t>("mark of quantised numbers", 0, 1) == 1) {
    input.unsupported(
        "expected a fastText model of 32-bit floats (.bin), found a quantised one "
        "(.ftz)");
  }
}

// The mean of each word's row and those of its n-grams, which follow all words' in the table.
kernels::AlignedFloats word_means(const WordList& words, const kernels::RowTable& table,
                                  const SubwordOptions& options) {
  auto means = kernels::AlignedFloats::uninitialized(words.size() * table.cols);
  ThreadPool pool(available_threads());
  pool.parallel_for(
      (words.size() + kTaskWords - 1) / kTaskWords, [&](std::size_t task, std::size_t) {
        std::vector<std::uint32_t> buckets;
        std::vector<TokenId> ids;
        const std::size_t end = std::min((task + 1) * kTaskWords, words.size());
        for (std::size_t i = task * kTaskWords; i < end; ++i) {
          buckets.clear();
          append_subwords(words[i], options, buckets);
          ids.assign(1, TokenId{static_cast<std::uint32_t>(i)});
          for (const std::uint32_t bucket : buckets) {
            ids.push_back(TokenId{static_cast<std::uint32_t>(words.size()) + bucket});
          }
          kernels::gather_mean(table, ids, {}, {means.data() + i * table.cols, table.cols});
        }
      });
  return means;
}

// The numbers of a file that is written.
class Output {
 public:
  explicit Output(const Path& path) : file_(path) {}

  template <class Number>
  void put(Number value) {
    file_.append(std::as_bytes(std::span(&value, 1)));
  }
  void put_int(std::uint64_t value, std::string_view name) {
    constexpr std::uint64_t kMost = std::numeric_limits<std::int32_t>::max();
    if (value > kMost) {
      throw Error(ErrorCode::kLimit, concat("fastText model: expected at most ", kMost, " as ",
                                            name, ", found ", value));
    }
    put(static_cast<std::int32_t>(value));
  }
  void put_bytes(std::span<const std::byte> bytes) { file_.append(bytes); }
  // rows: those that the matrix has in all.
  void put_matrix(const RowSource& source, std::size_t rows, std::size_t dim) {
    put<std::int8_t>(0);  // not quantised
    put(static_cast<std::int64_t>(rows));
    put(static_cast<std::int64_t>(dim));
    for (std::size_t i = 0; i < source.rows; ++i) put_bytes(std::as_bytes(source.row(i)));
    const std::vector<float> zeros(dim);
    for (std::size_t i = source.rows; i < rows; ++i) put_bytes(std::as_bytes(std::span(zeros)));
  }
  void finish() { file_.finish(); }

 private:
  FileWriter file_;
};

void put_header(Output& out, const FastTextSettings& settings, std::size_t dim) {
  constexpr std::int32_t kUpdateRate = 100;  // fastText's own; of no use here
  out.put(kMagic);
  out.put(kVersion);
  out.put_int(dim, "dimensions");
  out.put_int(settings.window, "window");
  out.put_int(settings.epochs, "epochs");
  out.put_int(settings.min_count, "minimum count");
  out.put_int(settings.negative, "negatives");
  out.put_int(1, "word n-grams");
  out.put(settings.loss);
  out.put(settings.model);
  out.put_int(settings.subwords.enabled() ? settings.subwords.buckets : 0, "buckets");
  out.put_int(settings.subwords.shortest, "shortest n-gram");
  out.put_int(settings.subwords.longest, "longest n-gram");
  out.put(kUpdateRate);
  out.put(settings.sample);
}

void put_dictionary(Output& out, const FastTextSource& model) {
  out.put_int(model.words, "entries");
  out.put_int(model.words, "words");
  out.put_int(0, "labels");
  out.put(static_cast<std::int64_t>(model.settings.tokens));
  out.put(std::int64_t{-1});  // no prune index
  for (std::size_t i = 0; i < model.words; ++i) {
    const std::string_view word = model.word(i);
    if (word.empty() || word.contains('\0')) {
      throw Error(ErrorCode::kInvalidArgument,
                  concat("word ", i + 1, " ", quote(word), ": expected a word without zero bytes"));
    }
    out.put_bytes(std::as_bytes(std::span(word)));
    out.put('\0');
    out.put(static_cast<std::int64_t>(model.counts[i]));
    out.put(EntryType::kWord);
  }
}

}  // namespace

bool is_fasttext(std::span<const std::byte> file) {
  return file.size() >= sizeof(kMagic) && std::memcmp(file.data(), &kMagic, sizeof(kMagic)) == 0;
}

WordVectors read_fasttext(const Path& path, std::shared_ptr<const MappedFile> file) {
  Input input(path, file->bytes());
  const Header header = take_header(input);
  Dictionary dictionary = take_dictionary(input);
  refuse_quantised(input);
  if (dictionary.pruned) input.corrupt("expected no prune index of a model that is not quantised");
  const kernels::RowTable table = take_matrix(input, "input", header.dim);
  const std::size_t words = dictionary.words.size();
  if (table.rows != words + header.subwords.buckets) {
    input.corrupt(concat("expected input of ", words, " words and ", header.subwords.buckets,
                         " buckets, found ", table.rows, " rows"));
  }
  static_cast<void>(input.take<std::int8_t>("mark of quantised output", 0, 1));
  static_cast<void>(take_matrix(input, "output", header.dim));
  if (input.left() > 0) input.corrupt(concat("expected the end, found ", input.left(), " bytes"));

  struct Owner {
    std::shared_ptr<const MappedFile> file;
    kernels::AlignedFloats means;
  };
  auto owner = std::make_shared<Owner>(
      Owner{std::move(file), word_means(dictionary.words, table, header.subwords)});
  const MatrixView matrix{owner->means.data(), words, table.cols};
  kernels::RowTable ngrams = table;
  ngrams.data += words * table.cols * sizeof(float);
  ngrams.rows = header.subwords.buckets;
  return {std::move(dictionary.words), matrix, std::move(owner),
          NgramVectors{header.subwords, ngrams}};
}

void write_fasttext(const Path& path, const FastTextSource& model) {
  const SubwordOptions& subwords = model.settings.subwords;
  const std::size_t rows = model.words + (subwords.enabled() ? subwords.buckets : 0);
  SEMEME_CHECK(model.counts.size() == model.words && model.input.rows == rows &&
               model.output.rows <= model.words);
  Output out(path);
  put_header(out, model.settings, model.dim);
  put_dictionary(out, model);
  out.put_matrix(model.input, rows, model.dim);
  out.put_matrix(model.output, model.words, model.dim);
  out.finish();
}

}  // namespace sememe::vectors
