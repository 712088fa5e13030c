#include "adapter/pod/pod_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include "adapter/blob/disk_blob_store.h"
#include "adapter/pod/plain_container.h"
#include "adapter/pod/pod_artifact.h"
#include "adapter/pod/pod_files.h"
#include "adapter/pod/rootfs.h"
#include "adapter/pod/spawn.h"

namespace slipway::adapter {

namespace {

using Phase = pod::PodReport::Phase;
using Role = pod::Container::Role;

const Error kStopped{ErrorCode::kConflict, "stopped before its containers ran", ""};

}  // namespace

PodRun::PodRun(EventLoop& loop, SupervisorStart& start, std::string run, Send send)
    : loop_(loop), start_(start), plan_(start.plan), run_(std::move(run)), send_(std::move(send)) {
  report_.id = plan_.id;
  report_.started_at = wall_now();
  report_.pod_ip = start.pod_ip;
  report_.host = start.host;
  loop_.after(start.options.quiet_start, [this] { loud_ = true; });
}

PodRun::~PodRun() = default;

pod::PodReport PodRun::execute(Status ready) {
  watch_deadline();
  Status status = std::move(ready);
  if (status.ok()) status = prepare();
  if (status.ok()) status = load_inputs();
  if (status.ok()) status = run_inits();
  if (status.ok()) status = start_sidecars();
  if (status.ok()) status = run_mains();
  if (!status.ok()) {
    facts_.preparation_error = status.error();
    if (facts_.preparation_reason.empty()) {
      facts_.preparation_reason = facts_.stop_asked ? "Stopped" : "CreateContainerError";
    }
  }
  finish();
  pod::PodReport report = current();
  report.at = report.finished_at = wall_now();
  conclude(report, plan_, facts_);
  return report;
}

Status PodRun::prepare() {
  if (plan_.runtime == pod::RuntimeKind::kOci) {
    TRY(prepare_oci());
  } else if (pauses(plan_)) {
    TRY(make_argo_folder());  // for the markers
  }
  make_containers();
  return {};
}

Status PodRun::prepare_oci() {
  const std::string& name = start_.options.oci_runtime;
  const char* search = ::getenv("PATH");
  auto runtime = find_program(name, search != nullptr ? search : kDefaultPath);
  if (!runtime.ok() || ::access(runtime->c_str(), X_OK) != 0) {
    facts_.preparation_reason = "RuntimeMissing";
    return Error{
        ErrorCode::kNotFound,
        fmt::format("the OCI runtime `{}` is not installed: apt-get install crun (or runc, "
                    "and choose it)",
                    name),
        ""};
  }
  TRY(ensure_images());
  auto volumes = VolumeSet::prepare(plan_, start_.paths, start_.options, run_ + "/volume");
  if (!volumes.ok()) {
    facts_.preparation_reason = "FailedMount";
    return std::move(volumes).error();
  }
  volumes_ = std::move(*volumes);
  TRY(write_pod_files(plan_, report_.pod_ip, run_));
  TRY(make_folders(run_ + "/oci"));
  TRY(make_argo_folder());
  if (plan_.containers.size() > 1) TRY(mount_memory(run_ + "/shm", 64 << 20, 01777));
  oci_ = std::make_unique<OciPod>(OciPod{.plan = plan_,
                                         .paths = start_.paths,
                                         .options = start_.options,
                                         .volumes = volumes_,
                                         .inputs = inputs_,
                                         .runtime = *runtime,
                                         .is_crun = runtime->find("crun") != std::string::npos,
                                         .run = run_,
                                         .argo = argo_->path(),
                                         .address = report_.pod_ip,
                                         .seccomp_filter = start_.seccomp_filter});
  if (start_.network) {
    oci_->network = fmt::format("/proc/{}/fd/{}", ::getpid(), start_.network->space.get());
  }
  if (plan_.share_pid) {
    TRY_ASSIGN(pids_, PidSpace::make());
    oci_->pids = pids_->path();
  }
  return {};
}

Status PodRun::make_argo_folder() {
  TRY_ASSIGN(argo_, ArgoFolder::make(plan_, start_.paths, run_));
  return {};
}

void PodRun::make_containers() {
  const bool captures = oci_ && (plan_.capture_result || plan_.log_location);
  size_t index = 0;
  for (const pod::Container& container : plan_.containers) {
    ContainerRun::Output output{
        .log_path = start_.paths.log(plan_.id, container.name),
        .log_limit_bytes = start_.options.log_limit_bytes,
        .keep_result = plan_.capture_result && container.role == Role::kMain,
        .argo_part = argo_ ? argo_->part(container.name) : -1,
        .copies = captures && container.role != Role::kInit};
    if (oci_) {
      containers_.push_back(std::make_unique<OciContainer>(
          loop_, *oci_, container, std::move(output), index++, images_.at(container.image)));
    } else {
      containers_.push_back(std::make_unique<PlainContainer>(loop_, plan_, container,
                                                             report_.pod_ip, std::move(output),
                                                             start_.paths.pod(plan_.id) + "/work"));
    }
  }
}

// From the pod's beginning, as Kubernetes counts it: images that do not come are covered.
void PodRun::watch_deadline() {
  if (!plan_.active_deadline) return;
  deadline_ = loop_.after(*plan_.active_deadline, [this] {
    facts_.deadline_passed = true;
    end_all();
  });
}

Status PodRun::run_inits() {
  for (const auto& container : containers_) {
    const bool native = container->plan().restarts;
    if (!native && container->plan().role != Role::kInit) continue;
    TRY(container->prepare());
    if (interrupted()) return kStopped;
    if (native) {
      TRY(start_native(*container));
    } else if (!run_init(*container)) {
      return {};
    }
  }
  return {};
}

// False when it failed.
bool PodRun::run_init(ContainerRun& container) {
  container.start(plan_.grace);
  wait_until([&] { return container.ended(); });
  container.release();
  return container.status().exit_code == 0;
}

// What follows it need not wait for its readiness, only for its start (kubelet:
// computeInitContainerActions).
Status PodRun::start_native(ContainerRun& container) {
  container.start(plan_.grace);
  wait_until([&] { return interrupted() || container.ended() || is_started(container); });
  if (!container.ended() || interrupted()) return {};
  return Error{ErrorCode::kInvalid, container.status().message,
               "container " + container.plan().name};
}

namespace {

bool init_failed(const std::vector<std::unique_ptr<ContainerRun>>& containers) {
  return std::any_of(containers.begin(), containers.end(), [](const auto& container) {
    return container->plan().role == Role::kInit && container->ended() &&
           container->status().exit_code != 0;
  });
}

}  // namespace

Status PodRun::start_sidecars() {
  if (init_failed(containers_) || interrupted()) return {};
  for (const auto& container : containers_) {
    if (container->plan().role != Role::kInit && !container->started()) TRY(container->prepare());
  }
  std::vector<ContainerRun*> gates;
  for (const auto& container : containers_) {
    if (container->plan().role != Role::kSidecar) continue;
    if (!container->started()) container->start(plan_.grace);
    const pod::Container& plan = container->plan();
    if (plan.readiness || plan.startup || plan.post_start) gates.push_back(container.get());
  }
  wait_until([&] {
    return interrupted() || std::all_of(gates.begin(), gates.end(), [this](ContainerRun* gate) {
             return gate->has_ended() || is_ready(*gate);
           });
  });
  return {};
}

// Starts those whose turn it is; true when every main container has ended.
bool PodRun::start_due_mains() {
  bool over = true;
  for (const auto& container : containers_) {
    if (container->plan().role != Role::kMain || container->ended()) continue;
    over = false;
    if (container->started()) continue;
    bool due = true;
    for (const std::string& name : container->plan().depends_on) {
      for (const auto& other : containers_) {
        if (other->plan().name != name) continue;
        due = due && other->ended();
        if (other->ended() && other->status().exit_code != 0 && !container->ended()) {
          container->skip(64, fmt::format("it depends on container {}, which failed", name));
        }
      }
    }
    if (interrupted()) container->skip(143, "stopped before it was started");
    if (due && !container->ended()) container->start(plan_.grace);
  }
  return over;
}

Status PodRun::run_mains() {
  if (init_failed(containers_)) return {};
  if (interrupted()) return kStopped;
  EventLoop::Timer progress{};
  std::function<void()> look = [&] {
    read_progress();
    progress = loop_.after(Duration::seconds(3), look);
  };
  progress = loop_.after(Duration::seconds(3), look);
  wait_until([this] { return start_due_mains(); });
  loop_.cancel(progress);
  return {};
}

void PodRun::finish() {
  loop_.cancel(deadline_);
  end_all();  // sidecars; their time runs while outputs are saved
  read_progress();
  const bool ran = std::any_of(containers_.begin(), containers_.end(), [](const auto& container) {
    return container->plan().role == Role::kMain && container->launched();
  });
  if (ran) {
    for (const auto& container : containers_) {
      if (container->plan().role != Role::kMain || !container->ended()) continue;
      if (plan_.capture_result && (!report_.result || container->plan().name == "main")) {
        report_.result = container->take_result();
      }
    }
    // Not into the report: it is sent while they are saved.
    const auto saved = std::make_shared<SavedOutputs>();
    const auto save = [this, saved] { *saved = save_outputs(plan_, containers_, start_.paths); };
    const bool blocks = !plan_.output_artifacts.empty() || plan_.log_location;
    if (!blocks) save();
    if (!blocks || call_blocking(save)) {
      report_.parameters = std::move(saved->parameters);
      report_.artifacts = std::move(saved->artifacts);
      facts_.output_error = std::move(saved->failure);
    }
  }
  wait_until([this] { return all_ended(); });
  for (const auto& container : containers_) {
    if (facts_.log_trouble.empty()) facts_.log_trouble = container->log_trouble();
  }
}

void PodRun::release() {
  probes_.clear();
  for (const auto& container : containers_) container->release();
  pids_.reset();
}

bool PodRun::all_ended() const {
  return std::none_of(containers_.begin(), containers_.end(),
                      [](const auto& container) { return container->running(); });
}

void PodRun::end_all() {
  for (const auto& container : containers_) {
    container->plan().restarts ? container->let_end() : container->terminate(plan_.grace);
  }
  if (!natives_end_by_) natives_end_by_ = monotonic_now() + plan_.grace;
  end_natives();
}

// The last one first, when nothing else runs; what is left of the pod's grace is theirs (kubelet:
// terminationOrdering).
void PodRun::end_natives() {
  if (!natives_end_by_) return;
  ContainerRun* last = nullptr;
  for (const auto& container : containers_) {
    if (!container->running()) continue;
    if (!container->plan().restarts) return;
    last = container.get();
  }
  if (last == nullptr) return;
  last->terminate(std::max(*natives_end_by_ - monotonic_now(), kLeastGrace));
}

void PodRun::stop() {
  facts_.stop_asked = true;
  end_all();
}

}  // namespace slipway::adapter
