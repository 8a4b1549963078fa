// Adds context to an Error while it unwinds, and the two checks for programmer errors.
#ifndef SEMEME_BASE_ERROR_CONTEXT_H_
#define SEMEME_BASE_ERROR_CONTEXT_H_

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "sememe/error.h"

namespace sememe {

/// Runs `body`; an Error that leaves it gets "doing: " in front. The only place where context is
/// added.
template <class Body>
decltype(auto) within(std::string_view doing, Body&& body) {
  try {
    return std::forward<Body>(body)();
  } catch (Error& error) {
    error.within(doing);
    throw;
  }
}

/// Joins the parts with std::to_string for numbers: concat("expected ", 3, " rows").
template <class... Parts>
std::string concat(const Parts&... parts) {
  std::string out;
  auto add = [&out](const auto& part) {
    if constexpr (std::is_arithmetic_v<std::decay_t<decltype(part)>> &&
                  !std::is_same_v<std::decay_t<decltype(part)>, char>) {
      out += std::to_string(part);
    } else {
      out += part;
    }
  };
  (add(parts), ...);
  return out;
}

/// `text` between double quotes, control characters escaped, so that a hostile name cannot break a
/// terminal.
std::string quote(std::string_view text);

}  // namespace sememe

/// A programmer error: always checked, aborts. Never for input; input throws Error.
#define SEMEME_CHECK(condition)                                                          \
  do {                                                                                   \
    if (!(condition)) [[unlikely]] {                                                     \
      std::fprintf(stderr, "%s:%d: check failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)

#ifdef NDEBUG
#define SEMEME_DCHECK(condition) static_cast<void>(0)
#else
#define SEMEME_DCHECK(condition) SEMEME_CHECK(condition)
#endif

#endif  // SEMEME_BASE_ERROR_CONTEXT_H_
