// The encoder that a static model is distilled from, run on many short sequences of tokens.
#ifndef SEMEME_TRAIN_TEACHER_H_
#define SEMEME_TRAIN_TEACHER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/file.h"
#include "base/thread_pool.h"
#include "model/encoder.h"
#include "sememe/types.h"
#include "train/static_vocabulary.h"

namespace sememe::train {

/// Sequences of token ids, one after the other.
struct Sequences {
  std::vector<TokenId> ids;
  std::vector<std::size_t> starts = {0};
  std::size_t size() const { return starts.size() - 1; }
  void append(std::span<const TokenId> sequence);
};

/// Called with sequences done, never twice at a time.
using SequenceProgress = std::function<void(std::size_t done)>;

class Teacher {
 public:
  /// pool: used for every run; must live as long. Loads in the near precision, whose vectors are
  /// the same on every processor.
  Teacher(const Path& directory, const StaticVocabulary& vocabulary, ThreadPool& pool);

  std::size_t width() const { return encoder_->info().hidden; }
  std::size_t max_tokens() const { return encoder_->info().max_tokens; }

  /// Unit vectors [N, width], one a sequence of vocabulary indexes, each put between the special
  /// tokens.
  Matrix texts(const Sequences& sequences, const SequenceProgress& progress) const;

  /// [V, width]: for each token alone between the special tokens, its own state and the first
  /// special token's, each made a unit vector, added. The latter is what the teacher makes of the
  /// whole text, whatever its pooling.
  Matrix tokens(const SequenceProgress& progress) const;

 private:
  Sequences dressed(const Sequences& sequences, std::size_t first, std::size_t last) const;
  template <class Run>
  void in_batches(const Sequences& sequences, const SequenceProgress& progress, Run run) const;

  const StaticVocabulary& vocabulary_;
  ThreadPool& pool_;
  std::unique_ptr<model::Encoder> encoder_;
  mutable std::vector<model::Workspace> workspaces_;
};

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_TEACHER_H_
