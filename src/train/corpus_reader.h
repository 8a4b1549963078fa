// The words of text files, one file after the other, in pieces that fit memory.
#ifndef SEMEME_TRAIN_CORPUS_READER_H_
#define SEMEME_TRAIN_CORPUS_READER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "text/words.h"
#include "train/text_stream.h"

namespace sememe::train {

/// Bytes read of all there are (0: not known).
using ReadingProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// The sum of the sizes of the files; 0 where standard input ("-") is among them.
std::uint64_t corpus_bytes(std::span<const Path> files);

/// Gives the words of all files to the sink, as split_words() does; each file ends a sentence.
/// Throws Error as TextStream does.
template <class Sink>
void read_corpus_words(std::span<const Path> files, text::WordRule rule, Sink& sink,
                       const ReadingProgress& progress) {
  constexpr std::size_t kChunkBytes = std::size_t{1} << 20;
  const std::uint64_t total = corpus_bytes(files);
  std::vector<char> buffer(kChunkBytes);
  std::string lower;
  std::uint64_t before = 0;
  for (const Path& file : files) {
    TextStream stream(file);
    std::size_t kept = 0;  // of the piece before
    for (bool last = false; !last;) {
      const std::size_t got = stream.read(std::span(buffer).subspan(kept));
      const std::string_view text(buffer.data(), kept + got);
      last = text.size() < buffer.size();
      const std::size_t end = last ? text.size() : text::word_boundary(text);
      text::split_words(text.substr(0, end), rule, lower, sink);
      kept = text.size() - end;
      std::memmove(buffer.data(), buffer.data() + end, kept);
      if (progress) progress(before + stream.position(), total);
    }
    sink.sentence_end();
    before += stream.position();
  }
}

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_CORPUS_READER_H_
