#include "base/json.h"

#include <gtest/gtest.h>

#include <string>

#include "sememe/error.h"

namespace sememe {
namespace {

std::string message_of(const auto& body) {
  try {
    body();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCorrupt);
    return error.what();
  }
  return "nothing was thrown";
}

TEST(Json, NamesTheByteOfASyntaxError) {
  const std::string message = message_of([] { parse_json("{\"a\": }", "config"); });
  EXPECT_NE(message.find("config: invalid JSON at byte 7"), std::string::npos) << message;
}

TEST(Json, RefusesNumbersThatNoDoubleHolds) {
  const std::string message = message_of([] { parse_json("{\"a\": 1e999}", "config"); });
  EXPECT_NE(message.find("config: invalid JSON"), std::string::npos) << message;
}

TEST(Json, RefusesDeepNestingWithoutRecursion) {
  const std::string deep(1'000'000, '[');
  EXPECT_NE(message_of([&] { parse_json(deep, "deep"); }).find("256 levels"), std::string::npos);
  EXPECT_EQ(parse_json("[\"" + std::string(1000, '[') + "\"]", "text").size(), 1U);
}

TEST(Json, AccessorsNameWhatWasExpectedAndFound) {
  const Json object = parse_json(R"({"n": -1, "s": "x", "b": true, "z": null})", "config");
  EXPECT_EQ(json_get<std::string>(object, "s", "config"), "x");
  EXPECT_EQ(json_get_or<std::uint64_t>(object, "z", 7, "config"), 7U);
  EXPECT_EQ(json_get_or<bool>(object, "missing", true, "config"), true);
  EXPECT_EQ(message_of([&] { json_get<std::uint64_t>(object, "n", "config"); }),
            "config: \"n\": expected a whole number >= 0, found number");
  EXPECT_EQ(message_of([&] { json_get<bool>(object, "q", "config"); }),
            "config: expected \"q\", it is missing");
  EXPECT_EQ(message_of([&] { json_get<bool>(Json(3), "q", "config"); }),
            "config: expected an object, found number");
}

}  // namespace
}  // namespace sememe
