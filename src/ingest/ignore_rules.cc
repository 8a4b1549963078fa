#include "ingest/ignore_rules.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "base/error_context.h"

namespace sememe::ingest {
namespace {

/// An ignore file is read whole; a larger one is no ignore file.
constexpr std::uint64_t kMaxIgnoreFileBytes = std::uint64_t{1} << 20;
constexpr char kWaiting = 1;
constexpr char kInside = 2;

constexpr std::size_t index_of(char byte) { return static_cast<unsigned char>(byte); }

bool is_glob_special(char byte) {
  return byte == '*' || byte == '?' || byte == '[' || byte == '\\';
}

/// POSIX character classes in the C locale, as git has them.
bool in_named_class(std::string_view name, unsigned char byte) {
  const bool lower = byte >= 'a' && byte <= 'z';
  const bool upper = byte >= 'A' && byte <= 'Z';
  const bool digit = byte >= '0' && byte <= '9';
  const bool graph = byte > ' ' && byte < 127;
  if (name == "alpha") return lower || upper;
  if (name == "alnum") return lower || upper || digit;
  if (name == "blank") return byte == ' ' || byte == '\t';
  if (name == "cntrl") return byte < 32 || byte == 127;
  if (name == "digit") return digit;
  if (name == "graph") return graph;
  if (name == "lower") return lower;
  if (name == "print") return graph || byte == ' ';
  if (name == "punct") return graph && !lower && !upper && !digit;
  if (name == "space") return byte == ' ' || (byte >= 9 && byte <= 13);
  if (name == "upper") return upper;
  return digit || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

bool is_class_name(std::string_view name) {
  static constexpr std::array<std::string_view, 12> kNames = {"alpha", "alnum", "blank", "cntrl",
                                                              "digit", "graph", "lower", "print",
                                                              "punct", "space", "upper", "xdigit"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

/// Without the spaces at the end, unless a backslash protects them.
std::string_view trim_trailing_spaces(std::string_view line) {
  std::size_t keep = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
      if (i == line.size()) return line;
      keep = i + 1;
    } else if (line[i] != ' ') {
      keep = i + 1;
    }
  }
  return line.substr(0, keep);
}

IgnoreRules load_rules(const Path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return {};
  try {
    return IgnoreRules::parse(read_file(path, kMaxIgnoreFileBytes), path.native());
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

Glob::Glob(std::string_view pattern, Scope scope) {
  any_.set();
  if (scope == Scope::kPath) any_.reset(index_of('/'));
  for (std::size_t at = 0; at < pattern.size() && valid_;) {
    const char byte = pattern[at];
    if (byte == '*') {
      add_stars(pattern, at, scope);
    } else if (byte == '[') {
      add_class(pattern, at);
    } else if (byte == '?') {
      elements_.push_back({Kind::kOne, any_});
      ++at;
    } else {
      if (byte == '\\') ++at;
      valid_ = at < pattern.size();
      if (!valid_) break;
      elements_.push_back({Kind::kOne, ByteSet{}.set(index_of(pattern[at]))});
      ++at;
    }
  }
}

void Glob::add_stars(std::string_view pattern, std::size_t& at, Scope scope) {
  const std::size_t begin = at;
  while (at < pattern.size() && pattern[at] == '*') ++at;
  const std::string_view rest = pattern.substr(at);
  // Two stars cross directories only when they are all there is between two slashes.
  const bool crosses = scope == Scope::kPath && at - begin >= 2 &&
                       (begin == 0 || pattern[begin - 1] == '/') &&
                       (rest.empty() || rest[0] == '/' || rest.starts_with("\\/"));
  if (!crosses) {
    elements_.push_back({Kind::kMany, any_});
  } else if (rest.starts_with('/')) {
    elements_.push_back({Kind::kDirectories, {}});
    ++at;
  } else {
    elements_.push_back({Kind::kMany, ByteSet{}.set()});
  }
}

void Glob::add_class(std::string_view pattern, std::size_t& at) {
  ByteSet set;
  std::size_t i = at + 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  int previous = -1;  // the byte before, when it can open a range
  for (bool first = true; valid_; first = false, ++i) {
    if (i >= pattern.size()) {
      valid_ = false;
      return;
    }
    char byte = pattern[i];
    if (byte == ']' && !first) break;
    const bool range =
        byte == '-' && previous > 0 && i + 1 < pattern.size() && pattern[i + 1] != ']';
    if (range) byte = pattern[++i];
    if (!range && byte == '[' && i + 1 < pattern.size() && pattern[i + 1] == ':') {
      const std::size_t close = pattern.find(']', i + 2);
      valid_ = close != std::string_view::npos;
      if (!valid_) return;
      if (close > i + 2 && pattern[close - 1] == ':') {
        const std::string_view name = pattern.substr(i + 2, close - i - 3);
        valid_ = is_class_name(name);
        for (std::size_t b = 0; valid_ && b < 256; ++b) {
          if (in_named_class(name, static_cast<unsigned char>(b))) set.set(b);
        }
        previous = -1;
        i = close;
        continue;
      }
    } else if (byte == '\\') {
      valid_ = ++i < pattern.size();
      if (!valid_) return;
      byte = pattern[i];
    }
    const auto low = range ? static_cast<std::size_t>(previous) : index_of(byte);
    for (std::size_t b = low; b <= index_of(byte); ++b) set.set(b);
    previous = range ? -1 : static_cast<int>(index_of(byte));
  }
  elements_.push_back({Kind::kOne, (negated ? ~set : set) & any_});
  at = i + 1;
}

void Glob::enter(States& states, std::size_t state) const {
  while (true) {
    states[state] |= kWaiting;
    // Many and directories may also stand for nothing.
    if (state == elements_.size() || elements_[state].kind == Kind::kOne) return;
    ++state;
  }
}

bool Glob::matches(std::string_view text) const {
  if (!valid_) return false;
  States now(elements_.size() + 1, 0);
  States next(now.size(), 0);
  enter(now, 0);
  for (const char byte : text) {
    std::fill(next.begin(), next.end(), char{0});
    for (std::size_t state = 0; state < elements_.size(); ++state) {
      if (now[state] == 0) continue;
      const Element& element = elements_[state];
      if (element.kind == Kind::kDirectories) {
        next[state] |= kInside;
        if (byte == '/') enter(next, state + 1);
      } else if (element.bytes.test(index_of(byte))) {
        enter(next, element.kind == Kind::kOne ? state + 1 : state);
      }
    }
    std::swap(now, next);
  }
  return now.back() != 0;
}

IgnoreRules IgnoreRules::parse(std::string_view text, std::string name) {
  IgnoreRules rules;
  rules.name_ = std::move(name);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line[0] == '#') continue;
    if (line.back() == '\r') line.remove_suffix(1);
    line = line.substr(0, line.find('\0'));
    line = trim_trailing_spaces(line);
    if (!line.empty()) rules.rules_.push_back(parse_rule(line, number));
  }
  return rules;
}

IgnoreRules::Rule IgnoreRules::parse_rule(std::string_view line, std::size_t number) {
  std::string_view pattern = line;
  const bool negated = pattern.starts_with('!');
  if (negated) pattern.remove_prefix(1);
  const bool directories_only = pattern.ends_with('/');
  if (directories_only) pattern.remove_suffix(1);
  const bool name_only = pattern.find('/') == std::string_view::npos;
  std::string_view prefix;
  if (!name_only) {
    if (pattern.starts_with('/')) pattern.remove_prefix(1);
    // git compares what stands before the first special byte on its own, and then takes the rest
    // for a pattern that begins there: "a**/b" therefore crosses directories.
    const auto special = std::find_if(pattern.begin(), pattern.end(), is_glob_special);
    prefix = pattern.substr(0, static_cast<std::size_t>(special - pattern.begin()));
    pattern.remove_prefix(prefix.size());
  }
  return {.text = std::string(line),
          .prefix = std::string(prefix),
          .glob = Glob(pattern, name_only ? Glob::Scope::kName : Glob::Scope::kPath),
          .line = number,
          .negated = negated,
          .directories_only = directories_only,
          .name_only = name_only};
}

std::optional<IgnoreVerdict> IgnoreRules::match(std::string_view path, EntryType type) const {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
    if (rule->directories_only && type != EntryType::kDirectory) continue;
    const std::string_view text = rule->name_only ? name : path;
    if (!text.starts_with(rule->prefix)) continue;
    if (!rule->glob.matches(text.substr(rule->prefix.size()))) continue;
    return IgnoreVerdict{!rule->negated, concat(name_, ":", rule->line, ": ", rule->text)};
  }
  return std::nullopt;
}

std::shared_ptr<const IgnoreScope> IgnoreScope::load(const Path& directory,
                                                     std::shared_ptr<const IgnoreScope> parent) {
  auto scope = std::make_shared<IgnoreScope>();
  scope->directory_ = directory;
  scope->parent_ = std::move(parent);
  scope->ignore_ = load_rules(directory / ".ignore");
  scope->gitignore_ = load_rules(directory / ".gitignore");
  std::error_code ignored;
  scope->is_repository_root_ = std::filesystem::exists(directory / ".git", ignored);
  if (scope->is_repository_root_) scope->exclude_ = load_rules(directory / ".git/info/exclude");
  return scope;
}

std::shared_ptr<const IgnoreScope> IgnoreScope::load_with_parents(const Path& directory) {
  std::vector<Path> chain;
  std::error_code ignored;
  bool found = false;
  for (Path at = directory; !found; at = at.parent_path()) {
    chain.push_back(at);
    found = std::filesystem::exists(at / ".git", ignored);
    if (!at.has_relative_path()) break;
  }
  if (!found) return load(directory, nullptr);
  std::shared_ptr<const IgnoreScope> scope;
  for (auto at = chain.rbegin(); at != chain.rend(); ++at) scope = load(*at, scope);
  return scope;
}

std::optional<IgnoreVerdict> IgnoreScope::match(std::string_view name, EntryType type) const {
  std::string path(name);
  bool in_repository = true;  // not yet above the root of the nearest one
  for (const IgnoreScope* scope = this; scope != nullptr; scope = scope->parent_.get()) {
    if (auto verdict = scope->ignore_.match(path, type)) return verdict;
    if (in_repository) {
      if (auto verdict = scope->gitignore_.match(path, type)) return verdict;
      if (auto verdict = scope->exclude_.match(path, type)) return verdict;
    }
    in_repository = in_repository && !scope->is_repository_root_;
    path = concat(scope->directory_.filename().native(), "/", path);
  }
  return std::nullopt;
}

}  // namespace sememe::ingest
