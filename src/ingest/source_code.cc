// Programs, by their indentation: one parser for all languages that are laid out as people lay
// them out.
//
// An item is what begins at a line of the lowest indentation and goes on to the next such line
// that can begin something: after a blank line, or after indented lines unless it only closes them
// ("}", "else"). Comments, attributes and decorators that touch a definition are in its item. An
// item with indented lines is an entry, named by its first line of code; a long one is taken apart
// by the same rule, so that the methods of a class are entries under it.
#include <algorithm>
#include <array>

#include "ingest/formats.h"

namespace sememe::ingest {
namespace {

/// Shorter items stay in one piece: nobody wants the lines of a small class one by one.
constexpr std::size_t kMaxLinesOfOneBlock = 30;
constexpr int kMaxDepth = 4;

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// How a line comment begins.
std::string_view line_comment(std::string_view path) {
  static constexpr auto kHash = std::to_array<std::string_view>(
      {"py",  "pyi", "sh",    "bash", "zsh",  "fish", "rb",  "pl",  "pm", "r",   "jl",   "mk",
       "tcl", "ps1", "cmake", "yml",  "yaml", "toml", "nix", "awk", "ex", "exs", "conf", "cfg"});
  static constexpr auto kDashes = std::to_array<std::string_view>({"sql", "lua", "hs", "elm"});
  static constexpr auto kSemicolons =
      std::to_array<std::string_view>({"el", "lisp", "clj", "scm", "asm"});
  const FileName file = file_name(path);
  if (is_one_of(file.extension, kDashes)) return "--";
  if (is_one_of(file.extension, kSemicolons)) return ";";
  const bool hash = is_one_of(file.extension, kHash) || file.name.starts_with("makefile") ||
                    file.name == "gnumakefile" || file.name == "dockerfile" ||
                    file.name == "cmakelists.txt";
  return hash ? "#" : "//";
}

class SourceCodeParser {
 public:
  SourceCodeParser(std::string_view path, std::string_view text)
      : text_(text), lines_(split_lines(text)), comment_(line_comment(path)) {
    mark_comments();
  }

  ParsedDocument parse() {
    add_items(0, lines_.size(), 0);
    return std::move(parsed_);
  }

 private:
  std::string_view line(std::size_t i) const {
    return text_.substr(lines_[i].begin, lines_[i].end - lines_[i].begin);
  }

  /// Finds the lines that are only comment, inside /* */ too.
  void mark_comments() {
    is_comment_.resize(lines_.size());
    bool inside = false;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const std::string_view words = trim(line(i));
      if (!inside && comment_ == "//" && words.starts_with("/*")) inside = true;
      is_comment_[i] = inside || (!words.empty() && words.starts_with(comment_)) ? 1 : 0;
      if (inside && words.find("*/") != std::string_view::npos) inside = false;
    }
  }

  /// A line that closes or goes on with what stands above it.
  bool is_continuation(std::string_view words) const {
    static constexpr auto kWords =
        std::to_array<std::string_view>({"else", "elif", "except", "finally", "catch", "end", "fi",
                                         "done", "esac", "endif", "then", "do"});
    if (std::string_view("})]{").find(words[0]) != std::string_view::npos) return true;
    const std::size_t end =
        std::min(words.find_first_not_of("abcdefghijklmnopqrstuvwxyz"), words.size());
    return is_one_of(words.substr(0, end), kWords);
  }

  /// Inside a body in braces, preprocessor lines and labels may stand at the left.
  bool stays_in_braces(std::string_view words) const {
    return comment_ == "//" && (words[0] == '#' || words.back() == ':');
  }

  /// Adds the items of lines [begin, end), which lie `depth` definitions deep.
  void add_items(std::size_t begin, std::size_t end, int depth) {
    const std::size_t left = lowest_indentation(begin, end);
    std::size_t item = begin;
    bool has_body = false;
    bool in_braces = false;
    bool blank_before = false;
    for (std::size_t i = begin; i < end; ++i) {
      const std::string_view words = trim(line(i));
      if (words.empty()) {
        blank_before = true;
        continue;
      }
      // A block comment's inner lines are indented by a space, and are no body.
      const bool inner_comment = is_comment_[i] != 0 && words[0] == '*';
      const bool at_left = indentation(line(i)) <= left && !inner_comment;
      if (at_left && i > item && (blank_before || has_body) && !is_continuation(words) &&
          !(in_braces && stays_in_braces(words))) {
        add_item({item, i}, depth, has_body);
        item = i;
        has_body = in_braces = false;
      }
      if (at_left && words[0] == '}') in_braces = false;
      if (at_left && words.back() == '{') in_braces = true;
      has_body = has_body || (!at_left && is_comment_[i] == 0);
      blank_before = false;
    }
    if (item < end) add_item({item, end}, depth, has_body);
  }

  std::size_t lowest_indentation(std::size_t begin, std::size_t end) const {
    std::size_t left = static_cast<std::size_t>(-1);
    for (std::size_t i = begin; i < end; ++i) {
      if (!is_blank(line(i)) && is_comment_[i] == 0) left = std::min(left, indentation(line(i)));
    }
    return left;
  }

  /// lines: an item's first line and the one after its last.
  void add_item(ByteRange lines, int depth, bool is_definition) {
    Block block{.kind = is_definition ? Block::Kind::kEntry : Block::Kind::kCode,
                .bytes = bytes_of(lines),
                .level = depth,
                .title = {}};
    if (!is_definition) {
      parsed_.blocks.push_back(std::move(block));
      return;
    }
    block.title = definition_name(lines);
    const std::size_t body = body_begin(lines);
    if (lines.end - lines.begin <= kMaxLinesOfOneBlock || depth + 1 >= kMaxDepth ||
        body >= lines.end) {
      parsed_.blocks.push_back(std::move(block));
      return;
    }
    block.bytes = bytes_of({lines.begin, body});
    parsed_.blocks.push_back(std::move(block));
    std::size_t last = lines.end;  // a closing brace stays with the last inner item
    while (last > body && is_blank(line(last - 1))) --last;
    const std::size_t head = indentation(line(body - 1));
    while (last > body + 1 && indentation(line(last - 1)) <= head) --last;
    add_items(body, last, depth + 1);
    if (last < lines.end) extend_last(lines.end);
  }

  void extend_last(std::size_t end_line) {
    parsed_.blocks.back().bytes.end = lines_[end_line - 1].end;
  }

  ByteRange bytes_of(ByteRange lines) const {
    return {lines_[lines.begin].begin, lines_[lines.end - 1].end};
  }

  /// The first line that is code and no decorator or attribute.
  std::size_t code_line(ByteRange lines) const {
    for (std::size_t i = lines.begin; i < lines.end; ++i) {
      const std::string_view words = trim(line(i));
      if (words.empty() || is_comment_[i] != 0) continue;
      if (words[0] == '@' || words.starts_with("#[") || words.starts_with("template")) continue;
      return i;
    }
    return lines.begin;
  }

  std::string definition_name(ByteRange lines) const {
    std::string_view name = trim(line(code_line(lines)));
    const std::size_t last = name.find_last_not_of("{:( \t");
    name = name.substr(0, last == std::string_view::npos ? 0 : last + 1);
    const bool access = name == "public" || name == "private" || name == "protected";
    return access ? std::string() : title_of(name);
  }

  /// The first line of an item that is indented more than its first line of code.
  std::size_t body_begin(ByteRange lines) const {
    const std::size_t head = code_line(lines);
    const std::size_t left = indentation(line(head));
    std::size_t i = head + 1;
    while (i < lines.end && (is_blank(line(i)) || indentation(line(i)) <= left)) ++i;
    return i;
  }

  std::string_view text_;
  std::vector<ByteRange> lines_;
  std::string_view comment_;
  std::vector<char> is_comment_;
  ParsedDocument parsed_;
};

}  // namespace

bool is_source_code(std::string_view path) {
  static constexpr auto kExtensions = std::to_array<std::string_view>(
      {"c",   "cc",    "cpp", "cxx",   "h",    "hh",  "hpp", "hxx",   "inc",   "m",    "mm",
       "py",  "pyi",   "rs",  "go",    "java", "kt",  "kts", "scala", "swift", "cs",   "fs",
       "js",  "mjs",   "cjs", "jsx",   "ts",   "tsx", "vue", "css",   "scss",  "less", "php",
       "rb",  "pl",    "pm",  "lua",   "r",    "jl",  "sh",  "bash",  "zsh",   "fish", "ps1",
       "sql", "hs",    "elm", "ml",    "mli",  "ex",  "exs", "erl",   "clj",   "el",   "lisp",
       "scm", "cmake", "mk",  "proto", "zig",  "nim", "d",   "dart",  "tcl",   "awk",  "asm"});
  const FileName file = file_name(path);
  return is_one_of(file.extension, kExtensions) || file.name == "makefile" ||
         file.name == "gnumakefile" || file.name == "dockerfile" || file.name == "cmakelists.txt" ||
         file.name == "meson.build";
}

ParsedDocument parse_source_code(std::string_view path, std::string_view text) {
  return SourceCodeParser(path, text).parse();
}

}  // namespace sememe::ingest
