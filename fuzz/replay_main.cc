// Runs a fuzz target without libFuzzer: every file of the given directories, then seeded mutations
// of each.
//
// The mutations are a smoke test that needs no Clang; the fuzz preset does the real search.
// SEMEME_TEST_SEED replays a run, SEMEME_FUZZ_ROUNDS sets the mutations per file.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void run(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

// Flips, inserts, deletes or repeats a few bytes.
std::string mutate(std::string bytes, std::mt19937_64& random) {
  const auto below = [&random](std::size_t n) { return n == 0 ? 0 : random() % n; };
  for (std::size_t edits = 1 + below(4); edits > 0; --edits) {
    const std::size_t at = below(bytes.size() + 1);
    switch (below(4)) {
      case 0:
        if (at < bytes.size()) bytes[at] = static_cast<char>(random());
        break;
      case 1:
        bytes.insert(at, 1, static_cast<char>(random()));
        break;
      case 2:
        bytes.erase(at, below(9));
        break;
      default:
        bytes.insert(at, bytes.substr(below(bytes.size()), below(33)));
    }
  }
  return bytes;
}

std::uint64_t number_from_environment(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t seed = number_from_environment("SEMEME_TEST_SEED", 1);
  const std::uint64_t rounds = number_from_environment("SEMEME_FUZZ_ROUNDS", 200);
  std::mt19937_64 random(seed);
  std::size_t files = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(file), {}};
      run(bytes);
      for (std::uint64_t round = 0; round < rounds; ++round) run(mutate(bytes, random));
      ++files;
    }
  }
  std::printf("replayed %zu files with %llu mutations each, seed %llu\n", files,
              static_cast<unsigned long long>(rounds), static_cast<unsigned long long>(seed));
  return files > 0 ? 0 : 1;
}
