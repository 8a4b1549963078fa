#include "kernels/byte_dot.h"

#include "base/error_context.h"
#include "kernels/code_table.h"

namespace sememe::kernels {
namespace {

void products(std::span<const std::int8_t> query, const ByteRows& rows, const std::uint32_t* ids,
              std::span<std::int32_t> out, Isa isa) {
  SEMEME_CHECK(query.size() % kByteDotMultiple == 0 && query.size() <= kByteDotMost);
  code_table(isa).byte_dots({.query = query.data(),
                             .n = query.size(),
                             .rows = rows.data,
                             .stride = rows.stride,
                             .ids = ids,
                             .count = out.size(),
                             .out = out.data()});
}

}  // namespace

std::int32_t byte_dot(std::span<const std::int8_t> a, std::span<const std::int8_t> b, Isa isa) {
  SEMEME_CHECK(a.size() == b.size());
  std::int32_t out = 0;
  products(a, {.data = b.data(), .stride = 0}, nullptr, {&out, 1}, isa);
  return out;
}

void byte_dot_rows(std::span<const std::int8_t> query, const ByteRows& rows,
                   std::span<std::int32_t> out, Isa isa) {
  products(query, rows, nullptr, out, isa);
}

void byte_dot_gather(std::span<const std::int8_t> query, const ByteRows& rows,
                     std::span<const std::uint32_t> ids, std::span<std::int32_t> out, Isa isa) {
  SEMEME_CHECK(ids.size() == out.size());
  products(query, rows, ids.data(), out, isa);
}

}  // namespace sememe::kernels
