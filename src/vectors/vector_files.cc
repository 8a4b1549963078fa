#include "vectors/vector_files.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/error_context.h"
#include "vectors/npy.h"

namespace sememe::vectors {
namespace {

// No model has vectors of more; the dimensions of a file that is none are any number.
constexpr std::int32_t kMostDims = 1 << 20;

std::int32_t dims_at(std::span<const std::byte> file, std::size_t at) {
  std::int32_t dims = 0;
  std::memcpy(&dims, file.data() + at, sizeof dims);
  return dims;
}

}  // namespace

Matrix parse_fvecs(std::span<const std::byte> file, const std::string& what) {
  if (file.empty()) return {};
  const std::int32_t dims = file.size() < sizeof(std::int32_t) ? 0 : dims_at(file, 0);
  if (dims < 1 || dims > kMostDims) {
    throw Error(ErrorCode::kCorrupt, concat(what, ": expected a row of 1 to ", kMostDims,
                                            " dimensions at byte 0, found ", dims));
  }
  const std::size_t stride = sizeof dims + static_cast<std::size_t>(dims) * sizeof(float);
  if (file.size() % stride != 0) {
    throw Error(ErrorCode::kCorrupt, concat(what, ": expected rows of ", stride, " bytes, found ",
                                            file.size() % stride, " behind the last"));
  }
  Matrix out(file.size() / stride, static_cast<std::size_t>(dims));
  for (std::size_t r = 0; r < out.rows; ++r) {
    const std::size_t at = r * stride;
    if (dims_at(file, at) != dims) {
      throw Error(ErrorCode::kCorrupt, concat(what, ": expected ", dims, " dimensions at byte ", at,
                                              ", found ", dims_at(file, at)));
    }
    std::memcpy(out.row(r).data(), file.data() + at + sizeof dims, stride - sizeof dims);
  }
  return out;
}

Matrix read_vectors(const Path& path) {
  const MappedFile file = MappedFile::open(path);
  if (is_npy(file.bytes())) return read_npy(path);
  if (path.extension() == ".fvecs") return parse_fvecs(file.bytes(), quote(path.native()));
  throw Error(ErrorCode::kUnsupported,
              concat(quote(path.native()), ": expected vectors in a .npy or .fvecs file"));
}

}  // namespace sememe::vectors
