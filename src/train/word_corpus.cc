#include "train/word_corpus.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error_context.h"
#include "base/hash.h"
#include "train/text_stream.h"

namespace sememe::train {
namespace {

constexpr std::size_t kBufferedIds = std::size_t{1} << 16;
constexpr std::size_t kChunkBytes = std::size_t{1} << 20;

// Counts words and writes their numbers down.
class Counter {
 public:
  Counter(WordCounts& counts, IdFile& ids) : counts_(counts), ids_(ids) {}
  void word(std::string_view word) {
    if (word.size() > WordCorpus::kMaxWordBytes) return;
    if (length_ == WordCorpus::kMaxSentence) sentence_end();
    ids_.append(counts_.add(word));
    ++words_;
    ++length_;
  }
  void sentence_end() {
    if (length_ > 0) ids_.append(WordCorpus::kSentenceEnd);
    length_ = 0;
  }
  std::uint64_t words() const { return words_; }

 private:
  WordCounts& counts_;
  IdFile& ids_;
  std::uint64_t words_ = 0;
  std::size_t length_ = 0;
};

// The text of one file, in pieces that end between words.
void read_words(TextStream& stream, WordRule rule, Counter& counter,
                const std::function<void()>& progress) {
  std::vector<char> buffer(kChunkBytes);
  std::string lower;
  std::size_t kept = 0;  // of the piece before
  for (;;) {
    const std::size_t got = stream.read(std::span(buffer).subspan(kept));
    const std::string_view text(buffer.data(), kept + got);
    const bool last = kept + got < buffer.size();
    const std::size_t end = last ? text.size() : word_boundary(text);
    split_words(text.substr(0, end), rule, lower, counter);
    kept = text.size() - end;
    std::memmove(buffer.data(), buffer.data() + end, kept);
    progress();
    if (last) break;
  }
  counter.sentence_end();
}

}  // namespace

IdFile::IdFile(const Path& directory)
    : directory_(directory.empty() ? std::filesystem::temp_directory_path() : directory),
      file_(open_file(directory_, O_TMPFILE | O_RDWR, 0600)) {
  buffer_.reserve(kBufferedIds);
}

IdFile::~IdFile() {
  if (data_ != nullptr) ::munmap(data_, written_ * sizeof(std::uint32_t));
}

IdFile::IdFile(IdFile&& other) noexcept
    : directory_(std::move(other.directory_)),
      file_(std::move(other.file_)),
      buffer_(std::move(other.buffer_)),
      written_(other.written_),
      data_(std::exchange(other.data_, nullptr)) {}

IdFile& IdFile::operator=(IdFile&& other) noexcept {
  std::swap(directory_, other.directory_);
  std::swap(file_, other.file_);
  std::swap(buffer_, other.buffer_);
  std::swap(written_, other.written_);
  std::swap(data_, other.data_);
  return *this;
}

void IdFile::append(std::uint32_t id) {
  buffer_.push_back(id);
  if (buffer_.size() == kBufferedIds) write_out();
}

void IdFile::write_out() {
  write_all(file_, directory_ / "(unnamed)", std::as_bytes(std::span(buffer_)));
  written_ += buffer_.size();
  buffer_.clear();
}

std::span<std::uint32_t> IdFile::finish() {
  write_out();
  if (written_ == 0) return {};
  void* data = ::mmap(nullptr, written_ * sizeof(std::uint32_t), PROT_READ | PROT_WRITE, MAP_SHARED,
                      file_.get(), 0);
  if (data == MAP_FAILED) {
    throw Error(ErrorCode::kIo,
                concat("mmap a file in ", quote(directory_.string()), ": ", std::strerror(errno)));
  }
  data_ = static_cast<std::uint32_t*>(data);
  return {data_, written_};
}

WordCorpus WordCorpus::read(const CorpusOptions& options, const Progress& progress) {
  WordCorpus corpus;
  WordCounts counts(options.max_vocabulary_bytes);
  if (options.known != nullptr) {
    for (std::size_t i = 0; i < options.known->size(); ++i) {
      counts.add(options.known->word(i), options.known->counts()[i]);
    }
  }
  IdFile ids(options.temporary_directory);
  Counter counter(counts, ids);
  std::uint64_t total = 0;
  bool known = true;
  for (const Path& file : options.files) {
    if (file == "-") {
      known = false;
    } else {
      total += file_stamp(file).size;
    }
  }
  std::uint64_t before = 0;
  for (const Path& file : options.files) {
    TextStream stream(file);
    read_words(stream, options.rule, counter, [&] {
      if (progress) progress(before + stream.position(), known ? total : 0);
    });
    before += stream.position();
  }
  corpus.words_read_ = counter.words();
  corpus.distinct_words_ = counts.distinct();
  corpus.forgotten_up_to_ = counts.forgotten_up_to();
  WordCounts::Selection selection = counts.select(options.min_count, options.max_words);
  if (selection.vocabulary.size() == 0) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("corpus: expected words that come at least ", options.min_count,
                       " times, found none among ", corpus.words_read_));
  }
  const std::span<std::uint32_t> numbers = ids.finish();
  corpus.file_ = std::move(ids);
  corpus.encode(selection, numbers);
  if (corpus.blocks() == 0) {
    throw Error(ErrorCode::kInvalidArgument, "corpus: expected a text, found no word that is kept");
  }
  corpus.vocabulary_ = std::move(selection.vocabulary);
  return corpus;
}

// In place: numbers of words that are left out go, empty sentences too.
void WordCorpus::encode(const WordCounts::Selection& selection, std::span<std::uint32_t> numbers) {
  std::size_t out = 0;
  std::size_t length = 0;       // of the sentence so far
  std::size_t block_words = 0;  // of the block so far
  std::uint64_t words = 0;
  const auto end_sentence = [&] {
    numbers[out++] = kSentenceEnd;
    length = 0;
    if (block_words >= kBlockWords) {
      block_starts_.push_back(out);
      block_words_.push_back(words);
      block_words = 0;
    }
  };
  for (std::size_t in = 0; in < numbers.size(); ++in) {
    const std::uint32_t number = numbers[in];
    if (number == kSentenceEnd) {
      if (length > 0) end_sentence();
      continue;
    }
    const std::uint32_t id = selection.ids[number];
    if (id == kNoWord) continue;
    numbers[out++] = id;
    ++words;
    ++block_words;
    ++length;
  }
  if (block_starts_.back() != out) {
    block_starts_.push_back(out);
    block_words_.push_back(words);
  }
  ids_ = numbers.first(out);
}

std::string WordCorpus::fingerprint() const {
  std::uint64_t words = 0;
  for (std::size_t i = 0; i < vocabulary_.size(); ++i) {
    words = words * 31 + xxh3_64(vocabulary_.word(i));
  }
  const std::uint64_t parts[] = {words, xxh3_64(std::as_bytes(vocabulary_.counts())),
                                 xxh3_64(std::as_bytes(ids_))};
  return concat(words_before(blocks()), " words ", xxh3_64(std::as_bytes(std::span(parts))));
}

}  // namespace sememe::train
