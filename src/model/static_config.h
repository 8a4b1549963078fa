// Directories of static models: one table of token vectors, in two dialects.
//
// model2vec: config.json with model_type "model2vec", model.safetensors with "embeddings" and
// perhaps "weights" and "mapping". Its own program leaves unknown tokens out, cuts at max_length
// tokens (512 when the file says nothing) and, before that, at max_length times the median token
// length in characters; so do we.
//
// sentence-transformers: the first module of modules.json is a StaticEmbedding, with
// "embedding.weight" in the module's folder, a Normalize may follow. Unknown tokens count, and the
// limit is the truncation that tokenizer.json states, if any.
#ifndef SEMEME_MODEL_STATIC_CONFIG_H_
#define SEMEME_MODEL_STATIC_CONFIG_H_

#include "base/file.h"
#include "model/sentence_transformers.h"

namespace sememe::model {

/// Whether the directory holds a static model. Throws Error(kCorrupt) for JSON that is none.
bool is_static_model(const Path& directory);

/// Fills in what the files of a static model say. Throws as read_model_config.
void read_static_config(const Path& directory, ModelConfig& config);

}  // namespace sememe::model

#endif  // SEMEME_MODEL_STATIC_CONFIG_H_
