#include "train/trace.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/error_context.h"
#include "base/json.h"
#include "base/thread_pool.h"
#include "kernels/convert.h"
#include "kernels/half.h"
#include "train/pca.h"

namespace sememe::train {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::size_t kNeighbors = 10;
constexpr std::size_t kMaxWords = 100;
constexpr std::size_t kMaxSteps = 1000;
constexpr std::size_t kAxes = 2;
// The first step after the beginning comes with this part of all words.
constexpr double kFirstPart = 1e-3;

void require(bool fits, std::string_view name, std::size_t found, std::string_view expected) {
  if (fits) return;
  throw Error(ErrorCode::kInvalidArgument,
              concat("trace: expected ", expected, " ", name, ", found ", found));
}

std::size_t id_of(const WordVocabulary& vocabulary, std::string_view word) {
  for (std::size_t id = 0; id < vocabulary.size(); ++id) {
    if (vocabulary.word(id) == word) return id;
  }
  throw Error(ErrorCode::kNotFound, concat("trace: the word ", quote(word), " is none of the ",
                                           vocabulary.size(), " words that get a vector"));
}

// Not kernels::dot, whose last bits depend on the processor.
double inner_product(std::span<const float> a, std::span<const float> b) {
  constexpr std::size_t kLanes = 16;
  std::array<float, kLanes> lanes{};
  std::size_t i = 0;
  for (; i + kLanes <= a.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) lanes[lane] += a[i + lane] * b[i + lane];
  }
  double sum = std::accumulate(lanes.begin(), lanes.end(), 0.0);
  for (; i < a.size(); ++i) sum += double{a[i]} * double{b[i]};
  return sum;
}

// Of all pairs of different rows: the square of the sum of the unit vectors holds every pair twice,
// and every row with itself. Rows of zeros have cosine 0.
double mean_cosine(const Matrix& rows, std::span<const double> norms) {
  std::vector<double> sum(rows.cols);
  double with_itself = 0;
  for (std::size_t r = 0; r < rows.rows; ++r) {
    if (norms[r] == 0) continue;
    for (std::size_t c = 0; c < rows.cols; ++c) sum[c] += rows.row(r)[c] / norms[r];
    with_itself += 1;
  }
  const double square = std::inner_product(sum.begin(), sum.end(), sum.begin(), 0.0);
  const auto count = static_cast<double>(rows.rows);
  return count < 2 ? 0 : (square - with_itself) / (count * (count - 1));
}

// Four decimals are more than a picture or a table shows.
double rounded(double value) { return std::round(value * 1e4) / 1e4; }

std::string dump(const OrderedJson& json) {
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace

TrainingTrace::TrainingTrace(const WordVocabulary& vocabulary, TraceOptions options)
    : vocabulary_(vocabulary), options_(std::move(options)) {
  const std::vector<std::string>& words = options_.words;
  require(!words.empty() && words.size() <= kMaxWords, "words", words.size(),
          concat("1 to ", kMaxWords));
  require(options_.steps >= 1 && options_.steps <= kMaxSteps, "steps", options_.steps,
          concat("1 to ", kMaxSteps));
  require(options_.dim >= kAxes, "dimensions", options_.dim, concat(kAxes, " or more"));
  const std::size_t limit = options_.vocabulary_limit;
  candidates_.resize(limit == 0 ? vocabulary.size() : std::min(limit, vocabulary.size()));
  std::iota(candidates_.begin(), candidates_.end(), std::size_t{0});
  for (const std::string& word : words) {
    const std::size_t id = id_of(vocabulary, word);
    const auto found = std::ranges::find(candidates_, id);
    const auto candidate = static_cast<std::size_t>(found - candidates_.begin());
    if (found == candidates_.end()) candidates_.push_back(id);
    if (std::ranges::find(chosen_, candidate) == chosen_.end()) chosen_.push_back(candidate);
  }
}

std::uint64_t TrainingTrace::next_step() const {
  if (steps_.empty()) return 0;
  const auto all = static_cast<double>(options_.words_an_epoch * options_.epochs);
  const double last = static_cast<double>(options_.steps) - 1;
  for (std::size_t i = 0; i + 1 < options_.steps; ++i) {
    const auto at =
        static_cast<std::uint64_t>(all * std::pow(kFirstPart, 1 - static_cast<double>(i) / last));
    if (at > steps_.back().progress.words) return at;
  }
  return options_.words_an_epoch * options_.epochs;
}

void TrainingTrace::record(const TrainingProgress& progress, const VectorOf& vector_of) {
  // What stays is allocated before what goes, or the heap is left full of holes.
  Step step{.progress = progress,
            .mean_cosine = 0,
            .chosen = {},
            .vectors = std::vector<std::uint16_t>(candidates_.size() * options_.dim)};
  Matrix vectors(candidates_.size(), options_.dim);
  std::vector<double> norms(candidates_.size());
  for (std::size_t c = 0; c < candidates_.size(); ++c) {
    vector_of(candidates_[c], vectors.row(c));
    norms[c] = std::sqrt(inner_product(vectors.row(c), vectors.row(c)));
  }
  step.mean_cosine = mean_cosine(vectors, norms);
  for (const std::size_t chosen : chosen_) {
    step.chosen.push_back(look_around(vectors, norms, chosen));
  }
  std::ranges::transform(vectors.values, step.vectors.begin(), kernels::f32_to_f16);
  steps_.push_back(std::move(step));
}

TrainingTrace::Chosen TrainingTrace::look_around(const Matrix& vectors,
                                                 std::span<const double> norms,
                                                 std::size_t candidate) const {
  std::vector<Neighbor> all;
  all.reserve(candidates_.size());
  for (std::size_t c = 0; c < candidates_.size(); ++c) {
    if (c == candidate) continue;
    const double norm = norms[c] * norms[candidate];
    const double cosine =
        norm > 0 ? inner_product(vectors.row(c), vectors.row(candidate)) / norm : 0.0;
    all.push_back({.candidate = c, .cosine = static_cast<float>(cosine)});
  }
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(kNeighbors, all.size()));
  std::ranges::partial_sort(all, end, [](const Neighbor& a, const Neighbor& b) {
    return a.cosine != b.cosine ? a.cosine > b.cosine : a.candidate < b.candidate;
  });
  return {.norm = norms[candidate], .neighbors = {all.begin(), end}};
}

// The chosen words, then their last neighbours.
std::vector<std::size_t> TrainingTrace::points() const {
  std::vector<std::size_t> points = chosen_;
  for (const Chosen& chosen : steps_.back().chosen) {
    for (const Neighbor& neighbor : chosen.neighbors) {
      if (std::ranges::find(points, neighbor.candidate) == points.end()) {
        points.push_back(neighbor.candidate);
      }
    }
  }
  return points;
}

Matrix TrainingTrace::vectors_of(const Step& step, std::span<const std::size_t> candidates) const {
  Matrix out(candidates.size(), options_.dim);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const auto halves = std::span(step.vectors).subspan(candidates[i] * options_.dim, options_.dim);
    kernels::f16_to_f32(std::as_bytes(halves).data(), out.row(i));
  }
  return out;
}

// All but the steps, without its closing brace.
std::string TrainingTrace::head(std::span<const std::size_t> points,
                                double explained_variance) const {
  OrderedJson words = OrderedJson::array();
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::size_t id = candidates_[points[i]];
    words.push_back({{"word", vocabulary_.word(id)},
                     {"count", vocabulary_.counts()[id]},
                     {"chosen", i < chosen_.size()}});
  }
  const std::uint64_t all = options_.words_an_epoch * options_.epochs;
  const std::string text = dump({{"format", "sememe training trace"},
                                 {"version", 1},
                                 {"model", options_.model},
                                 {"dim", options_.dim},
                                 {"epochs", options_.epochs},
                                 {"total_words", all},
                                 {"finished", steps_.back().progress.words == all},
                                 {"vocabulary", vocabulary_.size()},
                                 {"candidates", candidates_.size()},
                                 {"explained_variance", rounded(explained_variance)},
                                 {"points", words}});
  return text.substr(0, text.size() - 1);
}

std::string TrainingTrace::line(const Step& step, const Matrix& positions) const {
  OrderedJson places = OrderedJson::array();
  for (std::size_t i = 0; i < positions.rows; ++i) {
    places.push_back({rounded(positions.row(i)[0]), rounded(positions.row(i)[1])});
  }
  OrderedJson chosen = OrderedJson::array();
  for (const Chosen& of : step.chosen) {
    OrderedJson neighbors = OrderedJson::array();
    for (const Neighbor& n : of.neighbors) {
      const std::string_view word = vocabulary_.word(candidates_[n.candidate]);
      neighbors.push_back({{"word", word}, {"cosine", rounded(n.cosine)}});
    }
    chosen.push_back({{"norm", rounded(of.norm)}, {"neighbors", neighbors}});
  }
  const TrainingProgress& now = step.progress;
  const double epoch =
      static_cast<double>(now.words) / static_cast<double>(options_.words_an_epoch);
  return dump({{"words", now.words},
               {"epoch", rounded(epoch)},
               {"rate", std::round(now.rate * 1e7) / 1e7},
               {"loss", now.loss > 0 ? OrderedJson(rounded(now.loss)) : OrderedJson()},
               {"mean_cosine", rounded(step.mean_cosine)},
               {"positions", places},
               {"chosen", chosen}});
}

void TrainingTrace::write(const Path& path) const {
  SEMEME_CHECK(!steps_.empty());
  ThreadPool pool(1);
  const std::vector<std::size_t> shown = points();
  const Projection axes = principal_components(vectors_of(steps_.back(), shown), kAxes, pool);
  std::string text = head(shown, axes.explained_variance) + ",\n\"steps\":[";
  for (const Step& step : steps_) {
    text += &step == steps_.data() ? "\n" : ",\n";
    text += line(step, project(vectors_of(step, shown), axes, pool));
  }
  write_file_atomic(path, text + "\n]}\n");
}

}  // namespace sememe::train
