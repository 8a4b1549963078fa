#include "model/catalog.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "base/error_context.h"
#include "model/checksums.h"
#include "model/encoder.h"
#include "model/sentence_transformers.h"
#include "vectors/safetensors.h"

namespace sememe::model {
namespace {

struct PublishedFile {
  const char* name;
  std::uint64_t size;
  std::string_view sha256;
};

// sentence-transformers/all-MiniLM-L6-v2 as published (Apache-2.0).
constexpr std::array<PublishedFile, 10> kMiniLm = {{
    {"1_Pooling/config.json", 190,
     "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23"},
    {"config.json", 612, "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"},
    {"config_sentence_transformers.json", 116,
     "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3"},
    {"model.safetensors", 90868376,
     "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"},
    {"modules.json", 349, "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf"},
    {"sentence_bert_config.json", 53,
     "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7"},
    {"special_tokens_map.json", 112,
     "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3"},
    {"tokenizer.json", 466247, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"},
    {"tokenizer_config.json", 350,
     "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"},
    {"vocab.txt", 231508, "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"},
}};

constexpr std::string_view kMend = "run \"make model\" in the source tree";

Path environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? Path() : Path(value);
}

bool is_model(const Path& directory) {
  std::error_code ignored;
  return std::filesystem::exists(directory / "config.json", ignored) ||
         std::filesystem::exists(directory / "modules.json", ignored);
}

// What is wrong with one file, or "".
std::string file_problem(const Path& directory, const PublishedFile& expected,
                         ChecksumCache& cache) {
  const Path path = directory / expected.name;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    return concat(quote(path.native()), ": expected ", expected.size,
                  " bytes, the file is missing; ", kMend);
  }
  const std::uint64_t size = file_stamp(path).size;
  if (size != expected.size) {
    return concat(quote(path.native()), ": expected ", expected.size, " bytes, found ", size, "; ",
                  kMend);
  }
  const std::string sha256 = cache.sha256(path);
  if (sha256 != expected.sha256) {
    return concat(quote(path.native()), ": expected SHA-256 ", expected.sha256, ", found ", sha256,
                  "; ", kMend);
  }
  return "";
}

bool is_published(const Path& directory) {
  std::error_code ignored;
  return std::filesystem::equivalent(directory, sememe_home() / "models" / kDefaultModel, ignored);
}

std::string weight_problem(const std::string& name, const vectors::TensorInfo& tensor) {
  if (!vectors::is_float(tensor)) return "";
  const std::vector<float> values = vectors::read_f32(tensor);
  const auto bad = std::ranges::find_if(values, [](float v) { return !std::isfinite(v); });
  if (bad == values.end()) return "";
  return concat("tensor ", quote(name), ": expected finite values, found ", *bad, " at element ",
                bad - values.begin());
}

std::vector<std::string> verify_by_loading(const Path& directory) {
  std::vector<std::string> problems;
  try {
    static_cast<void>(Encoder::load(directory));
    const Path weights = read_model_config(directory).transformer_directory / "model.safetensors";
    const vectors::SafetensorsFile file = vectors::SafetensorsFile::open(weights);
    for (const auto& [name, tensor] : file.table().tensors()) {
      if (std::string problem = weight_problem(name, tensor); !problem.empty()) {
        problems.push_back(concat(quote(weights.native()), ": ", problem));
      }
    }
  } catch (const Error& error) {
    problems.emplace_back(error.what());
  }
  return problems;
}

Path installed_directory(std::string_view name) { return sememe_home() / "models" / name; }

// A name without a '/' that has a directory among the installed models.
bool is_installed(std::string_view name) {
  if (name.contains('/') || name == "." || name == "..") return false;
  std::error_code ignored;
  return std::filesystem::is_directory(installed_directory(name), ignored);
}

}  // namespace

Path sememe_home() {
  if (Path home = environment("SEMEME_HOME"); !home.empty()) return home;
  if (const Path data = environment("XDG_DATA_HOME"); !data.empty()) return data / "sememe";
  const Path home = environment("HOME");
  if (home.empty()) {
    throw Error(ErrorCode::kNotFound,
                "model folder: expected SEMEME_HOME, XDG_DATA_HOME or HOME to be set");
  }
  return home / ".local" / "share" / "sememe";
}

Path resolve_model(std::string_view name) {
  if (name.empty()) {
    throw Error(ErrorCode::kInvalidArgument, "model: expected a name or a directory, found \"\"");
  }
  if (is_installed(name)) return installed_directory(name);
  std::error_code ignored;
  if (name.contains('/')) {
    if (std::filesystem::is_directory(name, ignored)) return name;
    throw Error(ErrorCode::kNotFound,
                concat("model ", quote(name), ": there is no such directory"));
  }
  if (is_model(name)) return name;  // a directory in the current one
  throw Error(ErrorCode::kNotFound,
              concat("model ", quote(name), ": expected it in ",
                     quote(installed_directory(name).native()), "; ",
                     name == kDefaultModel ? concat(kMend, ", or give a directory")
                                           : std::string("give a directory that holds it")));
}

std::string durable_model_name(std::string_view name) {
  if (is_installed(name)) return std::string(name);
  return std::filesystem::weakly_canonical(std::filesystem::absolute(name)).string();
}

std::vector<std::string> list_models() {
  std::vector<std::string> names;
  std::error_code ignored;
  const std::filesystem::directory_iterator entries(sememe_home() / "models", ignored);
  for (const auto& entry : entries) {
    if (is_model(entry.path())) names.push_back(entry.path().filename().native());
  }
  std::ranges::sort(names);
  return names;
}

std::vector<std::string> verify_model(std::string_view name) {
  const Path directory = resolve_model(name);
  if (!is_published(directory)) return verify_by_loading(directory);
  std::vector<std::string> problems;
  ChecksumCache cache{Path()};  // Remembers nothing: every byte is read.
  for (const PublishedFile& file : kMiniLm) {
    if (std::string problem = file_problem(directory, file, cache); !problem.empty()) {
      problems.push_back(std::move(problem));
    }
  }
  return problems;
}

void check_installed_model(const Path& directory) {
  if (!is_published(directory)) return;
  ChecksumCache cache(checksum_cache_file());
  for (const PublishedFile& file : kMiniLm) {
    if (const std::string problem = file_problem(directory, file, cache); !problem.empty()) {
      throw Error(ErrorCode::kCorrupt, problem);
    }
  }
}

}  // namespace sememe::model
