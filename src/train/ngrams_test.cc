#include "train/ngrams.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "sememe/error.h"
#include "train/corpus_testing.h"
#include "train/sampling.h"

namespace sememe::train {
namespace {

std::string random_text() {
  std::string text;
  Random random(1);
  for (int i = 0; i < 3000; ++i) {
    text += "w" + std::to_string(random.below(1 + random.below(30)));
    text += random.below(12) == 0 ? '\n' : ' ';
  }
  return text;
}

// Every n-gram of every sentence, as text.
std::vector<std::string> naive_terms(const WordCorpus& corpus, std::size_t longest) {
  std::vector<std::string> terms;
  std::vector<std::string> sentence;
  for (const std::uint32_t id : corpus.ids()) {
    if (id == WordCorpus::kSentenceEnd) {
      sentence.clear();
      continue;
    }
    sentence.emplace_back(corpus.vocabulary().word(id));
    std::string term;
    for (std::size_t n = 1; n <= std::min(longest, sentence.size()); ++n) {
      const std::string& word = sentence[sentence.size() - n];
      term = n == 1 ? word : word + "_" + term;
      terms.push_back(term);
    }
  }
  return terms;
}

TEST(Ngrams, AgreeWithAMapOfTexts) {
  const WordCorpus corpus = corpus_of(random_text());
  for (const std::size_t longest : {1U, 2U, 4U}) {
    const Ngrams ngrams(corpus, {.longest = longest, .min_count = 3});
    std::map<std::string, std::uint64_t> counts;
    for (const std::string& term : naive_terms(corpus, longest)) ++counts[term];
    std::erase_if(counts, [](const auto& term) {
      return term.second < 3 && term.first.find('_') != std::string::npos;
    });
    const WordVocabulary& terms = ngrams.terms();
    ASSERT_EQ(terms.size(), counts.size());
    for (std::size_t i = 0; i < terms.size(); ++i) {
      ASSERT_EQ(terms.counts()[i], counts.at(std::string(terms.word(i)))) << terms.word(i);
      if (i > 0) {
        EXPECT_GE(terms.counts()[i - 1], terms.counts()[i]);
      }
    }
    std::vector<std::uint32_t> found;
    ngrams.append_terms(corpus.ids(), found);
    std::vector<std::string> texts;
    for (const std::uint32_t term : found) texts.emplace_back(terms.word(term));
    std::vector<std::string> expected = naive_terms(corpus, longest);
    std::erase_if(expected, [&](const std::string& term) { return !counts.contains(term); });
    EXPECT_EQ(texts, expected);
  }
}

TEST(Ngrams, RefuseLengthsOutOfRange) {
  const WordCorpus corpus = corpus_of("a b c\n");
  EXPECT_THROW(Ngrams(corpus, {.longest = 0}), Error);
  EXPECT_THROW(Ngrams(corpus, {.longest = 9}), Error);
}

}  // namespace
}  // namespace sememe::train
