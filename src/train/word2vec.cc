#include "train/word2vec.h"

#include <algorithm>
#include <cmath>

#include "base/error_context.h"
#include "kernels/word2vec.h"
#include "train/checkpoint.h"
#include "train/word2vec_state.h"

namespace sememe::train {
namespace {

constexpr std::size_t kMaxDim = 4096;
constexpr std::size_t kMaxWindow = kernels::kStepInputs / 2;
constexpr std::size_t kMaxNegative = 64;
constexpr std::size_t kMaxNgram = 32;
constexpr std::size_t kFewestDraws = std::size_t{1} << 16;
constexpr std::size_t kMostDraws = std::size_t{1} << 28;  // 1 GiB
constexpr float kLowestRate = 1e-4F;                      // of the first

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

float Word2VecState::rate(std::size_t block) const {
  const double done = static_cast<double>(words_before(block)) / static_cast<double>(words());
  return options.rate * std::max(kLowestRate, static_cast<float>(1.0 - done));
}

Word2Vec::Word2Vec(const WordCorpus& corpus, const Word2VecOptions& options) {
  check(options);
  state_ = std::make_unique<Word2VecState>(corpus, options);
  const WordVocabulary& vocabulary = corpus.vocabulary();
  std::size_t rows = vocabulary.size();
  if (options.subwords.enabled()) {
    state_->subwords = Subwords(vocabulary, options.subwords);
    rows += options.subwords.buckets;
  }
  state_->input = VectorTable(rows, options.dim);
  if (options.objective == Objective::kHierarchicalSoftmax) {
    state_->tree = HuffmanTree(vocabulary.counts());
    state_->output = VectorTable(vocabulary.size() - 1, options.dim);
  } else {
    // Sixteen places a word on average: the rarest have about one.
    const std::size_t draws =
        std::clamp<std::size_t>(16 * vocabulary.size(), kFewestDraws, kMostDraws);
    state_->negatives = DrawList(negative_weights(vocabulary.counts(), options.negative_power),
                                 draws, Random(options.seed, ~std::uint64_t{1}));
    state_->output = VectorTable(vocabulary.size(), options.dim);
  }
  state_->keep = keep_chances(vocabulary.counts(), options.sample);
  // Even in (-1/2, 1/2) / dim as word2vec.c, (-1, 1) / dim as fastText; outputs begin at zero.
  const float range = (options.subwords.enabled() ? 2.0F : 1.0F) / static_cast<float>(options.dim);
  Random random(options.seed, ~std::uint64_t{0});
  for (std::size_t i = 0; i < rows; ++i) {
    for (float& value : state_->input.values(i)) value = (random.uniform() - 0.5F) * range;
  }
}

Word2Vec::~Word2Vec() = default;
Word2Vec::Word2Vec(Word2Vec&&) noexcept = default;
Word2Vec& Word2Vec::operator=(Word2Vec&&) noexcept = default;

const VectorTable& Word2Vec::input() const { return state_->input; }
const VectorTable& Word2Vec::output() const { return state_->output; }

void Word2Vec::save(const Path& checkpoint) const { write_checkpoint(checkpoint, *state_); }
void Word2Vec::resume(const Path& checkpoint) { resume_checkpoint(checkpoint, *state_); }
void Word2Vec::start_from(const Path& checkpoint) { adopt_vectors(checkpoint, *state_); }
std::uint64_t Word2Vec::words_done() const { return state_->words_before(state_->next_block); }

VectorTable Word2Vec::vectors() const {
  VectorTable out(state_->corpus.vocabulary().size(), state_->options.dim);
  for (std::size_t word = 0; word < out.rows(); ++word) vector(word, out.values(word));
  return out;
}

void Word2Vec::vector(std::size_t word, std::span<float> out) const {
  std::ranges::copy(state_->input.values(word), out.begin());
  if (!state_->options.subwords.enabled()) return;
  const std::span<const std::uint32_t> buckets = state_->subwords.of(word);
  for (const std::uint32_t bucket : buckets) {
    const float* row = state_->input.row(state_->bucket_row(bucket));
    for (std::size_t d = 0; d < out.size(); ++d) out[d] += row[d];
  }
  const float share = 1.0F / static_cast<float>(1 + buckets.size());
  for (float& value : out) value *= share;
}

bool Word2Vec::train(const std::function<bool(const TrainingProgress&)>& progress,
                     std::uint64_t up_to) {
  Word2VecState& state = *state_;
  state.end_block = state.next_block;
  while (state.end_block < state.blocks() && state.words_before(state.end_block) < up_to) {
    ++state.end_block;
  }
  const BlockDone done = [&](std::size_t block, const LossSum& loss) {
    if (!std::isfinite(loss.mean())) {
      throw Error(ErrorCode::kInvalidArgument,
                  concat("word2vec: training diverged after ", state.words_before(block),
                         " words (the loss is no number); a rate below ", state.options.rate,
                         " would help"));
    }
    return !progress || progress({.words = state.words_before(block + 1),
                                  .total_words = state.words(),
                                  .loss = loss.mean(),
                                  .rate = state.rate(block)});
  };
  if (state.options.deterministic) {
    train_deterministic(state, done);
  } else {
    train_asynchronous(state, done);
  }
  return state.next_block == state.blocks();
}

}  // namespace sememe::train
