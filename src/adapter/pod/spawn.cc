#include "adapter/pod/spawn.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "adapter/archive/fd.h"

namespace slipway::adapter {

namespace {

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> list;
  list.reserve(words.size() + 1);
  for (const std::string& word : words) list.push_back(const_cast<char*>(word.c_str()));
  list.push_back(nullptr);
  return list;
}

void place(posix_spawn_file_actions_t* actions, int fd, int at) {
  if (fd < 0) {
    ::posix_spawn_file_actions_addopen(actions, at, "/dev/null", at == 0 ? O_RDONLY : O_WRONLY, 0);
  } else {
    ::posix_spawn_file_actions_adddup2(actions, fd, at);
  }
}

}  // namespace

Result<pid_t> spawn(const Spawn& request) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  place(&actions, request.in, 0);
  place(&actions, request.out, 1);
  place(&actions, request.err, 2);
  // Some libraries open theirs without close-on-exec.
  ::posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  if (!request.cwd.empty()) {
    ::posix_spawn_file_actions_addchdir_np(&actions, request.cwd.c_str());
  }
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
  const auto argv = pointers(request.argv);
  const auto env = pointers(request.env);
  pid_t pid = -1;
  const int failed =
      ::posix_spawn(&pid, request.program.c_str(), &actions, &attributes, argv.data(), env.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (failed != 0) return system_error("cannot start " + request.program, failed);
  return pid;
}

Result<std::string> find_program(const std::string& name, const std::string& search) {
  if (name.find('/') != std::string::npos) return name;
  for (size_t at = 0; at <= search.size() && !name.empty();) {
    const size_t end = std::min(search.find(':', at), search.size());
    const std::string folder = end == at ? "." : search.substr(at, end - at);
    const std::string path = folder + "/" + name;
    struct stat info {};
    if (::access(path.c_str(), X_OK) == 0 && ::stat(path.c_str(), &info) == 0 &&
        S_ISREG(info.st_mode)) {
      return path;
    }
    at = end + 1;
  }
  return Error{ErrorCode::kNotFound,
               fmt::format("the command `{}` is not in PATH ({})", name, search), ""};
}

std::string variable(const std::vector<std::string>& env, const std::string& name) {
  for (auto word = env.rbegin(); word != env.rend(); ++word) {
    if (word->size() > name.size() && word->starts_with(name) && (*word)[name.size()] == '=') {
      return word->substr(name.size() + 1);
    }
  }
  return "";
}

uint64_t start_time_of(pid_t pid) {
  const auto text = read_small_file(fmt::format("/proc/{}/stat", pid), 4096);
  if (!text.ok()) return 0;
  // The name in parentheses may hold anything; the state follows the last one.
  const size_t name_end = text->rfind(')');
  if (name_end == std::string::npos) return 0;
  size_t at = name_end + 1;
  for (int field = 3; field < 22 && at != std::string::npos; ++field) {
    at = text->find(' ', at + 1);
  }
  return at == std::string::npos ? 0 : std::strtoull(text->c_str() + at, nullptr, 10);
}

void kill_marked(const std::string& marker) {
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", failed)) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid <= 1 || pid == ::getpid()) continue;
    const auto text = read_small_file(entry.path().string() + "/environ", 4u << 20);
    if (!text.ok()) continue;
    const std::string whole = '\0' + *text;
    if (whole.find('\0' + marker + '\0') != std::string::npos) ::kill(pid, SIGKILL);
  }
}

}  // namespace slipway::adapter
