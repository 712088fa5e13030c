// The course of one pod, inside its supervisor: images, volumes, input artifacts; init containers
// and native sidecars in order; sidecars, ready where they say how; main containers as their
// dependencies allow; outputs; the end of everything.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapter/image/image_store.h"
#include "adapter/pod/argo_folder.h"
#include "adapter/pod/container_run.h"
#include "adapter/pod/event_loop.h"
#include "adapter/pod/input_set.h"
#include "adapter/pod/oci_container.h"
#include "adapter/pod/outcome.h"
#include "adapter/pod/pid_space.h"
#include "adapter/pod/probe_run.h"
#include "adapter/pod/supervisor.h"
#include "adapter/pod/volume.h"

namespace slipway::adapter {

class PodRun {
 public:
  using Send = std::function<void(const pod::PodReport&)>;
  // `run`: the pod's tmpfs.
  PodRun(EventLoop& loop, SupervisorStart& start, std::string run, Send send);
  ~PodRun();

  // To the end; returns the final report. `ready`: whether the pod's surroundings could be made.
  pod::PodReport execute(Status ready);
  void stop();
  // Frees file systems; after the final report is out.
  void release();

 private:
  struct Probes {
    int of_try = 0;  // the process they are for
    std::unique_ptr<ProbeRun> startup, readiness, liveness;
  };

  Status prepare();
  Status prepare_oci();
  Status ensure_images();
  Result<Image> ensure_image(const pod::Container& container);
  Status make_argo_folder();
  void make_containers();
  Status load_inputs();
  Status run_inits();
  bool run_init(ContainerRun& container);
  Status start_native(ContainerRun& container);
  Status start_sidecars();
  Status run_mains();
  bool start_due_mains();
  void finish();

  void wait_until(const std::function<bool()>& done);
  // Work that blocks, in a thread, while signals and timers are heard. False when stopped first.
  bool call_blocking(std::function<void()> work);
  bool interrupted() const { return facts_.stop_asked || facts_.deadline_passed; }
  void watch_deadline();
  void end_all();
  void end_natives();
  bool all_ended() const;
  void tend_probes();
  void tend_probes(ContainerRun& container);
  void notice();
  pod::PodReport current() const;
  bool is_started(const ContainerRun& container) const;
  bool is_ready(const ContainerRun& container) const;
  void read_progress();

  EventLoop& loop_;
  SupervisorStart& start_;
  const pod::PodPlan& plan_;
  std::string run_;
  Send send_;

  std::map<std::string, Image> images_;
  std::vector<ImageLease> leases_;
  VolumeSet volumes_;
  InputSet inputs_;
  std::optional<ArgoFolder> argo_;
  std::optional<PidSpace> pids_;
  std::unique_ptr<OciPod> oci_;
  std::vector<std::unique_ptr<ContainerRun>> containers_;  // in the plan's order
  std::map<const ContainerRun*, Probes> probes_;

  OutcomeFacts facts_;
  pod::PodReport report_;  // what does not depend on containers
  std::string sent_;       // signature of what was sent last
  bool loud_ = false;      // older than the quiet start
  EventLoop::Timer deadline_{};
  std::optional<Duration> natives_end_by_;  // once all containers are told to end
};

}  // namespace slipway::adapter
