// Text to vectors with nothing but the installed headers.

#include <sememe/collection.h>
#include <sememe/embedder.h>
#include <sememe/error.h>
#include <sememe/evaluation.h>
#include <sememe/sync.h>
#include <sememe/tokenizer.h>
#include <sememe/version.h>

#include <cmath>
#include <cstdio>
#include <string_view>
#include <vector>

int main(int argc, char** argv) {
  const sememe::Embedder embedder = sememe::Embedder::open(argc > 1 ? argv[1] : "all-minilm-l6-v2");
  const std::vector<std::string_view> texts = {"river bank", "investment bank"};
  const sememe::Embeddings embeddings = embedder.embed_batch(texts);
  double norm = 0;
  for (const float value : embeddings.vectors.row(0)) norm += double{value} * value;
  try {
    sememe::Embedder::open("no-such-model");
    return 1;
  } catch (const sememe::Error& error) {
    if (error.code() != sememe::ErrorCode::kNotFound) return 1;
  }
  std::printf("sememe %s: %zu x %zu, norm %.6f\n", SEMEME_VERSION, embeddings.vectors.rows,
              embeddings.vectors.cols, std::sqrt(norm));
  return std::abs(norm - 1) < 1e-5 ? 0 : 1;
}
