#include "train/trace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "base/json.h"
#include "sememe/error.h"
#include "train/pca.h"
#include "train/sampling.h"

namespace sememe::train {
namespace {

constexpr std::size_t kWords = 60;
constexpr std::size_t kDim = 21;  // not a multiple of sixteen

WordVocabulary test_vocabulary() {
  WordVocabulary vocabulary;
  for (std::size_t i = 0; i < kWords; ++i) vocabulary.add("w" + std::to_string(i), 1000 - i);
  return vocabulary;
}

TraceOptions test_options() {
  return {.words = {"w3", "w50"},
          .steps = 5,
          .model = "skipgram",
          .dim = kDim,
          .epochs = 2,
          .words_an_epoch = 50000};
}

// Vectors of step t.
Matrix test_vectors(std::uint64_t t) {
  Random random(7, t);
  Matrix out(kWords, kDim);
  for (float& value : out.values) value = random.uniform() - 0.4F;
  return out;
}

TrainingTrace::VectorOf rows_of(const Matrix& vectors) {
  return [&vectors](std::size_t word, std::span<float> out) {
    std::ranges::copy(vectors.row(word), out.begin());
  };
}

Json written(const TrainingTrace& trace) {
  const Path path = std::filesystem::temp_directory_path() / "sememe-trace-test.json";
  trace.write(path);
  Json json = read_json(path);
  std::filesystem::remove(path);
  return json;
}

// A trace of the vectors of steps 0, 1 and 2.
Json three_steps(const WordVocabulary& vocabulary, const TraceOptions& options) {
  TrainingTrace trace(vocabulary, options);
  for (std::uint64_t t = 0; t < 3; ++t) {
    const Matrix vectors = test_vectors(t);
    trace.record({.words = t * 50000, .total_words = 100000, .loss = double(t), .rate = 0.05F},
                 rows_of(vectors));
  }
  return written(trace);
}

double product(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * double{b[i]};
  return sum;
}

double length(std::span<const float> a) { return std::sqrt(product(a, a)); }

double cosine(std::span<const float> a, std::span<const float> b) {
  return product(a, b) / (length(a) * length(b));
}

std::size_t number_of(const Json& word) { return std::stoul(word.get<std::string>().substr(1)); }

TEST(TrainingTrace, NeighborsAreThoseOfBruteForce) {
  const WordVocabulary vocabulary = test_vocabulary();
  for (const std::size_t limit : {0UL, 40UL}) {
    TraceOptions options = test_options();
    options.vocabulary_limit = limit;
    const Json json = three_steps(vocabulary, options);
    EXPECT_EQ(json["candidates"], limit == 0 ? kWords : limit + 1);  // and "w50"
    for (std::uint64_t t = 0; t < 3; ++t) {
      const Matrix vectors = test_vectors(t);
      for (std::size_t i = 0; i < 2; ++i) {
        const std::size_t chosen = i == 0 ? 3 : 50;
        std::vector<std::size_t> order;
        for (std::size_t w = 0; w < kWords; ++w) {
          if (w != chosen && (limit == 0 || w < limit || w == 50)) order.push_back(w);
        }
        std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
          return cosine(vectors.row(a), vectors.row(chosen)) >
                 cosine(vectors.row(b), vectors.row(chosen));
        });
        const Json& found = json["steps"][t]["chosen"][i];
        EXPECT_NEAR(found["norm"].get<double>(), length(vectors.row(chosen)), 6e-5);
        ASSERT_EQ(found["neighbors"].size(), 10U);
        for (std::size_t n = 0; n < 10; ++n) {
          const Json& neighbor = found["neighbors"][n];
          EXPECT_EQ(number_of(neighbor["word"]), order[n]);
          EXPECT_NEAR(neighbor["cosine"].get<double>(),
                      cosine(vectors.row(order[n]), vectors.row(chosen)), 6e-5);
        }
      }
    }
  }
}

TEST(TrainingTrace, PositionsAreOnThePrincipalAxesOfTheLastVectors) {
  const WordVocabulary vocabulary = test_vocabulary();
  const Json json = three_steps(vocabulary, test_options());
  const Json& points = json["points"];
  EXPECT_EQ(points[0]["word"], "w3");
  EXPECT_EQ(points[0]["count"], 997);
  EXPECT_EQ(points[1]["word"], "w50");
  std::vector<std::string> expected = {"w3", "w50"};
  for (const Json& chosen : json["steps"][2]["chosen"]) {
    for (const Json& neighbor : chosen["neighbors"]) {
      const auto word = neighbor["word"].get<std::string>();
      if (std::ranges::find(expected, word) == expected.end()) expected.push_back(word);
    }
  }
  ASSERT_EQ(points.size(), expected.size());
  const auto rows = [&](std::uint64_t t) {
    const Matrix vectors = test_vectors(t);
    Matrix out(points.size(), kDim);
    for (std::size_t i = 0; i < points.size(); ++i) {
      EXPECT_EQ(points[i]["word"], expected[i]);
      EXPECT_EQ(points[i]["chosen"], i < 2);
      std::ranges::copy(vectors.row(number_of(points[i]["word"])), out.row(i).begin());
    }
    return out;
  };
  ThreadPool pool(1);
  const Projection axes = principal_components(rows(2), 2, pool);
  EXPECT_NEAR(json["explained_variance"].get<double>(), axes.explained_variance, 1e-3);
  for (std::uint64_t t = 0; t < 3; ++t) {
    const Matrix places = t == 2 ? axes.rows : project(rows(t), axes, pool);
    for (std::size_t i = 0; i < points.size(); ++i) {
      for (std::size_t axis = 0; axis < 2; ++axis) {
        EXPECT_NEAR(json["steps"][t]["positions"][i][axis].get<double>(), places.row(i)[axis],
                    2e-3);
      }
    }
  }
}

TEST(TrainingTrace, MeanCosineIsOfAllPairs) {
  const WordVocabulary vocabulary = test_vocabulary();
  const Json json = three_steps(vocabulary, test_options());
  for (std::uint64_t t = 0; t < 3; ++t) {
    const Matrix vectors = test_vectors(t);
    double sum = 0;
    for (std::size_t a = 0; a < kWords; ++a) {
      for (std::size_t b = 0; b < a; ++b) sum += cosine(vectors.row(a), vectors.row(b));
    }
    EXPECT_NEAR(json["steps"][t]["mean_cosine"].get<double>(), sum / (kWords * (kWords - 1) / 2),
                6e-5);
  }
}

TEST(TrainingTrace, SaysWhereTrainingStood) {
  const WordVocabulary vocabulary = test_vocabulary();
  const Json json = three_steps(vocabulary, test_options());
  EXPECT_EQ(json["format"], "sememe training trace");
  EXPECT_EQ(json["version"], 1);
  EXPECT_EQ(json["model"], "skipgram");
  EXPECT_EQ(json["total_words"], 100000);
  EXPECT_EQ(json["vocabulary"], kWords);
  EXPECT_EQ(json["finished"], true);
  EXPECT_TRUE(json["steps"][0]["loss"].is_null());
  EXPECT_EQ(json["steps"][1]["words"], 50000);
  EXPECT_EQ(json["steps"][1]["epoch"], 1);
  EXPECT_EQ(json["steps"][1]["loss"], 1);
  EXPECT_EQ(json["steps"][1]["rate"], 0.05);
}

TEST(TrainingTrace, StepsGrowGeometricallyToTheEnd) {
  const WordVocabulary vocabulary = test_vocabulary();
  TraceOptions options = test_options();
  options.steps = 4;
  options.words_an_epoch = 500000;
  TrainingTrace trace(vocabulary, options);
  const Matrix vectors = test_vectors(0);
  for (const std::uint64_t step : {0UL, 1000UL, 10000UL, 100000UL, 1000000UL}) {
    EXPECT_NEAR(double(trace.next_step()), double(step), 1.0);
    trace.record({.words = step}, rows_of(vectors));
  }
  // A pause that comes late passes over the steps before it.
  TrainingTrace late(vocabulary, options);
  late.record({.words = 0}, rows_of(vectors));
  late.record({.words = 20000}, rows_of(vectors));
  EXPECT_NEAR(double(late.next_step()), 100000, 1);
  EXPECT_EQ(written(late)["finished"], false);
}

TEST(TrainingTrace, TakesWordsWithoutLengthAndFewWords) {
  WordVocabulary vocabulary;
  vocabulary.add("a\xff", 2);
  vocabulary.add("b", 1);
  TraceOptions options = test_options();
  options.words = {"a\xff", "b", "b"};
  TrainingTrace trace(vocabulary, options);
  trace.record({}, [](std::size_t, std::span<float> out) { std::ranges::fill(out, 0.0F); });
  const Json json = written(trace);
  EXPECT_EQ(json["points"].size(), 2U);
  EXPECT_EQ(json["points"][0]["word"], "a\xEF\xBF\xBD");
  EXPECT_EQ(json["steps"][0]["chosen"][0]["neighbors"][0]["cosine"], 0);
  EXPECT_EQ(json["steps"][0]["mean_cosine"], 0);
  EXPECT_EQ(json["steps"][0]["positions"][1], Json({0, 0}));
}

TEST(TrainingTrace, RefusesWhatItCannotFollow) {
  const WordVocabulary vocabulary = test_vocabulary();
  const auto code = [&](auto change) {
    TraceOptions options = test_options();
    change(options);
    try {
      const TrainingTrace trace(vocabulary, options);
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::kIo;
  };
  EXPECT_EQ(code([](TraceOptions& o) { o.words = {"w3", "zebra"}; }), ErrorCode::kNotFound);
  EXPECT_EQ(code([](TraceOptions& o) { o.words = {}; }), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code([](TraceOptions& o) { o.words.assign(101, "w3"); }), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code([](TraceOptions& o) { o.steps = 0; }), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code([](TraceOptions& o) { o.dim = 1; }), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace sememe::train
