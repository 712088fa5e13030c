#include "adapter/process/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>

#include "adapter/archive/fd.h"

extern char** environ;

namespace slipway::adapter {
namespace {

constexpr size_t kErrorBytes = 64u << 10;

struct Pipe {
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  void close_end(int i) {
    if (ends[i] >= 0) ::close(ends[i]);
    ends[i] = -1;
  }
  int ends[2] = {-1, -1};
};

std::vector<std::string> merged_environment(const Program& program) {
  std::map<std::string, std::string> values;
  const auto name_of = [](const std::string& line) { return line.substr(0, line.find('=')); };
  for (char** line = environ; line != nullptr && *line != nullptr; ++line) {
    const auto& wanted = program.inherited;
    if (wanted && std::find(wanted->begin(), wanted->end(), name_of(*line)) == wanted->end()) {
      continue;
    }
    values.insert_or_assign(name_of(*line), *line);
  }
  for (const auto& line : program.environment) values.insert_or_assign(name_of(line), line);
  std::vector<std::string> lines;
  for (auto& [name, line] : values) lines.push_back(std::move(line));
  return lines;
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (const auto& text : texts) list.push_back(const_cast<char*>(text.c_str()));
  list.push_back(nullptr);
  return list;
}

Result<pid_t> spawn(const Program& program, const Pipe& out, const Pipe& err) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.ends[1], 1);
  posix_spawn_file_actions_adddup2(&actions, err.ends[1], 2);
  sigset_t none, defaults;
  sigemptyset(&none);
  sigfillset(&defaults);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const auto environment = merged_environment(program);
  const auto arguments = pointers(program.command);
  const auto variables = pointers(environment);
  pid_t pid = -1;
  const int code =
      ::posix_spawnp(&pid, arguments[0], &actions, &attributes, arguments.data(), variables.data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (code == ENOENT) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("the program {0} is not installed: apt-get install {1}",
                             program.command[0], package_of(program.command[0]))};
  }
  if (code != 0) {
    return Error{ErrorCode::kIo,
                 fmt::format("cannot start {}: {}", program.command[0], std::strerror(code))};
  }
  return pid;
}

// The process group of a program, which another thread may end at any moment. Where that comes
// first, none is started; otherwise its end is on its way before whoever asked for it goes on.
class StoppableGroup {
 public:
  explicit StoppableGroup(const std::stop_token& stop) : on_stop_(stop, [this] { end(); }) {}

  Result<pid_t> start(const Program& program, const Pipe& out, const Pipe& err) {
    const std::lock_guard lock(mutex_);
    if (ended_) return stopped(program);
    TRY_ASSIGN(pid_, spawn(program, out, err));
    return pid_;
  }
  // The program is about to be waited for: its id may then be somebody else's. Whether it was
  // ended.
  bool leave() {
    const std::lock_guard lock(mutex_);
    pid_ = 0;
    return ended_;
  }
  static Error stopped(const Program& program) {
    return {ErrorCode::kConflict, fmt::format("{} was stopped", program.command[0])};
  }

 private:
  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    if (pid_ > 0) ::kill(-pid_, SIGKILL);
  }

  std::mutex mutex_;
  pid_t pid_ = 0;       // guarded by mutex_
  bool ended_ = false;  // guarded by mutex_
  // Last: it may call end() from its construction to its destruction.
  std::stop_callback<std::function<void()>> on_stop_;
};

using Clock = std::chrono::steady_clock;

Error too_slow(const Program& program) {
  return {ErrorCode::kTimeout, fmt::format("{} did not end within {} s and was stopped",
                                           program.command[0], program.timeout.to_seconds())};
}

int64_t milliseconds_left(Clock::time_point deadline) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
}

// Reads both pipes until they close. kTimeout, kLimit.
Status collect(const Program& program, Clock::time_point deadline, Pipe& out, Pipe& err,
               ProgramEnd& end) {
  std::string buffer(65536, '\0');
  while (out.ends[0] >= 0 || err.ends[0] >= 0) {
    const int64_t left = milliseconds_left(deadline);
    if (left <= 0) return too_slow(program);
    std::array<pollfd, 2> polled{pollfd{out.ends[0], POLLIN, 0}, pollfd{err.ends[0], POLLIN, 0}};
    const int wait = static_cast<int>(std::min<int64_t>(left + 1, 60'000));
    if (::poll(polled.data(), polled.size(), wait) < 0 && errno != EINTR) {
      return Error{ErrorCode::kIo, std::string("cannot wait: ") + std::strerror(errno)};
    }
    for (size_t i = 0; i < polled.size(); ++i) {
      Pipe& pipe = i == 0 ? out : err;
      std::string& text = i == 0 ? end.out : end.err;
      if (pipe.ends[0] < 0 || polled[i].revents == 0) continue;
      const ssize_t n = ::read(pipe.ends[0], buffer.data(), buffer.size());
      if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (n <= 0) {
        pipe.close_end(0);
        continue;
      }
      text.append(buffer.data(), static_cast<size_t>(n));
    }
    if (end.out.size() > program.max_output_bytes) {
      return Error{ErrorCode::kLimit, fmt::format("{} printed more than {} bytes",
                                                  program.command[0], program.max_output_bytes)};
    }
    if (end.err.size() > 2 * kErrorBytes) end.err.erase(0, end.err.size() - kErrorBytes);
  }
  return {};
}

// A program may close its output and go on: its end counts. It stays a zombie here, so that its id
// still names its process group.
Status await_end(const Program& program, Clock::time_point deadline, pid_t pid) {
  const Fd handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  for (pollfd polled{handle.get(), POLLIN, 0}; handle;) {
    const int64_t left = milliseconds_left(deadline);
    const int wait = static_cast<int>(std::clamp<int64_t>(left + 1, 0, 60'000));
    const int ready = ::poll(&polled, 1, wait);
    if (ready > 0) break;
    if (left <= 0) return too_slow(program);
  }
  return {};
}

}  // namespace

std::string package_of(const std::string& program) {
  static const std::map<std::string, std::string> packages = {
      {"ssh", "openssh-client"}, {"ssh-keyscan", "openssh-client"}, {"nft", "nftables"},
      {"ip", "iproute2"},        {"sshd", "openssh-server"},        {"htpasswd", "apache2-utils"}};
  const auto found = packages.find(program);
  return found == packages.end() ? program : found->second;
}

Result<ProgramEnd> run_program(const Program& program) {
  if (program.command.empty()) return Error{ErrorCode::kInvalid, "no program was given"};
  Pipe out, err;
  if (::pipe2(out.ends, O_CLOEXEC) != 0 || ::pipe2(err.ends, O_CLOEXEC) != 0) {
    return Error{ErrorCode::kIo, std::string("cannot make a pipe: ") + std::strerror(errno)};
  }
  StoppableGroup group(program.stop);
  TRY_ASSIGN(const pid_t pid, group.start(program, out, err));
  out.close_end(1);
  err.close_end(1);
  ProgramEnd end;
  const auto deadline = Clock::now() + std::chrono::nanoseconds(program.timeout.ns);
  Status collected = collect(program, deadline, out, err, end);
  if (collected.ok()) collected = await_end(program, deadline, pid);
  ::kill(-pid, SIGKILL);  // nothing of its group outlives it
  const bool stopped = group.leave();
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (stopped) return StoppableGroup::stopped(program);
  if (!collected.ok()) {
    Error error = collected.error();
    if (!end.err.empty()) error.message += ": " + end.err;
    return error;
  }
  end.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (end.err.size() > kErrorBytes) end.err.erase(0, end.err.size() - kErrorBytes);
  return end;
}

}  // namespace slipway::adapter
