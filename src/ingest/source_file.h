// Reads one file for the collection: the whole of one version of it, or the reason why not.
#ifndef SEMEME_INGEST_SOURCE_FILE_H_
#define SEMEME_INGEST_SOURCE_FILE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "ingest/chunker.h"
#include "sememe/sync.h"

namespace sememe::ingest {

/// A version of a file.
struct SourceFile {
  FileStamp stamp;
  std::string bytes;
};

/// Reads a regular file, and makes sure that it did not change meanwhile: a second try follows
/// when it did. after_read is called between reading and that check (for tests).
/// Throws Error(kConflict) when it changed again or is no regular file any more, Error(kLimit) when
/// it grew beyond max_bytes, Error(kNotFound) and Error(kIo) from the system. Never waits for a
/// pipe.
SourceFile read_source_file(const Path& path, std::uint64_t max_bytes,
                            const std::function<void()>& after_read = {});

/// Why the bytes are no text, for people; nothing for text. Looks at the first 8 KiB: a NUL, or
/// many control characters.
std::optional<std::string> find_binary(std::string_view bytes);

/// Parses and chunks a file's bytes; the ranges of the passages are those of the bytes. A byte
/// order mark is passed over. With InvalidUtf8::kReplace, each ill-formed sequence is parsed as
/// U+FFFD, and the passages hold the original bytes.
/// Throws Error(kUnsupported) for UTF-16, Error(kInvalidArgument) for invalid UTF-8 with
/// InvalidUtf8::kSkip.
std::vector<Passage> passages_of(std::string_view path, std::string_view bytes,
                                 InvalidUtf8 invalid_utf8, const TokenMeasure& measure,
                                 const ChunkOptions& options);

}  // namespace sememe::ingest

#endif  // SEMEME_INGEST_SOURCE_FILE_H_
