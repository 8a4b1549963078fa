// The part of a teacher's vocabulary that a static model keeps.
//
// Unused tokens ("[unused12]") and added ones ("[CLS]", "[MASK]") stand for nothing that a text
// holds; they go, but for the unknown token, which the tokenizer needs. The others are numbered on
// in the teacher's order.
#ifndef SEMEME_TRAIN_STATIC_VOCABULARY_H_
#define SEMEME_TRAIN_STATIC_VOCABULARY_H_

#include <string>
#include <string_view>
#include <vector>

#include "sememe/types.h"

namespace sememe::train {

struct StaticVocabulary {
  std::vector<TokenId> teacher_ids;  ///< [V] of the kept tokens, ascending
  std::vector<std::string> tokens;   ///< [V] their texts
  std::string unknown;               ///< the unknown token's text
  std::string continuation;          ///< what a piece within a word begins with: "##"
  std::vector<TokenId> before;       ///< the teacher's special tokens around a text
  std::vector<TokenId> after;
  std::string tokenizer_json;  ///< the teacher's, for the kept tokens, without special ones
};

/// tokenizer_json: the teacher's. Throws as Tokenizer::from_json, and Error(kUnsupported) when
/// fewer than two tokens are left.
StaticVocabulary static_vocabulary(std::string_view tokenizer_json);

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_STATIC_VOCABULARY_H_
