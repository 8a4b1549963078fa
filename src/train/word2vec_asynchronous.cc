#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>

#include "base/thread_pool.h"
#include "train/examples.h"
#include "train/word2vec_state.h"

namespace sememe::train {
namespace {

// What one thread needs to train blocks.
class BlockTrainer {
 public:
  explicit BlockTrainer(Word2VecState& state)
      : state_(state),
        source_(state),
        example_(state),
        rows_{ExampleRows(state), ExampleRows(state)},
        scratch_(2 * state.input.stride()) {}

  // Draws one example ahead, so that its rows are on their way while this one is trained.
  void train(std::size_t block) {
    source_.start(block);
    bool more = draw(0);
    for (std::size_t i = 0; more; i = 1 - i) {
      more = draw(1 - i);
      step(rows_[i]);
    }
  }

  const LossSum& loss() const { return loss_; }

 private:
  bool draw(std::size_t i) {
    if (!source_.next(example_)) return false;
    rows_[i].set(example_, state_.input, state_.output);
    return true;
  }

  void step(const ExampleRows& rows) {
    const bool with_loss = ++steps_ % LossSum::kEvery == 0;
    if (state_.trains_mean()) {
      const kernels::MeanStep step = rows.mean_step();
      if (with_loss) loss_.add(kernels::mean_loss(step), step.parts.size());
      kernels::mean_step(step, {scratch_.data(), scratch_.size()});
    } else {
      const kernels::SkipGramStep step = rows.skip_gram_step();
      if (with_loss) loss_.add(kernels::skip_gram_loss(step), step.inputs.size());
      kernels::skip_gram_step(step);
    }
  }

  Word2VecState& state_;
  ExampleSource source_;
  Example example_;
  std::array<ExampleRows, 2> rows_;
  kernels::AlignedFloats scratch_;
  std::size_t steps_ = 0;
  LossSum loss_;
};

}  // namespace

void train_asynchronous(Word2VecState& state, const BlockDone& done) {
  std::atomic<std::size_t> next = state.next_block;
  std::atomic<bool> stopped = false;
  std::mutex reporting;
  ThreadPool pool(std::max<std::size_t>(state.options.threads, 1));
  pool.parallel_for(pool.size(), [&](std::size_t, std::size_t) {
    BlockTrainer trainer(state);
    while (!stopped) {
      const std::size_t block = next.fetch_add(1);
      if (block >= state.end_block) break;
      trainer.train(block);
      const std::scoped_lock lock(reporting);
      if (!done(block, trainer.loss())) stopped = true;
    }
  });
  state.next_block = std::min(next.load(), state.end_block);
}

}  // namespace sememe::train
