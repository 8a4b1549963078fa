#include "base/section_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstring>
#include <functional>
#include <thread>

#include "base/cpu.h"
#include "base/error_context.h"
#include "base/hash.h"
#include "base/thread_pool.h"

namespace sememe {
namespace {

static_assert(std::endian::native == std::endian::little,
              "sections are the memory of a little-endian machine");

constexpr std::size_t kLetters = 8;
constexpr std::size_t kAlign = 64;
constexpr std::size_t kHeaderBytes = 128;
constexpr std::size_t kEntryBytes = 24;
constexpr std::size_t kVersionAt = 8;
constexpr std::size_t kCountAt = 12;
constexpr std::size_t kSizeAt = 16;
constexpr std::size_t kKeyAt = 24;
constexpr std::size_t kKeyBytes = 80;  // zeros behind the key
constexpr std::size_t kTableHashAt = 112;
constexpr std::size_t kHeaderHashAt = 120;  // of the bytes before it
// One thread checks about 10 GB/s; starting a second one takes 0.1 ms.
constexpr std::size_t kBytesPerThread = 8 << 20;
using Bytes = std::span<const std::byte>;

std::size_t round_up(std::size_t value) { return (value + kAlign - 1) / kAlign * kAlign; }

template <class T>
void put(std::span<std::byte> bytes, std::size_t offset, T value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}

template <class T>
T get(Bytes bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

[[noreturn]] void corrupt(std::string_view expected, std::string_view found) {
  throw Error(ErrorCode::kCorrupt, concat("expected ", expected, ", found ", found));
}

// Where a section lies. Zeros follow it up to the next one.
struct Entry {
  std::size_t offset;
  std::size_t size;
  std::uint64_t hash;
};

std::size_t check_header(const SectionFormat& format, Bytes file, std::string_view key) {
  if (file.size() < kHeaderBytes) {
    corrupt(concat("at least ", kHeaderBytes, " bytes"), concat("", file.size()));
  }
  if (std::memcmp(file.data(), format.letters.data(), kLetters) != 0) {
    corrupt(concat("the letters ", format.letters), "others");
  }
  // Before the checksum: a later version may keep it elsewhere.
  if (const auto version = get<std::uint32_t>(file, kVersionAt); version != format.version) {
    throw Error(ErrorCode::kUnsupported,
                concat("expected version ", format.version, ", found ", version));
  }
  if (get<std::uint64_t>(file, kHeaderHashAt) != xxh3_64(file.first(kHeaderHashAt))) {
    corrupt("a header that fits its checksum", "another");
  }
  std::array<char, kKeyBytes> name{};
  std::memcpy(name.data(), file.data() + kKeyAt, kKeyBytes);
  const std::string_view found(name.data(), ::strnlen(name.data(), kKeyBytes));
  if (found != key) corrupt(concat(format.what, " of ", quote(key)), quote(found));
  if (const auto size = get<std::uint64_t>(file, kSizeAt); size != file.size()) {
    corrupt(concat("", size, " bytes"), concat("", file.size()));
  }
  return get<std::uint32_t>(file, kCountAt);
}

void check_zeros(Bytes file, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    if (file[i] != std::byte{0}) corrupt(concat("zero at byte ", i), "another value");
  }
}

Entry entry_of(Bytes file, std::size_t section) {
  const std::size_t at = kHeaderBytes + section * kEntryBytes;
  return {.offset = get<std::uint64_t>(file, at),
          .size = get<std::uint64_t>(file, at + 8),
          .hash = get<std::uint64_t>(file, at + 16)};
}

std::vector<Entry> check_table(Bytes file, std::size_t count) {
  if (count > (file.size() - kHeaderBytes) / kEntryBytes) {
    corrupt(concat("room for ", count, " sections"), concat("", file.size(), " bytes"));
  }
  const Bytes table = file.subspan(kHeaderBytes, count * kEntryBytes);
  if (get<std::uint64_t>(file, kTableHashAt) != xxh3_64(table)) {
    corrupt("a table of sections that fits its checksum", "another");
  }
  std::vector<Entry> entries(count);
  std::size_t end = kHeaderBytes + table.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t offset = round_up(end);
    const Entry& entry = entries[i] = entry_of(file, i);
    if (entry.offset != offset || offset > file.size() || entry.size > file.size() - offset) {
      corrupt(concat("section ", i, " at ", offset, " within ", file.size(), " bytes"),
              concat("", entry.size, " bytes at ", entry.offset));
    }
    check_zeros(file, end, offset);
    end = offset + entry.size;
  }
  if (round_up(end) != file.size()) {
    corrupt(concat("sections up to byte ", file.size()), concat("an end at ", end));
  }
  check_zeros(file, end, file.size());
  return entries;
}

void check_section(Bytes file, std::size_t i, const Entry& entry) {
  if (xxh3_64(file.subspan(entry.offset, entry.size)) != entry.hash) {
    corrupt(concat("section ", i, " at byte ", entry.offset, " to fit its checksum"), "another");
  }
}

void check_sections(Bytes file, std::span<const Entry> entries,
                    std::span<const std::size_t> later) {
  std::vector<std::size_t> now;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (std::ranges::find(later, i) != later.end()) continue;
    now.push_back(i);
    bytes += entries[i].size;
  }
  const std::size_t threads = std::min(bytes / kBytesPerThread, now.size());
  ThreadPool pool(threads <= 1 ? 1 : std::min(threads, available_threads()));
  pool.parallel_for(now.size(), [&](std::size_t i, std::size_t) {
    check_section(file, now[i], entries[now[i]]);
  });
}

std::vector<Section> parse(const SectionFormat& format, Bytes file, std::string_view key,
                           std::span<const std::size_t> later) {
  const std::vector<Entry> entries = check_table(file, check_header(format, file, key));
  check_sections(file, entries, later);
  std::vector<Section> sections;
  for (const Entry& entry : entries) {
    sections.emplace_back(reinterpret_cast<const std::uint8_t*>(file.data()) + entry.offset,
                          entry.size);
  }
  return sections;
}

// The header and the table, and the zeros up to the first section.
std::vector<std::byte> encode_head(const SectionFormat& format, std::string_view key,
                                   std::span<const Section> sections) {
  std::vector<std::byte> head(round_up(kHeaderBytes + sections.size() * kEntryBytes));
  const std::span<std::byte> table =
      std::span(head).subspan(kHeaderBytes, sections.size() * kEntryBytes);
  std::size_t offset = head.size();
  for (std::size_t i = 0; i < sections.size(); ++i) {
    put<std::uint64_t>(table, i * kEntryBytes, offset);
    put<std::uint64_t>(table, i * kEntryBytes + 8, sections[i].size());
    put<std::uint64_t>(table, i * kEntryBytes + 16, xxh3_64(std::as_bytes(sections[i])));
    offset += round_up(sections[i].size());
  }
  std::memcpy(head.data(), format.letters.data(), kLetters);
  put(std::span(head), kVersionAt, format.version);
  put(std::span(head), kCountAt, static_cast<std::uint32_t>(sections.size()));
  put<std::uint64_t>(head, kSizeAt, offset);
  std::memcpy(head.data() + kKeyAt, key.data(), key.size());
  put(std::span(head), kTableHashAt, xxh3_64(table));
  put(std::span(head), kHeaderHashAt, xxh3_64(std::span(head).first(kHeaderHashAt)));
  return head;
}

// Another program, or another thread of this one, may write the same file at the same time.
Path aside(const Path& path) {
  Path temporary = path;
  temporary +=
      concat(".tmp", ::getpid(), "-", std::chrono::steady_clock::now().time_since_epoch().count(),
             "-", std::hash<std::thread::id>()(std::this_thread::get_id()));
  return temporary;
}

// A write past the process's limit would end the program.
void require_room(const Path& path, std::uint64_t size) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur >= size) return;
  throw Error(ErrorCode::kIo, concat("write ", quote(path.native()), ": expected to be allowed ",
                                     size, " bytes, the limit is ", limit.rlim_cur));
}

// 42 MB in pages of 4 KiB make products a tenth slower: they miss the TLB. Linux from 6.16 on gives
// maps of files huge pages where it cached the file in blocks of 2 MiB, and with this advice it
// reads it in such blocks.
void ask_for_huge_pages(Bytes map) {
#if defined(MADV_HUGEPAGE)
  static_cast<void>(::madvise(const_cast<std::byte*>(map.data()), map.size(), MADV_HUGEPAGE));
#else
  static_cast<void>(map);
#endif
}

}  // namespace

std::vector<Section> parse_sections(const SectionFormat& format, std::span<const std::byte> file,
                                    std::string_view key) {
  return parse(format, file, key, {});
}

void write_sections(const SectionFormat& format, const Path& path, std::string_view key,
                    std::span<const Section> sections) {
  SEMEME_CHECK(key.size() <= kKeyBytes && format.letters.size() == kLetters);
  static constexpr std::array<std::byte, kAlign> kZeros{};
  const std::vector<std::byte> head = encode_head(format, key, sections);
  std::vector<std::span<const std::byte>> pieces = {head};
  for (const Section section : sections) {
    pieces.push_back(std::as_bytes(section));
    pieces.push_back(std::span(kZeros).first(round_up(section.size()) - section.size()));
  }
  require_room(path, get<std::uint64_t>(head, kSizeAt));
  const Path temporary = aside(path);
  try {
    const FileHandle file = open_file(temporary, O_WRONLY | O_CREAT | O_EXCL);
    write_all(file, temporary, pieces);
    if (format.synced == Synced::kYes) sync_file(file, temporary);
    rename_file(temporary, path);
    if (format.synced == Synced::kYes)
      sync_directory(std::filesystem::absolute(path).parent_path());
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
}

SectionFile SectionFile::open(const SectionFormat& format, const Path& path, std::string_view key,
                              std::span<const std::size_t> later) {
  return within(concat(format.what, " ", quote(path.native())), [&] {
    SectionFile file;
    file.map_ = MappedFile::open(path);
    ask_for_huge_pages(file.map_.bytes());
    file.sections_ = parse(format, file.map_.bytes(), key, later);
    return file;
  });
}

std::size_t SectionFile::offset(std::size_t section) const {
  return entry_of(map_.bytes(), section).offset;
}

void SectionFile::check(std::size_t section) const {
  check_section(map_.bytes(), section, entry_of(map_.bytes(), section));
}

}  // namespace sememe
