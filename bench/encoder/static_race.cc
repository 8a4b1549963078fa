// sememe's side of the race of static models (static_race.py): static_race MODEL_DIRECTORY TEXTS,
// then commands:
//
//   time REPEATS   every text of the file to a vector so many times
//   vectors OUT    the vectors, [N, dim] f32
//   stats          peak memory
//
// TEXTS is little-endian: u32 count, u32 bytes of each text, the bytes. All texts are one call of
// the Embedder, one thread.

#include "batch_file.h"
#include "sememe/embedder.h"

namespace sememe::race {
namespace {

class Racer {
 public:
  Racer(const std::string& model, const std::string& texts)
      : embedder_(Embedder::open(model, {.threads = 1})), file_(texts) {
    const std::uint32_t count = file_.word();
    for (const std::uint32_t size : file_.words(count)) texts_.push_back(file_.take(size, 1));
  }

  Embeddings embed(std::size_t count) const {
    return embedder_.embed_batch(std::span(texts_).first(std::min(count, texts_.size())), {});
  }
  Embeddings embed() const { return embed(texts_.size()); }

  Json vectors(const std::string& out_path) const {
    const Embeddings all = embed();
    const std::vector<float>& values = all.vectors.values;
    write_file_atomic(
        out_path, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)});
    std::size_t tokens = 0;
    for (const std::size_t count : all.tokens) tokens += count;
    return {{"rows", texts_.size()}, {"tokens", tokens}};
  }

 private:
  Embedder embedder_;
  WordFile file_;
  std::vector<std::string_view> texts_;
};

void run(const std::string& model, const std::string& texts) {
  const Racer racer(model, texts);
  racer.embed(1);
  answer_commands({
      {"time", [&](const Words& words) { return time_repeats(words[0], [&] { racer.embed(); }); }},
      {"vectors", [&](const Words& words) { return racer.vectors(words[0]); }},
      {"stats", [](const Words&) { return Json{{"peak_rss_mib", peak_memory_mib()}}; }},
  });
}

}  // namespace
}  // namespace sememe::race

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: static_race MODEL_DIRECTORY TEXTS\n";
    return 2;
  }
  return sememe::race::guarded([&] { sememe::race::run(argv[1], argv[2]); });
}
