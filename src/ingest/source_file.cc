#include "ingest/source_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error_context.h"
#include "text/utf8.h"

namespace sememe::ingest {
namespace {

constexpr std::size_t kProbeBytes = 8192;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// What changes when another version of a file takes its place.
struct Version {
  FileStamp stamp;
  dev_t device = 0;
  ino_t inode = 0;
  friend bool operator==(const Version&, const Version&) = default;
};

Version version_of(const struct stat& status) {
  return {{static_cast<std::uint64_t>(status.st_size),
           std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec},
          status.st_dev,
          status.st_ino};
}

std::string read_to_end(const FileHandle& file, std::uint64_t size, std::uint64_t max_bytes) {
  std::string bytes(size + 1, '\0');
  std::size_t used = 0;
  while (used <= max_bytes) {
    if (used == bytes.size()) bytes.resize(bytes.size() * 2);
    const ssize_t got = ::read(file.get(), bytes.data() + used, bytes.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw Error(ErrorCode::kIo, concat("read: ", std::strerror(errno)));
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  if (used > max_bytes) {
    throw Error(ErrorCode::kLimit, concat("expected at most ", max_bytes, " bytes, found more"));
  }
  bytes.resize(used);
  return bytes;
}

/// Nothing when the file changed while it was being read.
std::optional<SourceFile> try_read(const Path& path, std::uint64_t max_bytes,
                                   const std::function<void()>& after_read) {
  // A pipe that took the file's place since the walk must not block.
  const FileHandle file = open_file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  struct stat before{};
  if (::fstat(file.get(), &before) != 0) {
    throw Error(ErrorCode::kIo, concat("stat: ", std::strerror(errno)));
  }
  if (!S_ISREG(before.st_mode)) {
    throw Error(ErrorCode::kConflict, "expected a regular file, it is none any more");
  }
  const Version version = version_of(before);
  if (version.stamp.size > max_bytes) {
    throw Error(ErrorCode::kLimit,
                concat("expected at most ", max_bytes, " bytes, file has ", version.stamp.size));
  }
  SourceFile source{version.stamp, read_to_end(file, version.stamp.size, max_bytes)};
  if (after_read) after_read();
  struct stat after{};
  // The name must still lead to the same version, and the open file must not have grown.
  const bool same = ::stat(path.c_str(), &after) == 0 && version_of(after) == version &&
                    source.bytes.size() == version.stamp.size;
  if (!same) return std::nullopt;
  return source;
}

}  // namespace

SourceFile read_source_file(const Path& path, std::uint64_t max_bytes,
                            const std::function<void()>& after_read) {
  for (int tries = 0; tries < 2; ++tries) {
    if (auto source = try_read(path, max_bytes, after_read)) return std::move(*source);
  }
  throw Error(ErrorCode::kConflict, "it changed while it was being read, twice");
}

std::optional<std::string> find_binary(std::string_view bytes) {
  const std::string_view probe = bytes.substr(0, kProbeBytes);
  // UTF-16 is text, of the wrong kind: passages_of says so.
  if (probe.starts_with("\xFF\xFE") || probe.starts_with("\xFE\xFF")) return std::nullopt;
  std::size_t controls = 0;
  for (std::size_t i = 0; i < probe.size(); ++i) {
    const auto byte = static_cast<unsigned char>(probe[i]);
    if (byte == 0) return concat("NUL byte at offset ", i);
    const bool layout = (byte >= '\b' && byte <= '\r') || byte == 0x1B;
    if ((byte < 32 && !layout) || byte == 127) ++controls;
  }
  // Random bytes are 11 % control characters. Small compressed files may have no NUL.
  const bool many = controls * 10 > probe.size();
  const bool some = controls * 50 > probe.size() && text::find_invalid_utf8(probe).has_value();
  if (!many && !some) return std::nullopt;
  return concat(controls, " control characters in the first ", probe.size(), " bytes");
}

std::vector<Passage> passages_of(std::string_view path, std::string_view bytes,
                                 InvalidUtf8 invalid_utf8, const TokenMeasure& measure,
                                 const ChunkOptions& options) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    throw Error(ErrorCode::kUnsupported, "expected UTF-8, found a UTF-16 byte order mark");
  }
  const std::size_t skip = bytes.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  const std::string_view body = bytes.substr(skip);
  text::ReplacedText replaced;
  std::string_view source = body;
  if (const auto bad = text::find_invalid_utf8(body)) {
    if (invalid_utf8 == InvalidUtf8::kSkip) {
      throw Error(ErrorCode::kInvalidArgument,
                  concat("expected UTF-8, found an invalid byte at offset ", *bad + skip));
    }
    replaced = text::replace_invalid_utf8(body);
    source = replaced.text;
  }
  std::vector<Passage> passages =
      chunk_document(source, parse_document(path, source), measure, options);
  for (Passage& passage : passages) {
    if (replaced.replaced_count() > 0) {
      passage.bytes = {replaced.source_offset(passage.bytes.begin),
                       replaced.source_offset(passage.bytes.end)};
      passage.text = body.substr(passage.bytes.begin, passage.bytes.end - passage.bytes.begin);
    }
    passage.bytes.begin += skip;
    passage.bytes.end += skip;
  }
  return passages;
}

}  // namespace sememe::ingest
