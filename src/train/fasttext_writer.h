// Writes a trained model as fastText has it.
#ifndef SEMEME_TRAIN_FASTTEXT_WRITER_H_
#define SEMEME_TRAIN_FASTTEXT_WRITER_H_

#include <cstdint>

#include "base/file.h"
#include "train/word2vec.h"
#include "train/word_corpus.h"

namespace sememe::train {

/// A .bin that fastText and gensim load, with the outputs that training goes on with. model: of
/// this corpus and these options; min_count: what the corpus was read with. Throws as
/// vectors::write_fasttext.
void write_fasttext_model(const Path& path, const Word2Vec& model, const WordCorpus& corpus,
                          const Word2VecOptions& options, std::uint64_t min_count);

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_FASTTEXT_WRITER_H_
