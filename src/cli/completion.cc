#include "cli/completion.h"

#include <fmt/format.h>

#include <map>

namespace slipway::cli {
namespace {

// The words that may follow a verb.
struct Words {
  std::string options;                         // "--server -n --namespace ..."
  std::map<std::string, std::string> choices;  // of an option's name; "" for a positional one
};

void add_word(std::string& words, const std::string& word) {
  if ((" " + words + " ").find(" " + word + " ") == std::string::npos) {
    words += (words.empty() ? "" : " ") + word;
  }
}

// Remembers the names that a command declares instead of reading them.
class Names : public Options {
 public:
  explicit Names(Words& words) : words_(words) {}

  void flag(const std::string& names, bool&, const std::string&) override { add(names); }
  void text(const std::string& names, std::string&, const std::string&) override { add(names); }
  void number(const std::string& names, int&, const std::string&) override { add(names); }
  void bytes(const std::string& names, int64_t&, const std::string&) override { add(names); }
  void list(const std::string& names, std::vector<std::string>&, const std::string&) override {
    add(names);
  }
  void choice(const std::string& names, std::string&, const std::vector<std::string>& choices,
              const std::string&) override {
    for (const std::string& name : add(names)) {
      words_.choices[name] = fmt::format("{}", fmt::join(choices, " "));
    }
  }
  void choices(const std::string& names, std::vector<std::string>&,
               const std::vector<std::string>& choices, const std::string&) override {
    std::string none;
    choice(names, none, choices, "");
  }
  void required() override {}
  void from_environment(const std::string&) override {}

 private:
  // "-n,--namespace" → its parts; a positional one has the name "".
  std::vector<std::string> add(const std::string& names) {
    if (!names.starts_with('-')) return {""};
    std::vector<std::string> out;
    for (size_t at = 0; at < names.size();) {
      const size_t end = std::min(names.find(',', at), names.size());
      out.push_back(names.substr(at, end - at));
      add_word(words_.options, out.back());
      at = end + 1;
    }
    return out;
  }

  Words& words_;
};

struct Table {
  std::string verbs;
  std::map<std::string, std::string> below;  // of a group such as "events"
  std::map<std::string, Words> words;        // of a whole verb, "events list"
};

Table read(const std::vector<Command>& commands) {
  Table table;
  for (const Command& command : commands) {
    if (command.hidden) continue;
    const size_t space = command.name.find(' ');
    add_word(table.verbs, command.name.substr(0, space));
    if (space != std::string::npos) {
      add_word(table.below[command.name.substr(0, space)], command.name.substr(space + 1));
    }
    Names names(table.words[command.name]);
    command.define(names);
    add_word(table.words[command.name].options, "--help");
  }
  return table;
}

std::string bash_script(const Table& table) {
  std::string groups, options, choices;
  for (const auto& [group, words] : table.below) {
    groups += fmt::format(
        "    {}) words=\"{}\"; [ \"$COMP_CWORD\" -gt 2 ] && verb+=\" ${{COMP_WORDS[2]}}\" ;;\n",
        group, words);
  }
  for (const auto& [verb, words] : table.words) {
    options += fmt::format("      \"{}\") words=\"{}\" ;;\n", verb, words.options);
  }
  // Those of a positional argument stand last, since their pattern takes every word before.
  for (const bool positional : {false, true}) {
    for (const auto& [verb, words] : table.words) {
      for (const auto& [option, allowed] : words.choices) {
        if (option.empty() != positional) continue;
        choices += fmt::format("      \"{} {}\"{}) words=\"{}\" ;;\n", verb, option,
                               positional ? "*" : "", allowed);
      }
    }
  }
  return fmt::format(R"(_slipway() {{
  local word="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}"
  local verb="${{COMP_WORDS[1]}}" words=
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "{0}" -- "$word"))
    return
  fi
  case "$verb" in
{1}  esac
  if [ -n "$words" ] && [ "$COMP_CWORD" -eq 2 ]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
    return
  fi
  words=
  if [[ "$word" == -* ]]; then
    case "$verb" in
{2}    esac
  else
    case "$verb $before" in
{3}    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  [ -n "$words" ] || COMPREPLY=($(compgen -f -- "$word"))
}}
complete -o filenames -F _slipway slipway
)",
                     table.verbs, groups, options, choices);
}

std::string fish_script(const Table& table) {
  std::string out =
      fmt::format("complete -c slipway -n __fish_use_subcommand -f -a \"{}\"\n", table.verbs);
  for (const auto& [group, words] : table.below) {
    out += fmt::format(
        "complete -c slipway -n \"__fish_seen_subcommand_from {}; and not "
        "__fish_seen_subcommand_from {}\" -f -a \"{}\"\n",
        group, words, words);
  }
  for (const auto& [verb, words] : table.words) {
    const size_t space = verb.find(' ');
    const std::string seen =
        space == std::string::npos
            ? fmt::format("__fish_seen_subcommand_from {}", verb)
            : fmt::format("__fish_seen_subcommand_from {}; and __fish_seen_subcommand_from {}",
                          verb.substr(0, space), verb.substr(space + 1));
    out += fmt::format("complete -c slipway -n \"{}\" -a \"{}\"\n", seen, words.options);
    for (const auto& [option, allowed] : words.choices) {
      out += option.empty()
                 ? fmt::format("complete -c slipway -n \"{}\" -f -a \"{}\"\n", seen, allowed)
                 : fmt::format(
                       "complete -c slipway -n \"{}; and string match -q -- {} (commandline "
                       "-opc)[-1]\" -f -a \"{}\"\n",
                       seen, option, allowed);
    }
  }
  return out;
}

}  // namespace

std::string completion_script(const std::vector<Command>& commands, const std::string& shell) {
  const Table table = read(commands);
  if (shell == "fish") return fish_script(table);
  // zsh reads bash's form.
  return (shell == "zsh" ? "autoload -U +X compinit && compinit\n"
                           "autoload -U +X bashcompinit && bashcompinit\n"
                         : "") +
         bash_script(table);
}

}  // namespace slipway::cli
