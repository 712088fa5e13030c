// PodRun's waiting: images, blocking calls, probes, and telling how far the pod is.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <stop_token>
#include <thread>
#include <tuple>

#include "adapter/archive/tree.h"
#include "adapter/pod/pod_artifact.h"
#include "adapter/pod/pod_run.h"
#include "adapter/pod/spawn.h"

namespace slipway::adapter {

namespace {

using Phase = pod::PodReport::Phase;
using Role = pod::Container::Role;

constexpr int kPullAttempts = 3;

const char* pull_reason(ErrorCode code) {
  if (code == ErrorCode::kInvalid) return "InvalidImageName";
  if (code == ErrorCode::kUnavailable || code == ErrorCode::kTimeout) return "ImagePullBackOff";
  return "ErrImagePull";
}

EnsureOptions ensure_options(const pod::PodPlan& plan, const pod::Container& container) {
  EnsureOptions options;
  options.pull = static_cast<Pull>(container.pull_policy);
  for (const auto& credential : plan.pull_credentials) {
    options.credentials.push_back({credential.registry, credential.username, credential.password});
  }
  return options;
}

}  // namespace

void PodRun::wait_until(const std::function<bool()>& done) {
  while (!done()) {
    loop_.step(Duration::seconds(3600));
    tend_probes();
    end_natives();
    notice();
  }
}

bool PodRun::call_blocking(std::function<void()> work) {
  struct Call {
    Fd done{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    std::function<void()> work;
  };
  const auto call = std::make_shared<Call>();
  call->work = std::move(work);
  bool over = false;
  loop_.watch(call->done.get(), EPOLLIN, [&over, fd = call->done.get()](uint32_t) {
    uint64_t one = 0;
    if (::read(fd, &one, sizeof(one)) > 0) over = true;  // orders what the thread did before us
  });
  std::thread([call] {
    call->work();
    const uint64_t one = 1;
    (void)!::write(call->done.get(), &one, sizeof(one));
  }).detach();
  const bool stopped_before = interrupted();
  wait_until([&] { return over || (interrupted() && !stopped_before); });
  loop_.unwatch(call->done.get());
  return over;
}

Status PodRun::ensure_images() {
  for (const pod::Container& container : plan_.containers) {
    if (images_.contains(container.image)) continue;
    TRY_ASSIGN(Image image, ensure_image(container));
    auto lease = ImageLease::take(image);
    if (!lease.ok()) return std::move(lease).error();
    leases_.push_back(std::move(*lease));
    images_[container.image] = std::move(image);
  }
  report_.message.clear();
  return {};
}

Result<Image> PodRun::ensure_image(const pod::Container& container) {
  const ImageStore store(start_.paths.data_dir);
  if (container.pull_policy != pod::PullPolicy::kAlways) {
    auto here = store.find(container.image);
    if (here.ok()) return here;
    if (container.pull_policy == pod::PullPolicy::kNever &&
        here.error().code == ErrorCode::kNotFound) {
      facts_.preparation_reason = "ErrImageNeverPull";
      return Error{ErrorCode::kNotFound,
                   fmt::format("Container image \"{}\" is not present with pull policy of Never",
                               container.image),
                   ""};
    }
  }
  report_.message = fmt::format("pulling image {}", container.image);
  const Error stopped{ErrorCode::kConflict,
                      fmt::format("stopped while image {} was pulled", container.image), ""};
  for (int attempt = 1;; ++attempt) {
    if (interrupted()) return stopped;
    // Shared with the thread, which goes on when the pod is stopped.
    const auto found = std::make_shared<std::optional<Result<Image>>>();
    const bool over =
        call_blocking([found, data_dir = start_.paths.data_dir, image = container.image,
                       options = ensure_options(plan_, container)] {
          *found = ImageStore(data_dir).ensure(image, options);
        });
    if (!over) {
      kill_marked("SLIPWAY_POD=" + plan_.id.value);  // the transfer
      return stopped;
    }
    if ((*found)->ok()) return std::move(**found);
    Error error = std::move(**found).error();
    if (error.code != ErrorCode::kUnavailable || attempt == kPullAttempts) {
      facts_.preparation_reason = pull_reason(error.code);
      if (error.message.find(container.image) == std::string::npos) {
        error.message = fmt::format("image {}: {}", container.image, error.message);
      }
      return error;
    }
    report_.message =
        fmt::format("pulling image {} again after: {}", container.image, error.text());
    bool waited = false;
    const auto pause = loop_.after(Duration::seconds(attempt), [&waited] { waited = true; });
    wait_until([&] { return waited || interrupted(); });
    loop_.cancel(pause);
  }
}

Status PodRun::load_inputs() {
  if (plan_.input_artifacts.empty()) return {};
  const auto receiver = std::find_if(
      containers_.begin(), containers_.end(),
      [this](const auto& container) { return receives_inputs(plan_, container->plan()); });
  if (receiver == containers_.end()) return {};
  TRY((*receiver)->open_root());
  report_.message = "loading input artifacts";
  // Shared with the thread, which goes on when the pod is stopped.
  const auto loaded = std::make_shared<std::optional<Result<InputSet>>>();
  std::stop_source stop;
  if (!call_blocking([this, &container = **receiver, loaded, asked = stop.get_token()] {
        *loaded = InputSet::load(plan_, container, volumes_, start_.paths, asked);
      })) {
    stop.request_stop();  // git and ssh end before the pod does
    return Error{ErrorCode::kConflict, "stopped while input artifacts were loaded", ""};
  }
  if (!(*loaded)->ok()) {
    facts_.preparation_reason = "InputArtifact";
    return (*loaded)->error();
  }
  inputs_ = std::move(***loaded);
  report_.message.clear();
  return {};
}

// Its start is over: the postStart hook, and the startup probe has passed.
bool PodRun::is_started(const ContainerRun& container) const {
  const pod::Container& plan = container.plan();
  if (!plan.startup && !plan.post_start) return container.launched();
  if (!container.up()) return false;
  const auto found = probes_.find(&container);
  return !plan.startup || (found != probes_.end() && !found->second.startup);
}

bool PodRun::is_ready(const ContainerRun& container) const {
  if (!container.up() || !is_started(container)) return false;
  if (!container.plan().readiness) return true;
  const auto found = probes_.find(&container);
  return found != probes_.end() && found->second.readiness &&
         found->second.readiness->state() == ProbeRun::State::kPassing;
}

void PodRun::tend_probes() {
  for (const auto& container : containers_) {
    const pod::Container& plan = container->plan();
    if (plan.readiness || plan.startup || plan.liveness) {
      const auto found = probes_.find(container.get());
      if (found != probes_.end() && (!container->up() || container->stopping() ||
                                     found->second.of_try != container->tries())) {
        probes_.erase(found);
      }
      if (container->up() && !container->stopping()) tend_probes(*container);
    }
    container->status().ready = is_ready(*container);
  }
}

// The startup probe first, and never again when it has passed; then the others.
void PodRun::tend_probes(ContainerRun& container) {
  const auto begin = [&](const std::optional<pod::Probe>& probe, std::unique_ptr<ProbeRun>& run) {
    if (probe && !run) run = std::make_unique<ProbeRun>(loop_, container, *probe);
  };
  const pod::Container& plan = container.plan();
  const auto [at, fresh] = probes_.try_emplace(&container);
  Probes& probes = at->second;
  if (fresh) {
    probes.of_try = container.tries();
    begin(plan.startup, probes.startup);
  }
  if (probes.startup && probes.startup->state() == ProbeRun::State::kPassing) {
    probes.startup.reset();
  }
  if (!probes.startup) {
    begin(plan.readiness, probes.readiness);
    begin(plan.liveness, probes.liveness);
  }
  for (const auto& [name, probe, run] :
       {std::tuple("startup", &plan.startup, &probes.startup),
        std::tuple("liveness", &plan.liveness, &probes.liveness)}) {
    if (!*run || (*run)->state() != ProbeRun::State::kFailing) continue;
    container.status().message = fmt::format("{} probe failed: {}", name, (*run)->last_failure());
    return container.end_try((*probe)->grace.value_or(plan_.grace));
  }
}

pod::PodReport PodRun::current() const {
  pod::PodReport report = report_;
  report.at = wall_now();
  bool any = false, all_ready = !containers_.empty();
  for (const auto& container : containers_) {
    report.containers.push_back(container->status());
    any = any || container->launched() || container->paused();
    if (container->plan().role != Role::kInit) all_ready = all_ready && is_ready(*container);
  }
  if (any) report.phase = plan_.daemon && all_ready ? Phase::kReady : Phase::kRunning;
  if (report.phase != Phase::kPending) report.message.clear();
  return report;
}

void PodRun::notice() {
  // A daemon's readiness is what others wait for.
  if (!loud_ && !plan_.daemon) return;
  std::string signature = report_.message + report_.progress;
  for (const auto& container : containers_) {
    signature += static_cast<char>('0' + static_cast<int>(container->status().state));
    signature += is_ready(*container) ? '+' : '-';
    signature += container->launched() ? '+' : '-';
  }
  if (signature == sent_) return;
  sent_ = std::move(signature);
  send_(current());
}

void PodRun::read_progress() {
  for (const auto& container : containers_) {
    if (container->plan().role != Role::kMain || !container->launched()) continue;
    for (const pod::EnvVar& item : container->plan().env) {
      if (item.name != "ARGO_PROGRESS_FILE") continue;
      std::string text = read_text(*container, item.value, 256);
      while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) {
        text.pop_back();
      }
      text.erase(0, text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1);
      unsigned long long done = 0, all = 0;
      char rest = 0;
      if (std::sscanf(text.c_str(), "%llu/%llu%c", &done, &all, &rest) == 2 && done <= all) {
        report_.progress = text;
      }
    }
  }
}

}  // namespace slipway::adapter
