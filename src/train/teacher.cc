#include "train/teacher.h"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "base/error_context.h"
#include "kernels/layer_norm.h"

namespace sememe::train {
namespace {

// Sequences that go through the layers together: a few hundred tokens.
constexpr std::size_t kBatch = 128;

// out += vector / |vector|.
void add_unit(std::span<const float> vector, std::span<float> out) {
  std::vector<float> unit(vector.begin(), vector.end());
  kernels::l2_normalize(unit);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] += unit[i];
}

}  // namespace

void Sequences::append(std::span<const TokenId> sequence) {
  ids.insert(ids.end(), sequence.begin(), sequence.end());
  starts.push_back(ids.size());
}

Teacher::Teacher(const Path& directory, const StaticVocabulary& vocabulary, ThreadPool& pool)
    : vocabulary_(vocabulary),
      pool_(pool),
      encoder_(model::Encoder::load(directory, {.precision = Precision::kNear})),
      workspaces_(pool.size()) {
  const std::size_t limit = encoder_->info().vocabulary_size;
  const auto in_table = [&](TokenId id) { return static_cast<std::size_t>(id) < limit; };
  if (!in_table(vocabulary.teacher_ids.back()) ||
      !std::ranges::all_of(vocabulary.before, in_table) ||
      !std::ranges::all_of(vocabulary.after, in_table)) {
    throw Error(ErrorCode::kCorrupt,
                concat("tokenizer.json has token ids that the weights' ", limit, " rows have not"));
  }
}

// Vocabulary indexes to the teacher's ids, with its special tokens.
Sequences Teacher::dressed(const Sequences& sequences, std::size_t first, std::size_t last) const {
  Sequences out;
  std::vector<TokenId> sequence;
  for (std::size_t s = first; s < last; ++s) {
    sequence = vocabulary_.before;
    for (std::size_t t = sequences.starts[s]; t < sequences.starts[s + 1]; ++t) {
      sequence.push_back(vocabulary_.teacher_ids[static_cast<std::size_t>(sequences.ids[t])]);
    }
    sequence.insert(sequence.end(), vocabulary_.after.begin(), vocabulary_.after.end());
    out.append(sequence);
  }
  return out;
}

template <class Run>
void Teacher::in_batches(const Sequences& sequences, const SequenceProgress& progress,
                         Run run) const {
  std::mutex mutex;
  std::size_t done = 0;
  const std::size_t batches = (sequences.size() + kBatch - 1) / kBatch;
  pool_.parallel_for(batches, [&](std::size_t batch, std::size_t worker) {
    const std::size_t first = batch * kBatch;
    const std::size_t last = std::min(sequences.size(), first + kBatch);
    run(dressed(sequences, first, last), first, workspaces_[worker]);
    const std::lock_guard lock(mutex);
    done += last - first;
    if (progress) progress(done);
  });
}

Matrix Teacher::texts(const Sequences& sequences, const SequenceProgress& progress) const {
  Matrix out(sequences.size(), width());
  in_batches(sequences, progress,
             [&](const Sequences& batch, std::size_t first, model::Workspace& workspace) {
               const std::span<float> rows(out.row(first).data(), batch.size() * width());
               encoder_->encode({batch.ids, batch.starts}, workspace, rows);
               for (std::size_t b = 0; b < batch.size(); ++b) {
                 kernels::l2_normalize(out.row(first + b));
               }
             });
  return out;
}

Matrix Teacher::tokens(const SequenceProgress& progress) const {
  Sequences alone;
  for (std::size_t i = 0; i < vocabulary_.tokens.size(); ++i) {
    const TokenId index{static_cast<std::uint32_t>(i)};
    alone.append({&index, 1});
  }
  Matrix out(alone.size(), width());
  in_batches(alone, progress,
             [&](const Sequences& batch, std::size_t first, model::Workspace& workspace) {
               Matrix states(batch.ids.size(), width());
               encoder_->hidden_states({batch.ids, batch.starts}, workspace, states.values);
               for (std::size_t b = 0; b < batch.size(); ++b) {
                 const std::size_t own = batch.starts[b] + vocabulary_.before.size();
                 add_unit(states.row(batch.starts[b]), out.row(first + b));
                 add_unit(states.row(own), out.row(first + b));
               }
             });
  return out;
}

}  // namespace sememe::train
