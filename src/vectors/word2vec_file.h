// The files of word2vec and GloVe: text, and numbers as they are in memory.
//
// Source: word2vec.c (Mikolov et al. 2013), GloVe's vectors.txt (Pennington et al. 2014).
#ifndef SEMEME_VECTORS_WORD2VEC_FILE_H_
#define SEMEME_VECTORS_WORD2VEC_FILE_H_

#include <string_view>

#include "vectors/word_vectors.h"

namespace sememe::vectors {

/// Whichever of kText, kGlove and kBinary the bytes are; path: for messages. Throws Error(kCorrupt)
/// with the line or byte.
WordVectors read_word2vec(const Path& path, std::string_view text);

/// format: kText, kGlove or kBinary.
void write_word2vec(const Path& path, const WordVectorSource& source, WordVectorFormat format);

}  // namespace sememe::vectors

#endif  // SEMEME_VECTORS_WORD2VEC_FILE_H_
