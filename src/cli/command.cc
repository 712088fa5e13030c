#include "cli/command.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <map>
#include <sstream>
#include <system_error>

#include "adapter/process/complain.h"
#include "core/expr/golang/golang.h"

namespace slipway::cli {
namespace {

std::optional<int64_t> read_bytes(const std::string& word) {
  const auto millis = expr::parse_quantity_millis(word);
  if (!millis.ok() || *millis < 1000) return std::nullopt;
  return *millis / 1000;
}

std::string show_bytes(int64_t bytes) {
  std::string_view unit;
  for (const std::string_view larger : {"Ki", "Mi", "Gi"}) {
    if (bytes % 1024 != 0) break;
    bytes /= 1024;
    unit = larger;
  }
  return fmt::format("{}{}", bytes, unit);
}

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
  void bytes(const std::string& names, int64_t& target, const std::string& help) override {
    last_ = app_.add_option_function<std::string>(
                    names, [&target](const std::string& word) { target = *read_bytes(word); }, help)
                ->check([](const std::string& word) {
                  return read_bytes(word) ? "" : "no number of bytes such as 500M or 1Gi: " + word;
                })
                ->default_str(show_bytes(target));
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
  void choices(const std::string& names, std::vector<std::string>& target,
               const std::vector<std::string>& choices, const std::string& help) override {
    list(names, target, help);
    last_->check(CLI::IsMember(choices));
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
    parent->footer("Example:\n  " + command.example);
  }
  return parent->add_subcommand(command.name.substr(space + 1), command.summary);
}

}  // namespace

Asked read_words(const std::vector<Command>& commands, std::vector<std::string> words) {
  CLI::App root{"Slipway: continuous integration that runs Argo manifests on one machine.",
                "slipway"};
  root.set_help_all_flag("--help-all", "help of every command");
  root.require_subcommand(1);
  root.set_version_flag("--version", SLIPWAY_VERSION);

  std::map<std::string, CLI::App*> groups;
  std::vector<std::unique_ptr<AppOptions>> options;
  Asked asked;
  for (const Command& command : commands) {
    CLI::App* app = place(root, groups, command);
    if (command.hidden) app->group("");
    app->footer("Example:\n  " + command.example);
    options.push_back(std::make_unique<AppOptions>(*app));
    app->callback([&asked, run = command.define(*options.back())] { asked.run = run; });
  }
  std::reverse(words.begin(), words.end());  // as CLI11 wants them
  try {
    root.parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    std::ostringstream out, err;
    asked.code = root.exit(error, out, err) == 0 ? kOk : kUsage;
    asked.out = out.str();
    asked.err = err.str();
    asked.run = nullptr;
  }
  return asked;
}

int dispatch(const std::vector<Command>& commands, int argc, char** argv) {
  const Asked asked = read_words(commands, {argv + 1, argv + argc});
  try {
    if (asked.run) return asked.run();
    fmt::print("{}", asked.out);
    fmt::print(stderr, "{}", asked.err);
    return asked.code;
  } catch (const std::system_error& error) {  // fmt's, when an output takes no more
    adapter::complain("slipway: what was to be printed could not be: {}", error.code().message());
    return kFailed;
  }
}

}  // namespace slipway::cli
