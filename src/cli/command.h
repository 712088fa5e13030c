// Commands as data: what a verb is called, what it takes, what it does. CLI11 is behind it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace slipway::cli {

// Exit codes of every command; documented in docs/cli.md.
inline constexpr int kOk = 0;
inline constexpr int kFailed = 1;  // the thing asked for failed, or the workflow did
inline constexpr int kUsage = 2;   // wrong usage or a manifest that does not hold

// Collects the options of one command. References must outlive the parse.
class Options {
 public:
  virtual ~Options() = default;
  // `names` as in "-n,--namespace" for an option, "name" for a positional one.
  virtual void flag(const std::string& names, bool& target, const std::string& help) = 0;
  virtual void text(const std::string& names, std::string& target, const std::string& help) = 0;
  virtual void number(const std::string& names, int& target, const std::string& help) = 0;
  virtual void list(const std::string& names, std::vector<std::string>& target,
                    const std::string& help) = 0;
  // A text that must be one of `choices`.
  virtual void choice(const std::string& names, std::string& target,
                      const std::vector<std::string>& choices, const std::string& help) = 0;
  // Makes the option or positional that was added last required.
  virtual void required() = 0;
  // The default that the option added last takes from the environment.
  virtual void from_environment(const std::string& variable) = 0;
};

struct Command {
  std::string name;     // "apply", or "events list" for a verb below a group
  std::string summary;  // one line
  std::string example;  // one or more command lines; every command has one
  bool hidden = false;
  // Declares the options and returns what runs after a successful parse: the exit code.
  std::function<std::function<int()>(Options&)> define;
};

// Parses and runs. Wrong usage prints what is wrong and where help is, and gives kUsage.
int dispatch(const std::vector<Command>& commands, int argc, char** argv);

// A completion script for bash, zsh or fish made from the same table.
std::string completion_script(const std::vector<Command>& commands, const std::string& shell);

}  // namespace slipway::cli
