// JSON from outside: parsed with a depth limit, and read through accessors that name what was
// expected and found.
#ifndef SEMEME_BASE_JSON_H_
#define SEMEME_BASE_JSON_H_

#include <nlohmann/json.hpp>
#include <string_view>

#include "base/file.h"

namespace sememe {

using Json = nlohmann::json;

/// Parses one document. Throws Error(kCorrupt): "what: invalid JSON at byte N: ...". Depth is
/// limited to 256, so a hostile file cannot exhaust the stack.
Json parse_json(std::string_view text, std::string_view what);

/// parse_json of a whole file of at most `max_bytes`.
Json read_json(const Path& path, std::uint64_t max_bytes = std::uint64_t{1} << 28);

/// object[key], which must be there. Throws Error(kCorrupt) with `what` in front.
const Json& json_member(const Json& object, std::string_view key, std::string_view what);
/// object[key] as a T: std::string, bool, std::uint64_t, double. Wrong types are Error(kCorrupt).
template <class T>
T json_get(const Json& object, std::string_view key, std::string_view what);
/// The same; `fallback` when the member is missing or null.
template <class T>
T json_get_or(const Json& object, std::string_view key, T fallback, std::string_view what);

extern template std::string json_get(const Json&, std::string_view, std::string_view);
extern template bool json_get(const Json&, std::string_view, std::string_view);
extern template std::uint64_t json_get(const Json&, std::string_view, std::string_view);
extern template double json_get(const Json&, std::string_view, std::string_view);
extern template std::string json_get_or(const Json&, std::string_view, std::string,
                                        std::string_view);
extern template bool json_get_or(const Json&, std::string_view, bool, std::string_view);
extern template std::uint64_t json_get_or(const Json&, std::string_view, std::uint64_t,
                                          std::string_view);
extern template double json_get_or(const Json&, std::string_view, double, std::string_view);

}  // namespace sememe

#endif  // SEMEME_BASE_JSON_H_
