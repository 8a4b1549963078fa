#include "train/subwords.h"

#include <algorithm>

namespace sememe::train {

Subwords::Subwords(const WordVocabulary& vocabulary, const SubwordOptions& options) {
  starts_.push_back(0);
  for (std::size_t word = 0; word < vocabulary.size(); ++word) {
    vectors::append_subwords(vocabulary.word(word), options, buckets_);
    most_ = std::max(most_, buckets_.size() - starts_.back());
    starts_.push_back(buckets_.size());
  }
}

}  // namespace sememe::train
