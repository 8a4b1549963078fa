#include "vectors/safetensors.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <set>

#include "base/error_context.h"
#include "base/json.h"
#include "kernels/convert.h"

namespace sememe::vectors {
namespace {

// The format's own limit (safetensors README, "Format").
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;
constexpr std::string_view kPrefix = "bert.";

struct DtypeSize {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr std::array<DtypeSize, 15> kDtypes = {{{"BOOL", 1},
                                                {"U8", 1},
                                                {"I8", 1},
                                                {"F8_E5M2", 1},
                                                {"F8_E4M3", 1},
                                                {"I16", 2},
                                                {"U16", 2},
                                                {"F16", 2},
                                                {"BF16", 2},
                                                {"I32", 4},
                                                {"U32", 4},
                                                {"F32", 4},
                                                {"I64", 8},
                                                {"F64", 8},
                                                {"U64", 8}}};

[[noreturn]] void corrupt(std::string_view what, const std::string& message) {
  throw Error(ErrorCode::kCorrupt, concat(what, ": ", message));
}

std::uint64_t read_u64(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
  return value;
}

std::string shape_text(std::span<const std::uint64_t> shape) {
  std::string out = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    out += concat(i == 0 ? "" : ", ", shape[i]);
  }
  return out + "]";
}

std::uint64_t dtype_bytes(std::string_view dtype, std::string_view what) {
  for (const DtypeSize& known : kDtypes) {
    if (known.name == dtype) return known.bytes;
  }
  corrupt(what, concat("expected a known dtype, found ", quote(dtype)));
}

std::vector<std::uint64_t> whole_numbers(const Json& entry, const char* key,
                                         std::string_view what) {
  const Json& list = json_member(entry, key, what);
  if (!list.is_array()) corrupt(what, concat(quote(key), ": expected a list"));
  std::vector<std::uint64_t> values;
  for (const Json& item : list) {
    if (!item.is_number_unsigned()) {
      corrupt(what, concat(quote(key), ": expected whole numbers >= 0, found ", item.type_name()));
    }
    values.push_back(item.get<std::uint64_t>());
  }
  return values;
}

TensorInfo parse_tensor(const Json& entry, std::span<const std::byte> data,
                        const std::string& what) {
  TensorInfo tensor;
  tensor.dtype = json_get<std::string>(entry, "dtype", what);
  tensor.shape = whole_numbers(entry, "shape", what);
  const std::vector<std::uint64_t> offsets = whole_numbers(entry, "data_offsets", what);
  std::uint64_t bytes = dtype_bytes(tensor.dtype, what);
  const std::uint64_t element_bytes = bytes;
  for (const std::uint64_t extent : tensor.shape) {
    if (__builtin_mul_overflow(bytes, extent, &bytes)) {
      corrupt(what, concat("shape ", shape_text(tensor.shape), " has more than 2^64 bytes"));
    }
  }
  tensor.elements = bytes / element_bytes;
  if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > data.size()) {
    corrupt(what, concat("data_offsets: expected begin <= end <= ", data.size(), ", found ",
                         shape_text(offsets)));
  }
  if (offsets[1] - offsets[0] != bytes) {
    corrupt(what, concat(tensor.dtype, " ", shape_text(tensor.shape), ": expected ", bytes,
                         " bytes, data_offsets span ", offsets[1] - offsets[0]));
  }
  tensor.bytes = data.subspan(offsets[0], bytes);
  return tensor;
}

// JSON keeps the last of two equal names; here that would let one tensor hide another.
void refuse_duplicates(std::string_view header, std::string_view what) {
  std::set<std::string> names;
  const auto visit = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::key && depth == 1 &&
        !names.insert(parsed.get<std::string>()).second) {
      corrupt(what, concat("tensor ", quote(parsed.get<std::string>()), " is listed twice"));
    }
    return true;
  };
  const Json ignored = Json::parse(header, visit);
}

void refuse_overlaps(const std::map<std::string, TensorInfo, std::less<>>& tensors,
                     std::string_view what) {
  std::vector<const std::pair<const std::string, TensorInfo>*> order;
  for (const auto& entry : tensors) {
    if (!entry.second.bytes.empty()) order.push_back(&entry);
  }
  std::ranges::sort(order, {}, [](const auto* entry) { return entry->second.bytes.data(); });
  for (std::size_t i = 1; i < order.size(); ++i) {
    const auto& before = *order[i - 1];
    const auto& after = *order[i];
    if (before.second.bytes.data() + before.second.bytes.size() > after.second.bytes.data()) {
      corrupt(what, concat("tensors ", quote(before.first), " and ", quote(after.first),
                           " share bytes of the file"));
    }
  }
}

}  // namespace

TensorTable TensorTable::parse(std::span<const std::byte> file, std::string_view what) {
  if (file.size() < 8) {
    corrupt(what, concat("expected a header length of 8 bytes, the file has ", file.size()));
  }
  const std::uint64_t length = read_u64(file);
  if (length > kMaxHeaderBytes || length > file.size() - 8) {
    corrupt(what,
            concat("header length: expected at most ",
                   std::min<std::uint64_t>(kMaxHeaderBytes, file.size() - 8), ", found ", length));
  }
  const std::string_view header(reinterpret_cast<const char*>(file.data()) + 8, length);
  const std::span<const std::byte> data = file.subspan(8 + length);
  const Json json = parse_json(header, concat(what, ": header"));
  if (!json.is_object()) corrupt(what, "header: expected an object");
  refuse_duplicates(header, what);
  TensorTable table;
  table.what_ = what;
  for (const auto& [name, entry] : json.items()) {
    if (name == "__metadata__") continue;
    table.tensors_.emplace(name, parse_tensor(entry, data, concat(what, ": tensor ", quote(name))));
  }
  refuse_overlaps(table.tensors_, what);
  return table;
}

const TensorInfo* TensorTable::find(std::string_view name) const {
  auto found = tensors_.find(name);
  if (found == tensors_.end()) found = tensors_.find(concat(kPrefix, name));
  return found == tensors_.end() ? nullptr : &found->second;
}

const TensorInfo& TensorTable::expect(std::string_view name,
                                      std::span<const std::uint64_t> shape) const {
  const TensorInfo* tensor = find(name);
  if (tensor == nullptr) {
    corrupt(what_, concat("tensor ", quote(name), ": expected shape ", shape_text(shape),
                          ", it is missing"));
  }
  if (!std::ranges::equal(tensor->shape, shape)) {
    corrupt(what_, concat("tensor ", quote(name), ": expected shape ", shape_text(shape),
                          ", file has ", shape_text(tensor->shape)));
  }
  return *tensor;
}

SafetensorsFile SafetensorsFile::open(const Path& path) {
  SafetensorsFile out;
  out.file_ = MappedFile::open(path);
  out.table_ = TensorTable::parse(out.file_.bytes(), quote(path.native()));
  return out;
}

bool is_float(const TensorInfo& tensor) {
  return tensor.dtype == "F32" || tensor.dtype == "F16" || tensor.dtype == "BF16";
}

std::string dtype_word(const TensorInfo& tensor) {
  std::string word = tensor.dtype;
  for (char& c : word) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return word;
}

void read_f32(const TensorInfo& tensor, std::uint64_t first, std::span<float> out) {
  SEMEME_CHECK(first <= tensor.elements && out.size() <= tensor.elements - first);
  if (out.empty()) return;
  if (tensor.dtype == "F32") {
    std::memcpy(out.data(), tensor.bytes.data() + 4 * first, 4 * out.size());
  } else if (tensor.dtype == "F16") {
    kernels::f16_to_f32(tensor.bytes.data() + 2 * first, out);
  } else if (tensor.dtype == "BF16") {
    kernels::bf16_to_f32(tensor.bytes.data() + 2 * first, out);
  } else {
    throw Error(ErrorCode::kUnsupported,
                concat("dtype: expected F32, F16 or BF16, found ", quote(tensor.dtype)));
  }
}

std::vector<float> read_f32(const TensorInfo& tensor) {
  std::vector<float> values(tensor.elements);
  read_f32(tensor, 0, values);
  return values;
}

std::span<const float> view_f32(const TensorInfo& tensor) {
  const auto address = reinterpret_cast<std::uintptr_t>(tensor.bytes.data());
  if (tensor.dtype != "F32" || address % alignof(float) != 0) return {};
  return {reinterpret_cast<const float*>(tensor.bytes.data()), tensor.elements};
}

std::string safetensors_head(std::span<const TensorSpec> tensors) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  std::uint64_t begin = 0;
  for (const TensorSpec& tensor : tensors) {
    std::uint64_t end = dtype_bytes(tensor.dtype, tensor.name);
    for (const std::uint64_t extent : tensor.shape) end *= extent;
    end += begin;
    header[std::string(tensor.name)] = {
        {"dtype", tensor.dtype}, {"shape", tensor.shape}, {"data_offsets", {begin, end}}};
    begin = end;
  }
  const std::string text = header.dump();
  const std::uint64_t size = (text.size() + 7) / 8 * 8;
  std::string head;
  for (int i = 0; i < 8; ++i) head += static_cast<char>((size >> (8 * i)) & 0xFF);
  head += text;
  head.resize(8 + size, ' ');
  return head;
}

}  // namespace sememe::vectors
