// sememe's side of the tokenizer race (race.py): tokenizer_race TOKENIZER_JSON TEXTS, then
// commands:
//
//   time REPEATS   every text of the file so many times
//   ids OUT        their ids, u32: how many texts, how many ids each, the ids
//   stats          peak memory
//
// TEXTS is little-endian: u32 count, u32 bytes of each text, the bytes. Ids and byte offsets are
// both made, in memory that is used again from text to text.

#include "race_program.h"
#include "sememe/tokenizer.h"

namespace sememe::race {
namespace {

class Racer {
 public:
  Racer(const std::string& tokenizer_json, const std::string& texts)
      : tokenizer_(Tokenizer::from_json(read_file(tokenizer_json), tokenizer_json)), file_(texts) {
    const std::uint32_t count = file_.word();
    for (const std::uint32_t size : file_.words(count)) texts_.push_back(file_.take(size, 1));
  }

  void encode_all() {
    for (const std::string_view text : texts_) tokenizer_.encode_into(text, {}, encoding_);
  }

  Json ids(const std::string& out_path) const {
    std::vector<std::uint32_t> words = {static_cast<std::uint32_t>(texts_.size())};
    std::vector<std::uint32_t> all;
    for (const std::string_view text : texts_) {
      const Encoding encoding = tokenizer_.encode(text);
      words.push_back(static_cast<std::uint32_t>(encoding.ids.size()));
      for (const TokenId id : encoding.ids) all.push_back(static_cast<std::uint32_t>(id));
    }
    words.insert(words.end(), all.begin(), all.end());
    write_file_atomic(out_path, {reinterpret_cast<const char*>(words.data()), words.size() * 4});
    return {{"tokens", all.size()}};
  }

 private:
  Tokenizer tokenizer_;
  WordFile file_;
  std::vector<std::string_view> texts_;
  Encoding encoding_;
};

void run(const std::string& tokenizer_json, const std::string& texts) {
  Racer racer(tokenizer_json, texts);
  racer.encode_all();
  answer_commands({
      {"time",
       [&](const Words& words) { return time_repeats(words[0], [&] { racer.encode_all(); }); }},
      {"ids", [&](const Words& words) { return racer.ids(words[0]); }},
      {"stats", [](const Words&) { return memory_stats(); }},
  });
}

}  // namespace
}  // namespace sememe::race

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: tokenizer_race TOKENIZER_JSON TEXTS\n";
    return 2;
  }
  return sememe::race::guarded([&] { sememe::race::run(argv[1], argv[2]); });
}
