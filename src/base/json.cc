#include "base/json.h"

#include <string>

#include "base/error_context.h"

namespace sememe {
namespace {

constexpr int kMaxDepth = 256;

template <class T>
constexpr std::string_view type_word() {
  if constexpr (std::is_same_v<T, std::string>) return "a string";
  if constexpr (std::is_same_v<T, bool>) return "true or false";
  if constexpr (std::is_same_v<T, std::uint64_t>) return "a whole number >= 0";
  return "a number";
}

template <class T>
bool has_type(const Json& value) {
  if constexpr (std::is_same_v<T, std::string>) return value.is_string();
  if constexpr (std::is_same_v<T, bool>) return value.is_boolean();
  if constexpr (std::is_same_v<T, std::uint64_t>) return value.is_number_unsigned();
  return value.is_number();
}

// Whether brackets nest deeper than kMaxDepth; the parser below recurses once per level when it
// frees the tree.
bool is_too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxDepth) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

}  // namespace

Json parse_json(std::string_view text, std::string_view what) {
  if (is_too_deep(text)) {
    throw Error(ErrorCode::kCorrupt,
                concat(what, ": expected JSON of at most ", kMaxDepth, " levels, found more"));
  }
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    throw Error(ErrorCode::kCorrupt,
                concat(what, ": invalid JSON at byte ", error.byte, ": ", error.what()));
  } catch (const Json::exception& error) {  // a number that no double holds: "1e999"
    throw Error(ErrorCode::kCorrupt, concat(what, ": invalid JSON: ", error.what()));
  }
}

Json read_json(const Path& path, std::uint64_t max_bytes) {
  return parse_json(read_file(path, max_bytes), quote(path.native()));
}

const Json& json_member(const Json& object, std::string_view key, std::string_view what) {
  if (!object.is_object()) {
    throw Error(ErrorCode::kCorrupt,
                concat(what, ": expected an object, found ", object.type_name()));
  }
  const auto found = object.find(key);
  if (found == object.end()) {
    throw Error(ErrorCode::kCorrupt, concat(what, ": expected ", quote(key), ", it is missing"));
  }
  return *found;
}

template <class T>
T json_get(const Json& object, std::string_view key, std::string_view what) {
  const Json& value = json_member(object, key, what);
  if (!has_type<T>(value)) {
    throw Error(ErrorCode::kCorrupt, concat(what, ": ", quote(key), ": expected ", type_word<T>(),
                                            ", found ", value.type_name()));
  }
  return value.get<T>();
}

template <class T>
T json_get_or(const Json& object, std::string_view key, T fallback, std::string_view what) {
  if (object.is_object()) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return fallback;
  }
  return json_get<T>(object, key, what);
}

template std::string json_get(const Json&, std::string_view, std::string_view);
template bool json_get(const Json&, std::string_view, std::string_view);
template std::uint64_t json_get(const Json&, std::string_view, std::string_view);
template double json_get(const Json&, std::string_view, std::string_view);
template std::string json_get_or(const Json&, std::string_view, std::string, std::string_view);
template bool json_get_or(const Json&, std::string_view, bool, std::string_view);
template std::uint64_t json_get_or(const Json&, std::string_view, std::uint64_t, std::string_view);
template double json_get_or(const Json&, std::string_view, double, std::string_view);

}  // namespace sememe
