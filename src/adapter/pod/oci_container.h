// A container run by crun or runc.
//
// The runtime is asked to detach: it exits when the container's first process runs, which then is
// our child (the supervisor is a subreaper). So its end is seen directly, its cgroup can be looked
// at before it is removed, and no runtime process stays in memory.
#pragma once

#include "adapter/image/image_store.h"
#include "adapter/pod/argo_folder.h"
#include "adapter/pod/bundle.h"
#include "adapter/pod/console_socket.h"
#include "adapter/pod/container_run.h"
#include "adapter/pod/input_set.h"
#include "adapter/pod/pod_paths.h"
#include "adapter/pod/runtime_options.h"
#include "adapter/pod/volume.h"

namespace slipway::adapter {

// What the containers of one pod share.
struct OciPod {
  const pod::PodPlan& plan;
  const PodPaths& paths;
  const RuntimeOptions& options;
  const VolumeSet& volumes;
  const InputSet& inputs;
  std::string runtime;  // path of crun or runc
  bool is_crun = true;
  std::string run;   // the pod's tmpfs
  std::string argo;  // what is shown at kArgoFolder
  std::string address;
  std::string network;         // path of the name space, or empty
  std::string pids;            // the same of a shared process name space
  std::string seccomp_filter;  // for the default capabilities
};

class OciContainer : public ContainerRun {
 public:
  OciContainer(EventLoop& loop, const OciPod& pod, const pod::Container& plan, Output output,
               size_t index, Image image);

  Status open_root() override;
  Status prepare() override;
  int root() const override { return root_.get(); }
  std::string root_path() const override { return folder_ + "/rootfs"; }
  std::pair<uint32_t, uint32_t> owner() const override { return owner_; }
  void release() override;

 private:
  Status launch(const OutputCapture::Ends& ends) override;
  void signal_process(int signal) override;
  bool out_of_memory() override;
  void clean_up() override;
  std::string image_signal() const override { return image_.config.stop_signal; }
  Result<ActionPlace> exec_place(const std::vector<std::string>& command) const override;

  Status mount_argo_folder();
  Status mount_volumes();
  Status mount_at(const std::string& path, int source, bool read_only);
  Status place_script();
  Result<json::object> bundle();
  Status forget_last_try();
  void on_runtime_end(int wait_status);

  const OciPod& pod_;
  Image image_;
  std::string folder_;  // on the pod's tmpfs: config.json, pid, log, rootfs
  std::string upper_;
  std::string cgroup_;
  Fd root_;
  std::pair<uint32_t, uint32_t> owner_{0, 0};
  std::vector<BundleMount> own_mounts_;
  json::object process_;                  // of config.json
  std::optional<ConsoleSocket> console_;  // with tty, while the runtime starts the container
};

}  // namespace slipway::adapter
