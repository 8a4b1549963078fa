// Checksums: XXH3 for our own files (fast, finds damage), SHA-256 for what others publish.
#ifndef SEMEME_BASE_HASH_H_
#define SEMEME_BASE_HASH_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/file.h"

namespace sememe {

/// XXH3, 64 bits. About 15 GB/s; not a cryptographic hash.
std::uint64_t xxh3_64(std::span<const std::byte> bytes);
std::uint64_t xxh3_64(std::string_view bytes);

/// XXH3, 128 bits, as 32 hex digits: identity of a text or a file within a store.
std::string xxh3_128_hex(std::string_view bytes);

/// SHA-256 as 64 hex digits.
std::string sha256_hex(std::span<const std::byte> bytes);
/// The same of a whole file, mapped, not read into memory.
std::string sha256_hex_of_file(const Path& path);

}  // namespace sememe

#endif  // SEMEME_BASE_HASH_H_
