// Sections that the tests of packed weights share.
#ifndef SEMEME_MODEL_PACKED_TESTING_H_
#define SEMEME_MODEL_PACKED_TESTING_H_

#include <cstdint>
#include <vector>

#include "model/packed_file.h"

namespace sememe::model {

using Bytes = std::vector<std::uint8_t>;

// Sections of sizes that leave gaps, and an empty one.
inline std::vector<Bytes> some_sections() {
  std::vector<Bytes> sections;
  std::uint8_t value = 1;
  for (const std::size_t size : {64, 5, 0, 200}) {
    sections.emplace_back(size);
    for (std::uint8_t& byte : sections.back()) byte = value = static_cast<std::uint8_t>(value * 7);
  }
  return sections;
}

inline std::vector<Section> views(const std::vector<Bytes>& sections) {
  return {sections.begin(), sections.end()};
}

}  // namespace sememe::model

#endif  // SEMEME_MODEL_PACKED_TESTING_H_
