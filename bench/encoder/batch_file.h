// What the C++ contenders of the encoder race share: the batch files that workloads.py writes, and
// peak memory.
#ifndef SEMEME_BENCH_ENCODER_BATCH_FILE_H_
#define SEMEME_BENCH_ENCODER_BATCH_FILE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "race_program.h"

namespace sememe::race {

/// Texts that one call embeds, their ids one after the other.
struct Batch {
  std::vector<std::uint32_t> ids;
  std::vector<std::size_t> starts = {0};
  std::vector<std::size_t> texts;  ///< which text of the file stands at each place

  std::size_t size() const { return texts.size(); }
};

/// The format is described in workloads.py.
inline std::vector<Batch> read_batches(const std::string& path) {
  WordFile file(path);
  const std::size_t text_count = file.word();
  const std::size_t batch_count = file.word();
  const auto lengths = file.words(text_count);
  const auto sizes = file.words(batch_count);
  const auto order = file.words(text_count);
  std::vector<std::vector<std::uint32_t>> texts;
  for (const std::uint32_t length : lengths) texts.push_back(file.words(length));

  std::vector<Batch> batches(batch_count);
  std::size_t place = 0;
  for (std::size_t b = 0; b < batch_count; ++b) {
    for (std::uint32_t i = 0; i < sizes[b]; ++i, ++place) {
      const auto& text = texts.at(order.at(place));
      batches[b].ids.insert(batches[b].ids.end(), text.begin(), text.end());
      batches[b].starts.push_back(batches[b].ids.size());
      batches[b].texts.push_back(order[place]);
    }
  }
  return batches;
}

/// The largest resident set since this program began. Not ru_maxrss: that one starts from the size
/// of the parent, here a Python process.
inline double peak_memory_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  }
  throw Error(ErrorCode::kNotFound, "/proc/self/status has no line VmHWM");
}

/// Vectors of batches, put into the order of the texts and written as [N, dim] f32.
inline Json write_vectors(const std::vector<Batch>& batches,
                          const std::vector<std::vector<float>>& vectors, std::size_t dim,
                          const std::string& path) {
  std::size_t rows = 0;
  for (const Batch& batch : batches) rows += batch.size();
  std::vector<float> all(rows * dim);
  for (std::size_t b = 0; b < batches.size(); ++b) {
    for (std::size_t i = 0; i < batches[b].size(); ++i) {
      const float* vector = vectors[b].data() + i * dim;
      std::copy_n(vector, dim, all.data() + batches[b].texts[i] * dim);
    }
  }
  write_file_atomic(path, {reinterpret_cast<const char*>(all.data()), all.size() * sizeof(float)});
  return {{"rows", rows}};
}

}  // namespace sememe::race

#endif  // SEMEME_BENCH_ENCODER_BATCH_FILE_H_
