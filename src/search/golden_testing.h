// The expected vectors and token counts of the models under tests/golden/models.
#ifndef SEMEME_SEARCH_GOLDEN_TESTING_H_
#define SEMEME_SEARCH_GOLDEN_TESTING_H_

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "sememe/embedder.h"
#include "vectors/npy.h"

namespace sememe {

inline std::string model_path(const std::string& name) {
  return std::string(SEMEME_GOLDEN_DIR) + "/models/" + name;
}

struct Golden {
  std::vector<std::string> texts;
  std::vector<std::size_t> tokens;
  Matrix vectors;
  std::vector<std::string_view> views() const { return {texts.begin(), texts.end()}; }
};

/// What the model `name` is expected to give.
inline Golden read_golden(const std::string& name) {
  const std::string stem = model_path(name) + ".golden";
  Golden golden;
  std::ifstream file(stem + ".jsonl");
  for (std::string line; std::getline(file, line);) {
    const Json entry = parse_json(line, stem);
    golden.texts.push_back(entry["text"].get<std::string>());
    golden.tokens.push_back(entry["tokens"].get<std::size_t>());
  }
  golden.vectors = vectors::read_npy(stem + ".npy");
  return golden;
}

}  // namespace sememe

#endif  // SEMEME_SEARCH_GOLDEN_TESTING_H_
