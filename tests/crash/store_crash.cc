// Kills a writing process at random moments and looks at what is left, again and again.
//
//   store_crash KILLS [SEED]                the test
//   store_crash --writer DIRECTORY SEED     the victim, which the test starts
//
// The victim says what it is about to do and, after the commit, that it is done. While it writes,
// the test reads: every commit that a reader sees must be whole. After the kill the store must hold
// all that was done; what was only announced may be there too, but wholly or not at all. A vector
// follows from its text, so that each row can be checked.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/error_context.h"
#include "base/hash.h"
#include "store/store.h"

namespace sememe::store {
namespace {

const Identity kIdentity{"crash", "fingerprint", 96};
constexpr std::uint32_t kPaths = 40;

using Random = std::mt19937_64;

// ---- what is written -------------------------------------------------------------------------

std::vector<float> vector_of(std::string_view text) {
  std::uint64_t state = xxh3_64(std::as_bytes(std::span(text)));
  std::vector<float> vector(kIdentity.dim);
  for (float& value : vector) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    value = static_cast<float>(state >> 40) / 16777216.0f;
  }
  return vector;
}

// The passages of version `version` of a document; some stand in many documents.
std::vector<std::string> texts_of(std::string_view path, std::uint64_t version) {
  std::vector<std::string> texts;
  for (std::uint64_t i = 0; i < 1 + version % 7; ++i) {
    std::string text = i % 3 == 2 ? concat("shared ", version % 11)
                                  : concat(path, " version ", version, " passage ", i, " ");
    const std::size_t size = text.size() + (version * 37 + i * 101) % 3000;
    while (text.size() < size) text += "more words ";
    texts.push_back(std::move(text));
  }
  return texts;
}

// One announced change: "put path version path version ...", "remove path", "compact",
// "seal".
struct Change {
  std::string name;
  std::map<std::string, std::uint64_t> versions;  // 0: removed
};

std::string to_line(char mark, const Change& change) {
  std::string line = concat(mark, " ", change.name);
  for (const auto& [path, version] : change.versions) line += concat(" ", path, " ", version);
  return line + "\n";
}

Change random_change(Random& random) {
  const auto path = [&] { return concat("doc-", random() % kPaths); };
  const std::uint64_t choice = random() % 100;
  if (choice < 6) return {"compact", {}};
  if (choice < 12) return {"seal", {}};
  if (choice < 25) return {"remove", {{path(), 0}}};
  Change change{"put", {}};
  for (std::uint64_t i = 0; i <= random() % 4; ++i) {
    change.versions[path()] = 1 + random() % 1'000'000'000;
  }
  return change;
}

// A segment here is a file that holds its key.
void seal(Store& store) {
  const std::size_t rows = store.live_vectors().vectors.rows;
  if (rows == 0) return;
  store.seal(rows, [](const Segment& segment) { write_file_atomic(segment.path, segment.key); });
}

void apply(Store& store, const Change& change) {
  if (change.name == "compact") return store.compact();
  if (change.name == "seal") return seal(store);
  std::vector<std::string> removed;
  std::vector<NewDocument> documents;
  std::vector<std::unique_ptr<std::vector<float>>> vectors;
  for (const auto& [path, version] : change.versions) {
    if (version == 0) {
      removed.push_back(path);
      continue;
    }
    NewDocument document{{path, concat(version), 1'000'000, 0}, {}};
    for (const std::string& text : texts_of(path, version)) {
      vectors.push_back(std::make_unique<std::vector<float>>(vector_of(text)));
      document.chunks.push_back(
          {{{0, text.size()}, 1, 1, "", text, xxh3_128_hex(text)}, *vectors.back()});
    }
    documents.push_back(std::move(document));
  }
  if (change.name == "remove") return store.remove(removed);
  store.put(documents);
}

void say(const std::string& line) {
  if (::write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    ::_exit(4);
  }
}

int run_writer(const Path& directory, std::uint64_t seed) {
  Random random(seed);
  Store store = Store::open_for_writing(directory, kIdentity);
  while (true) {
    const Change change = random_change(random);
    say(to_line('?', change));
    apply(store, change);
    say(to_line('!', change));
  }
}

// ---- what is expected ------------------------------------------------------------------------

using Versions = std::map<std::string, std::uint64_t>;

[[noreturn]] void fail(const std::string& text) {
  std::fprintf(stderr, "store_crash: %s\n", text.c_str());
  std::exit(1);
}

// What the store holds, as versions; fails unless each document is whole and has its vectors.
Versions versions_in(const Store& store) {
  std::map<std::string, std::vector<std::string>> texts;
  const LiveVectors live = store.live_vectors();
  for (std::size_t i = 0; i < live.chunk_ids.size(); ++i) {
    const StoredChunk chunk = store.chunk(live.chunk_ids[i]);
    const auto row = live.vectors.row(static_cast<std::size_t>(live.rows[i]));
    if (!std::ranges::equal(row, vector_of(chunk.row.text))) {
      fail(concat("chunk ", i, " of ", chunk.path, " has the vector of another text"));
    }
    texts[chunk.path].push_back(chunk.row.text);
  }
  Versions versions;
  for (const DocumentRow& document : store.documents()) {
    const std::uint64_t version = std::stoull(document.content_hash);
    if (texts[document.path] != texts_of(document.path, version)) {
      fail(concat(document.path, " version ", version, " is there by halves"));
    }
    versions[document.path] = version;
  }
  return versions;
}

Versions after(Versions versions, const Change& change) {
  for (const auto& [path, version] : change.versions) {
    if (version == 0) {
      versions.erase(path);
    } else {
      versions[path] = version;
    }
  }
  return versions;
}

// Reads as another process would while the victim writes.
void read_once(const Path& directory) {
  try {
    const Store store = Store::open(directory);
    const LiveVectors live = store.live_vectors();
    for (std::size_t i = 0; i < live.chunk_ids.size(); i += 7) {
      try {
        const StoredChunk chunk = store.chunk(live.chunk_ids[i]);
        const auto row = live.vectors.row(static_cast<std::size_t>(live.rows[i]));
        if (!std::ranges::equal(row, vector_of(chunk.row.text))) {
          fail(concat("a reader saw chunk ", i, " of ", chunk.path, " with another's vector"));
        }
      } catch (const Error& error) {
        if (error.code() != ErrorCode::kNotFound) throw;  // replaced since live_vectors()
      }
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kNotFound) fail(concat("a reader: ", error.what()));
  }
}

// ---- the killing -----------------------------------------------------------------------------

struct Victim {
  pid_t process = 0;
  int output = -1;
};

Victim start(const char* program, const Path& directory, std::uint64_t seed) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail("pipe2");
  ::fcntl(ends[0], F_SETPIPE_SZ, 1 << 20);  // the victim never waits for the test
  const pid_t process = ::fork();
  if (process == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    const std::string number = std::to_string(seed);
    ::execl(program, program, "--writer", directory.c_str(), number.c_str(), nullptr);
    ::_exit(5);
  }
  ::close(ends[1]);
  return {process, ends[0]};
}

// On a busy machine a start takes longer than the life that the test grants.
void wait_for_output(const Victim& victim) {
  struct pollfd watched{victim.output, POLLIN, 0};
  if (::poll(&watched, 1, 60'000) != 1) fail("the writer said nothing for a minute");
}

std::string kill_and_drain(const Victim& victim) {
  ::kill(victim.process, SIGKILL);
  int status = 0;
  ::waitpid(victim.process, &status, 0);
  if (!WIFSIGNALED(status)) fail(concat("the writer ended by itself with status ", status));
  std::string output;
  char bytes[65536];
  for (ssize_t got = 0; (got = ::read(victim.output, bytes, sizeof bytes)) > 0;) {
    output.append(bytes, static_cast<std::size_t>(got));
  }
  ::close(victim.output);
  return output;
}

Change parse_change(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : line + " ") {
    if (c != ' ') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  Change change{words.at(1), {}};
  for (std::size_t i = 2; i + 1 < words.size(); i += 2) {
    change.versions[words[i]] = std::stoull(words[i + 1]);
  }
  return change;
}

struct Heard {
  Versions versions;              // all that was done
  std::optional<Change> pending;  // announced last, not done
  std::size_t done = 0;
};

Heard hear(const std::string& output, Versions versions) {
  Heard heard{std::move(versions), std::nullopt, 0};
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = output.find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    const std::string line = output.substr(begin, end - begin);
    if (line[0] == '?') {
      heard.pending = parse_change(line);
    } else {
      heard.versions = after(std::move(heard.versions), parse_change(line));
      heard.pending.reset();
      ++heard.done;
    }
  }
  return heard;
}

// Fails unless the store holds what was heard; returns which of the two it is.
Versions check(const Path& directory, const Heard& heard) {
  const Versions seen = versions_in(Store::open(directory));
  const bool pending_done = heard.pending && seen == after(heard.versions, *heard.pending);
  if (seen != heard.versions && !pending_done) {
    fail(concat("the store holds ", seen.size(), " documents, expected ", heard.versions.size(),
                heard.pending ? ", or with \"" + heard.pending->name + "\"" : std::string(),
                "; kept in ", directory.native()));
  }
  const auto check_segment = [](const Store& store) {
    const std::optional<Segment> segment = store.segment();
    if (segment && read_file(segment->path) != segment->key) fail("a segment is not whole");
  };
  check_segment(Store::open(directory));
  {
    Store store = Store::open_for_writing(directory, kIdentity);
    check_segment(store);
    if (!store.chunks_without_vector().empty()) fail("a kill lost vectors");
    if (versions_in(store) != seen) fail("opening for writing changed the contents");
  }
  for (const std::string& fault : Store::verify(directory)) fail(concat("verify: ", fault));
  return seen;
}

int run_test(const char* program, int kills, std::uint64_t seed) {
  const Path directory =
      std::filesystem::temp_directory_path() / concat("store_crash_", ::getpid());
  std::filesystem::remove_all(directory);
  Random random(seed);
  Versions versions;
  std::size_t done = 0;
  std::size_t reads = 0;
  int cut_short = 0;
  for (int i = 0; i < kills; ++i) {
    const Victim victim = start(program, directory, random());
    if (i % 3 != 0) wait_for_output(victim);  // the others may die while they open the store
    const auto end = std::chrono::steady_clock::now() +
                     std::chrono::microseconds(1000 + random() % (i % 5 == 0 ? 200'000 : 40'000));
    for (bool read = i % 2 == 0; std::chrono::steady_clock::now() < end;) {
      if (read) {
        if (std::filesystem::exists(directory / "store.sqlite")) {
          read_once(directory);
          ++reads;
        }
      } else {
        ::poll(nullptr, 0, 1);
      }
    }
    const Heard heard = hear(kill_and_drain(victim), versions);
    if (std::filesystem::exists(directory / "store.sqlite")) {
      versions = check(directory, heard);
    } else if (!heard.versions.empty()) {
      fail("the database is gone");
    }
    done += heard.done;
    cut_short += heard.pending ? 1 : 0;
  }
  std::printf(
      "%d kills (seed %llu): %zu changes done, %d cut short, %zu reads beside them, "
      "nothing lost\n",
      kills, static_cast<unsigned long long>(seed), done, cut_short, reads);
  std::filesystem::remove_all(directory);
  return done == 0 || cut_short == 0 ? 1 : 0;  // then nothing was tested
}

}  // namespace
}  // namespace sememe::store

int main(int argc, char** argv) {
  try {
    const std::string first = argc > 1 ? argv[1] : "30";
    if (first == "--writer" && argc == 4) {
      return sememe::store::run_writer(argv[2], std::stoull(argv[3]));
    }
    const std::uint64_t seed = argc > 2 ? std::stoull(argv[2]) : std::random_device{}();
    return sememe::store::run_test("/proc/self/exe", std::stoi(first), seed);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "store_crash: %s\n", error.what());
    return 1;
  }
}
