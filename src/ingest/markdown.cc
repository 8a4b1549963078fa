// Markdown through cmark-gfm.
//
// Only the line numbers of cmark's source positions are used: a block begins and ends with its
// lines, and the columns of some nodes (tables, lazy continuation lines) are not to be relied on.
#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

#include "ingest/formats.h"

namespace sememe::ingest {
namespace {

/// Some inputs cost cmark more than linear time; above this size a file is read as plain text.
constexpr std::size_t kMaxMarkdownBytes = std::size_t{4} << 20;
/// Nested lists beyond this depth are one block.
constexpr int kMaxDepth = 16;

struct FreeParser {
  void operator()(cmark_parser* parser) const { cmark_parser_free(parser); }
};
struct FreeNode {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
};
using Node = std::unique_ptr<cmark_node, FreeNode>;

Node parse_tree(std::string_view text) {
  static std::once_flag once;
  std::call_once(once, cmark_gfm_core_extensions_ensure_registered);
  const std::unique_ptr<cmark_parser, FreeParser> parser(cmark_parser_new(CMARK_OPT_DEFAULT));
  for (const char* name : {"table", "strikethrough"}) {
    cmark_syntax_extension* extension = cmark_find_syntax_extension(name);
    if (extension != nullptr) cmark_parser_attach_syntax_extension(parser.get(), extension);
  }
  cmark_parser_feed(parser.get(), text.data(), text.size());
  return Node(cmark_parser_finish(parser.get()));
}

/// What a heading says, without its markup.
std::string plain_title(cmark_node* heading) {
  std::string title;
  const std::unique_ptr<cmark_iter, void (*)(cmark_iter*)> walk(cmark_iter_new(heading),
                                                                cmark_iter_free);
  for (cmark_event_type event = cmark_iter_next(walk.get()); event != CMARK_EVENT_DONE;
       event = cmark_iter_next(walk.get())) {
    if (event != CMARK_EVENT_ENTER) continue;
    cmark_node* node = cmark_iter_get_node(walk.get());
    const cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) title += ' ';
    if (type != CMARK_NODE_TEXT && type != CMARK_NODE_CODE) continue;
    const char* literal = cmark_node_get_literal(node);
    if (literal != nullptr) title += literal;
  }
  return title_of(title);
}

class MarkdownParser {
 public:
  explicit MarkdownParser(std::string_view text) : text_(text) {
    // cmark ends a line at a lone '\r' too.
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find_first_of("\r\n", at), text.size());
      lines_.push_back({at, end});
      at = end + (text.substr(end, 2) == "\r\n" ? 2 : 1);
    }
  }

  ParsedDocument parse() {
    const std::size_t front_matter_lines = read_front_matter();
    first_line_ = front_matter_lines;
    const std::size_t skip =
        front_matter_lines < lines_.size() ? lines_[front_matter_lines].begin : text_.size();
    const Node root = parse_tree(text_.substr(skip));
    if (root != nullptr) add_children(root.get(), 0);
    return std::move(parsed_);
  }

 private:
  std::string_view line(std::size_t i) const {
    return text_.substr(lines_[i].begin, lines_[i].end - lines_[i].begin);
  }

  /// "---", YAML, "---" at the top of the file: dropped, but for the title it names.
  std::size_t read_front_matter() {
    if (lines_.empty() || (line(0) != "---" && line(0) != "+++")) return 0;
    const std::string_view fence = line(0);
    std::string_view title;
    for (std::size_t i = 1; i < lines_.size(); ++i) {
      if (line(i) == fence || (fence == "---" && line(i) == "...")) {
        parsed_.title = title_of(title);
        parsed_.blocks.push_back(
            {.kind = Block::Kind::kDropped, .bytes = {0, lines_[i].end}, .level = 0, .title = {}});
        return i + 1;
      }
      std::string_view value = line(i);
      if (value.starts_with("title:") || value.starts_with("title =")) {
        value = trim(value.substr(value.find_first_of(":=") + 1));
        if (value.size() >= 2 && value.front() == value.back() &&
            (value.front() == '"' || value.front() == '\'')) {
          value = value.substr(1, value.size() - 2);
        }
        title = value;
      }
    }
    return 0;
  }

  /// The lines of a node in the whole text; an empty range for positions that make no sense.
  ByteRange lines_of(cmark_node* node) const {
    const auto begin = static_cast<std::size_t>(std::max(cmark_node_get_start_line(node), 1));
    auto end = static_cast<std::size_t>(std::max(cmark_node_get_end_line(node), 0));
    if (end < begin) {
      // cmark forgets the end of an HTML block that a line closes ("-->").
      const char* literal = cmark_node_get_literal(node);
      const std::string_view content = literal == nullptr ? "" : literal;
      const auto lines = std::count(content.begin(), content.end(), '\n');
      end = begin + static_cast<std::size_t>(std::max(lines, std::ptrdiff_t{1})) - 1;
    }
    const std::size_t first = first_line_ + begin - 1;
    const std::size_t last = std::min(first_line_ + end, lines_.size());
    if (first >= last) return {};
    return {lines_[first].begin, lines_[last - 1].end};
  }

  void add_children(cmark_node* parent, int level) {
    for (cmark_node* node = cmark_node_first_child(parent); node != nullptr;
         node = cmark_node_next(node)) {
      add_node(node, level);
    }
  }

  void add_node(cmark_node* node, int level) {
    const cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_LIST && level < kMaxDepth) {
      for (cmark_node* item = cmark_node_first_child(node); item != nullptr;
           item = cmark_node_next(item)) {
        add_item(item, level);
      }
    } else if (type == CMARK_NODE_HEADING && level == 0) {
      add(Block::Kind::kHeading, lines_of(node), cmark_node_get_heading_level(node));
      parsed_.blocks.back().title = plain_title(node);
    } else if (type == CMARK_NODE_CODE_BLOCK) {
      add(Block::Kind::kCode, lines_of(node), level);
    } else if (cmark_node_get_type_string(node) == std::string_view("table")) {
      add(Block::Kind::kTable, lines_of(node), level);
    } else if (type == CMARK_NODE_THEMATIC_BREAK || is_comment(node, type)) {
      add(Block::Kind::kDropped, lines_of(node), level);
    } else {
      add(Block::Kind::kParagraph, lines_of(node), level);
    }
  }

  /// An item's own lines go to its first nested list; what follows belongs to it.
  void add_item(cmark_node* item, int level) {
    ByteRange own = lines_of(item);
    cmark_node* nested = cmark_node_first_child(item);
    while (nested != nullptr && cmark_node_get_type(nested) != CMARK_NODE_LIST) {
      nested = cmark_node_next(nested);
    }
    if (nested != nullptr && lines_of(nested).begin > own.begin) {
      own.end = std::min(own.end, lines_of(nested).begin);
    }
    add(Block::Kind::kListItem, own, level);
    for (; nested != nullptr; nested = cmark_node_next(nested)) add_node(nested, level + 1);
  }

  static bool is_comment(cmark_node* node, cmark_node_type type) {
    if (type != CMARK_NODE_HTML_BLOCK) return false;
    const char* literal = cmark_node_get_literal(node);
    const std::string_view html = trim(literal == nullptr ? "" : literal);
    return html.starts_with("<!--") && html.find("-->") == html.size() - 3;
  }

  void add(Block::Kind kind, ByteRange bytes, int level) {
    parsed_.blocks.push_back({.kind = kind, .bytes = bytes, .level = level, .title = {}});
  }

  std::string_view text_;
  std::vector<ByteRange> lines_;
  std::size_t first_line_ = 0;  ///< the line where cmark's text begins
  ParsedDocument parsed_;
};

}  // namespace

ParsedDocument parse_markdown(std::string_view text) {
  if (text.size() > kMaxMarkdownBytes) return parse_plain_text(text);
  return MarkdownParser(text).parse();
}

}  // namespace sememe::ingest
