// sememe's side of the encoder race (race.py): encoder_race MODEL FIRST_BATCH_FILE, then commands:
//
//   time FILE REPEATS   the whole batch file so many times
//   vectors FILE OUT    its vectors, [N, dim] f32, in the order of the texts
//   peak                f32 multiply-adds a second of this core, the ceiling of all contenders
//   stats               peak memory
//
// Laying the ids out one after the other is not timed, as the peers' padding is not.

#include <algorithm>
#include <numeric>

#include "base/cpu.h"
#include "model/encoder.h"
#include "race_program.h"

namespace sememe::race {
namespace {

struct Batch {
  std::vector<TokenId> ids;
  std::vector<std::size_t> starts = {0};
  std::vector<std::size_t> texts;  // which text of the file stands at each place
  std::vector<float> vectors;
};

// The format is described in workloads.py.
std::vector<Batch> read_batches(const std::string& path, std::size_t dim) {
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
      for (const std::uint32_t id : texts.at(order.at(place))) {
        batches[b].ids.push_back(TokenId{id});
      }
      batches[b].starts.push_back(batches[b].ids.size());
      batches[b].texts.push_back(order[place]);
    }
    batches[b].vectors.resize(sizes[b] * dim);
  }
  return batches;
}

class Racer {
 public:
  explicit Racer(const std::string& model) : encoder_(model::Encoder::load(model)) {}

  Json time(const std::string& path, const std::string& repeats) {
    std::vector<Batch>& batches = prepare(path);
    return time_repeats(repeats, [&] { encode(batches); });
  }

  Json vectors(const std::string& path, const std::string& out_path) {
    const std::size_t dim = encoder_->info().dim;
    std::vector<Batch>& batches = prepare(path);
    encode(batches);
    std::size_t rows = 0;
    for (const Batch& batch : batches) rows += batch.texts.size();
    std::vector<float> all(rows * dim);
    for (const Batch& batch : batches) {
      for (std::size_t i = 0; i < batch.texts.size(); ++i) {
        std::copy_n(batch.vectors.data() + i * dim, dim, all.data() + batch.texts[i] * dim);
      }
    }
    write_file_atomic(out_path, {reinterpret_cast<const char*>(all.data()), all.size() * 4});
    return {{"rows", rows}};
  }

 private:
  std::vector<Batch>& prepare(const std::string& path) {
    const auto [place, is_new] = prepared_.try_emplace(path);
    if (is_new) place->second = read_batches(path, encoder_->info().dim);
    return place->second;
  }

  void encode(std::vector<Batch>& batches) {
    for (Batch& batch : batches) {
      encoder_->encode({.ids = batch.ids, .starts = batch.starts}, workspace_, batch.vectors);
    }
  }

  std::unique_ptr<model::Encoder> encoder_;
  model::Workspace workspace_;
  std::map<std::string, std::vector<Batch>> prepared_;
};

typedef float Vector256 __attribute__((vector_size(32)));
typedef float Vector512 __attribute__((vector_size(64)));

// Twelve independent sums hide the latency of a fused multiply-add (4 cycles, two a cycle). Inline
// assembly, because the compiler may neither fuse nor reorder floats in this project.
template <class Vector>
[[gnu::always_inline]] inline void twelve_sums(std::uint64_t steps) {
  Vector sums[12] = {};
  const Vector factor = Vector{} + 1e-3F;
  for (std::uint64_t i = 0; i < steps; ++i) {
#pragma GCC unroll 12
    for (Vector& sum : sums) asm volatile("vfmadd231ps %1, %1, %0" : "+v"(sum) : "v"(factor));
  }
}

[[gnu::target("avx2,fma")]] void fma_256(std::uint64_t steps) { twelve_sums<Vector256>(steps); }
[[gnu::target("avx512f")]] void fma_512(std::uint64_t steps) { twelve_sums<Vector512>(steps); }

// The best of twenty short runs, in 1e9 floating point operations a CPU-second.
Json fma_peak() {
  if (active_isa() == Isa::kScalar) return {{"gflop_per_s", 0}, {"isa", "scalar"}};
  const bool wide = active_isa() == Isa::kAvx512;
  constexpr std::uint64_t kSteps = 2'000'000;
  double best = 0;
  for (int run = 0; run < 20; ++run) {
    const double began = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    wide ? fma_512(kSteps) : fma_256(kSteps);
    const double seconds = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - began;
    best = std::max(best, static_cast<double>(kSteps) * 12 * 2 * (wide ? 16 : 8) / seconds / 1e9);
  }
  return {{"gflop_per_s", best}, {"isa", isa_name(active_isa())}};
}

void run(const std::string& model, const std::string& first_batches) {
  Racer racer(model);
  racer.time(first_batches, "1");
  answer_commands({
      {"time", [&](const Words& words) { return racer.time(words[0], words[1]); }},
      {"vectors", [&](const Words& words) { return racer.vectors(words[0], words[1]); }},
      {"peak", [](const Words&) { return fma_peak(); }},
      {"stats", [](const Words&) { return memory_stats(); }},
  });
}

}  // namespace
}  // namespace sememe::race

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: encoder_race MODEL FIRST_BATCH_FILE\n";
    return 2;
  }
  return sememe::race::guarded([&] { sememe::race::run(argv[1], argv[2]); });
}
