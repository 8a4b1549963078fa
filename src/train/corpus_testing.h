// Corpora for tests, and how vectors of them compare.
#ifndef SEMEME_TRAIN_CORPUS_TESTING_H_
#define SEMEME_TRAIN_CORPUS_TESTING_H_

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <span>
#include <string>

#include "base/file.h"
#include "train/vector_table.h"
#include "train/word_corpus.h"

namespace sememe::train {

/// A corpus of `text`, every word of it, and of the words of `known`.
inline WordCorpus corpus_of(const std::string& text, const WordVocabulary* known = nullptr) {
  const Path path = std::filesystem::temp_directory_path() /
                    ("sememe-corpus-" +
                     std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
  write_file_atomic(path, text);
  CorpusOptions options;
  options.files = {path};
  options.min_count = 1;
  options.known = known;
  WordCorpus corpus = WordCorpus::read(options);
  std::filesystem::remove(path);
  return corpus;
}

inline double cosine(std::span<const float> a, std::span<const float> b) {
  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += double{a[i]} * double{b[i]};
    aa += double{a[i]} * double{a[i]};
    bb += double{b[i]} * double{b[i]};
  }
  return ab / std::sqrt(aa * bb);
}

inline bool same_bytes(const VectorTable& a, const VectorTable& b) {
  return a.rows() == b.rows() && a.stride() == b.stride() &&
         std::memcmp(a.row(0), b.row(0), a.rows() * a.stride() * sizeof(float)) == 0;
}

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_CORPUS_TESTING_H_
