#include "ingest/chunker.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/error_context.h"
#include "ingest/formats.h"
#include "ingest/split_points.h"
#include "search/passage_input.h"
#include "text/boundaries.h"

namespace sememe::ingest {
namespace {

/// The source is measured in pieces of this size, so that the memory for tokens stays bounded.
constexpr std::size_t kMeasureBytes = std::size_t{64} << 10;
/// A word without end is one unknown token for some models; bytes limit a passage then.
constexpr std::size_t kMaxBytesPerToken = 32;
/// A last sentence with fewer tokens than this joins the passage before it.
constexpr std::size_t kFragmentTokens = 24;
/// A name in a heading path is cut to this.
constexpr std::size_t kMaxNameBytes = 80;
constexpr std::size_t kNone = static_cast<std::size_t>(-1);

/// Of an entry with several labels, the first, when all are too long.
std::string short_name(const std::string& title) {
  if (title.size() <= kMaxNameBytes) return title;
  return title_of(title.substr(0, title.find(", ")), kMaxNameBytes);
}

/// A run of whole blocks that may become a passage, or part of one.
struct Unit {
  ByteRange bytes;
  Block::Kind kind = Block::Kind::kParagraph;
  std::size_t path = 0;            ///< what it stands under
  std::size_t heading = 0;         ///< what a passage that begins here is called by: the path and,
                                   ///< for an entry, its own name
  std::size_t child_path = kNone;  ///< entries: what its parts stand under
  bool is_taken_apart = false;     ///< its parts follow as units of their own
};

class Chunker {
 public:
  Chunker(std::string_view source, const ParsedDocument& document, const TokenMeasure& measure,
          const ChunkOptions& options)
      : source_(source),
        document_(document),
        measure_(measure),
        options_(options),
        line_starts_(text::line_starts(source)) {
    options_.target_tokens = std::min(options.target_tokens, options.max_tokens);
    max_bytes_ = options.max_tokens * kMaxBytesPerToken;
  }

  std::vector<Passage> run() {
    measure_source();
    const std::vector<Block>& blocks = document_.blocks;
    std::vector<std::pair<int, std::string>> headings;
    if (!document_.title.empty()) headings.emplace_back(-1, document_.title);
    std::size_t heading_begin = kNone;
    for (std::size_t i = 0; i < blocks.size();) {
      if (blocks[i].kind == Block::Kind::kHeading) {
        while (!headings.empty() && headings.back().first >= blocks[i].level) headings.pop_back();
        const bool repeated = headings.size() == 1 && headings[0].second == blocks[i].title;
        if (!blocks[i].title.empty() && !repeated) {
          headings.emplace_back(blocks[i].level, blocks[i].title);
        }
        heading_begin = std::min(heading_begin, blocks[i].bytes.begin);
        ++i;
        if (i < blocks.size()) continue;
      }
      std::size_t end = i;
      while (end < blocks.size() && blocks[end].kind != Block::Kind::kHeading) ++end;
      names_.clear();
      for (const auto& [level, title] : headings) names_.push_back(title);
      if (add_section(i, end, heading_begin)) heading_begin = kNone;
      i = end;
    }
    return std::move(passages_);
  }

 private:
  struct HeadingPath {
    std::string text;
    std::size_t tokens = 0;
  };

  // ---- Measuring ------------------------------------------------------------------------------

  void measure_source() {
    std::vector<std::size_t> begins;
    for (std::size_t at = 0; at < source_.size();) {
      std::size_t end = std::min(at + kMeasureBytes, source_.size());
      if (end < source_.size()) {
        const std::size_t space = source_.find_last_of(" \n", end);
        const bool far = space == std::string_view::npos || space <= at + kMeasureBytes / 2;
        end = far ? code_point_begin(source_, end) : space;
      }
      measure_.find_tokens(source_.substr(at, end - at), begins);
      for (std::size_t& begin : begins) begin += at;
      add_tokens(begins);
      at = end;
    }
  }

  /// Keeps the tokens of lines that the model reads: a ruler of 60 dashes is 60 tokens, but none of
  /// passage_input. begins: ascending.
  void add_tokens(std::span<const std::size_t> begins) {
    std::size_t line_end = 0;
    bool is_read = false;
    for (const std::size_t begin : begins) {
      if (begin >= line_end) {
        const std::size_t line = line_of(begin);  // counted from 1: the index of the next one
        line_end = line < line_starts_.size() ? line_starts_[line] : source_.size();
        const std::size_t line_begin = line_starts_[line - 1];
        is_read = has_word(source_.substr(line_begin, line_end - line_begin));
      }
      if (is_read) token_begins_.push_back(begin);
    }
  }

  std::size_t token_index(std::size_t byte) const {
    return static_cast<std::size_t>(
        std::lower_bound(token_begins_.begin(), token_begins_.end(), byte) - token_begins_.begin());
  }

  std::size_t tokens_in(ByteRange bytes) const {
    return token_index(bytes.end) - token_index(bytes.begin);
  }

  /// Tokens of text that fit beside this heading path.
  std::size_t budget(std::size_t path) const {
    return options_.max_tokens - measure_.special_tokens - paths_[path].tokens;
  }

  bool fits(ByteRange bytes, std::size_t path) const {
    return bytes.end - bytes.begin <= max_bytes_ && tokens_in(bytes) <= budget(path);
  }

  // ---- Heading paths --------------------------------------------------------------------------

  /// The path of names_; the ones after the first go until it fits a quarter of the limit, then
  /// the first: the model reads the outermost and the innermost.
  std::size_t add_path() {
    const std::size_t limit = (options_.max_tokens - measure_.special_tokens) / 4;
    HeadingPath path;
    std::vector<std::size_t> begins;
    for (std::size_t skip = 0; skip < std::max<std::size_t>(names_.size(), 1); ++skip) {
      path.text = joined_names(skip);
      measure_.find_tokens(path.text, begins);
      if (begins.size() <= limit) break;
    }
    if (begins.size() > limit) {
      path.text.resize(code_point_begin(path.text, begins[limit]));
      const std::size_t space = path.text.rfind(' ');
      if (space != std::string::npos) path.text.resize(space);
    }
    measure_.find_tokens(passage_input(path.text, {}), begins);
    path.tokens = begins.size();
    paths_.push_back(std::move(path));
    return paths_.size() - 1;
  }

  /// All names but `skip`: those after the first, or at last the first too.
  std::string joined_names(std::size_t skip) const {
    const bool keeps_first = skip + 1 < names_.size();
    std::string text;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const bool is_skipped = keeps_first ? i > 0 && i <= skip : i < skip;
      if (is_skipped) continue;
      if (!text.empty()) text += kHeadingSeparator;
      text += names_[i];
    }
    return text;
  }

  // ---- Blocks to units ------------------------------------------------------------------------

  /// Makes passages of the blocks [begin, end) and of the heading lines in front of them. False
  /// when there is nothing to make one of yet.
  bool add_section(std::size_t begin, std::size_t end, std::size_t heading_begin) {
    std::vector<Unit> units;
    const std::size_t path = add_path();
    add_units(begin, end, path, units);
    if (heading_begin != kNone) {
      if (units.empty() && end < document_.blocks.size()) return false;
      if (units.empty()) {
        const std::size_t last =
            std::find_if(document_.blocks.rbegin(), document_.blocks.rend(),
                         [](const Block& block) { return block.kind == Block::Kind::kHeading; })
                ->bytes.end;
        units.push_back({.bytes = {heading_begin, last}, .path = path, .heading = path});
      }
      units.front().bytes.begin = heading_begin;
    }
    add_passages(units);
    return true;
  }

  void add_units(std::size_t begin, std::size_t end, std::size_t path, std::vector<Unit>& units) {
    const std::vector<Block>& blocks = document_.blocks;
    for (std::size_t i = begin; i < end; ++i) {
      const Block& head = blocks[i];
      if (head.kind == Block::Kind::kDropped) continue;
      std::size_t after = i + 1;  // after the blocks that belong to this one
      std::size_t last = i;
      for (; after < end; ++after) {
        if (blocks[after].kind == Block::Kind::kDropped) continue;
        if (blocks[after].level <= head.level) break;
        last = after;
      }
      Unit unit{.bytes = {head.bytes.begin, blocks[last].bytes.end},
                .kind = head.kind,
                .path = path,
                .heading = path};
      if (head.kind == Block::Kind::kEntry && !head.title.empty()) {
        names_.push_back(short_name(head.title));
        unit.heading = unit.child_path = add_path();
      }
      unit.is_taken_apart = last > i && !fits(unit.bytes, unit.heading);
      if (unit.is_taken_apart) unit.bytes.end = head.bytes.end;
      units.push_back(unit);
      if (unit.is_taken_apart) {
        add_units(i + 1, last + 1, unit.child_path == kNone ? path : unit.child_path, units);
      }
      if (unit.child_path != kNone) names_.pop_back();
      i = last;
    }
  }

  // ---- Units to passages ----------------------------------------------------------------------

  void add_passages(const std::vector<Unit>& units) {
    for (std::size_t i = 0; i < units.size();) {
      Unit joined = units[i];
      std::size_t next = i + 1;
      while (next < units.size() && may_join(joined, units[next])) join(joined, units[next++]);
      add_pieces(joined);
      i = next;
    }
  }

  bool may_join(const Unit& unit, const Unit& next) const {
    const ByteRange both{unit.bytes.begin, next.bytes.end};
    const bool is_entry = next.kind == Block::Kind::kEntry;
    const bool is_below = unit.child_path != kNone && next.path == unit.child_path;
    const bool is_part = is_below && !is_entry;
    // A label alone is no answer: it takes its first part along, even one that must be cut.
    const bool is_label = is_below && tokens_in(unit.bytes) < kFragmentTokens;
    if (is_label && is_part) return true;
    if (!fits(both, unit.heading)) return false;
    if (is_label && !next.is_taken_apart) return true;
    if (!is_part && next.path != unit.path) return false;
    // An entry whose parts follow begins a passage.
    if (next.is_taken_apart && is_entry) return false;
    const bool is_fragment = tokens_in(next.bytes) < kFragmentTokens &&
                             (is_part || (!is_entry && unit.kind != Block::Kind::kEntry));
    return tokens_in(both) <= options_.target_tokens + (is_fragment ? kFragmentTokens : 0);
  }

  static void join(Unit& unit, const Unit& next) {
    const bool is_part = unit.child_path != kNone && next.path == unit.child_path;
    unit.bytes.end = next.bytes.end;
    if (is_part) return;
    if (next.kind == Block::Kind::kEntry) unit.kind = Block::Kind::kEntry;
    unit.child_path = kNone;
  }

  /// Cuts a unit that is too large into pieces of about equal size, near the target.
  void add_pieces(const Unit& unit) {
    if (fits(unit.bytes, unit.heading)) return emit(unit.bytes, unit.heading, unit.kind);
    const SplitPoints points(source_, unit.bytes, unit.kind);
    ByteRange rest = unit.bytes;
    const std::size_t path = unit.heading;
    while (!fits(rest, path)) {
      const std::size_t cut = next_cut(rest, path, points);
      emit({rest.begin, cut}, path, unit.kind);
      rest.begin = cut;
    }
    emit(rest, path, unit.kind);
  }

  std::size_t next_cut(ByteRange rest, std::size_t path, const SplitPoints& points) const {
    const std::size_t limit = std::max<std::size_t>(budget(path), 1);
    const std::size_t target = std::min(options_.target_tokens, limit);
    const std::size_t first = token_index(rest.begin);
    const std::size_t count = std::max<std::size_t>(token_index(rest.end) - first, 1);
    const std::size_t pieces = (count + target - 1) / target;
    const std::size_t goal = (count + pieces - 1) / pieces;
    const auto byte_of = [&](std::size_t token) {
      return first + token < token_begins_.size() ? std::min(token_begins_[first + token], rest.end)
                                                  : rest.end;
    };
    const std::size_t end =
        std::min(byte_of(std::min(limit, goal + goal / 4)), rest.begin + max_bytes_);
    std::size_t begin = byte_of(goal / 2);
    if (begin >= end) begin = rest.begin + (end - rest.begin) / 2;
    return points.best({code_point_begin(source_, begin), end}, std::min(byte_of(goal), end));
  }

  /// Adds one passage, or several when the model counts more tokens in the piece alone than it had
  /// in its place.
  void emit(ByteRange bytes, std::size_t path, Block::Kind kind) {
    const ByteRange range = trim_block(source_, bytes);
    if (range.begin == range.end) return;
    std::string_view piece = source_.substr(range.begin, range.end - range.begin);
    std::string_view heading = paths_[path].text;
    std::vector<std::size_t> begins;
    measure_.find_tokens(passage_input(heading, piece), begins);
    if (begins.size() + measure_.special_tokens > options_.max_tokens) {
      const ByteRange middle{code_point_begin(source_, range.begin + piece.size() / 4),
                             range.end - piece.size() / 4};
      const std::size_t cut =
          SplitPoints(source_, range, kind).best(middle, range.begin + piece.size() / 2);
      if (cut > range.begin && cut < range.end) {
        emit({range.begin, cut}, path, kind);
        return emit({cut, range.end}, path, kind);
      }
      heading = {};  // a single code point
    }
    passages_.push_back({.bytes = range,
                         .line = line_of(range.begin),
                         .end_line = line_of(range.end - 1),
                         .heading = std::string(heading),
                         .text = std::string(piece)});
  }

  std::size_t line_of(std::size_t byte) const {
    return static_cast<std::size_t>(
        std::upper_bound(line_starts_.begin(), line_starts_.end(), byte) - line_starts_.begin());
  }

  std::string_view source_;
  const ParsedDocument& document_;
  const TokenMeasure& measure_;
  ChunkOptions options_;
  std::size_t max_bytes_ = 0;
  std::vector<std::size_t> line_starts_;
  std::vector<std::size_t> token_begins_;
  std::vector<std::string> names_;  ///< the headings and entries around the current block
  std::vector<HeadingPath> paths_;
  std::vector<Passage> passages_;
};

}  // namespace

std::vector<Passage> chunk_document(std::string_view source, const ParsedDocument& document,
                                    const TokenMeasure& measure, const ChunkOptions& options) {
  constexpr std::size_t kLeast = 16;
  if (options.max_tokens < kLeast + measure.special_tokens) {
    throw Error(ErrorCode::kInvalidArgument,
                concat("expected a passage limit of at least ", kLeast + measure.special_tokens,
                       " tokens, found ", options.max_tokens));
  }
  return Chunker(source, document, measure, options).run();
}

}  // namespace sememe::ingest
