// Bytes of a text, from a file or standard input, plain or compressed.
#ifndef SEMEME_TRAIN_TEXT_STREAM_H_
#define SEMEME_TRAIN_TEXT_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/file.h"

namespace sememe::train {

/// Reads on until the end. gzip and Zstandard are known by their first bytes, whatever the name
/// says; several members or frames one after the other are one text. Throws Error(kCorrupt) with
/// the path and the offset for damaged or cut compressed data, Error(kIo) and kNotFound as base.
class TextStream {
 public:
  /// path: "-" is standard input.
  explicit TextStream(Path path);
  ~TextStream();
  TextStream(TextStream&&) noexcept;
  TextStream& operator=(TextStream&&) noexcept;

  /// Fills `to` from its beginning; fewer bytes only at the end of the text.
  std::size_t read(std::span<char> to);
  /// Bytes read of the file itself, and how many it has (0: not known): for progress.
  std::uint64_t position() const;
  std::uint64_t size() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_TEXT_STREAM_H_
