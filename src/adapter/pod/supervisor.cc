#include "adapter/pod/supervisor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cstdio>

#include "adapter/archive/tree.h"
#include "adapter/pod/cgroup.h"
#include "adapter/pod/cgroup_move.h"
#include "adapter/pod/event_loop.h"
#include "adapter/pod/nursery_protocol.h"
#include "adapter/pod/pod_files.h"
#include "adapter/pod/pod_run.h"
#include "adapter/pod/rootfs.h"
#include "adapter/pod/spawn.h"
#include "adapter/process/complain.h"

namespace slipway::adapter {

namespace {

constexpr Duration kPauseAfterFailure = Duration::seconds(1);

// Everything of the nursery's but the pod's network.
void close_inherited(int keep) {
  if (keep < 3) {
    ::close_range(3, ~0u, 0);
    return;
  }
  if (keep > 3) ::close_range(3, static_cast<unsigned>(keep - 1), 0);
  ::close_range(static_cast<unsigned>(keep + 1), ~0u, 0);
}

Status write_quickly(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  const Fd file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file) return system_error("cannot write " + fresh);
  TRY(write_all(file.get(), text.data(), text.size(), fresh));
  if (::rename(fresh.c_str(), path.c_str()) != 0) return system_error("cannot replace " + path);
  return {};
}

void detach(const PodId& id) {
  ::setsid();
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  ::prctl(PR_SET_NAME, "slipway-pod", 0, 0, 0);
  ::setenv("SLIPWAY_POD", id.value.c_str(), 1);
}

Status set_kernel_values(const pod::PodPlan& plan) {
  for (const auto& [name, value] : plan.sysctls) {
    if (name.starts_with("net.")) continue;  // the OCI runtime's part
    if (plan.host_ipc || !(name.starts_with("kernel.shm") || name.starts_with("kernel.msg") ||
                           name == "kernel.sem" || name.starts_with("fs.mqueue."))) {
      return Error{ErrorCode::kInvalid, fmt::format("sysctl {} can not be set for one pod", name),
                   ""};
    }
    std::string path = "/proc/sys/" + name;
    std::replace(path.begin() + 10, path.end(), '.', '/');
    const Fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file || ::write(file.get(), value.data(), value.size()) < 0) {
      return system_error("cannot set sysctl " + name);
    }
  }
  return {};
}

// Name spaces that the pod's containers share, and the tmpfs for what must not touch a disk.
Status enter_pod(const pod::PodPlan& plan, const std::string& run) {
  if (::geteuid() != 0) {
    return Error{ErrorCode::kUnauthorized,
                 "running containers needs root: start slipway as root, or run plain processes "
                 "with --runtime host",
                 ""};
  }
  const int spaces =
      CLONE_NEWNS | (plan.host_ipc ? 0 : CLONE_NEWIPC) | (plan.host_network ? 0 : CLONE_NEWUTS);
  if (::unshare(spaces) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0) {
    return system_error("cannot make name spaces for the pod");
  }
  if (!plan.host_network) {
    const std::string name = pod_hostname(plan);
    if (::sethostname(name.data(), name.size()) != 0) return system_error("cannot set hostname");
  }
  TRY(set_kernel_values(plan));
  TRY(mount_memory(run, 0, 0700));
  return {};
}

class Supervisor {
 public:
  explicit Supervisor(SupervisorStart& start) : start_(start) {}

  void run() {
    const PodId& id = start_.plan.id;
    const std::string run = start_.paths.pod(id) + "/run";
    Status ready = write_quickly(start_.paths.supervisor(id),
                                 fmt::format("{} {}\n", ::getpid(), start_time_of(::getpid())));
    if (ready.ok() && start_.plan.runtime == pod::RuntimeKind::kOci) {
      ready = enter_pod(start_.plan, run);
    }
    if (ready.ok() && start_.network_error) ready = *start_.network_error;
    PodRun pod(loop_, start_, run, [this](const pod::PodReport& report) { note(send(report)); });
    watch_stop(pod);
    const pod::PodReport last = pod.execute(std::move(ready));
    over_ = true;
    Status told = send(last);
    note(told);
    pod.release();
    (void)machine_cgroups().destroy(pod_cgroup(id));
    for (const char* part : {"/c", "/v", "/i", "/argo", "/work", "/scratch"}) {
      (void)remove_tree(start_.paths.pod(id) + part);
    }
    // A full disk, perhaps. How the pod ended must not be lost, so this goes on until it is kept.
    while (!told.ok() && !dismissed_) {
      loop_.step(kPauseAfterFailure);
      told = send(last);
    }
    ::unlink(start_.paths.supervisor(id).c_str());
  }

 private:
  void watch_stop(PodRun& pod) {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    stop_ = Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    loop_.watch(stop_.get(), EPOLLIN, [this, &pod](uint32_t) {
      signalfd_siginfo seen;
      while (::read(stop_.get(), &seen, sizeof(seen)) > 0) {
      }
      if (over_) {
        dismissed_ = true;
        return;
      }
      pod.stop();
    });
  }

  // What the disk refuses is told with the bell itself.
  Status send(const pod::PodReport& report) {
    const std::string text = print_json(pod::to_json(report));
    Status kept = write_quickly(start_.paths.report(report.id), text);
    ring_bell(start_.paths.run(), "bell.sock", report.id.value + (kept.ok() ? "" : "\n" + text));
    return kept;
  }

  void note(const Status& status) {
    if (!status.ok()) {
      complain("pod {}: {}", start_.plan.id.value, status.error().text());
    }
  }

  SupervisorStart& start_;
  EventLoop loop_{EventLoop::Reap::kKnown};
  Fd stop_;
  bool over_ = false, dismissed_ = false;  // the final report was made; nobody needs it any more
};

}  // namespace

int supervisor_main(SupervisorStart start) {
  close_inherited(start.network ? start.network->space.get() : -1);
  detach(start.plan.id);
  if (start.plan.runtime == pod::RuntimeKind::kOci) begin_cgroup_moves();
  Supervisor(start).run();
  return 0;
}

}  // namespace slipway::adapter
