// sememe's side of the encoder race (race.py):
// encoder_race MODEL FIRST_BATCH_FILE PRECISION THREADS, then commands:
//
//   time FILE REPEATS   the whole batch file so many times
//   vectors FILE OUT    its vectors, [N, dim] f32, in the order of the texts
//   peak                f32 multiply-adds a second of this core, the ceiling of f32 without tiles
//   stats               peak memory
//
// With one thread, a batch of the file is one call of the encoder. With more, its texts are shared
// out as the Embedder does it (plan_batches). Laying
// the ids out one after the other is not timed, as the peers' padding is not.

#include <algorithm>

#include "base/cpu.h"
#include "base/thread_pool.h"
#include "batch_file.h"
#include "model/encoder.h"
#include "search/batching.h"

namespace sememe::race {
namespace {

std::unique_ptr<model::Encoder> load_encoder(const std::string& model, std::string_view precision) {
  const auto known = parse_precision(precision);
  if (known) return model::Encoder::load(model, {.precision = *known});
  throw Error(ErrorCode::kInvalidArgument, concat("unknown precision ", quote(precision)));
}

/// What one thread encodes at a time.
struct Piece {
  Batch batch;
  std::vector<TokenId> ids;
};
/// The pieces of one batch of the file; threads share them out.
using Call = std::vector<Piece>;

Batch part_of(const Batch& batch, const std::vector<std::size_t>& places) {
  Batch part;
  for (const std::size_t place : places) {
    const auto text = std::span(batch.ids).subspan(batch.starts[place],
                                                   batch.starts[place + 1] - batch.starts[place]);
    part.ids.insert(part.ids.end(), text.begin(), text.end());
    part.starts.push_back(part.ids.size());
    part.texts.push_back(batch.texts[place]);
  }
  return part;
}

Call plan_call(Batch batch, std::size_t threads) {
  Call call;
  if (threads == 1) {
    call.push_back({.batch = std::move(batch), .ids = {}});
  } else {
    std::vector<std::size_t> lengths;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      lengths.push_back(batch.starts[i + 1] - batch.starts[i]);
    }
    for (const auto& places : plan_batches(lengths, threads)) {
      call.push_back({.batch = part_of(batch, places), .ids = {}});
    }
  }
  for (Piece& piece : call) {
    for (const std::uint32_t id : piece.batch.ids) piece.ids.push_back(TokenId{id});
  }
  return call;
}

class Racer {
 public:
  Racer(const std::string& model, std::string_view precision, std::size_t threads)
      : encoder_(load_encoder(model, precision)), pool_(threads), workspaces_(pool_.size()) {}

  Json time(const std::string& path, const std::string& repeats) {
    Prepared& prepared = prepare(path);
    return time_repeats(repeats, [&] { encode(prepared); });
  }

  Json vectors(const std::string& path, const std::string& out_path) {
    Prepared& prepared = prepare(path);
    encode(prepared);
    std::vector<Batch> pieces;
    for (const Call& call : prepared.calls) {
      for (const Piece& piece : call) pieces.push_back(piece.batch);
    }
    return write_vectors(pieces, prepared.vectors, encoder_->info().dim, out_path);
  }

 private:
  struct Prepared {
    std::vector<Call> calls;
    std::vector<std::vector<float>> vectors;  // of every piece, call after call
  };

  Prepared& prepare(const std::string& path) {
    const auto [place, is_new] = prepared_.try_emplace(path);
    Prepared& prepared = place->second;
    if (!is_new) return prepared;
    for (Batch& batch : read_batches(path)) {
      prepared.calls.push_back(plan_call(std::move(batch), pool_.size()));
      for (const Piece& piece : prepared.calls.back()) {
        prepared.vectors.emplace_back(piece.batch.size() * encoder_->info().dim);
      }
    }
    return prepared;
  }

  void encode(Prepared& prepared) {
    std::size_t first = 0;
    for (const Call& call : prepared.calls) {
      pool_.parallel_for(call.size(), [&](std::size_t i, std::size_t worker) {
        encoder_->encode({.ids = call[i].ids, .starts = call[i].batch.starts}, workspaces_[worker],
                         prepared.vectors[first + i]);
      });
      first += call.size();
    }
  }

  std::unique_ptr<model::Encoder> encoder_;
  ThreadPool pool_;
  std::vector<model::Workspace> workspaces_;
  std::map<std::string, Prepared> prepared_;
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
  const bool wide = active_isa() >= Isa::kAvx512;
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

void run(std::span<char*> arguments) {
  Racer racer(arguments[1], arguments[3], static_cast<std::size_t>(std::stoul(arguments[4])));
  racer.time(arguments[2], "1");
  answer_commands({
      {"time", [&](const Words& words) { return racer.time(words[0], words[1]); }},
      {"vectors", [&](const Words& words) { return racer.vectors(words[0], words[1]); }},
      {"peak", [](const Words&) { return fma_peak(); }},
      {"stats", [](const Words&) { return Json{{"peak_rss_mib", peak_memory_mib()}}; }},
  });
}

}  // namespace
}  // namespace sememe::race

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: encoder_race MODEL FIRST_BATCH_FILE PRECISION THREADS\n";
    return 2;
  }
  return sememe::race::guarded([&] { sememe::race::run({argv, 5}); });
}
