// sememe phrases: a text with its phrases joined into words.

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/error_context.h"
#include "cli/app.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "train/phrases.h"

namespace sememe::cli {
namespace {

constexpr std::size_t kTop = 20;

struct PhrasesFlags {
  std::vector<std::string> corpus;
  std::string output;
  std::string list;
  std::string words = "unicode";
  bool npmi = false;
  double npmi_threshold = 0;
  train::PhraseOptions joining;
  std::string progress = "auto";
  bool json = false;
};

// "new_york\t1234\t567.8": how often it was joined, and its score.
void write_list(const Path& path, const std::vector<train::Phrase>& phrases) {
  FileWriter file(path);
  for (const train::Phrase& phrase : phrases) {
    file.append(concat(phrase.text, "\t", phrase.joined, "\t", phrase.score, "\n"));
  }
  file.finish();
}

OutputJson to_json(const PhrasesFlags& options, const train::PhraseReport& report) {
  OutputJson passes = OutputJson::array();
  for (const train::PhrasePass& pass : report.passes) {
    passes.push_back(
        {{"words", pass.words}, {"distinct_pairs", pass.distinct_pairs}, {"joined", pass.joined}});
  }
  OutputJson top = OutputJson::array();
  for (std::size_t i = 0; i < std::min(kTop, report.phrases.size()); ++i) {
    const train::Phrase& phrase = report.phrases[i];
    top.push_back({{"phrase", phrase.text}, {"joined", phrase.joined}, {"score", phrase.score}});
  }
  return {{"output", options.output},
          {"sentences", report.sentences},
          {"passes", passes},
          {"phrases", report.phrases.size()},
          {"top", top}};
}

std::string to_text(const PhrasesFlags& options, const train::PhraseReport& report) {
  std::string text;
  for (const train::PhrasePass& pass : report.passes) {
    text += concat("joined      ", with_separators(pass.joined), " pairs among ",
                   with_separators(pass.words), " words\n");
  }
  text += concat("phrases     ", with_separators(report.phrases.size()), " different\n");
  for (std::size_t i = 0; i < std::min(kTop, report.phrases.size()); ++i) {
    const train::Phrase& phrase = report.phrases[i];
    text += concat("            ", phrase.text, "  ", fixed(phrase.score, 2), ", ",
                   counted(phrase.joined, "time", "times"), "\n");
  }
  if (options.output != "-") text += concat("written     ", options.output, "\n");
  return text;
}

void warn_of_forgotten(const train::PhraseReport& report) {
  std::uint64_t forgotten = 0;
  for (const train::PhrasePass& pass : report.passes) {
    forgotten = std::max({forgotten, pass.words_forgotten_up_to, pass.pairs_forgotten_up_to});
  }
  if (forgotten == 0) return;
  warn(
      concat("the words and pairs of this text took more memory than there is for them: those "
             "seen up to ",
             forgotten, " times were forgotten on the way, so counts near that are too low"));
}

int run_phrases(const PhrasesFlags& options) {
  train::PhraseOptions joining = options.joining;
  joining.files.assign(options.corpus.begin(), options.corpus.end());
  joining.rule = options.words == "spaces" ? text::WordRule::kSpaces : text::WordRule::kUnicode;
  if (options.npmi) {
    joining.score = train::PhraseScore::kNormalizedPmi;
    joining.threshold = options.npmi_threshold;
  }
  const bool to_stdout = options.output == "-";
  train::PhraseReport report;
  {
    std::optional<FileWriter> file;
    if (!to_stdout) file.emplace(options.output);
    Progress progress(parse_progress_mode(options.progress));
    report = train::join_phrases(
        joining,
        [&](std::string_view text) {
          if (file) {
            file->append(text);
          } else {
            print(text);
          }
        },
        [&](std::string_view stage, std::uint64_t done, std::uint64_t total) {
          progress.update(stage, done, total);
        });
    if (file) file->finish();
  }
  if (!options.list.empty()) write_list(options.list, report.phrases);
  warn_of_forgotten(report);
  std::string text = options.json ? to_line(to_json(options, report)) : to_text(options, report);
  if (!to_stdout) {
    print(text);
  } else {
    text.pop_back();
    say(text);
  }
  return kExitDone;
}

}  // namespace

void add_phrases(Program& program) {
  auto options = std::make_shared<PhrasesFlags>();
  CLI::App* command = add_command(
      program.app, "phrases", "Join words that come together more often than by chance: new_york",
      "  sememe phrases corpus.txt -o joined.txt\n"
      "  sememe phrases wiki.zst -o - --npmi 0.5 --passes 2 | sememe train skipgram - -o words.bin "
      "--words spaces");
  command
      ->add_option("corpus", options->corpus,
                   "Text files, plain, .gz or .zst; \"-\": standard input")
      ->required();
  command
      ->add_option("-o,--output", options->output,
                   "File for the text, a sentence a line; \"-\": standard output")
      ->required();
  command
      ->add_option("--words", options->words,
                   "What a word is: unicode (letters and digits, in lower case), spaces (what "
                   "stands between them)")
      ->check(CLI::IsMember({"unicode", "spaces"}))
      ->capture_default_str();
  train::PhraseOptions& joining = options->joining;
  command
      ->add_option("--min-count", joining.min_count,
                   "Words and pairs seen less often are not joined; word2vec's score is lowered by "
                   "as many pairs")
      ->capture_default_str();
  CLI::Option* threshold = command
                               ->add_option("--threshold", joining.threshold,
                                            "Pairs whose word2vec score is higher are joined")
                               ->capture_default_str();
  CLI::Option* npmi = command
                          ->add_option("--npmi", options->npmi_threshold,
                                       "Join by normalised pointwise mutual information above "
                                       "this (-1 to 1) in place of word2vec's score")
                          ->check(CLI::Range(-1.0, 1.0))
                          ->excludes(threshold);
  command
      ->add_option("--passes", joining.passes,
                   "Passes over the text; each can join phrases further")
      ->check(CLI::Range(1, 10))
      ->capture_default_str();
  command->add_option("--delimiter", joining.delimiter, "What joins two words")
      ->capture_default_str();
  command->add_option("--list", options->list,
                      "File for the phrases: phrase, times joined and score, parted by tabs");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->add_option("--progress", options->progress, "Progress on standard error")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  on_run(program, command, [options, npmi] {
    options->npmi = npmi->count() > 0;
    return run_phrases(*options);
  });
}

}  // namespace sememe::cli
