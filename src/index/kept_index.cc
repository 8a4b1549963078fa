#include "index/kept_index.h"

#include <optional>

#include "base/error_context.h"
#include "base/hash.h"

namespace sememe::index {
namespace {

std::string key_of(MatrixView rows, const GraphOptions& options) {
  const std::string_view bytes(reinterpret_cast<const char*>(rows.data),
                               rows.rows * rows.cols * sizeof(float));
  return concat(vectors::metric_name(options.metric), " ", layout_name(options.layout), " ",
                rows.rows, " x ", rows.cols, " ", xxh3_128_hex(bytes));
}

}  // namespace

KeptIndex open_or_build(const Path& path, MatrixView rows, const GraphOptions& options,
                        ThreadPool& pool) {
  const std::string key = key_of(rows, options);
  std::string notice;
  try {
    return {.index = GraphIndex::open(path, key, rows), .built = false, .notice = {}};
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kNotFound) notice = error.what();
  }
  KeptIndex out = {
      .index = GraphIndex::build(rows, options, pool), .built = true, .notice = std::move(notice)};
  try {
    out.index.save(path, key);
  } catch (const Error& error) {
    out.notice = error.what();
  }
  return out;
}

}  // namespace sememe::index
