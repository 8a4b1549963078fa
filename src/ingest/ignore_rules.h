// Which files git would ignore: the patterns of .gitignore, .ignore and .git/info/exclude.
//
// A pattern is compiled once into a small automaton that is simulated over the path, so that no
// pattern, however hostile, costs more than pattern length x path length. What a pattern means is
// fixed by git itself: ignore_rules_test.cc compares with `git check-ignore` on random trees.
// Immutable after parse; may be used from several threads.
#ifndef SEMEME_INGEST_IGNORE_RULES_H_
#define SEMEME_INGEST_IGNORE_RULES_H_

#include <bitset>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace sememe::ingest {

enum class EntryType { kFile, kDirectory };

/// A glob of a gitignore line: * ? [class] \escape, and ** between slashes.
class Glob {
 public:
  /// kPath: '*', '?' and classes stop at '/', "**" does not. kName: for text without slashes.
  enum class Scope { kName, kPath };

  Glob(std::string_view pattern, Scope scope);
  /// Whether the whole text matches. An ill-formed pattern ("[a") matches nothing.
  /// Cost: pattern length x text length at most.
  bool matches(std::string_view text) const;

 private:
  using ByteSet = std::bitset<256>;
  enum class Kind {
    kOne,          ///< one byte of the set
    kMany,         ///< any number of bytes of the set
    kDirectories,  ///< "**/": nothing, or anything that ends in '/'
  };
  struct Element {
    Kind kind;
    ByteSet bytes;
  };
  /// One flag for each state; state i waits for element i, the last one is the match. A state that
  /// lies inside a kDirectories has the flag kInside.
  using States = std::vector<char>;

  void add_stars(std::string_view pattern, std::size_t& at, Scope scope);
  void add_class(std::string_view pattern, std::size_t& at);
  void enter(States& states, std::size_t state) const;

  std::vector<Element> elements_;
  ByteSet any_;  ///< what '?' and '*' match
  bool valid_ = true;
};

/// What the rules say of a path, and which line said it.
struct IgnoreVerdict {
  bool ignored = false;  ///< false: a '!' line took the path back in
  std::string source;    ///< "docs/.gitignore:3: *.log"
};

/// The rules of one ignore file.
class IgnoreRules {
 public:
  /// text: the file's bytes; name: for IgnoreVerdict::source.
  static IgnoreRules parse(std::string_view text, std::string name);

  /// path: relative to the directory of the ignore file, '/' between names. The last rule that
  /// matches decides; nothing when none does. Says nothing about the path's parents: a file in an
  /// ignored directory is ignored, which the walk knows since it does not go there.
  std::optional<IgnoreVerdict> match(std::string_view path, EntryType type) const;
  bool empty() const { return rules_.empty(); }

 private:
  struct Rule {
    std::string text;    ///< the line, for messages
    std::string prefix;  ///< compared byte for byte before the glob
    Glob glob;           ///< for what follows the prefix
    std::size_t line = 0;
    bool negated = false;
    bool directories_only = false;
    bool name_only = false;  ///< no '/' in it: matches the last name at any depth
  };

  static Rule parse_rule(std::string_view line, std::size_t number);

  std::string name_;
  std::vector<Rule> rules_;
};

/// The rules that hold in one directory, with those of the directories above it.
///
/// Nearer directories win over farther ones, and .ignore wins over .gitignore in the same
/// directory. Above a directory that holds a .git, .gitignore files no longer count.
class IgnoreScope {
 public:
  /// parent: the scope of the directory above; empty when it says nothing or is not to be asked.
  /// Files that cannot be read count as absent.
  static std::shared_ptr<const IgnoreScope> load(const Path& directory,
                                                 std::shared_ptr<const IgnoreScope> parent);
  /// The same with the rules of all directories above, up to the root of the git repository that
  /// `directory` lies in; without a repository, only those of `directory`.
  static std::shared_ptr<const IgnoreScope> load_with_parents(const Path& directory);

  /// name: an entry of this directory.
  std::optional<IgnoreVerdict> match(std::string_view name, EntryType type) const;

 private:
  Path directory_;
  std::shared_ptr<const IgnoreScope> parent_;
  IgnoreRules ignore_;
  IgnoreRules gitignore_;
  IgnoreRules exclude_;  ///< .git/info/exclude
  bool is_repository_root_ = false;
};

}  // namespace sememe::ingest

#endif  // SEMEME_INGEST_IGNORE_RULES_H_
