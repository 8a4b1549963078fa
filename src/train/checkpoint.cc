#include "train/checkpoint.h"

#include <bit>
#include <cstring>
#include <string>

#include "base/error_context.h"
#include "base/hash.h"
#include "vectors/safetensors.h"
#include "vectors/word_list.h"

namespace sememe::train {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view kFormat = "sememe word2vec checkpoint 1";

template <class T>
std::span<const std::byte> bytes_of(const std::vector<T>& values) {
  return std::as_bytes(std::span(values));
}

// Everything that the bytes of a result depend on, one setting a line.
std::string settings_of(const Word2VecState& state) {
  const Word2VecOptions& o = state.options;
  return concat(
      kFormat, "\narchitecture ", o.architecture == Architecture::kCbow ? "cbow" : "skipgram",
      "\nloss ", state.has_tree() ? "hs" : "ns", "\ndim ", o.dim, "\nwindow ", o.window,
      "\nnegative ", o.negative, "\npower ", o.negative_power, "\nsample ", o.sample, "\nrate ",
      o.rate, "\nepochs ", o.epochs, "\nseed ", o.seed, "\ndeterministic ", o.deterministic,
      "\nmin-n ", o.subwords.shortest, "\nmax-n ", o.subwords.longest, "\nbuckets ",
      o.subwords.enabled() ? o.subwords.buckets : 0, "\ncorpus ", state.corpus.fingerprint(), "\n");
}

// Hashes of the rows as a list.
std::uint64_t hash_of(const VectorTable& table) {
  std::vector<std::uint64_t> rows(table.rows());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = xxh3_64(std::as_bytes(table.values(i)));
  return xxh3_64(bytes_of(rows));
}
std::uint64_t hash_of(const vectors::TensorInfo& table) {
  const std::size_t row_bytes = table.shape[1] * sizeof(float);
  std::vector<std::uint64_t> rows(table.shape[0]);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i] = xxh3_64(table.bytes.subspan(i * row_bytes, row_bytes));
  }
  return xxh3_64(bytes_of(rows));
}

void append_rows(FileWriter& file, const VectorTable& table) {
  for (std::size_t i = 0; i < table.rows(); ++i) file.append(std::as_bytes(table.values(i)));
}

void read_row(const vectors::TensorInfo& from, std::size_t row, std::span<float> to) {
  vectors::read_f32(from, row * to.size(), to);
}

// A checkpoint whose parts fit each other.
class Checkpoint {
 public:
  explicit Checkpoint(const Path& path)
      : path_(path),
        file_(vectors::SafetensorsFile::open(path)),
        settings_(text("settings")),
        words_(vectors::WordList::parse_lines(text("words"))),
        counts_(integers("counts")) {
    if (!settings_.starts_with(concat(kFormat, "\n"))) {
      corrupt(concat("expected \"", kFormat, "\", found ", quote(settings_.substr(0, 40))));
    }
    if (counts_.size() != words_.size()) {
      corrupt(concat("expected ", words_.size(), " counts, found ", counts_.size()));
    }
    const std::vector<std::uint64_t> hashes = integers("checksums");
    if (hashes != std::vector<std::uint64_t>{xxh3_64(settings_), xxh3_64(text("words")),
                                             xxh3_64(bytes_of(counts_)), hash_of(input()),
                                             hash_of(output()), position()}) {
      corrupt("the checksums are not those of its parts");
    }
  }

  const std::string& settings() const { return settings_; }
  const vectors::WordList& words() const { return words_; }
  const std::vector<std::uint64_t>& counts() const { return counts_; }
  std::uint64_t position() const {
    const std::vector<std::uint64_t> position = integers("position");
    if (position.size() != 1) corrupt("expected one position");
    return position[0];
  }
  const vectors::TensorInfo& input() const { return table("input"); }
  const vectors::TensorInfo& output() const { return table("output"); }

  [[noreturn]] void differs(const std::string& what) const {
    throw Error(ErrorCode::kInvalidArgument, concat(quote(path_.string()), ": ", what));
  }

 private:
  [[noreturn]] void corrupt(const std::string& what) const {
    throw Error(ErrorCode::kCorrupt, concat(quote(path_.string()), ": ", what));
  }
  const vectors::TensorInfo& tensor(std::string_view name, std::string_view dtype,
                                    std::size_t rank) const {
    const vectors::TensorInfo* found = file_.table().find(name);
    if (found == nullptr) corrupt(concat("expected a tensor ", quote(name), " (a checkpoint)"));
    if (found->dtype != dtype || found->shape.size() != rank) {
      corrupt(concat(quote(name), ": expected ", dtype, " of ", rank, " dimensions"));
    }
    return *found;
  }
  const vectors::TensorInfo& table(std::string_view name) const { return tensor(name, "F32", 2); }
  std::string text(std::string_view name) const {
    const std::span<const std::byte> bytes = tensor(name, "U8", 1).bytes;
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  std::vector<std::uint64_t> integers(std::string_view name) const {
    const vectors::TensorInfo& found = tensor(name, "U64", 1);
    std::vector<std::uint64_t> values(found.elements);
    if (!values.empty()) std::memcpy(values.data(), found.bytes.data(), found.bytes.size());
    return values;
  }

  Path path_;
  vectors::SafetensorsFile file_;
  std::string settings_;
  vectors::WordList words_;
  std::vector<std::uint64_t> counts_;
};

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// The first line in which settings differ.
void require_same(const Checkpoint& checkpoint, std::string_view expected) {
  std::string_view found = checkpoint.settings();
  while (!expected.empty() || !found.empty()) {
    const std::string_view wished = take_line(expected);
    const std::string_view is = take_line(found);
    if (wished == is) continue;
    checkpoint.differs(concat("expected a checkpoint of this training, with ", quote(wished),
                              "; found one with ", quote(is),
                              ". Name another file, or give its options and corpus"));
  }
}

void read_table(const Checkpoint& checkpoint, const vectors::TensorInfo& from, VectorTable& to) {
  if (from.shape[0] != to.rows() || from.shape[1] != to.dim()) {
    checkpoint.differs(concat("expected vectors [", to.rows(), ", ", to.dim(), "], found [",
                              from.shape[0], ", ", from.shape[1], "]"));
  }
  for (std::size_t i = 0; i < to.rows(); ++i) read_row(from, i, to.values(i));
}

}  // namespace

void write_checkpoint(const Path& path, const Word2VecState& state) {
  const WordVocabulary& vocabulary = state.corpus.vocabulary();
  const std::string settings = settings_of(state);
  std::string words;
  for (std::size_t i = 0; i < vocabulary.size(); ++i) words.append(vocabulary.word(i)) += '\n';
  const std::vector<std::uint64_t> position = {state.next_block};
  const std::span<const std::byte> counts = std::as_bytes(vocabulary.counts());
  const std::vector<std::uint64_t> checksums = {xxh3_64(settings),     xxh3_64(words),
                                                xxh3_64(counts),       hash_of(state.input),
                                                hash_of(state.output), state.next_block};
  const std::size_t dim = state.options.dim;
  const std::vector<vectors::TensorSpec> tensors = {
      {.name = "position", .dtype = "U64", .shape = {1}},
      {.name = "checksums", .dtype = "U64", .shape = {checksums.size()}},
      {.name = "counts", .dtype = "U64", .shape = {vocabulary.size()}},
      {.name = "input", .dtype = "F32", .shape = {state.input.rows(), dim}},
      {.name = "output", .dtype = "F32", .shape = {state.output.rows(), dim}},
      {.name = "settings", .dtype = "U8", .shape = {settings.size()}},
      {.name = "words", .dtype = "U8", .shape = {words.size()}}};
  FileWriter file(path);
  file.append(vectors::safetensors_head(tensors));
  file.append(bytes_of(position));
  file.append(bytes_of(checksums));
  file.append(counts);
  append_rows(file, state.input);
  append_rows(file, state.output);
  file.append(settings);
  file.append(words);
  file.finish();
}

void resume_checkpoint(const Path& path, Word2VecState& state) {
  const Checkpoint checkpoint(path);
  require_same(checkpoint, settings_of(state));
  if (checkpoint.position() > state.blocks()) {
    checkpoint.differs(
        concat("expected at most ", state.blocks(), " blocks, found ", checkpoint.position()));
  }
  read_table(checkpoint, checkpoint.input(), state.input);
  read_table(checkpoint, checkpoint.output(), state.output);
  state.next_block = checkpoint.position();
}

WordVocabulary read_checkpoint_vocabulary(const Path& path) {
  const Checkpoint checkpoint(path);
  WordVocabulary vocabulary;
  for (std::size_t i = 0; i < checkpoint.words().size(); ++i) {
    vocabulary.add(checkpoint.words()[i], checkpoint.counts()[i]);
  }
  return vocabulary;
}

void adopt_vectors(const Path& path, Word2VecState& state) {
  const Checkpoint checkpoint(path);
  const vectors::TensorInfo& input = checkpoint.input();
  const std::size_t words = checkpoint.words().size();
  const std::size_t buckets = state.input.rows() - state.corpus.vocabulary().size();
  if (input.shape[1] != state.options.dim) {
    checkpoint.differs(
        concat("expected vectors of ", state.options.dim, " dimensions, found ", input.shape[1]));
  }
  if (state.has_tree() || checkpoint.settings().find("\nloss hs\n") != std::string::npos) {
    checkpoint.differs("hierarchical softmax cannot go on with another corpus, whose tree differs");
  }
  const auto setting = [](std::string_view name, std::size_t value) {
    return concat("\n", name, " ", value, "\n");
  };
  const SubwordOptions& n = state.options.subwords;
  for (const std::string& line :
       {setting("min-n", n.shortest), setting("max-n", n.longest), setting("buckets", buckets)}) {
    if (checkpoint.settings().find(line) != std::string::npos) continue;
    checkpoint.differs(concat("expected n-grams with ", line.substr(1, line.size() - 2)));
  }
  if (input.shape[0] != words + buckets || checkpoint.output().shape[0] != words ||
      checkpoint.output().shape[1] != input.shape[1]) {
    checkpoint.differs("expected a vector for each word");
  }
  const WordVocabulary& vocabulary = state.corpus.vocabulary();
  for (std::size_t i = 0; i < vocabulary.size(); ++i) {
    const std::optional<std::size_t> known = checkpoint.words().find(vocabulary.word(i));
    if (!known) continue;
    read_row(input, *known, state.input.values(i));
    read_row(checkpoint.output(), *known, state.output.values(i));
  }
  for (std::size_t b = 0; b < buckets; ++b) {
    read_row(input, words + b, state.input.values(vocabulary.size() + b));
  }
}

}  // namespace sememe::train
