// Training whose result is the same bytes for any number of threads.
//
// Rows are cut into slices of columns, which lie in tables of their own. Centres are taken in
// batches: a thread finds the products of its slices for all pairs of a batch, from rows that
// nobody moves, and when all threads have, moves its slices, centre after centre, by the steps that
// follow from the sums over slices. So nothing depends on which thread did what, and rows never
// travel between processors; the products do, and the examples, which waiting threads draw.

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <thread>

#include "base/cpu.h"
#include "base/thread_pool.h"
#include "kernels/target.h"
#include "train/examples.h"
#include "train/word2vec_state.h"

namespace sememe::train {
namespace {

// Steps of a batch do not see each other, so a row that comes often moves too far: at 64 centres
// skip-gram at rate 0.05 diverges on 12 MB of Wikipedia, at 32 its loss is 1.5 % higher, at 16 it
// is that of single centres (2.506 after 2 epochs, 2.497 and 2.515 without batches).
constexpr std::size_t kBatchCentres = 16;
// A batch also ends when an output has so many pairs in it: the root of a tree is in all of them.
constexpr std::size_t kMaxPairsOfOutput = 32;
// Batches that may be drawn before they are trained.
constexpr std::size_t kBatchesAhead = 16;
constexpr std::size_t kLossEvery = LossSum::kEvery / kBatchCentres;  // batches
// Examples that a waiting thread draws before it looks whether it still has to wait.
constexpr std::size_t kDrawnAtOnce = 8;
// Turns of a waiting thread until it lets others run.
constexpr int kSpins = 2000;  // with a processor for each thread

// Sums run in slices, so what decides their number is the length of rows, never that of threads.
std::size_t slices_of(std::size_t lines) {
  if (lines < 4) return 1;
  if (lines < 32) return 2;  // a slice costs one more addition across lanes for each pair
  return lines < 64 ? 4 : kernels::kMaxSlices;
}

// Part i of n of some things.
struct Part {
  std::size_t begin;
  std::size_t end;
};
Part part_of(std::size_t things, std::size_t i, std::size_t n) {
  return {things * i / n, things * (i + 1) / n};
}

// How many pairs each output has; rows that share a place count together.
class PairCounts {
 public:
  void clear() { counts_.fill(0); }
  /// Whether an output has more than it may have now.
  bool add(std::span<const std::uint32_t> outputs, std::size_t inputs) {
    std::size_t most = 0;
    for (const std::uint32_t id : outputs) {
      std::uint16_t& count = counts_[Example::row_of(id) * 0x9E3779B1U >> 22];
      count = static_cast<std::uint16_t>(count + inputs);
      most = std::max<std::size_t>(most, count);
    }
    return most > kMaxPairsOfOutput;
  }

 private:
  std::array<std::uint16_t, 1024> counts_{};
};

struct Batch {
  std::vector<Example> examples;
  std::size_t size = 0;  // examples that are used
  std::size_t block = 0;
  bool ends_block = false;

  explicit Batch(const Word2VecState& state) : examples(kBatchCentres, Example(state)) {}
};

// Some columns of all rows, and the work that is done on them.
class alignas(64) Slice {
 public:
  Slice(const Word2VecState& state, Part columns)
      : mean_(state.trains_mean()),
        columns_(columns),
        input_(state.input.rows(), columns.end - columns.begin),
        output_(state.output.rows(), columns.end - columns.begin),
        scratch_(2 * input_.stride()) {
    copy_columns(state.input, columns_.begin, input_, 0);
    copy_columns(state.output, columns_.begin, output_, 0);
    const Example room(state);
    const std::size_t pairs = (mean_ ? 1 : room.most_inputs()) * room.most_outputs();
    stride_ = (pairs + 16 + 15) / 16 * 16;
    for (std::size_t i = 0; i < 2; ++i) {
      rows_[i].assign(kBatchCentres, ExampleRows(state));
      products_[i] = kernels::AlignedFloats(kBatchCentres * stride_);
    }
  }

  void write_to(Word2VecState& state) const {
    copy_columns(input_, 0, state.input, columns_.begin);
    copy_columns(output_, 0, state.output, columns_.begin);
  }

  // ahead: the next batch, or nullptr when it is not drawn yet.
  void find(std::size_t b, const Batch& batch, const Batch* ahead) {
    for (std::size_t i = 0; i < batch.size; ++i) {
      set_up_to(b, batch, i + 1 + kExamplesAhead);
      const ExampleRows& rows = rows_[b % 2][i];
      float* products = products_[b % 2].data() + i * stride_;
      if (mean_) {
        kernels::mean_products(rows.mean_step(), {products, stride_}, scratch());
      } else {
        kernels::skip_gram_products(rows.skip_gram_step(), {products, stride_});
      }
    }
    set_ = 0;
    if (ahead != nullptr) set_up_to(b + 1, *ahead, kExamplesAhead);
  }

  // slices: of all, those of example 0.
  void move(std::size_t b, const Batch& batch, std::span<const Slice> slices) {
    std::array<const float*, kernels::kMaxSlices> products;
    for (std::size_t i = 0; i < batch.size; ++i) {
      if (i + kExamplesAhead < batch.size) ask_for_products(b, i + kExamplesAhead, slices);
      for (std::size_t s = 0; s < slices.size(); ++s) products[s] = slices[s].products(b, i);
      const std::span<const float* const> all(products.data(), slices.size());
      if (mean_) {
        kernels::mean_move(rows_[b % 2][i].mean_step(), all, scratch());
      } else {
        kernels::skip_gram_move(rows_[b % 2][i].skip_gram_step(), all);
      }
    }
  }

  // Two batches have them at a time: threads are never further apart.
  const float* products(std::size_t b, std::size_t example) const {
    return products_[b % 2].data() + example * stride_;
  }

 private:
  // Rows are on their way by the time they are needed.
  static constexpr std::size_t kExamplesAhead = 2;

  static void copy_columns(const VectorTable& from, std::size_t from_column, VectorTable& to,
                           std::size_t to_column) {
    const std::size_t columns = std::min(from.stride() - from_column, to.stride() - to_column);
    for (std::size_t r = 0; r < from.rows(); ++r) {
      std::copy_n(from.row(r) + from_column, columns, to.row(r) + to_column);
    }
  }

  // Those of others lie in the caches of other processors.
  void ask_for_products(std::size_t b, std::size_t example, std::span<const Slice> slices) const {
    const ExampleRows& rows = rows_[b % 2][example];
    const std::size_t pairs =
        mean_ ? rows.mean_step().outputs.size()
              : rows.skip_gram_step().inputs.size() * rows.skip_gram_step().outputs.size();
    for (const Slice& slice : slices) {
      if (&slice != this)
        kernels::prefetch_lines(slice.products(b, example), pairs * sizeof(float));
    }
  }

  void set_up_to(std::size_t b, const Batch& batch, std::size_t count) {
    for (; set_ < std::min(count, batch.size); ++set_) {
      rows_[b % 2][set_].set(batch.examples[set_], input_, output_);
    }
  }
  std::span<float> scratch() { return {scratch_.data(), scratch_.size()}; }

  bool mean_;
  Part columns_;
  VectorTable input_;
  VectorTable output_;
  kernels::AlignedFloats scratch_;
  std::size_t stride_ = 0;
  std::array<std::vector<ExampleRows>, 2> rows_;
  std::array<kernels::AlignedFloats, 2> products_;
  // Other threads read the products above: this has a line of its own.
  alignas(64) std::size_t set_ = 0;  // rows of the batch that comes next
};

class DeterministicTrainer {
 public:
  DeterministicTrainer(Word2VecState& state, const BlockDone& done)
      : state_(state), done_(done), source_(state), next_block_(state.next_block) {
    const std::size_t lines = state.input.stride() / 16;
    const std::size_t slices = slices_of(lines);
    for (std::size_t s = 0; s < slices; ++s) {
      const Part own = part_of(lines, s, slices);
      slices_.emplace_back(state, Part{own.begin * 16, own.end * 16});
    }
    for (std::size_t i = 0; i < kBatchesAhead; ++i) batches_.emplace_back(state);
  }

  void run() {
    // One thread more than slices is of use: it draws.
    const std::size_t useful = std::min(state_.options.threads, slices_.size() + 1);
    ThreadPool pool(std::max<std::size_t>(useful, 1));
    threads_ = pool.size();
    spins_ = threads_ <= available_threads() ? kSpins : 1;
    pool.parallel_for(threads_, [&](std::size_t thread, std::size_t) { work(thread); });
    state_.next_block = next_block_;
    for (const Slice& slice : slices_) slice.write_to(state_);
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void work(std::size_t thread) {
    // Threads beyond the slices only draw.
    const Part own = thread < slices_.size()
                         ? part_of(slices_.size(), thread, std::min(threads_, slices_.size()))
                         : Part{0, 0};
    for (std::size_t b = 0;; ++b) {
      // Were examples drawn while waiting alone, there would be too few in the end, and then all
      // would wait for the one that draws.
      if (!drawn(b + 4)) try_to_draw();
      if (!drawn(b + 2)) try_to_draw();
      wait([&] { return drawn(b) || all_drawn_.load(std::memory_order_acquire); });
      if (!drawn(b)) return;
      const Batch& batch = batches_[b % kBatchesAhead];
      const Batch* ahead = drawn(b + 1) ? &batches_[(b + 1) % kBatchesAhead] : nullptr;
      for (std::size_t s = own.begin; s < own.end; ++s) slices_[s].find(b, batch, ahead);
      found_[thread].batches.store(b + 1, std::memory_order_release);
      wait([&] { return found_by_all() > b; });
      if (thread == 0) report(b, batch);
      for (std::size_t s = own.begin; s < own.end; ++s) slices_[s].move(b, batch, slices_);
    }
  }

  // Batches that all threads have found the products of.
  std::size_t found_by_all() const {
    std::size_t least = found_[0].batches.load(std::memory_order_acquire);
    for (std::size_t t = 1; t < threads_; ++t) {
      least = std::min(least, found_[t].batches.load(std::memory_order_acquire));
    }
    return least;
  }

  bool drawn(std::size_t b) const { return drawn_.load(std::memory_order_acquire) > b; }

  // Who has to wait draws examples meanwhile.
  template <class Condition>
  void wait(const Condition& condition) {
    for (int turns = 0; !condition();) {
      if (try_to_draw()) continue;
      if (++turns % spins_ == 0) std::this_thread::yield();
    }
  }

  // Some examples more, unless another thread draws or there is no room.
  bool try_to_draw() {
    // A thread that has found the products of one batch has moved the rows of the one before.
    const auto has_room = [&] {
      return drawn_.load(std::memory_order_relaxed) + 2 <= found_by_all() + kBatchesAhead &&
             !all_drawn_.load(std::memory_order_relaxed);
    };
    if (drawing_.load(std::memory_order_relaxed) || !has_room()) return false;
    if (drawing_.exchange(true, std::memory_order_acquire)) return false;
    const bool draws = has_room();
    if (draws) draw(batches_[drawn_.load(std::memory_order_relaxed) % kBatchesAhead]);
    drawing_.store(false, std::memory_order_release);
    return draws;
  }

  void draw(Batch& batch) {
    if (!in_block_) {
      if (stopped_ || next_block_ == state_.end_block) {
        all_drawn_.store(true, std::memory_order_release);
        return;
      }
      source_.start(next_block_++);
      in_block_ = true;
    }
    bool full = false;
    for (std::size_t i = 0; i < kDrawnAtOnce && in_block_ && !full; ++i) {
      const Example& example = batch.examples[in_batch_];
      in_block_ = source_.next(batch.examples[in_batch_]);
      if (!in_block_) break;
      const std::size_t inputs = state_.trains_mean() ? 1 : example.inputs().size();
      full = pairs_.add(example.outputs(), inputs);
      full = ++in_batch_ == kBatchCentres || full;
    }
    if (in_block_ && !full) return;
    pairs_.clear();
    batch.size = in_batch_;
    batch.block = next_block_ - 1;
    batch.ends_block = !in_block_;
    in_batch_ = 0;
    drawn_.fetch_add(1, std::memory_order_release);
  }

  void report(std::size_t b, const Batch& batch) {
    if (b % kLossEvery == 0 && batch.size > 0) {
      const Example& first = batch.examples[0];
      std::vector<const float*> products;
      for (const Slice& slice : slices_) products.push_back(slice.products(b, 0));
      std::vector<float> labels;
      for (const std::uint32_t id : first.outputs()) labels.push_back(Example::label_of(id));
      const bool mean = state_.trains_mean();
      loss_.add(kernels::products_loss(mean ? 1 : first.inputs().size(), labels, products),
                mean ? first.parts().size() : first.inputs().size());
    }
    if (!batch.ends_block) return;
    try {
      if (!done_(batch.block, loss_)) stopped_ = true;
    } catch (...) {
      failure_ = std::current_exception();
      stopped_ = true;
    }
  }

  Word2VecState& state_;
  const BlockDone& done_;
  std::vector<Slice> slices_;
  std::size_t threads_ = 1;
  int spins_ = kSpins;
  // Of the thread that draws.
  ExampleSource source_;
  PairCounts pairs_;
  std::size_t in_batch_ = 0;
  bool in_block_ = false;
  std::size_t next_block_;

  std::vector<Batch> batches_;  // a ring
  LossSum loss_;
  std::exception_ptr failure_;
  std::atomic<bool> stopped_ = false;
  // On lines of their own: all threads look at them all the time.
  alignas(64) std::atomic<bool> drawing_ = false;
  alignas(64) std::atomic<std::size_t> drawn_ = 0;  // batches
  std::atomic<bool> all_drawn_ = false;
  struct alignas(64) Found {
    std::atomic<std::size_t> batches = 0;
  };
  std::array<Found, kernels::kMaxSlices + 1> found_;  // by thread
};

}  // namespace

void train_deterministic(Word2VecState& state, const BlockDone& done) {
  DeterministicTrainer(state, done).run();
}

}  // namespace sememe::train
