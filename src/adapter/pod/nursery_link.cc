#include "adapter/pod/nursery_link.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adapter/pod/nursery_protocol.h"
#include "adapter/pod/pod_paths.h"
#include "adapter/pod/spawn.h"

extern char** environ;

namespace slipway::adapter {

namespace {

Status start_nursery(const RuntimeOptions& options, const PodPaths& paths) {
  TRY_ASSIGN(const int listening, listen_local(paths.run(), "nursery.sock"));
  const Fd socket(listening);
  const std::string log_path = paths.run() + "/nursery.log";
  const Fd log(::open(log_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
  if (!log) return system_error("cannot write " + log_path);
  const std::string program =
      options.nursery_program.empty() ? "/proc/self/exe" : options.nursery_program;
  Spawn request{.program = program,
                .argv = {"slipway", "nursery", "--data-dir", options.data_dir},
                .cwd = "/",
                .in = socket.get(),
                .out = log.get(),
                .err = log.get()};
  for (char** word = environ; *word != nullptr; ++word) request.env.emplace_back(*word);
  // Its supervisors are forks: what it has not yet bound, each would bind again.
  request.env.emplace_back("LD_BIND_NOW=1");
  TRY(spawn(request));
  return {};
}

Status send_hello(int fd, const RuntimeOptions& options) {
  const std::string hello = frame({{"verb", "hello"}, {"options", to_json(options)}});
  if (::send(fd, hello.data(), hello.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(hello.size())) {
    Error error = system_error("the nursery does not listen");
    error.code = ErrorCode::kUnavailable;
    return error;
  }
  return {};
}

}  // namespace

Result<Fd> connect_nursery(const RuntimeOptions& options) {
  const PodPaths paths{options.data_dir};
  TRY(make_folders(paths.run(), 0700));
  const std::string lock_path = paths.run() + "/nursery.lock";
  const Fd lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock || ::flock(lock.get(), LOCK_EX) != 0) return system_error("cannot lock " + lock_path);
  auto connected = connect_local(paths.run(), "nursery.sock");
  if (!connected.ok()) {
    TRY(start_nursery(options, paths));
    connected = connect_local(paths.run(), "nursery.sock");
  }
  if (!connected.ok()) return std::move(connected).error();
  Fd link(*connected);
  TRY(send_hello(link.get(), options));
  return link;
}

}  // namespace slipway::adapter
