#include "adapter/blob/git_clone.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "adapter/archive/fd.h"
#include "adapter/archive/tree.h"
#include "adapter/process/program.h"

namespace slipway::adapter {
namespace {

constexpr Duration kGitTimeout = Duration::seconds(1800);
constexpr size_t kShownErrorBytes = 600;

// What git and ssh get of our environment: how to find programs and the network, and the mark by
// which what is left of a pod is known (adapter/pod/spawn.h).
const std::vector<std::string> kInherited = {
    "PATH",        "TMPDIR",        "TZ",           "SLIPWAY_POD",    "http_proxy",
    "https_proxy", "HTTPS_PROXY",   "all_proxy",    "ALL_PROXY",      "no_proxy",
    "NO_PROXY",    "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH"};

// Of this machine's users none takes part, whoever this process is: ssh looks for their files by
// the password database and not by HOME.
constexpr std::string_view kOwnSsh =
    "ssh -F /dev/null -o BatchMode=yes -o ConnectTimeout=30 -o IdentitiesOnly=yes "
    "-o IdentityAgent=none -o UpdateHostKeys=no";

// git's housekeeping would go on behind our back, in a session of its own.
constexpr const char* kSettings[] = {"advice.detachedHead=false", "credential.helper=", "gc.auto=0",
                                     "maintenance.auto=false"};

constexpr std::array<std::string_view, 13> kFields = {"repo",
                                                      "revision",
                                                      "branch",
                                                      "depth",
                                                      "fetch",
                                                      "username",
                                                      "password",
                                                      "singleBranch",
                                                      "sshPrivateKey",
                                                      "disableSubmodules",
                                                      "insecureIgnoreHostKey",
                                                      "insecureSkipTLS",
                                                      "knownHosts"};

Status check_fields(const json::object& options) {
  for (const auto& field : options) {
    const std::string_view name(field.key().data(), field.key().size());
    const bool known = std::find(kFields.begin(), kFields.end(), name) != kFields.end();
    // "usernameSecret" and the like: their values are here under the shorter names.
    if (!known && !name.ends_with("Secret")) {
      return Error{ErrorCode::kUnsupported,
                   fmt::format("the field \"{}\" of a git artifact is not supported", name)};
    }
  }
  return {};
}

// What git would take for an option of its own is refused.
Status check_word(std::string_view field, const std::string& value) {
  if (!value.starts_with("-")) return {};
  return Error{ErrorCode::kInvalid,
               fmt::format("git artifact: {} \"{}\" must not start with \"-\"", field, value)};
}

std::string single_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

bool holds_any(const std::string& text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

ErrorCode code_of(const std::string& text) {
  if (holds_any(text, {"Permission denied", "Authentication failed", "Host key verification failed",
                       "could not read Username", "could not read Password", "error: 403",
                       "error: 401"})) {
    return ErrorCode::kUnauthorized;
  }
  if (holds_any(text, {"Could not resolve", "Connection refused", "Connection timed out",
                       "Connection reset", "Network is unreachable", "No route to host", "error: 5",
                       "error: 429", "early EOF", "Connection closed", "unable to connect"})) {
    return ErrorCode::kUnavailable;
  }
  if (holds_any(text, {"not found", "does not exist", "does not appear to be a git repository",
                       "not exported", "couldn't find remote ref", "did not match any"})) {
    return ErrorCode::kNotFound;
  }
  if (holds_any(text, {"No space left on device"})) return ErrorCode::kIo;
  return ErrorCode::kInvalid;
}

class Clone {
 public:
  Clone(const json::object& options, std::string target, std::string secrets, std::stop_token stop)
      : options_(options),
        target_(std::move(target)),
        secrets_(std::move(secrets)),
        stop_(std::move(stop)),
        repo_(get_string(options, "repo")),
        depth_(get_int(options, "depth")) {}

  Status run() {
    if (repo_.empty()) return Error{ErrorCode::kInvalid, "a git artifact without repo"};
    if (depth_ < 0) return Error{ErrorCode::kInvalid, "git artifact: depth is below 0"};
    TRY(check_word("repo", repo_));
    TRY(prepare_home());
    TRY(prepare_ssh());
    TRY(prepare_password());
    TRY(clone());
    TRY(fetch());
    TRY(check_out());
    return update_submodules();
  }

 private:
  Status prepare_home();
  Status prepare_ssh();
  Status prepare_password();
  Status clone();
  Status fetch();
  Status check_out();
  Status update_submodules();
  Status git(std::vector<std::string> words);
  void add_depth(std::vector<std::string>& words) const {
    if (depth_ > 0) words.push_back(fmt::format("--depth={}", depth_));
  }

  const json::object& options_;
  std::string target_, secrets_;
  std::stop_token stop_;
  std::string repo_;
  int64_t depth_;
  std::vector<std::string> environment_ = {
      "GIT_TERMINAL_PROMPT=0", "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_SYSTEM=/dev/null",
      "GIT_CONFIG_GLOBAL=/dev/null",
      // Neither this machine's files nor commands ("ext::") are repositories.
      "GIT_ALLOW_PROTOCOL=http:https:ssh:git"};
};

Status Clone::git(std::vector<std::string> words) {
  std::vector<std::string> command = {"git"};
  for (const char* setting : kSettings) command.insert(command.end(), {"-c", setting});
  if (get_bool(options_, "insecureSkipTLS")) {
    command.insert(command.end(), {"-c", "http.sslVerify=false"});
  }
  command.insert(command.end(), words.begin(), words.end());
  const Program program{.command = std::move(command),
                        .environment = environment_,
                        .timeout = kGitTimeout,
                        .stop = stop_,
                        .inherited = kInherited};
  auto end = run_program(program);
  if (!end.ok()) {
    Error error = end.error();
    if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kUnsupported;  // no git
    return error;
  }
  if (end->exit_code == 0) return {};
  std::string text = end->err;
  const std::string password = get_string(options_, "password");
  for (size_t at; !password.empty() && (at = text.find(password)) != std::string::npos;) {
    text.replace(at, password.size(), "***");
  }
  while (!text.empty() && text.back() == '\n') text.pop_back();
  if (text.size() > kShownErrorBytes) text.erase(0, text.size() - kShownErrorBytes);
  const std::string& verb = words.front() == "-C" ? words[2] : words.front();
  return Error{code_of(text), fmt::format("git {} of {} failed: {}", verb, repo_, text)};
}

// Empty, for what git and its transports look for in one: .netrc, .gitconfig, .config/git.
Status Clone::prepare_home() {
  const std::string home = secrets_ + "/home";
  if (::mkdir(home.c_str(), 0700) != 0) return system_error("cannot make the folder " + home);
  environment_.push_back("HOME=" + home);
  environment_.push_back("XDG_CONFIG_HOME=" + home);
  return {};
}

Status Clone::prepare_ssh() {
  std::string ssh(kOwnSsh);
  std::string key = get_string(options_, "sshPrivateKey");
  if (!key.empty()) {
    if (!key.ends_with('\n')) key += '\n';  // or ssh calls it damaged
    TRY(write_file_atomically(secrets_ + "/key", key, 0600));
    ssh += " -i " + single_quoted(secrets_ + "/key");
  } else {
    ssh += " -o IdentityFile=none";
  }
  if (get_bool(options_, "insecureIgnoreHostKey")) {
    ssh += " -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR";
  } else {
    ssh += " -o StrictHostKeyChecking=yes";
    if (const std::string hosts = get_string(options_, "knownHosts"); !hosts.empty()) {
      TRY(write_file_atomically(secrets_ + "/known_hosts", hosts + "\n", 0600));
      ssh += " -o UserKnownHostsFile=" + single_quoted(secrets_ + "/known_hosts");
    }
  }
  environment_.push_back("GIT_SSH_COMMAND=" + ssh);
  return {};
}

// git asks this script for the name and the password, which it has from its environment.
Status Clone::prepare_password() {
  const std::string username = get_string(options_, "username");
  const std::string password = get_string(options_, "password");
  if (username.empty() && password.empty()) return {};
  constexpr std::string_view script =
      "#!/bin/sh\n"
      "case \"$1\" in\n"
      "Username*) printf '%s\\n' \"$SLIPWAY_GIT_USERNAME\" ;;\n"
      "*) printf '%s\\n' \"$SLIPWAY_GIT_PASSWORD\" ;;\n"
      "esac\n";
  TRY(write_file_atomically(secrets_ + "/askpass", std::string(script), 0700));
  environment_.push_back("GIT_ASKPASS=" + secrets_ + "/askpass");
  environment_.push_back("SLIPWAY_GIT_USERNAME=" + username);
  environment_.push_back("SLIPWAY_GIT_PASSWORD=" + password);
  return {};
}

Status Clone::clone() {
  std::vector<std::string> words = {"clone", "--quiet"};
  add_depth(words);
  words.push_back(get_bool(options_, "singleBranch") ? "--single-branch" : "--no-single-branch");
  if (const std::string branch = get_string(options_, "branch"); !branch.empty()) {
    words.push_back("--branch=" + branch);
  }
  words.insert(words.end(), {"--", repo_, target_});
  return git(std::move(words));
}

Status Clone::fetch() {
  const json::array* specs = find_array(options_, "fetch");
  for (size_t i = 0; specs != nullptr && i < specs->size(); ++i) {
    const std::string spec = (*specs)[i].is_string() ? str((*specs)[i].get_string()) : "";
    TRY(check_word("fetch", spec));
    std::vector<std::string> words = {"-C", target_, "fetch", "--quiet"};
    add_depth(words);
    words.insert(words.end(), {"origin", spec});
    TRY(git(std::move(words)));
  }
  return {};
}

Status Clone::check_out() {
  const std::string revision = get_string(options_, "revision");
  if (revision.empty()) return {};
  TRY(check_word("revision", revision));
  const Status here = git({"-C", target_, "checkout", "--quiet", revision, "--"});
  if (here.ok()) return {};
  // Not part of a shallow or single-branch clone: ask for it by name.
  std::vector<std::string> words = {"-C", target_, "fetch", "--quiet"};
  add_depth(words);
  words.insert(words.end(), {"origin", revision});
  TRY(git(std::move(words)));
  return git({"-C", target_, "checkout", "--quiet", "FETCH_HEAD", "--"});
}

Status Clone::update_submodules() {
  if (get_bool(options_, "disableSubmodules")) return {};
  struct stat info;
  if (::lstat((target_ + "/.gitmodules").c_str(), &info) != 0) return {};
  std::vector<std::string> words = {"-C",     target_,  "submodule",  "--quiet",
                                    "update", "--init", "--recursive"};
  add_depth(words);
  return git(std::move(words));
}

}  // namespace

Status clone_git(const json::object& options, const std::string& target, const std::string& scratch,
                 std::stop_token stop) {
  TRY(check_fields(options));
  TRY_ASSIGN(const std::string secrets, make_scratch_folder(scratch));
  const Status cloned = Clone(options, target, secrets, std::move(stop)).run();
  const Status removed = remove_tree(secrets);
  return cloned.ok() ? removed : cloned;
}

}  // namespace slipway::adapter
