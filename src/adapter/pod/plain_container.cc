#include "adapter/pod/plain_container.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>

#include "adapter/pod/host_process.h"
#include "adapter/pod/spawn.h"

namespace slipway::adapter {

PlainContainer::PlainContainer(EventLoop& loop, const pod::PodPlan& pod, const pod::Container& plan,
                               std::string address, Output output, std::string folder)
    : ContainerRun(loop, plan, std::move(address), std::move(output)),
      pod_(pod),
      folder_(std::move(folder)) {}

Status PlainContainer::open_root() {
  if (!plan().mounts.empty()) {
    return Error{
        ErrorCode::kUnsupported,
        fmt::format("container {}: the host runtime has no volumes (it would mount `{}` at "
                    "{}); run this workflow with the oci runtime",
                    plan().name, plan().mounts[0].volume, plan().mounts[0].path),
        ""};
  }
  if (plan().tty) {
    return Error{ErrorCode::kUnsupported,
                 fmt::format("container {}: the host runtime gives no terminal (tty: true); run "
                             "this workflow with the oci runtime",
                             plan().name),
                 ""};
  }
  return make_folders(folder_);
}

std::string PlainContainer::resolve(const std::string& path) const {
  return path.starts_with('/') ? path : folder_ + "/" + path;
}

Status PlainContainer::launch(const OutputCapture::Ends& ends) {
  const std::string script = folder_ + "/script-" + plan().name;
  if (plan().script_source) {
    const Fd file(::open(script.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700));
    if (!file) return system_error("cannot write the script " + script);
    TRY(write_all(file.get(), plan().script_source->data(), plan().script_source->size(), script));
  }
  Spawn request = this->request(command_words(plan(), script));
  request.in = ends.in.get();
  request.out = ends.out.get();
  request.err = ends.err.get();
  if (request.argv.empty()) {
    return Error{ErrorCode::kNotFound,
                 "the host runtime needs `command`: there is no image to take one from", ""};
  }
  TRY_ASSIGN(request.program, find_program(request.argv[0], variable(request.env, "PATH")));
  TRY_ASSIGN(const pid_t pid, spawn(request));
  became(pid);
  return {};
}

Result<ActionPlace> PlainContainer::exec_place(const std::vector<std::string>& command) const {
  return ActionPlace{.command = request(command)};
}

Spawn PlainContainer::request(const std::vector<std::string>& command) const {
  return {.argv = command,
          .env = host_environment(pod_, plan()),
          .cwd = plan().working_dir.empty() ? folder_ : plan().working_dir};
}

void PlainContainer::signal_process(int signal) { ::kill(-pid_, signal); }

void PlainContainer::clean_up() {
  if (pid_ > 0) ::kill(-pid_, SIGKILL);  // what it left in its process group
}

}  // namespace slipway::adapter
