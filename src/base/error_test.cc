#include "sememe/error.h"

#include <gtest/gtest.h>

#include <set>

#include "base/error_context.h"

namespace sememe {
namespace {

TEST(ErrorTable, RowsStandAtTheirCode) {
  for (std::size_t i = 0; i < kErrorTable.size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(kErrorTable[i].code), i);
    EXPECT_EQ(&error_info(kErrorTable[i].code), &kErrorTable[i]);
  }
}

TEST(ErrorTable, ExitCodesAreDistinctAndLeaveTheReservedOnesFree) {
  std::set<int> codes = {0, 1, 3};  // found, found nothing, some inputs failed
  for (const ErrorInfo& row : kErrorTable) {
    EXPECT_TRUE(codes.insert(row.exit_code).second) << row.name;
    EXPECT_GE(row.http_status, 400);
    EXPECT_FALSE(row.python.empty());
  }
}

TEST(ErrorContext, ReadsFromTheOutsideIn) {
  try {
    within("load model \"m\"", [] {
      within("tensor \"t\"",
             [] { throw Error(ErrorCode::kCorrupt, "expected 3 rows, file has 2"); });
    });
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "load model \"m\": tensor \"t\": expected 3 rows, file has 2");
    EXPECT_EQ(error.code(), ErrorCode::kCorrupt);
  }
}

TEST(ErrorContext, PassesTheResultThrough) {
  EXPECT_EQ(within("add", [] { return 3; }), 3);
}

TEST(Quote, EscapesWhatWouldBreakATerminal) {
  EXPECT_EQ(quote("a\"b\\c\n\x1b[0m\x7f"), "\"a\\\"b\\\\c\\n\\x1b[0m\\x7f\"");
  EXPECT_EQ(quote("größe"), "\"größe\"");
}

}  // namespace
}  // namespace sememe
