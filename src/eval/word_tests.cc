#include "eval/word_tests.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "base/error_context.h"
#include "eval/correlation.h"
#include "eval/lines.h"
#include "vectors/products.h"
#include "vectors/similarity.h"

namespace sememe::eval {
namespace {

constexpr std::size_t kBlockWords = 4096;

std::vector<std::string_view> fields_of(std::string_view line, std::string_view separators) {
  std::vector<std::string_view> fields;
  for (std::size_t begin = 0;;) {
    begin = line.find_first_not_of(separators, begin);
    if (begin == line.npos) return fields;
    const std::size_t end = std::min(line.find_first_of(separators, begin), line.size());
    fields.push_back(line.substr(begin, end - begin));
    begin = end;
  }
}

[[noreturn]] void corrupt(const std::string& place, const std::string& what) {
  throw Error(ErrorCode::kCorrupt, concat(place, ": ", what));
}

void add_analogy(std::string_view line, const std::string& place, AnalogySet& set) {
  const auto fields = fields_of(line, " \t");
  if (fields.front().starts_with(':')) {
    set.push_back({std::string(strip(line.substr(line.find(':') + 1))), {}});
    return;
  }
  if (fields.size() != 4) corrupt(place, concat("expected four words, found ", fields.size()));
  set.back().questions.push_back({std::string(fields[0]), std::string(fields[1]),
                                  std::string(fields[2]), std::string(fields[3])});
}

// Whether the line was a pair or the header, and not a comment.
bool add_pair(std::string_view line, const std::string& place, bool header_allowed,
              SimilaritySet& set) {
  const auto fields = fields_of(line, " \t,;");
  if (fields.empty() || fields.front().starts_with('#')) return false;
  const auto score = to_number<double>(fields.back());
  if (!score && header_allowed) return true;
  if (fields.size() < 3 || !score) {
    corrupt(place, concat("expected two words and a score, found ", quote(line.substr(0, 60))));
  }
  set.push_back(
      {std::string(fields[fields.size() - 3]), std::string(fields[fields.size() - 2]), *score});
  return true;
}

// Words of a question as places among the vectors, and among the distinct words of all questions.
struct Question {
  std::size_t section;
  std::array<std::size_t, 4> words;
  std::array<std::size_t, 3> rows;
};

// The best candidate so far.
struct Best {
  float score = -std::numeric_limits<float>::infinity();
  std::size_t word = 0;
  void offer(float value, std::size_t candidate) {
    if (value > score) *this = {value, candidate};
  }
};

struct Covered {
  std::vector<Question> questions;
  std::vector<std::size_t> words;  // distinct ones of a, b and c
};

Covered cover(const vectors::WordVectors& vectors, const AnalogySet& set, std::size_t limit) {
  Covered covered;
  std::map<std::size_t, std::size_t> rows;
  for (std::size_t s = 0; s < set.size(); ++s) {
    for (const Analogy& analogy : set[s].questions) {
      Question question{.section = s, .words = {}, .rows = {}};
      bool known = true;
      for (std::size_t i = 0; i < 4 && known; ++i) {
        const auto word = find_word(vectors, analogy[i]);
        known = word && *word < limit;
        if (known) question.words[i] = *word;
      }
      if (!known) continue;
      for (std::size_t i = 0; i < 3; ++i) {
        const auto [at, fresh] = rows.emplace(question.words[i], covered.words.size());
        if (fresh) covered.words.push_back(question.words[i]);
        question.rows[i] = at->second;
      }
      covered.questions.push_back(question);
    }
  }
  return covered;
}

// Raises the best answers by the words first .. first + cosines.cols; cosines: [distinct words,
// block].
void answer(const Covered& covered, const Matrix& cosines, std::size_t first,
            std::vector<std::array<Best, 2>>& best) {
  std::vector<float> add(cosines.cols);
  std::vector<float> mul(cosines.cols);
  for (std::size_t q = 0; q < covered.questions.size(); ++q) {
    const Question& question = covered.questions[q];
    const float* a = cosines.row(question.rows[0]).data();
    const float* b = cosines.row(question.rows[1]).data();
    const float* c = cosines.row(question.rows[2]).data();
    for (std::size_t i = 0; i < cosines.cols; ++i) {
      add[i] = b[i] - a[i] + c[i];
      mul[i] = (b[i] + 1.0F) * (c[i] + 1.0F) / (a[i] + 1.002F);
    }
    for (std::size_t i = 0; i < 3; ++i) {
      const std::size_t excluded = question.words[i] - first;
      if (excluded < cosines.cols)
        add[excluded] = mul[excluded] = -std::numeric_limits<float>::infinity();
    }
    const auto highest = [](const std::vector<float>& scores) {
      return static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin());
    };
    const std::size_t by_add = highest(add);
    const std::size_t by_mul = highest(mul);
    best[q][0].offer(add[by_add], first + by_add);
    best[q][1].offer(mul[by_mul], first + by_mul);
  }
}

bool ends_in_part_of_speech(const std::string& word) {
  return word.size() > 2 && word[word.size() - 2] == '-' &&
         std::string_view("nvajr").contains(word.back());
}

}  // namespace

std::variant<AnalogySet, SimilaritySet> read_word_tests(const Path& file) {
  AnalogySet analogies;
  SimilaritySet pairs;
  std::string last_place;
  bool header_allowed = true;
  for_each_line(file, [&](std::string_view line, std::size_t, const std::string& place) {
    if (strip(line).empty()) return;
    if (last_place.empty() ? strip(line).starts_with(':') : !analogies.empty()) {
      add_analogy(line, place, analogies);
    } else if (add_pair(line, place, header_allowed, pairs)) {
      header_allowed = false;
    }
    last_place = place;
  });
  if (last_place.empty()) {
    corrupt(concat(quote(file.native()), " line 1"),
            "expected analogies or pairs of words, found nothing");
  }
  if (!analogies.empty()) return analogies;
  if (pairs.empty()) corrupt(last_place, "expected pairs of words with scores, found none");
  return pairs;
}

std::optional<std::size_t> find_word(const vectors::WordVectors& vectors, const std::string& word) {
  if (const auto found = vectors.find(word)) return found;
  std::string lower = word;
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  if (const auto found = vectors.find(lower)) return found;
  if (!ends_in_part_of_speech(lower)) return std::nullopt;
  return vectors.find(std::string_view(lower).substr(0, lower.size() - 2));
}

std::vector<AnalogyScore> test_analogies(const vectors::WordVectors& vectors, const AnalogySet& set,
                                         std::size_t limit) {
  const std::size_t words = limit == 0 ? vectors.size() : std::min(limit, vectors.size());
  const Covered covered = cover(vectors, set, words);
  const Matrix units = vectors::unit_rows({vectors.matrix().data, words, vectors.dim()});
  Matrix asked(covered.words.size(), vectors.dim());
  for (std::size_t i = 0; i < covered.words.size(); ++i) {
    std::ranges::copy(units.row(covered.words[i]), asked.row(i).begin());
  }
  std::vector<std::array<Best, 2>> best(covered.questions.size());
  for (std::size_t first = 0; first < words && !best.empty(); first += kBlockWords) {
    const std::size_t count = std::min(kBlockWords, words - first);
    answer(covered,
           vectors::products(asked.view(), {units.row(first).data(), count, vectors.dim()}), first,
           best);
  }
  std::vector<AnalogyScore> scores(set.size());
  for (std::size_t s = 0; s < set.size(); ++s) {
    scores[s].name = set[s].name;
    scores[s].total = set[s].questions.size();
  }
  for (std::size_t q = 0; q < covered.questions.size(); ++q) {
    const Question& question = covered.questions[q];
    AnalogyScore& score = scores[question.section];
    ++score.covered;
    if (best[q][0].word == question.words[3]) ++score.correct_add;
    if (best[q][1].word == question.words[3]) ++score.correct_mul;
  }
  return scores;
}

SimilarityScore test_similarity(const vectors::WordVectors& vectors, const SimilaritySet& set,
                                std::size_t limit) {
  const std::size_t words = limit == 0 ? vectors.size() : std::min(limit, vectors.size());
  std::vector<double> expected;
  std::vector<double> found;
  for (const WordPair& pair : set) {
    const auto first = find_word(vectors, pair.first);
    const auto second = find_word(vectors, pair.second);
    if (!first || !second || *first >= words || *second >= words) continue;
    expected.push_back(pair.score);
    found.push_back(vectors::cosine(vectors.row(*first), vectors.row(*second)));
  }
  return {.total = set.size(),
          .covered = found.size(),
          .spearman = found.size() < 2 ? std::numeric_limits<double>::quiet_NaN()
                                       : spearman(found, expected)};
}

}  // namespace sememe::eval
