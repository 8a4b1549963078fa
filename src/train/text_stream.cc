#include "train/text_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "base/error_context.h"

namespace sememe::train {
namespace {

constexpr std::size_t kInputBytes = std::size_t{1} << 18;

enum class Compression { kNone, kGzip, kZstd };

Compression compression_of(std::span<const char> head) {
  constexpr char kGzipMark[] = {'\x1F', '\x8B'};
  constexpr char kZstdMark[] = {'\x28', '\xB5', '\x2F', '\xFD'};
  const auto begins = [head](std::span<const char> mark) {
    return head.size() >= mark.size() && std::ranges::equal(head.first(mark.size()), mark);
  };
  if (begins(kGzipMark)) return Compression::kGzip;
  return begins(kZstdMark) ? Compression::kZstd : Compression::kNone;
}

}  // namespace

// Compressed bytes lie in input[used .. filled); decoders take from there.
struct TextStream::State {
  explicit State(Path name) : path(std::move(name)), input(kInputBytes) {
    if (path != "-") {
      file = open_file(path, O_RDONLY);
      size = file_stamp(file, path).size;
    }
    fill();
    compression = compression_of({input.data(), filled});
    if (compression == Compression::kGzip) {
      SEMEME_CHECK(inflateInit2(&gzip, 16 + MAX_WBITS) == Z_OK);
      gzip_open = true;
    } else if (compression == Compression::kZstd) {
      zstd.reset(ZSTD_createDStream());
      SEMEME_CHECK(zstd != nullptr);
    }
  }
  ~State() {
    if (gzip_open) inflateEnd(&gzip);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::string name() const { return path == "-" ? "standard input" : quote(path.string()); }

  // More input behind what is left; false at its end.
  bool fill() {
    if (used == filled) used = filled = 0;
    if (ended || filled == input.size()) return filled > used;
    for (;;) {
      const ssize_t n = ::read(path == "-" ? STDIN_FILENO : file.get(), input.data() + filled,
                               input.size() - filled);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw Error(ErrorCode::kIo, concat("read ", name(), ": ", std::strerror(errno)));
      ended = n == 0;
      filled += static_cast<std::size_t>(n);
      position += static_cast<std::uint64_t>(n);
      return filled > used;
    }
  }

  [[noreturn]] void damaged(const char* what, const char* why) const {
    throw Error(ErrorCode::kCorrupt,
                concat(name(), ": expected ", what, " data up to its end, found ", why,
                       " near byte ", position - (filled - used)));
  }

  std::size_t read_plain(std::span<char> to) {
    if (!fill()) return 0;
    const std::size_t n = std::min(to.size(), filled - used);
    std::copy_n(input.data() + used, n, to.data());
    used += n;
    return n;
  }

  std::size_t read_gzip(std::span<char> to) {
    gzip.next_out = reinterpret_cast<Bytef*>(to.data());
    gzip.avail_out = static_cast<uInt>(std::min<std::size_t>(to.size(), 1U << 30));
    const uInt wanted = gzip.avail_out;
    while (gzip.avail_out == wanted) {
      if (used == filled && !fill()) {
        if (inside) damaged("gzip", "an early end");
        return 0;
      }
      if (!inside) {  // another member, or what some programs append: zeros
        while (used < filled && input[used] == '\0') ++used;
        if (used == filled) continue;
        SEMEME_CHECK(inflateReset(&gzip) == Z_OK);
        inside = true;
      }
      gzip.next_in = reinterpret_cast<Bytef*>(input.data() + used);
      gzip.avail_in = static_cast<uInt>(filled - used);
      const int result = inflate(&gzip, Z_NO_FLUSH);
      used = filled - gzip.avail_in;
      if (result == Z_STREAM_END) {
        inside = false;
      } else if (result != Z_OK) {
        damaged("gzip", gzip.msg == nullptr ? "damage" : gzip.msg);
      }
    }
    return wanted - gzip.avail_out;
  }

  std::size_t read_zstd(std::span<char> to) {
    ZSTD_outBuffer out = {to.data(), to.size(), 0};
    while (out.pos == 0) {
      if (used == filled && !fill()) {
        if (inside) damaged("Zstandard", "an early end");
        return 0;
      }
      ZSTD_inBuffer in = {input.data() + used, filled - used, 0};
      const std::size_t result = ZSTD_decompressStream(zstd.get(), &out, &in);
      if (ZSTD_isError(result) != 0) damaged("Zstandard", ZSTD_getErrorName(result));
      used += in.pos;
      inside = result != 0;
    }
    return out.pos;
  }

  std::size_t read_some(std::span<char> to) {
    switch (compression) {
      case Compression::kNone:
        return read_plain(to);
      case Compression::kGzip:
        return read_gzip(to);
      case Compression::kZstd:
        return read_zstd(to);
    }
    return 0;
  }

  struct FreeZstd {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
  };

  Path path;
  FileHandle file;
  std::vector<char> input;
  std::size_t used = 0;
  std::size_t filled = 0;
  bool ended = false;
  bool inside = false;  // a member or frame that has begun
  std::uint64_t position = 0;
  std::uint64_t size = 0;
  Compression compression = Compression::kNone;
  z_stream gzip = {};
  bool gzip_open = false;
  std::unique_ptr<ZSTD_DStream, FreeZstd> zstd;
};

TextStream::TextStream(Path path) : state_(std::make_unique<State>(std::move(path))) {}
TextStream::~TextStream() = default;
TextStream::TextStream(TextStream&&) noexcept = default;
TextStream& TextStream::operator=(TextStream&&) noexcept = default;

std::size_t TextStream::read(std::span<char> to) {
  std::size_t done = 0;
  while (done < to.size()) {
    const std::size_t n = state_->read_some(to.subspan(done));
    if (n == 0) break;
    done += n;
  }
  return done;
}

std::uint64_t TextStream::position() const { return state_->position; }
std::uint64_t TextStream::size() const { return state_->size; }

}  // namespace sememe::train
