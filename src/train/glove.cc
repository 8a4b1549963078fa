#include "train/glove.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <numeric>
#include <vector>

#include "base/error_context.h"
#include "base/thread_pool.h"
#include "kernels/glove.h"
#include "train/sampling.h"

namespace sememe::train {
namespace {

constexpr std::size_t kMaxDim = 4096;
// Of the parameters of a part.
constexpr std::size_t kPartBytes = std::size_t{1} << 21;
// Of a pair in the mean, where zero vectors have 400 for a count of 10^12.
constexpr double kMostLoss = 1e4;
constexpr std::uint64_t kReportPairs = std::uint64_t{1} << 17;

// Streams of random numbers; blocks have those from 0 on.
constexpr std::uint64_t kFirstValues = ~std::uint64_t{0};
constexpr std::uint64_t kEpochOrders = std::uint64_t{1} << 63;

GloveOptions checked(const GloveOptions& o) {
  const auto require = [](bool fits, std::string_view name, auto found, std::string_view expected) {
    if (fits) return;
    throw Error(ErrorCode::kInvalidArgument,
                concat("glove: expected ", expected, " as ", name, ", found ", found));
  };
  require(o.dim >= 1 && o.dim <= kMaxDim, "dimensions", o.dim, concat("1 to ", kMaxDim));
  require(o.x_max > 0 && std::isfinite(o.x_max), "x-max", o.x_max, "a number above 0");
  require(o.power >= 0 && o.power <= 10, "power", o.power, "0 to 10");
  require(o.rate > 0 && o.rate <= 10, "learning rate", o.rate, "a number in (0, 10]");
  require(o.epochs >= 1, "epochs", o.epochs, "1 or more");
  return o;
}

Cooccurrences checked(Cooccurrences matrix) {
  if (matrix.size() > 0) return matrix;
  throw Error(
      ErrorCode::kInvalidArgument,
      "glove: expected words that stand near each other, found none: every sentence has one "
      "word that is left");
}

std::size_t padded(std::size_t dim) { return (dim + 2 + 15) / 16 * 16; }

std::size_t most_rows(std::size_t stride) {
  return std::clamp<std::size_t>(kPartBytes / (2 * stride * sizeof(float)), 1, 65536);
}

std::vector<std::size_t> random_order(std::size_t count, Random random) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = count; i > 1; --i) {
    std::swap(order[i - 1], order[random.below(static_cast<std::uint32_t>(i))]);
  }
  return order;
}

// Who has left which column.
class Wave {
 public:
  explicit Wave(std::size_t sweeps) : left_(sweeps) {}
  /// Waits until the sweep before has left the column; false when all shall stop.
  bool enter(std::size_t sweep, std::size_t column) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopped_ || sweep == 0 || left_[sweep - 1] > column; });
    return !stopped_;
  }
  void leave(std::size_t sweep) {
    const std::scoped_lock lock(mutex_);
    ++left_[sweep];
    changed_.notify_all();
  }
  void stop() {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::size_t> left_;  // columns, of each sweep
  bool stopped_ = false;
};

}  // namespace

// One epoch at work.
class Glove::Epoch {
 public:
  Epoch(Glove& model, std::size_t epoch, const std::function<bool(const GloveProgress&)>& progress)
      : model_(model),
        epoch_(epoch),
        progress_(progress),
        parts_(model.blocks_.parts()),
        row_order_(random_order(parts_, Random(model.options_.seed, kEpochOrders + 2 * epoch))),
        column_order_(
            random_order(parts_, Random(model.options_.seed, kEpochOrders + 2 * epoch + 1))),
        wave_(parts_),
        losses_(parts_) {}

  /// What one thread does.
  void work() {
    try {
      for (;;) {
        const std::size_t sweep = next_.fetch_add(1);
        if (sweep >= parts_ || !this->sweep(sweep)) break;
      }
    } catch (...) {
      wave_.stop();
      throw;
    }
  }
  bool finished() const { return finished_ == parts_; }
  bool diverged() const { return diverged_; }
  double loss_so_far() const {
    return loss_ / static_cast<double>(std::max<std::uint64_t>(pairs_, 1));
  }
  double loss() const {
    return std::accumulate(losses_.begin(), losses_.end(), 0.0) /
           static_cast<double>(model_.pairs());
  }

 private:
  bool sweep(std::size_t sweep) {
    const std::size_t row_part = row_order_[sweep];
    std::uint64_t unreported = 0;
    double unreported_loss = 0;
    for (std::size_t column = 0; column < parts_; ++column) {
      if (!wave_.enter(sweep, column)) return false;
      const std::size_t column_part = column_order_[column];
      const double loss = model_.train_block(row_part, column_part);
      wave_.leave(sweep);
      losses_[sweep] += loss;
      unreported += model_.blocks_.pairs(row_part, column_part).size();
      unreported_loss += loss;
      if (unreported < kReportPairs && column + 1 < parts_) continue;
      if (!report(unreported, unreported_loss)) wave_.stop();
      unreported = 0;
      unreported_loss = 0;
    }
    ++finished_;
    return true;
  }

  // Returns whether to go on.
  bool report(std::uint64_t pairs, double loss) {
    const std::scoped_lock lock(reporting_);
    pairs_ += pairs;
    loss_ += loss;
    // Not a number is no less either.
    diverged_ = diverged_ || !(loss <= kMostLoss * static_cast<double>(pairs));
    if (diverged_) return false;
    if (!progress_) return true;
    return progress_({.pairs = epoch_ * model_.pairs() + pairs_,
                      .total_pairs = model_.options_.epochs * model_.pairs(),
                      .loss = loss_so_far()});
  }

  Glove& model_;
  std::size_t epoch_;
  const std::function<bool(const GloveProgress&)>& progress_;
  std::size_t parts_;
  std::vector<std::size_t> row_order_;
  std::vector<std::size_t> column_order_;
  Wave wave_;
  std::vector<double> losses_;  // by sweep
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::size_t> finished_ = 0;
  std::mutex reporting_;
  std::uint64_t pairs_ = 0;
  double loss_ = 0;
  bool diverged_ = false;
};

Glove::Glove(Cooccurrences matrix, const GloveOptions& options)
    : options_(checked(options)),
      stride_(padded(options.dim)),
      blocks_(checked(std::move(matrix)), most_rows(stride_), options.seed, options.threads),
      rows_(blocks_.first_word(blocks_.parts())) {
  words_ = kernels::AlignedFloats(rows_ * row_size());
  contexts_ = kernels::AlignedFloats(rows_ * row_size());
  Random random(options.seed, kFirstValues);
  const std::size_t dim = options.dim;
  for (kernels::AlignedFloats* table : {&words_, &contexts_}) {
    const std::size_t bias = table == &words_ ? dim : dim + 1;
    const std::size_t other_bias = table == &words_ ? dim + 1 : dim;
    for (std::size_t i = 0; i < rows_; ++i) {
      float* row = table->data() + i * row_size();
      // Even in (-1/2, 1/2) / dim, as the authors' program.
      for (std::size_t d = 0; d < dim; ++d) {
        row[d] = (random.uniform() - 0.5F) / static_cast<float>(dim);
      }
      row[bias] = (random.uniform() - 0.5F) / static_cast<float>(dim);
      row[other_bias] = 1;
      std::fill_n(row + stride_, dim, 1.0F);
      row[stride_ + bias] = 1;
    }
  }
}

double Glove::train_block(std::size_t row_part, std::size_t column_part) {
  return kernels::glove_steps(
      {.words = words_.data() + blocks_.first_word(row_part) * row_size(),
       .contexts = contexts_.data() + blocks_.first_word(column_part) * row_size(),
       .pairs = blocks_.pairs(row_part, column_part),
       .logs = blocks_.logs(row_part, column_part),
       .log_x_max = static_cast<float>(std::log(options_.x_max)),
       .power = static_cast<float>(options_.power),
       .rate = options_.rate,
       .dim = stride_});
}

bool Glove::train(const std::function<bool(const GloveProgress&)>& progress) {
  ThreadPool pool(std::max<std::size_t>(options_.threads, 1));
  for (std::size_t i = 0; i < options_.epochs; ++i) {
    Epoch epoch(*this, i, progress);
    pool.parallel_for(pool.size(), [&](std::size_t, std::size_t) { epoch.work(); });
    if (epoch.diverged()) {
      throw Error(ErrorCode::kInvalidArgument,
                  concat("glove: expected a mean loss below ", kMostLoss, ", found ",
                         epoch.loss_so_far(), " in epoch ", i + 1,
                         ": the vectors grew without bound; try a lower learning rate than ",
                         options_.rate));
    }
    if (!epoch.finished()) return false;
    loss_ = epoch.loss();
  }
  return true;
}

VectorTable Glove::vectors() const {
  VectorTable out(rows_, options_.dim);
  for (std::size_t i = 0; i < rows_; ++i) {
    const float* word = words_.data() + i * row_size();
    const float* context = contexts_.data() + i * row_size();
    for (std::size_t d = 0; d < options_.dim; ++d) out.row(i)[d] = word[d] + context[d];
  }
  return out;
}

}  // namespace sememe::train
