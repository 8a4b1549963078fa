// Any bytes as a file of word vectors: an Error, or words that are found and vectors that lie in
// memory.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "sememe/error.h"
#include "vectors/npy.h"
#include "vectors/word_vectors.h"

namespace {

// Files are mapped by their path; this one is memory.
const std::string& file_of(std::span<const std::byte> bytes) {
  static const int kFile = ::memfd_create("word_vectors_fuzz", 0);
  static const std::string kPath = "/proc/self/fd/" + std::to_string(kFile);
  if (kFile < 0 || ::ftruncate(kFile, static_cast<off_t>(bytes.size())) != 0 ||
      ::pwrite(kFile, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    __builtin_trap();
  }
  return kPath;
}

// Reads every number; the sum keeps the compiler from leaving that out.
void touch(std::span<const float> values) {
  static volatile float sum = 0;
  for (const float value : values) sum = sum + value;
}

void read_all(const sememe::vectors::WordVectors& vectors) {
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    touch(vectors.row(i));
    const std::optional<std::size_t> found = vectors.find(vectors.word(i));
    if (!found || *found > i || vectors.word(*found) != vectors.word(i)) __builtin_trap();
  }
  if (const auto made = vectors.from_ngrams("unknown")) touch(*made);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  try {
    read_all(sememe::vectors::read_word_vectors(file_of(bytes)));
  } catch (const sememe::Error&) {
  }
  // Its words would stand in another file, so that the reader above never gets past the numbers.
  try {
    const sememe::MatrixView matrix = sememe::vectors::parse_npy(bytes, "fuzzed file");
    touch({matrix.data, matrix.rows * matrix.cols});
  } catch (const sememe::Error&) {
  }
  return 0;
}
