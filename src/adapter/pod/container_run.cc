#include "adapter/pod/container_run.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "adapter/process/program.h"

namespace slipway::adapter {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

std::string path_of(const std::vector<std::string>& environment) {
  for (const std::string& pair : environment) {
    if (pair.starts_with("PATH=")) return pair.substr(5);
  }
  return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

// As a shell would find it; posix_spawnp would look in our own PATH, not in the step's.
std::string find_program(const std::string& name, const std::string& path) {
  if (name.find('/') != std::string::npos) return name;
  for (size_t start = 0; start <= path.size();) {
    const size_t colon = std::min(path.find(':', start), path.size());
    const std::string candidate = path.substr(start, colon - start) + "/" + name;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
    start = colon + 1;
  }
  return name;
}

struct Pipe {
  Fd read, write;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return system_error("pipe");
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

}  // namespace

Result<std::unique_ptr<ContainerRun>> ContainerRun::start(const Launch& launch) {
  std::unique_ptr<ContainerRun> run(new ContainerRun(launch));
  TRY(run->log_.open());
  TRY_ASSIGN(Pipe out, make_pipe());
  TRY_ASSIGN(Pipe err, make_pipe());

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.write.get(), 1);
  posix_spawn_file_actions_adddup2(&actions, err.write.get(), 2);
  if (!launch.directory.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions, launch.directory.c_str());
  }
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  // A session of its own: a signal to the group reaches all of its children.
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
  const std::string program = find_program(launch.command[0], path_of(launch.environment));
  const int failed =
      posix_spawn(&run->pid_, program.c_str(), &actions, &attributes,
                  pointers(launch.command).data(), pointers(launch.environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    run->ended_ = true;
    return Error{failed == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo, std::strerror(failed),
                 launch.command[0]};
  }
  run->out_ = std::move(out.read);
  run->err_ = std::move(err.read);
  run->pidfd_ = Fd(static_cast<int>(syscall(SYS_pidfd_open, run->pid_, 0)));
  return run;
}

ContainerRun::~ContainerRun() {
  if (ended_ || pid_ < 0) return;
  signal(SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void ContainerRun::read_from(Fd& fd, bool is_stdout) {
  char buffer[65536];
  while (fd) {
    const ssize_t count = read(fd.get(), buffer, sizeof buffer);
    if (count > 0) {
      log_.write({buffer, static_cast<size_t>(count)}, is_stdout);
    } else if (count < 0 && errno == EINTR) {
      continue;
    } else if (count < 0 && errno == EAGAIN) {
      return;
    } else {
      fd = Fd();
    }
  }
}

void ContainerRun::drain() {
  read_from(out_, true);
  read_from(err_, false);
}

bool ContainerRun::ended() {
  if (ended_) return true;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return false;
  ended_ = true;
  exit_code_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  // A grandchild may hold the pipes open; what it writes from now on is nobody's output.
  drain();
  if (launch_.container_id.empty()) kill(-pid_, SIGKILL);
  out_ = Fd();
  err_ = Fd();
  log_.finish();
  return true;
}

void ContainerRun::signal(int number) {
  if (ended_ || pid_ < 0) return;
  killed_ = killed_ || number == SIGKILL;
  if (launch_.container_id.empty()) {
    kill(-pid_, number);
    return;
  }
  const auto sent =
      run_program({.command = {launch_.oci_runtime, "--root", launch_.runtime_root, "kill", "--all",
                               launch_.container_id, std::to_string(number)},
                   .timeout = Duration::seconds(20)});
  // The container may not exist yet or any more; then the runtime itself is what is left to end.
  if ((!sent.ok() || sent->exit_code != 0) && number == SIGKILL) kill(-pid_, SIGKILL);
}

}  // namespace slipway::adapter
