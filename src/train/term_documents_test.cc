#include "train/term_documents.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "train/corpus_testing.h"
#include "train/sparse_testing.h"

namespace sememe::train {
namespace {

std::vector<std::string> document_texts(const WordCorpus& corpus, std::size_t words) {
  std::vector<std::string> texts;
  for (const std::span<const std::uint32_t> document : cut_documents(corpus.ids(), words)) {
    std::string& text = texts.emplace_back();
    for (const std::uint32_t id : document) {
      text += id == WordCorpus::kSentenceEnd ? "/" : std::string(corpus.vocabulary().word(id));
    }
  }
  return texts;
}

using Texts = std::vector<std::string>;

TEST(TermDocuments, DocumentsAreWholeSentencesWhereTheyFit) {
  const WordCorpus corpus = corpus_of("a b c\nd e\nf g h i j k l\nm\n");
  EXPECT_EQ(document_texts(corpus, 5), (Texts{"abc/de/", "fghij", "kl/m/"}));
  EXPECT_EQ(document_texts(corpus, 3), (Texts{"abc/", "de/", "fgh", "ijk", "l/m/"}));
  EXPECT_EQ(document_texts(corpus, 1),
            (Texts{"a", "b", "c/", "d", "e/", "f", "g", "h", "i", "j", "k", "l/", "m/"}));
  EXPECT_EQ(document_texts(corpus, 100), (Texts{"abc/de/fghijkl/m/"}));
  EXPECT_EQ(document_texts(WordCorpus(), 5), Texts());
}

// "a" and "b" in two documents, "c" in one.
struct Small {
  WordCorpus corpus = corpus_of("a a a b\nb c\na\n");
  Ngrams ngrams{corpus, {}};
  SparseMatrix counts = count_terms(cut_documents(corpus.ids(), 4), ngrams);
};

TEST(TermDocuments, CountsAreThoseOfEachDocument) {
  const Small small;
  Eigen::MatrixXd expected(2, 3);
  expected << 3, 1, 0, 1, 1, 1;
  EXPECT_EQ(dense(small.counts), expected);
  EXPECT_EQ(small.ngrams.terms().word(0), "a");
}

TEST(TermDocuments, NgramsAreTermsAsWell) {
  const WordCorpus corpus = corpus_of("a b a b\nb a\n");
  const Ngrams ngrams(corpus, {.longest = 2, .min_count = 2});
  const SparseMatrix counts = count_terms(cut_documents(corpus.ids(), 4), ngrams);
  // a 3, b 3, a_b 2, b_a 2
  Eigen::MatrixXd expected(2, 4);
  expected << 2, 2, 2, 1, 1, 1, 0, 1;
  EXPECT_EQ(dense(counts), expected);
}

TEST(TermDocuments, TfidfIsAsByHand) {
  const double in_all = std::log(3.0 / 3.0) + 1;
  const double in_one = std::log(3.0 / 2.0) + 1;
  for (const TermFrequency frequency : {TermFrequency::kCount, TermFrequency::kLog}) {
    Small small;
    weigh_by_tfidf(small.counts, frequency);
    const double three = frequency == TermFrequency::kLog ? 1 + std::log(3.0) : 3;
    Eigen::MatrixXd expected(2, 3);
    expected << three * in_all, in_all, 0, in_all, in_all, in_one;
    expected.rowwise().normalize();
    EXPECT_LT((dense(small.counts) - expected).cwiseAbs().maxCoeff(), 1e-7);
  }
}

}  // namespace
}  // namespace sememe::train
