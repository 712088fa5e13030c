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
inline constexpr int kFailed = 1;       // the thing asked for failed, or the workflow did
inline constexpr int kUsage = 2;        // wrong usage or a manifest that does not hold
inline constexpr int kSignalled = 128;  // plus the number of the signal that ended `run`

// Collects the options of one command. References must outlive the parse.
class Options {
 public:
  virtual ~Options() = default;
  // `names` as in "-n,--namespace" for an option, "name" for a positional one.
  virtual void flag(const std::string& names, bool& target, const std::string& help) = 0;
  virtual void text(const std::string& names, std::string& target, const std::string& help) = 0;
  virtual void number(const std::string& names, int& target, const std::string& help) = 0;
  // Bytes as Kubernetes writes them: 500M, 1Gi.
  virtual void bytes(const std::string& names, int64_t& target, const std::string& help) = 0;
  virtual void list(const std::string& names, std::vector<std::string>& target,
                    const std::string& help) = 0;
  // A text that must be one of `choices`.
  virtual void choice(const std::string& names, std::string& target,
                      const std::vector<std::string>& choices, const std::string& help) = 0;
  // An option that takes one of `choices` each time it is given.
  virtual void choices(const std::string& names, std::vector<std::string>& target,
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

// What a command line asks for: something to run, or a text such as help or what is wrong with it.
struct Asked {
  std::function<int()> run;
  std::string out, err;  // for stdout and stderr, when there is nothing to run
  int code = kOk;        // then
};
// `words` without the program's name. Wrong usage says what is wrong and where help is, with
// kUsage.
Asked read_words(const std::vector<Command>& commands, std::vector<std::string> words);

// Reads and runs.
int dispatch(const std::vector<Command>& commands, int argc, char** argv);

}  // namespace slipway::cli
