// sememe completion: shell completions, made from the program's own commands and options.

#include <memory>
#include <set>

#include "base/error_context.h"
#include "cli/app.h"
#include "cli/command.h"
#include "cli/output.h"

namespace sememe::cli {
namespace {

std::vector<CLI::App*> commands_of(const CLI::App& app) {
  return const_cast<CLI::App&>(app).get_subcommands([](CLI::App*) { return true; });
}

std::vector<std::string> flags_of(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

// Calls body(words so far, app) for the program and each command below it.
template <class Body>
void walk(const CLI::App& app, const std::string& path, const Body& body) {
  body(path, app);
  for (const CLI::App* command : commands_of(app))
    walk(*command, path + (path.empty() ? "" : " ") + command->get_name(), body);
}

std::vector<std::string> words_after(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::App* command : commands_of(app)) words.push_back(command->get_name());
  for (std::string& flag : flags_of(app)) words.push_back(std::move(flag));
  return words;
}

std::string bash_script(const CLI::App& app) {
  std::string cases;
  std::string commands;
  walk(app, "", [&](const std::string& path, const CLI::App& at) {
    cases += concat("    \"", path, "\") words=\"", joined(words_after(at)), "\" ;;\n");
    if (!path.empty()) commands += concat(commands.empty() ? "" : "|", "\"", path, "\"");
  });
  return concat(
      "# bash completion for sememe: eval \"$(sememe completion bash)\"\n"
      "_sememe() {\n"
      "  local current=\"${COMP_WORDS[COMP_CWORD]}\" path=\"\" word next words=\"\"\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    next=\"${path:+$path }$word\"\n"
      "    case \"$next\" in ",
      commands,
      ") path=\"$next\" ;; esac\n"
      "  done\n"
      "  case \"$path\" in\n",
      cases,
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "  [[ $current != -* && ${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- "
      "\"$current\"))\n"
      "}\n"
      "complete -o filenames -F _sememe sememe\n");
}

std::string zsh_script(const CLI::App& app) {
  return concat(
      "# zsh completion for sememe: eval \"$(sememe completion zsh)\"\n"
      "autoload -U +X compinit && compinit\n"
      "autoload -U +X bashcompinit && bashcompinit\n",
      bash_script(app));
}

std::string fish_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text)
    out += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return out + "'";
}

std::string fish_script(const CLI::App& app) {
  std::string out = "# fish completion for sememe: sememe completion fish | source\n";
  walk(app, "", [&](const std::string& path, const CLI::App& at) {
    std::string condition = "__fish_use_subcommand";
    if (!path.empty()) {
      condition = "__fish_seen_subcommand_from " + path;
      if (const std::size_t space = path.find(' '); space != path.npos) {
        condition = concat("__fish_seen_subcommand_from ", path.substr(0, space),
                           "; and __fish_seen_subcommand_from ", path.substr(space + 1));
      }
    }
    for (const CLI::App* command : commands_of(at)) {
      out += concat("complete -c sememe -n ", fish_quoted(condition), " -f -a ",
                    command->get_name(), " -d ", fish_quoted(command->get_description()), "\n");
    }
    for (const CLI::Option* option : at.get_options()) {
      for (const std::string& name : option->get_lnames()) {
        out += concat("complete -c sememe -n ", fish_quoted(condition), " -l ", name, " -d ",
                      fish_quoted(option->get_description()), "\n");
      }
    }
  });
  return out;
}

}  // namespace

void add_completion(Program& program) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command =
      add_command(program.app, "completion", "Print a completion script for a shell",
                  "  eval \"$(sememe completion bash)\"\n"
                  "  sememe completion fish | source");
  command->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  on_run(program, command, [&program, shell] {
    if (*shell == "bash") print(bash_script(program.app));
    if (*shell == "zsh") print(zsh_script(program.app));
    if (*shell == "fish") print(fish_script(program.app));
    return kExitDone;
  });
}

}  // namespace sememe::cli
