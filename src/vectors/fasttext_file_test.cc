#include "vectors/fasttext_file.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>

#include "base/json.h"
#include "vectors/word_vectors_testing.h"

namespace sememe::vectors {
namespace {

const Path kGolden = Path(SEMEME_GOLDEN_DIR) / "word_vectors";

std::vector<float> vector_of(const WordVectors& vectors, std::string_view word) {
  const auto row = vectors.find(word);
  if (!row) return vectors.from_ngrams(word).value_or(std::vector<float>());
  return {vectors.row(*row).begin(), vectors.row(*row).end()};
}

TEST(WordVectorGolden, EveryFileGivesTheVectorsOfTheProgramThatWroteIt) {
  const Json expected = read_json(kGolden / "expected.json");
  ASSERT_EQ(expected.size(), 10U);
  for (const auto& [file, words] : expected.items()) {
    const WordVectors vectors = read_word_vectors(kGolden / file);
    // gensim divides where fastText multiplies.
    const float tolerance = file == "gensim_facebook.bin" ? 1e-7F : 0.0F;
    for (const auto& [word, values] : words.items()) {
      const std::vector<float> found = vector_of(vectors, word);
      ASSERT_EQ(found.size(), values.size()) << file << " " << word;
      for (std::size_t d = 0; d < found.size(); ++d) {
        EXPECT_NEAR(found[d], values[d].get<float>(), tolerance) << file << " " << word;
      }
    }
  }
}

TEST(WordVectorGolden, WordsOutOfTheVocabularyNeedNgrams) {
  EXPECT_FALSE(read_word_vectors(kGolden / "skipgram.vec").from_ngrams("pineapple"));
  EXPECT_FALSE(read_word_vectors(kGolden / "cbow.bin").from_ngrams("pineapple"));
  const WordVectors model = read_word_vectors(kGolden / "gensim_facebook.bin");
  EXPECT_TRUE(model.from_ngrams("b"));  // "<b>"
  EXPECT_FALSE(model.from_ngrams(""));  // "<>" is shorter than three characters
}

class FastTextFile : public WordVectorFile {
 protected:
  void expect_error(std::string_view bytes, ErrorCode code, const std::string& part) const {
    const std::string message = refusal(bytes, code);
    EXPECT_NE(message.find(part), std::string::npos) << message;
  }
};

// Places in skipgram.bin, see docs/formats/word-vectors.md.
constexpr std::size_t kVersionAt = 4;
constexpr std::size_t kDimAt = 8;
constexpr std::size_t kModelAt = 36;
constexpr std::size_t kBucketsAt = 40;
constexpr std::size_t kLongestAt = 48;
constexpr std::size_t kEntriesAt = 64;
constexpr std::size_t kWordsAt = 68;
constexpr std::size_t kPrunedAt = 84;
constexpr std::size_t kDictionaryAt = 92;

std::string golden() { return read_file(kGolden / "skipgram.bin"); }

template <class Number>
std::string with(std::size_t at, Number value) {
  std::string bytes = golden();
  std::memcpy(bytes.data() + at, &value, sizeof(value));
  return bytes;
}

std::size_t quantised_at() {
  std::size_t at = kDictionaryAt;
  const std::string bytes = golden();
  std::int32_t entries = 0;
  std::memcpy(&entries, bytes.data() + kEntriesAt, sizeof(entries));
  for (std::int32_t i = 0; i < entries; ++i) at = bytes.find('\0', at) + 10;
  return at;
}

TEST_F(FastTextFile, IsRefusedWhereverItIsCut) {
  const std::string bytes = golden();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(static_cast<void>(read(bytes.substr(0, size))), Error) << size;
  }
  expect_error(bytes + "x", ErrorCode::kCorrupt, "expected the end, found 1 bytes");
  expect_error(bytes.substr(0, bytes.size() - 1), ErrorCode::kCorrupt, "as output, found");
}

TEST_F(FastTextFile, RefusesHostileNumbers) {
  constexpr std::int32_t kHuge = 0x7FFFFFFF;
  for (const std::int32_t value : {-1, 0, kHuge}) {
    EXPECT_THROW(static_cast<void>(read(with(kDimAt, value))), Error);
    EXPECT_THROW(static_cast<void>(read(with(kBucketsAt, value))), Error);
    EXPECT_THROW(static_cast<void>(read(with(kEntriesAt, value))), Error);
    EXPECT_THROW(static_cast<void>(read(with(kWordsAt, value))), Error);
  }
  expect_error(with(kLongestAt, kHuge), ErrorCode::kCorrupt, "longest n-gram");
  expect_error(with(kModelAt, 4), ErrorCode::kCorrupt, "model");
  const std::size_t rows = quantised_at() + 1;
  for (const std::int64_t value : {std::int64_t{-1}, std::int64_t{1} << 62, std::int64_t{38}}) {
    EXPECT_THROW(static_cast<void>(read(with(rows, value))), Error);
    EXPECT_THROW(static_cast<void>(read(with(rows + 8, value))), Error);
  }
  expect_error(with(kPrunedAt, std::int64_t{-2}), ErrorCode::kCorrupt, "prune index");
  expect_error(with(kPrunedAt, std::int64_t{0}), ErrorCode::kCorrupt, "no prune index");
  expect_error(with(kPrunedAt, std::int64_t{1} << 40), ErrorCode::kCorrupt, "prune index");
  expect_error(with(quantised_at() - 1, char{1}), ErrorCode::kCorrupt, "type of an entry");
}

TEST_F(FastTextFile, NamesWhatIsNotSupported) {
  expect_error(with(quantised_at(), char{1}), ErrorCode::kUnsupported, "quantised");
  expect_error(with(kVersionAt, 13), ErrorCode::kUnsupported, "found 13");
  expect_error(with(kVersionAt, 10), ErrorCode::kUnsupported, "found 10");
}

TEST_F(FastTextFile, IsWrittenAsFastTextWritesIt) {
  // The same numbers again give the same bytes; the entry for line ends is a word like others.
  const std::string bytes = golden();
  const std::size_t matrix = quantised_at() + 17;
  constexpr std::size_t kWords = 9;
  constexpr std::size_t kBuckets = 30;
  constexpr std::size_t kDim = 5;
  std::vector<float> input((kWords + kBuckets) * kDim);
  std::vector<float> output(kWords * kDim);
  std::memcpy(input.data(), bytes.data() + matrix, input.size() * sizeof(float));
  std::memcpy(output.data(), bytes.data() + bytes.size() - output.size() * sizeof(float),
              output.size() * sizeof(float));
  std::vector<std::uint64_t> counts;
  std::size_t at = kDictionaryAt;
  for (std::size_t i = 0; i < kWords; ++i) {
    at = bytes.find('\0', at) + 1;
    counts.push_back(0);
    std::memcpy(&counts.back(), bytes.data() + at, sizeof(std::uint64_t));
    at += 9;
  }
  std::uint64_t tokens = 0;
  std::memcpy(&tokens, bytes.data() + 76, sizeof(tokens));
  const WordVectors vectors = read(bytes);
  const auto rows = [](const std::vector<float>& values) {
    return [&values](std::size_t i) { return std::span(values).subspan(i * kDim, kDim); };
  };
  FastTextSource source = {
      .settings = {.window = 2,
                   .epochs = 2,
                   .min_count = 1,
                   .subwords = {.shortest = 2, .longest = 3, .buckets = kBuckets},
                   .tokens = tokens},
      .words = kWords,
      .dim = kDim,
      .word = [&](std::size_t i) { return vectors.word(i); },
      .counts = counts,
      .input = {kWords + kBuckets, rows(input)},
      .output = {kWords, rows(output)}};
  write_fasttext(path_, source);
  EXPECT_EQ(read_file(path_), bytes);

  source.word = [](std::size_t) { return std::string_view("a\0b", 3); };
  EXPECT_THROW(write_fasttext(path_, source), Error);
  source.word = [&](std::size_t i) { return vectors.word(i); };
  source.settings.epochs = std::size_t{1} << 31;
  EXPECT_THROW(write_fasttext(path_, source), Error);
}

}  // namespace
}  // namespace sememe::vectors
