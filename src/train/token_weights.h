// How much each token counts in a mean: frequent ones little (smooth inverse frequency).
//
// No text is at hand, so frequencies come from the vocabulary: its words stand in the order of
// their frequency, and Zipf's law gives the token of rank r a probability in proportion to 1 / r.
// Tokens of a single character are the alphabet, which stands in no such order. ASCII ones count as
// rank 20, the others as rank 1,000; decision 0009 has what was measured.
//
// Source: Arora et al. 2017, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings".
#ifndef SEMEME_TRAIN_TOKEN_WEIGHTS_H_
#define SEMEME_TRAIN_TOKEN_WEIGHTS_H_

#include <vector>

#include "train/static_vocabulary.h"

namespace sememe::train {

/// [V] a / (a + p) for the probability p of each token; ones for a == 0.
std::vector<float> token_weights(const StaticVocabulary& vocabulary, double a);

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_TOKEN_WEIGHTS_H_
