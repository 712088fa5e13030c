// A pod's volumes as folders of this machine.
#pragma once

#include <map>
#include <string>

#include "adapter/archive/fd.h"
#include "adapter/pod/pod_paths.h"
#include "adapter/pod/runtime_options.h"
#include "core/pod/plan.h"

namespace slipway::adapter {

class VolumeSet {
 public:
  // Makes or finds every volume of the plan. `memory` is a folder on the pod's tmpfs: files of
  // Secrets and memory volumes live there and never touch a disk. `fs_group` owns scratch volumes
  // and claims, as Kubernetes does it. Errors name the volume.
  static Result<VolumeSet> prepare(const pod::PodPlan& plan, const PodPaths& paths,
                                   const RuntimeOptions& options, const std::string& memory);

  // What a mount shows: the volume, or the part of it that `sub_path` names (made as a folder when
  // absent; never outside the volume).
  Result<Fd> open(const pod::Mount& mount) const;
  // ConfigMap and Secret volumes can not be written.
  bool read_only(const pod::Mount& mount) const;

 private:
  struct Place {
    Fd root;
    bool read_only = false;
  };
  std::map<std::string, Place> places_;
};

}  // namespace slipway::adapter
