#include "cli/command.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <map>

namespace slipway::cli {
namespace {

class AppOptions : public Options {
 public:
  explicit AppOptions(CLI::App& app) : app_(app) {}

  void flag(const std::string& names, bool& target, const std::string& help) override {
    last_ = app_.add_flag(names, target, help);
  }
  void text(const std::string& names, std::string& target, const std::string& help) override {
    last_ = app_.add_option(names, target, help)->capture_default_str();
  }
  void number(const std::string& names, int& target, const std::string& help) override {
    last_ = app_.add_option(names, target, help)->capture_default_str();
  }
  void list(const std::string& names, std::vector<std::string>& target,
            const std::string& help) override {
    last_ = app_.add_option(names, target, help);
    // An option takes one value each time it is given; a positional list takes the rest.
    if (names.starts_with('-'))
      last_->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  void choice(const std::string& names, std::string& target,
              const std::vector<std::string>& choices, const std::string& help) override {
    last_ =
        app_.add_option(names, target, help)->check(CLI::IsMember(choices))->capture_default_str();
  }
  void required() override { last_->required(); }
  void from_environment(const std::string& variable) override { last_->envname(variable); }

 private:
  CLI::App& app_;
  CLI::Option* last_ = nullptr;
};

// The app of "events list" sits below the app of "events".
CLI::App* place(CLI::App& root, std::map<std::string, CLI::App*>& groups, const Command& command) {
  const size_t space = command.name.find(' ');
  if (space == std::string::npos) return root.add_subcommand(command.name, command.summary);
  const std::string group = command.name.substr(0, space);
  CLI::App*& parent = groups[group];
  if (parent == nullptr) {
    parent = root.add_subcommand(group, fmt::format("{} …: see slipway {} --help", group, group));
    parent->require_subcommand(1);
  }
  return parent->add_subcommand(command.name.substr(space + 1), command.summary);
}

}  // namespace

int dispatch(const std::vector<Command>& commands, int argc, char** argv) {
  CLI::App root{"Slipway: continuous integration that runs Argo manifests on one machine.",
                "slipway"};
  root.set_help_all_flag("--help-all", "help of every command");
  root.require_subcommand(1);
  root.set_version_flag("--version", SLIPWAY_VERSION);

  std::map<std::string, CLI::App*> groups;
  std::vector<std::unique_ptr<AppOptions>> options;
  std::function<int()> chosen;
  for (const Command& command : commands) {
    CLI::App* app = place(root, groups, command);
    if (command.hidden) app->group("");
    app->footer("Example:\n  " + command.example);
    options.push_back(std::make_unique<AppOptions>(*app));
    app->callback([&chosen, run = command.define(*options.back())] { chosen = run; });
  }
  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = root.exit(error);
    return code == 0 ? kOk : kUsage;
  }
  return chosen ? chosen() : kUsage;
}

namespace {

std::string words(const std::vector<Command>& commands, const std::string& group) {
  std::string out;
  for (const Command& command : commands) {
    if (command.hidden) continue;
    const size_t space = command.name.find(' ');
    const std::string first = command.name.substr(0, space);
    const std::string word = group.empty() ? first
                             : space == std::string::npos || first != group
                                 ? ""
                                 : command.name.substr(space + 1);
    if (!word.empty() && (" " + out + " ").find(" " + word + " ") == std::string::npos) {
      out += (out.empty() ? "" : " ") + word;
    }
  }
  return out;
}

}  // namespace

std::string completion_script(const std::vector<Command>& commands, const std::string& shell) {
  std::string cases;
  for (const std::string& group : {std::string("events"), std::string("image")}) {
    cases += fmt::format("    {}) words=\"{}\" ;;\n", group, words(commands, group));
  }
  const std::string top = words(commands, "");
  if (shell == "fish") {
    std::string out =
        fmt::format("complete -c slipway -n __fish_use_subcommand -f -a \"{}\"\n", top);
    for (const std::string& group : {std::string("events"), std::string("image")}) {
      out += fmt::format("complete -c slipway -n \"__fish_seen_subcommand_from {}\" -f -a \"{}\"\n",
                         group, words(commands, group));
    }
    return out;
  }
  std::string out = shell == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" : "";
  out += "_slipway() {\n  local words=\"" + top + "\"\n";
  out += "  [ \"$COMP_CWORD\" -gt 1 ] && case \"${COMP_WORDS[1]}\" in\n" + cases;
  out += "    *) words= ;;\n  esac\n";
  out += "  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n";
  out +=
      "  [ ${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "
      "\"${COMP_WORDS[COMP_CWORD]}\"))\n";
  out += "}\ncomplete -F _slipway slipway\n";
  return out;
}

}  // namespace slipway::cli
