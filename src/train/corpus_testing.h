// Corpora for tests.
#ifndef SEMEME_TRAIN_CORPUS_TESTING_H_
#define SEMEME_TRAIN_CORPUS_TESTING_H_

#include <gtest/gtest.h>

#include <string>

#include "base/file.h"
#include "train/word_corpus.h"

namespace sememe::train {

/// A corpus of `text`, every word of it.
inline WordCorpus corpus_of(const std::string& text) {
  const Path path = std::filesystem::temp_directory_path() /
                    ("sememe-corpus-" +
                     std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
  write_file_atomic(path, text);
  CorpusOptions options;
  options.files = {path};
  options.min_count = 1;
  WordCorpus corpus = WordCorpus::read(options);
  std::filesystem::remove(path);
  return corpus;
}

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_CORPUS_TESTING_H_
