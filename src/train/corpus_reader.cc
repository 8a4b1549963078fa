#include "train/corpus_reader.h"

namespace sememe::train {

std::uint64_t corpus_bytes(std::span<const Path> files) {
  std::uint64_t total = 0;
  for (const Path& file : files) {
    if (file == "-") return 0;
    total += file_stamp(file).size;
  }
  return total;
}

}  // namespace sememe::train
