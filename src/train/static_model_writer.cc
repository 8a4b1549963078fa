#include "train/static_model_writer.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cmath>
#include <limits>
#include <string_view>

#include "base/error_context.h"
#include "base/json.h"
#include "kernels/half.h"
#include "model/static_config.h"
#include "vectors/safetensors.h"

namespace sememe::train {
namespace {

using OrderedJson = nlohmann::ordered_json;

// Everything that may stand in a directory that is replaced; a model card is kept by nobody.
constexpr std::array<std::string_view, 5> kFiles = {"model.safetensors", "tokenizer.json",
                                                    "modules.json", "config.json", "README.md"};
// Tries for the factor of 8-bit tables: the largest value, and down to a quarter of it.
constexpr int kFactors = 64;

std::string_view dtype_of(TableType type) {
  if (type == TableType::kF16) return "F16";
  return type == TableType::kInt8 ? "I8" : "F32";
}

// The name that NumPy, and with it model2vec, has for the type.
std::string_view numpy_name(TableType type) {
  if (type == TableType::kF16) return "float16";
  return type == TableType::kInt8 ? "int8" : "float32";
}

template <class T>
void append_bytes(std::string& out, const std::vector<T>& values) {
  static_assert(std::endian::native == std::endian::little);
  out.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

std::string table_bytes(const Matrix& table, TableType type) {
  std::string bytes;
  if (type == TableType::kF32) append_bytes(bytes, table.values);
  if (type == TableType::kInt8) append_bytes(bytes, quantize_table(table));
  if (type == TableType::kF16) {
    std::vector<std::uint16_t> halves(table.values.size());
    std::ranges::transform(table.values, halves.begin(), kernels::f32_to_f16);
    append_bytes(bytes, halves);
  }
  return bytes;
}

std::string safetensors(const Matrix& table, TableType type) {
  const std::string data = table_bytes(table, type);
  const std::vector<vectors::TensorSpec> tensors = {
      {.name = "embeddings", .dtype = dtype_of(type), .shape = {table.rows, table.cols}}};
  return vectors::safetensors_head(tensors) + data;
}

std::string config_json(const StaticModel& model, TableType type) {
  // What model2vec reads is normalize and max_length (null: texts are not cut); the rest says how
  // the model was made, in its words where it has them.
  const OrderedJson config = {
      {"model_type", "model2vec"},
      {"architectures", {"StaticModel"}},
      {"tokenizer_name", model.teacher},
      {"apply_pca", model.table.cols},
      {"sif_coefficient", model.sif == 0 ? OrderedJson() : OrderedJson(model.sif)},
      {"hidden_dim", model.table.cols},
      {"seq_length", 1000000},
      {"normalize", true},
      {"max_length", nullptr},
      {"embedding_dtype", numpy_name(type)},
      {"sememe_contexts", model.contexts}};
  return config.dump(2) + "\n";
}

std::string modules_json() {
  const OrderedJson modules = {{{"idx", 0},
                                {"name", "0"},
                                {"path", "."},
                                {"type", "sentence_transformers.models.StaticEmbedding"}},
                               {{"idx", 1},
                                {"name", "1"},
                                {"path", "1_Normalize"},
                                {"type", "sentence_transformers.models.Normalize"}}};
  return modules.dump(2) + "\n";
}

bool is_there(const Path& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

[[noreturn]] void conflict(const Path& directory, std::string_view rest) {
  throw Error(ErrorCode::kConflict, concat(quote(directory.native()), rest));
}

// Puts the complete directory `from` in the place of `to`; `from` then is what was there, if
// anything.
void put_in_place(const Path& from, const Path& to) {
  if (!is_there(to)) return rename_file(from, to);
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE) == 0) return;
  // A file system that cannot exchange: for a moment there is nothing at `to`.
  const Path old = from.native() + ".old";
  rename_file(to, old);
  rename_file(from, to);
  rename_file(old, from);
}

std::size_t write_files(const StaticModel& model, TableType type, const Path& directory) {
  std::size_t bytes = 0;
  const auto write = [&](const char* name, const std::string& text) {
    write_file_atomic(directory / name, text);
    bytes += text.size();
  };
  write("model.safetensors", safetensors(model.table, type));
  write("tokenizer.json", model.tokenizer_json);
  // Last, since a directory that has one of these counts as a model.
  write("modules.json", modules_json());
  write("config.json", config_json(model, type));
  return bytes;
}

// GCC 12's remove_all throws for a path whose parent is no directory, error code or not.
void remove_aside(const Path& aside) {
  std::error_code ignored;
  if (std::filesystem::is_directory(aside, ignored)) std::filesystem::remove_all(aside, ignored);
}

}  // namespace

std::vector<std::int8_t> quantize_table(const Matrix& table) {
  float largest = 0;
  for (const float value : table.values) largest = std::max(largest, std::abs(value));
  const auto level = [](float value, double factor) {
    return std::clamp(std::nearbyint(static_cast<double>(value) / factor), -127.0, 127.0);
  };
  double best_factor = largest == 0 ? 1 : largest / 127.0;
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kFactors && largest > 0; ++i) {
    const double factor = largest / 127.0 * (1 - 0.75 * i / kFactors);
    double error = 0;
    for (const float value : table.values) {
      const double difference = static_cast<double>(value) - level(value, factor) * factor;
      error += difference * difference;
    }
    if (error >= least) continue;
    least = error;
    best_factor = factor;
  }
  std::vector<std::int8_t> out;
  out.reserve(table.values.size());
  for (const float value : table.values) {
    out.push_back(static_cast<std::int8_t>(level(value, best_factor)));
  }
  return out;
}

void require_replaceable(const Path& directory, bool overwrite) {
  if (!is_there(directory)) return;
  if (!overwrite) conflict(directory, ": is there already; --force replaces it");
  if (std::filesystem::is_symlink(directory) || !std::filesystem::is_directory(directory)) {
    conflict(directory, ": expected a directory");
  }
  if (std::filesystem::is_empty(directory)) return;
  if (!model::is_static_model(directory)) {
    conflict(directory, ": expected a static model to replace, found something else");
  }
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (std::ranges::find(kFiles, entry.path().filename().native()) != kFiles.end()) continue;
    conflict(directory, concat(": expected nothing but a static model's files, found ",
                               quote(entry.path().filename().native())));
  }
}

std::size_t write_static_model(const StaticModel& model, TableType type, const Path& directory,
                               bool overwrite) {
  const Path place = std::filesystem::absolute(directory / "").lexically_normal().parent_path();
  const Path parent = place.parent_path();
  const Path aside =
      parent / concat(".", place.filename().native(), ".tmp-", static_cast<long>(::getpid()));
  try {
    remove_aside(aside);
    require_replaceable(place, overwrite);
    std::filesystem::create_directories(aside);
    const std::size_t bytes = write_files(model, type, aside);
    sync_directory(aside);
    put_in_place(aside, place);
    sync_directory(parent);
    remove_aside(aside);
    return bytes;
  } catch (const std::filesystem::filesystem_error& error) {
    remove_aside(aside);
    throw Error(ErrorCode::kIo,
                concat("write ", quote(place.native()), ": ", error.code().message()));
  } catch (...) {
    remove_aside(aside);
    throw;
  }
}

}  // namespace sememe::train
