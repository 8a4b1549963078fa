#include "model/static_encoder.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "base/error_context.h"
#include "kernels/layer_norm.h"
#include "model/workspace.h"

namespace sememe::model {
namespace {

constexpr std::uint64_t kMaxExtent = std::uint64_t{1} << 24;

std::optional<kernels::RowType> row_type(const vectors::TensorInfo& tensor) {
  if (tensor.dtype == "F32") return kernels::RowType::kF32;
  if (tensor.dtype == "F16") return kernels::RowType::kF16;
  if (tensor.dtype == "BF16") return kernels::RowType::kBf16;
  if (tensor.dtype == "I8") return kernels::RowType::kI8;
  return std::nullopt;
}

template <class T>
T element(const vectors::TensorInfo& tensor, std::size_t i) {
  T value;
  std::memcpy(&value, tensor.bytes.data() + i * sizeof(T), sizeof(T));
  return value;
}

// Elements of any float type, F64 too, which NumPy writes by default.
std::vector<float> read_floats(const vectors::TensorInfo& tensor, const std::string& what) {
  if (vectors::is_float(tensor)) return vectors::read_f32(tensor);
  if (tensor.dtype != "F64") {
    throw Error(ErrorCode::kUnsupported,
                concat(what, ": expected F16, BF16, F32 or F64, found ", quote(tensor.dtype)));
  }
  std::vector<float> values(tensor.elements);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(element<double>(tensor, i));
  }
  return values;
}

std::int64_t whole_number(const vectors::TensorInfo& tensor, std::size_t i,
                          const std::string& what) {
  if (tensor.dtype == "I64") return element<std::int64_t>(tensor, i);
  if (tensor.dtype == "I32") return element<std::int32_t>(tensor, i);
  throw Error(ErrorCode::kUnsupported,
              concat(what, ": expected I32 or I64, found ", quote(tensor.dtype)));
}

std::string tensor_place(const vectors::TensorTable& table, std::string_view name) {
  return concat(table.what(), ": tensor ", quote(name));
}

}  // namespace

StaticEncoder::StaticEncoder(const ModelConfig& config, vectors::SafetensorsFile file, Isa isa)
    : file_(std::move(file)), isa_(isa) {
  load_table();
  load_mapping();
  load_weights();
  info_.architecture = "static";
  info_.pooling = "mean";
  info_.normalized = config.normalize;
  info_.dim = table_.cols;
  info_.hidden = table_.cols;
  info_.max_tokens = config.max_tokens;
  info_.vocabulary_size = mapping_.empty() ? table_.rows : mapping_.size();
  info_.parameters = table_.rows * table_.cols + weights_.size();
}

void StaticEncoder::load_table() {
  const vectors::TensorTable& tensors = file_.table();
  const vectors::TensorInfo* tensor = tensors.find("embeddings");
  if (tensor == nullptr) tensor = tensors.find("embedding.weight");
  if (tensor == nullptr) {
    throw Error(ErrorCode::kCorrupt, concat(tensors.what(),
                                            ": expected a tensor \"embeddings\" or "
                                            "\"embedding.weight\", found neither"));
  }
  const std::string what = concat(tensors.what(), ": the table");
  if (tensor->shape.size() != 2 || tensor->elements == 0 ||
      std::ranges::max(tensor->shape) > kMaxExtent) {
    throw Error(ErrorCode::kCorrupt,
                concat(what, ": expected [rows, columns], each 1 to ", kMaxExtent, ", found ",
                       tensor->shape.size(), " extents and ", tensor->elements, " elements"));
  }
  table_.rows = tensor->shape[0];
  table_.cols = tensor->shape[1];
  info_.weights_type = vectors::dtype_word(*tensor);
  if (const std::optional<kernels::RowType> type = row_type(*tensor)) {
    table_.type = *type;
    table_.data = tensor->bytes.data();
  } else {
    owned_table_ = read_floats(*tensor, what);
    table_.type = kernels::RowType::kF32;
    table_.data = reinterpret_cast<const std::byte*>(owned_table_.data());
  }
}

void StaticEncoder::load_mapping() {
  const vectors::TensorInfo* tensor = file_.table().find("mapping");
  if (tensor == nullptr) return;
  const std::string what = tensor_place(file_.table(), "mapping");
  if (tensor->shape.size() != 1 || tensor->elements == 0 || tensor->elements > kMaxExtent) {
    throw Error(ErrorCode::kCorrupt, concat(what, ": expected a list of 1 to ", kMaxExtent,
                                            " rows, found ", tensor->elements));
  }
  mapping_.reserve(tensor->elements);
  for (std::size_t i = 0; i < tensor->elements; ++i) {
    const std::int64_t row = whole_number(*tensor, i, what);
    if (row < 0 || static_cast<std::uint64_t>(row) >= table_.rows) {
      throw Error(ErrorCode::kCorrupt, concat(what, ": token ", i, ": expected a row below ",
                                              table_.rows, ", found ", row));
    }
    mapping_.push_back(TokenId{static_cast<std::uint32_t>(row)});
  }
}

void StaticEncoder::load_weights() {
  const vectors::TensorInfo* tensor = file_.table().find("weights");
  if (tensor == nullptr) return;
  const std::string what = tensor_place(file_.table(), "weights");
  const std::size_t tokens = mapping_.empty() ? table_.rows : mapping_.size();
  if (tensor->shape.size() != 1 || tensor->elements != tokens) {
    throw Error(ErrorCode::kCorrupt,
                concat(what, ": expected ", tokens, " weights, found ", tensor->elements));
  }
  weights_ = read_floats(*tensor, what);
}

void StaticEncoder::encode_text(std::span<const TokenId> ids, Workspace::Buffers& buffers,
                                std::span<float> out) const {
  for (const TokenId id : ids) {
    SEMEME_CHECK(static_cast<std::size_t>(id) < info_.vocabulary_size);
  }
  if (!weights_.empty()) {
    buffers.weights.clear();
    for (const TokenId id : ids) buffers.weights.push_back(weights_[static_cast<std::size_t>(id)]);
  }
  std::span<const TokenId> rows = ids;
  if (!mapping_.empty()) {
    buffers.rows.clear();
    for (const TokenId id : ids) buffers.rows.push_back(mapping_[static_cast<std::size_t>(id)]);
    rows = buffers.rows;
  }
  kernels::gather_mean(table_, rows,
                       weights_.empty() ? std::span<const float>() : std::span(buffers.weights),
                       out, isa_);
}

void StaticEncoder::encode(const PackedTokens& tokens, Workspace& workspace,
                           std::span<float> out) const {
  SEMEME_CHECK(!tokens.starts.empty() && tokens.starts.back() == tokens.ids.size());
  SEMEME_CHECK(out.size() == tokens.batch() * info_.dim);
  for (std::size_t b = 0; b < tokens.batch(); ++b) {
    SEMEME_CHECK(tokens.starts[b] <= tokens.starts[b + 1]);
    const std::span<float> vector = out.subspan(b * info_.dim, info_.dim);
    encode_text(tokens.ids.subspan(tokens.starts[b], tokens.starts[b + 1] - tokens.starts[b]),
                workspace.buffers(), vector);
    if (info_.normalized) kernels::l2_normalize(vector);
  }
}

void StaticEncoder::hidden_states(const PackedTokens& tokens, Workspace& workspace,
                                  std::span<float> out) const {
  SEMEME_CHECK(out.size() == tokens.ids.size() * info_.dim);
  for (std::size_t t = 0; t < tokens.ids.size(); ++t) {
    encode_text(tokens.ids.subspan(t, 1), workspace.buffers(),
                out.subspan(t * info_.dim, info_.dim));
  }
}

}  // namespace sememe::model
