// Any bytes as a .safetensors file: an Error or a table whose tensors can all be read.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sememe/error.h"
#include "vectors/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using sememe::vectors::TensorTable;
  try {
    const TensorTable table =
        TensorTable::parse(std::as_bytes(std::span(data, size)), "fuzzed file");
    for (const auto& [name, tensor] : table.tensors()) {
      if (tensor.bytes.size() > size) __builtin_trap();
      if (sememe::vectors::is_float(tensor) && tensor.elements > 0) {
        const std::vector<float> values = sememe::vectors::read_f32(tensor);
        if (values.size() != tensor.elements) __builtin_trap();
      }
    }
  } catch (const sememe::Error&) {
  }
  return 0;
}
