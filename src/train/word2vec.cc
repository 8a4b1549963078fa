#include "train/word2vec.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>

#include "base/error_context.h"
#include "base/thread_pool.h"
#include "kernels/target.h"
#include "kernels/word2vec.h"

namespace sememe::train {
namespace {

constexpr std::size_t kMaxDim = 4096;
constexpr std::size_t kMaxWindow = kernels::kStepInputs / 2;
constexpr std::size_t kMaxNegative = 64;
constexpr std::size_t kMaxNgram = 32;
constexpr float kLowestRate = 1e-4F;  // of the first
// One centre in so many has its loss taken: less than one percent of the time.
constexpr std::size_t kLossEvery = 512;

void require(bool fits, std::string_view name, std::size_t found, std::string_view expected) {
  if (fits) return;
  throw Error(ErrorCode::kInvalidArgument,
              concat("word2vec: expected ", expected, " as ", name, ", found ", found));
}

void check(const Word2VecOptions& o) {
  require(o.dim >= 1 && o.dim <= kMaxDim, "dimensions", o.dim, concat("1 to ", kMaxDim));
  require(o.window >= 1 && o.window <= kMaxWindow, "window", o.window, concat("1 to ", kMaxWindow));
  require(o.negative >= 1 && o.negative <= kMaxNegative, "negative samples", o.negative,
          concat("1 to ", kMaxNegative));
  require(o.epochs >= 1, "epochs", o.epochs, "1 or more");
  if (o.subwords.enabled()) {
    const SubwordOptions& n = o.subwords;
    require(n.shortest >= 1 && n.shortest <= n.longest, "shortest n-gram", n.shortest,
            concat("1 to ", n.longest));
    require(n.longest <= kMaxNgram, "longest n-gram", n.longest, concat("0 to ", kMaxNgram));
    require(n.buckets >= 1, "buckets", n.buckets, "1 or more");
    if (o.architecture != Architecture::kSkipGram) {
      throw Error(ErrorCode::kUnsupported, "word2vec: subwords go with skip-gram only");
    }
  }
  if (!(o.rate > 0 && o.rate <= 10)) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("word2vec: expected a learning rate in (0, 10], found ", o.rate));
  }
}

std::vector<double> negative_weights(std::span<const std::uint64_t> counts, double power) {
  std::vector<double> weights(counts.size());
  std::ranges::transform(counts, weights.begin(), [power](std::uint64_t count) {
    return std::pow(static_cast<double>(count), power);
  });
  return weights;
}

}  // namespace

// What one thread needs to train blocks.
class BlockTrainer {
 public:
  explicit BlockTrainer(Word2Vec& model)
      : model_(model),
        dim_(model.input_.stride()),
        row_bytes_(model.input_.stride() * sizeof(float)),
        scratch_(2 * dim_) {
    const Word2VecOptions& o = model.options_;
    const std::size_t pairs = per_word() ? 2 * o.window : 1;
    now_.negatives.resize(pairs * negatives());
    next_.negatives.resize(pairs * negatives());
    inputs_.resize(std::max(2 * o.window, 1 + model.subwords_.most()));
    outputs_.resize(pairs * (tree() ? model.tree_.longest() : 1 + o.negative));
    labels_.resize(outputs_.size());
    parts_.resize(pairs);
  }

  void train(std::span<const std::uint32_t> block, Random random, float rate) {
    random_ = random;
    rate_ = rate;
    for (std::size_t i = 0; i < block.size(); ++i) {
      const std::uint32_t word = block[i];
      if (word != WordCorpus::kSentenceEnd) {
        if (static_cast<std::uint32_t>(random_.next() >> 32) <= model_.keep_[word]) {
          sentence_.push_back(word);
        }
        continue;
      }
      if (sentence_.size() > 1) train_sentence();
      sentence_.clear();
    }
  }

  double loss() const { return loss_; }
  std::size_t loss_pairs() const { return loss_pairs_; }

 private:
  // What is drawn for a centre: the words of its window, and those it is trained against.
  struct Plan {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::vector<std::uint32_t> negatives;
  };

  // Whether every word of the window has negatives of its own. With the centre as the input, shared
  // ones would cost half of the accuracy (decision 0012).
  bool per_word() const { return model_.options_.subwords.enabled(); }

  bool tree() const { return model_.options_.objective == Objective::kHierarchicalSoftmax; }
  // Drawn for each word.
  std::size_t negatives() const { return tree() ? 0 : model_.options_.negative; }

  void train_sentence() {
    plan(0, next_);
    for (std::size_t i = 0; i < sentence_.size(); ++i) {
      std::swap(now_, next_);
      if (i + 1 < sentence_.size()) plan(i + 1, next_);
      if (per_word()) {
        subword_skip_gram(i);
      } else {
        gather(i);
        if (model_.options_.architecture == Architecture::kSkipGram) {
          skip_gram();
        } else {
          cbow();
        }
      }
    }
  }

  // Draws for a centre, and asks for the rows that it will be the first to touch.
  void plan(std::size_t centre, Plan& plan) {
    const Word2VecOptions& o = model_.options_;
    const std::size_t reach = 1 + random_.below(static_cast<std::uint32_t>(o.window));
    plan.begin = centre < reach ? 0 : centre - reach;
    plan.end = std::min(sentence_.size(), centre + reach + 1);
    const std::size_t pairs = per_word() ? plan.end - plan.begin - 1 : 1;
    for (std::size_t k = 0; k < pairs * negatives(); ++k) {
      plan.negatives[k] = model_.negatives_.draw(random_);
      ask(model_.output_, plan.negatives[k]);
    }
    const std::size_t edge = centre + o.window;
    if (per_word()) {
      ask(model_.input_, sentence_[centre]);
      for (const std::uint32_t bucket : model_.subwords_.of(sentence_[centre])) {
        ask(model_.input_, model_.bucket_row(bucket));
      }
      if (edge < sentence_.size()) ask_outputs(sentence_[edge]);
    } else {
      ask_outputs(sentence_[centre]);
      if (edge < sentence_.size()) ask(model_.input_, sentence_[edge]);
    }
  }
  void ask(const VectorTable& table, std::size_t row) {
    kernels::prefetch_lines<3>(table.row(row), row_bytes_);
  }

  void ask_outputs(std::uint32_t word) {
    if (!tree()) return ask(model_.output_, word);
    for (const std::uint32_t node : model_.tree_.nodes(word)) ask(model_.output_, node);
  }

  // The words of the window as inputs; the centre and what was drawn as outputs.
  void gather(std::size_t centre) {
    input_count_ = 0;
    for (std::size_t i = now_.begin; i < now_.end; ++i) {
      if (i != centre) inputs_[input_count_++] = model_.input_.row(sentence_[i]);
    }
    output_count_ = 0;
    add_outputs(sentence_[centre], 0);
  }

  // A word that was there and the negatives from `first` on, each once; or its way down the tree.
  void add_outputs(std::uint32_t word, std::size_t first) {
    if (tree()) return add_path(word);
    const std::size_t begin = output_count_;
    outputs_[output_count_] = model_.output_.row(word);
    labels_[output_count_++] = 1.0F;
    for (std::size_t k = 0; k < model_.options_.negative; ++k) {
      float* row = model_.output_.row(now_.negatives[first + k]);
      const auto last = outputs_.begin() + static_cast<std::ptrdiff_t>(output_count_);
      if (std::find(outputs_.begin() + static_cast<std::ptrdiff_t>(begin), last, row) != last) {
        continue;
      }
      outputs_[output_count_] = row;
      labels_[output_count_++] = 0.0F;
    }
  }

  void add_path(std::uint32_t word) {
    const std::span<const std::uint32_t> nodes = model_.tree_.nodes(word);
    const std::span<const float> labels = model_.tree_.labels(word);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      outputs_[output_count_] = model_.output_.row(nodes[i]);
      labels_[output_count_++] = labels[i];
    }
  }

  void skip_gram() {
    const kernels::SkipGramStep step = {.inputs = {inputs_.data(), input_count_},
                                        .outputs = {outputs_.data(), output_count_},
                                        .labels = {labels_.data(), output_count_},
                                        .rate = rate_,
                                        .dim = dim_};
    if (time_for_loss()) add_loss(kernels::skip_gram_loss(step), input_count_);
    kernels::skip_gram_step(step);
  }

  void cbow() { mean_step(0, 1); }

  // The centre and its n-grams as the input; a part of outputs for each word of the window.
  void subword_skip_gram(std::size_t centre) {
    input_count_ = 0;
    inputs_[input_count_++] = model_.input_.row(sentence_[centre]);
    for (const std::uint32_t bucket : model_.subwords_.of(sentence_[centre])) {
      inputs_[input_count_++] = model_.input_.row(model_.bucket_row(bucket));
    }
    output_count_ = 0;
    std::size_t parts = 0;
    for (std::size_t i = now_.begin; i < now_.end; ++i) {
      if (i == centre) continue;
      add_outputs(sentence_[i], parts * negatives());
      parts_[parts++] = output_count_;
    }
    mean_step(parts, parts);
  }

  void mean_step(std::size_t parts, std::size_t pairs) {
    const kernels::MeanStep step = {.rows = {inputs_.data(), input_count_},
                                    .outputs = {outputs_.data(), output_count_},
                                    .labels = {labels_.data(), output_count_},
                                    .parts = {parts_.data(), parts},
                                    .rate = rate_,
                                    .dim = dim_};
    if (time_for_loss()) add_loss(kernels::mean_loss(step), pairs);
    kernels::mean_step(step, {scratch_.data(), scratch_.size()});
  }

  bool time_for_loss() { return ++centres_ % kLossEvery == 0; }
  void add_loss(double loss, std::size_t pairs) {
    loss_ += loss;
    loss_pairs_ += pairs;
  }

  Word2Vec& model_;
  std::size_t dim_;
  std::size_t row_bytes_;
  kernels::AlignedFloats scratch_;
  Random random_{0};
  float rate_ = 0;
  std::vector<std::uint32_t> sentence_;
  Plan now_;
  Plan next_;
  std::vector<float*> inputs_;
  std::vector<float*> outputs_;
  std::vector<float> labels_;
  std::vector<std::size_t> parts_;
  std::size_t input_count_ = 0;
  std::size_t output_count_ = 0;
  std::size_t centres_ = 0;
  double loss_ = 0;
  std::size_t loss_pairs_ = 0;
};

Word2Vec::Word2Vec(const WordCorpus& corpus, const Word2VecOptions& options)
    : corpus_(corpus), options_(options) {
  check(options);
  const std::size_t words = corpus.vocabulary().size();
  std::size_t rows = words;
  if (options.subwords.enabled()) {
    subwords_ = Subwords(corpus.vocabulary(), options.subwords);
    rows += options.subwords.buckets;
  }
  input_ = VectorTable(rows, options.dim);
  if (options.objective == Objective::kHierarchicalSoftmax) {
    tree_ = HuffmanTree(corpus.vocabulary().counts());
    output_ = VectorTable(words - 1, options.dim);
  } else {
    negatives_ = AliasTable(negative_weights(corpus.vocabulary().counts(), options.negative_power));
    output_ = VectorTable(words, options.dim);
  }
  keep_ = keep_chances(corpus.vocabulary().counts(), options.sample);
  // Even in (-1/2, 1/2) / dim as word2vec.c, (-1, 1) / dim as fastText; outputs begin at zero.
  const float range = (options.subwords.enabled() ? 2.0F : 1.0F) / static_cast<float>(options.dim);
  Random random(options.seed, ~std::uint64_t{0});
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t d = 0; d < options.dim; ++d) {
      input_.row(i)[d] = (random.uniform() - 0.5F) * range;
    }
  }
}

VectorTable Word2Vec::vectors() const {
  const std::size_t words = corpus_.vocabulary().size();
  VectorTable out(words, options_.dim);
  for (std::size_t word = 0; word < words; ++word) {
    std::ranges::copy(input_.values(word), out.row(word));
    if (!options_.subwords.enabled()) continue;
    const std::span<const std::uint32_t> buckets = subwords_.of(word);
    for (const std::uint32_t bucket : buckets) {
      const float* row = input_.row(bucket_row(bucket));
      for (std::size_t d = 0; d < options_.dim; ++d) out.row(word)[d] += row[d];
    }
    const float share = 1.0F / static_cast<float>(1 + buckets.size());
    for (std::size_t d = 0; d < options_.dim; ++d) out.row(word)[d] *= share;
  }
  return out;
}

bool Word2Vec::train(const std::function<bool(const TrainingProgress&)>& progress) {
  const std::size_t blocks = corpus_.blocks();
  const std::size_t all_blocks = blocks * options_.epochs;
  const std::uint64_t words = corpus_.words();
  const std::uint64_t all_words = words * options_.epochs;
  const auto words_before = [&](std::size_t block) {
    return block / blocks * words + corpus_.words_before(block % blocks);
  };
  std::atomic<std::size_t> next = next_block_;
  std::atomic<bool> stopped = false;
  std::mutex reporting;
  ThreadPool pool(std::max<std::size_t>(options_.threads, 1));
  pool.parallel_for(pool.size(), [&](std::size_t, std::size_t) {
    BlockTrainer trainer(*this);
    while (!stopped) {
      const std::size_t block = next.fetch_add(1);
      if (block >= all_blocks) break;
      const double done = static_cast<double>(words_before(block)) / static_cast<double>(all_words);
      const float rate = options_.rate * std::max(kLowestRate, static_cast<float>(1.0 - done));
      trainer.train(corpus_.block(block % blocks), Random(options_.seed, block), rate);
      if (!progress) continue;
      const std::scoped_lock lock(reporting);
      const bool go_on =
          progress({.words = words_before(std::min(block + 1, all_blocks - 1)),
                    .total_words = all_words,
                    .loss = trainer.loss_pairs() == 0
                                ? 0
                                : trainer.loss() / static_cast<double>(trainer.loss_pairs()),
                    .rate = rate});
      if (!go_on) stopped = true;
    }
  });
  next_block_ = std::min(next.load(), all_blocks);
  return next_block_ == all_blocks;
}

}  // namespace sememe::train
