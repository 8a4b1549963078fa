// The tokenizer: added tokens -> normaliser -> pre-tokeniser -> model -> template.
//
// Text takes one of two ways that give the same tokens. The general way normalises a stretch of it
// into scratch memory, with the source of every byte, and cuts that into words. The fast way reads
// ASCII words directly through a table (ascii_words.h) and sends only what is not ASCII, up to the
// next ASCII space or punctuation, the general way. Files with added tokens that are looked for in
// normalised text always take the general way.

#include "sememe/tokenizer.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/error_context.h"
#include "sememe/error.h"
#include "text/utf8.h"
#include "tokens/added_tokens.h"
#include "tokens/ascii_words.h"
#include "tokens/normalized_text.h"
#include "tokens/pre_tokenizer.h"
#include "tokens/tokenizer_json.h"

namespace sememe {
namespace {

using tokens::AddedTokenMatch;
using tokens::ByteClass;
using tokens::NormalizedText;
using tokens::Piece;

// Longer ASCII words take the general way.
constexpr std::size_t kFastWordBytes = 64;

// Normalised text is at most three times as long, so that a Piece can count its bytes in 32 bits.
constexpr std::size_t kMaxTextBytes = std::size_t{1} << 30;

// Memory of one encode, used again by the next one on the same thread.
struct Scratch {
  NormalizedText normalized;
  std::vector<Piece> pieces;
  std::vector<AddedTokenMatch> plain_matches;
  std::vector<AddedTokenMatch> normalized_matches;

  /// Gives back what an unusually long text needed.
  void trim() {
    normalized.trim();
    trim(pieces);
    trim(plain_matches);
    trim(normalized_matches);
  }

 private:
  template <class Item>
  static void trim(std::vector<Item>& items) {
    constexpr std::size_t kKept = std::size_t{1} << 14;
    if (items.capacity() > kKept) std::vector<Item>().swap(items);  // "= {}" would keep it
  }
};

// Writes tokens into an Encoding whose vectors are as long as their memory allows while it lives,
// so that a token costs two stores. Keeps the first `limit` tokens and counts the rest.
class Output {
 public:
  Output(Encoding& out, std::size_t limit) : out_(out), limit_(limit) {
    out_.offsets.resize(out_.ids.size());
  }

  /// Makes room for `count` more calls of add.
  void reserve(std::size_t count) {
    if (size_ > limit_) {
      dropped_ += size_ - limit_;
      size_ = limit_;
    }
    if (size_ + count > out_.ids.size()) grow(size_ + count);
  }
  void add(TokenId id, ByteRange range) {
    out_.ids[size_] = id;
    out_.offsets[size_] = range;
    ++size_;
  }
  /// Cuts to the limit, appends `after` past it and sets the count of all tokens.
  void finish(const std::vector<TokenId>& after) {
    reserve(after.size());
    for (const TokenId id : after) add(id, {});
    out_.token_count = size_ + dropped_;
    out_.ids.resize(size_);
    out_.offsets.resize(size_);
  }

 private:
  void grow(std::size_t size) {
    const std::size_t room = std::max<std::size_t>({size, 2 * out_.ids.size(), 64});
    out_.ids.resize(room);
    out_.offsets.resize(room);
  }

  Encoding& out_;
  std::size_t limit_;
  std::size_t size_ = 0;
  std::size_t dropped_ = 0;
};

}  // namespace

struct Tokenizer::Impl {
  explicit Impl(tokens::TokenizerParts parts)
      : normalizer(std::move(parts.normalizer)),
        pre_tokenizer(parts.pre_tokenizer),
        model(std::move(parts.model)),
        added(std::move(parts.added_tokens), model->vocabulary(), normalizer),
        ascii(normalizer, pre_tokenizer),
        special(std::move(parts.special)) {
    for (const auto* const ids : {&special.before, &special.after}) {
      for (const TokenId id : *ids) {
        if (token(id)) continue;
        throw Error(ErrorCode::kCorrupt,
                    concat("post_processor: expected the id of a token, found ",
                           static_cast<std::uint32_t>(id)));
      }
    }
  }

  std::optional<std::string_view> token(TokenId id) const {
    const std::optional<std::string_view> found = added.token(id);
    return found ? found : model->vocabulary().token(id);
  }

  void encode(std::string_view text, Scratch& scratch, Output& out) const;

 private:
  void encode_stretch(std::string_view text, ByteRange range, Scratch& scratch, Output& out) const;
  void encode_fast(std::string_view text, ByteRange range, Scratch& scratch, Output& out) const;
  void encode_general(std::string_view text, ByteRange range, Scratch& scratch, Output& out) const;
  void encode_words(std::string_view normalized, std::size_t offset, Scratch& scratch,
                    Output& out) const;

  // An ASCII word whose normalised bytes stand one for one for the source from `begin` on.
  void encode_ascii_word(std::string_view word, std::size_t begin, Output& out) const {
    std::array<Piece, kFastWordBytes> pieces;
    const std::size_t count = model->encode_word(word, pieces);
    out.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      out.add(pieces[i].id, {begin + pieces[i].begin, begin + pieces[i].end});
    }
  }

 public:
  tokens::Normalizer normalizer;
  tokens::PreTokenizer pre_tokenizer;
  std::unique_ptr<const tokens::Model> model;
  tokens::AddedTokens added;
  tokens::AsciiWords ascii;
  tokens::Template special;
};

void Tokenizer::Impl::encode(std::string_view text, Scratch& scratch, Output& out) const {
  added.plain().find(text, {0, text.size()}, scratch.plain_matches);
  std::size_t at = 0;
  for (const AddedTokenMatch& match : scratch.plain_matches) {
    if (at < match.range.begin) encode_stretch(text, {at, match.range.begin}, scratch, out);
    out.reserve(1);
    out.add(match.id, match.range);
    at = match.range.end;
  }
  if (at < text.size()) encode_stretch(text, {at, text.size()}, scratch, out);
}

void Tokenizer::Impl::encode_stretch(std::string_view text, ByteRange range, Scratch& scratch,
                                     Output& out) const {
  if (ascii.is_usable && added.normalized().empty()) {
    encode_fast(text, range, scratch, out);
  } else {
    encode_general(text, range, scratch, out);
  }
}

void Tokenizer::Impl::encode_fast(std::string_view text, ByteRange range, Scratch& scratch,
                                  Output& out) const {
  const auto class_at = [&](std::size_t at) {
    return ascii.classes[static_cast<unsigned char>(text[at])];
  };
  const auto mapped_at = [&](std::size_t at) {
    return ascii.mapped[static_cast<unsigned char>(text[at])];
  };
  std::array<char, kFastWordBytes> word;
  for (std::size_t at = range.begin; at < range.end;) {
    const ByteClass first = class_at(at);
    if (first == ByteClass::kSpace) {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    if (first == ByteClass::kAlone) {
      word[0] = mapped_at(at++);
      encode_ascii_word({word.data(), 1}, begin, out);
      continue;
    }
    std::size_t size = 0;
    while (at < range.end && size < kFastWordBytes && class_at(at) == ByteClass::kWord) {
      word[size++] = mapped_at(at++);
    }
    const auto ends_word = [&] {
      return at == range.end || class_at(at) == ByteClass::kSpace ||
             class_at(at) == ByteClass::kAlone;
    };
    if (ends_word()) {
      encode_ascii_word({word.data(), size}, begin, out);
      continue;
    }
    while (!ends_word()) ++at;
    encode_general(text, {begin, at}, scratch, out);
  }
}

void Tokenizer::Impl::encode_general(std::string_view text, ByteRange range, Scratch& scratch,
                                     Output& out) const {
  NormalizedText& normalized = scratch.normalized;
  normalized.assign(text, range, normalizer);
  const std::string_view bytes = normalized.bytes();
  added.normalized().find(bytes, {0, bytes.size()}, scratch.normalized_matches);
  std::size_t at = 0;
  for (const AddedTokenMatch& match : scratch.normalized_matches) {
    if (at < match.range.begin) {
      encode_words(bytes.substr(at, match.range.begin - at), at, scratch, out);
    }
    out.reserve(1);
    out.add(match.id, normalized.source(match.range));
    at = match.range.end;
  }
  if (at < bytes.size()) encode_words(bytes.substr(at), at, scratch, out);
}

// normalized: a part of the scratch's normalised text that begins at its byte `offset`.
void Tokenizer::Impl::encode_words(std::string_view normalized, std::size_t offset,
                                   Scratch& scratch, Output& out) const {
  std::optional<ByteRange> word = tokens::next_word(pre_tokenizer, normalized, 0);
  for (; word; word = tokens::next_word(pre_tokenizer, normalized, word->end)) {
    const std::size_t size = word->end - word->begin;
    if (scratch.pieces.size() < size) scratch.pieces.resize(size);
    const std::size_t count =
        model->encode_word(normalized.substr(word->begin, size), scratch.pieces);
    out.reserve(count);
    const std::size_t begin = offset + word->begin;
    for (std::size_t i = 0; i < count; ++i) {
      const Piece& piece = scratch.pieces[i];
      out.add(piece.id, scratch.normalized.source({begin + piece.begin, begin + piece.end}));
    }
  }
}

Tokenizer::Tokenizer(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;
Tokenizer::~Tokenizer() = default;

Tokenizer Tokenizer::from_json(std::string_view bytes, std::string_view what) {
  return within(what, [&] {
    return Tokenizer(std::make_unique<const Impl>(tokens::parse_tokenizer_json(bytes)));
  });
}

Encoding Tokenizer::encode(std::string_view text, const EncodeOptions& options) const {
  Encoding out;
  encode_into(text, options, out);
  return out;
}

void Tokenizer::encode_into(std::string_view text, const EncodeOptions& options,
                            Encoding& out) const {
  static const tokens::Template kNoSpecial;
  const tokens::Template& special = options.special_tokens ? impl_->special : kNoSpecial;
  const std::size_t special_count = special.before.size() + special.after.size();
  if (options.max_tokens < special_count) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("max_tokens: expected at least the ", special_count,
                       " special tokens, found ", options.max_tokens));
  }
  if (text.size() > kMaxTextBytes) {
    throw Error(ErrorCode::kLimit,
                concat("text: expected at most ", kMaxTextBytes, " bytes, found ", text.size()));
  }
  text::require_valid_utf8(text, "text");
  thread_local Scratch scratch;
  Output output(out, options.max_tokens - special.after.size());
  output.reserve(special.before.size());
  for (const TokenId id : special.before) output.add(id, {});
  impl_->encode(text, scratch, output);
  output.finish(special.after);
  scratch.trim();
}

std::string_view Tokenizer::token(TokenId id) const {
  const std::optional<std::string_view> found = find(id);
  if (!found) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("token: expected an id of this vocabulary, below ", vocabulary_size(),
                       ", found ", static_cast<std::uint32_t>(id)));
  }
  return *found;
}

std::optional<std::string_view> Tokenizer::find(TokenId id) const { return impl_->token(id); }

std::optional<TokenId> Tokenizer::find(std::string_view token) const {
  const std::optional<TokenId> found = impl_->added.find(token);
  return found ? found : impl_->model->vocabulary().find(token);
}

TokenId Tokenizer::unknown_token() const { return impl_->model->unknown(); }

std::size_t Tokenizer::vocabulary_size() const {
  return std::max(impl_->model->vocabulary().id_limit(), impl_->added.id_limit());
}

std::size_t Tokenizer::special_token_count() const {
  return impl_->special.before.size() + impl_->special.after.size();
}

}  // namespace sememe
