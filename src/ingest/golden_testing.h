// The documents under tests/golden/ingest.
#ifndef SEMEME_INGEST_GOLDEN_TESTING_H_
#define SEMEME_INGEST_GOLDEN_TESTING_H_

#include <string>

#include "base/file.h"

namespace sememe::ingest {

inline std::string golden(const std::string& name) {
  return read_file(Path(SEMEME_GOLDEN_DIR) / "ingest" / name);
}

}  // namespace sememe::ingest

#endif  // SEMEME_INGEST_GOLDEN_TESTING_H_
