#include "sememe/error.h"

#include <utility>

namespace sememe {

Error::Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

void Error::within(std::string_view doing) { message_.insert(0, std::string(doing) + ": "); }

}  // namespace sememe
