// The input artifacts of a pod, from their arrival to the containers that see them.
//
// As under Argo they arrive before the first container starts: in a folder of the pod's own, whose
// entries are mounted at the artifacts' paths, or in the volume that main mounts at or above such a
// path. Main sees them, and who mirrors its mounts. Plain processes have no mounts: there they are
// at their paths.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "adapter/archive/fd.h"
#include "adapter/pod/container_run.h"
#include "adapter/pod/pod_paths.h"
#include "adapter/pod/volume.h"
#include "core/pod/plan.h"

namespace slipway::adapter {

// Of a containerSet without a main: those that start first.
bool receives_inputs(const pod::PodPlan& plan, const pod::Container& container);

class InputSet {
 public:
  // All of them, owned by the user of `receiver`, whose root is open. Links in paths stay inside
  // it. Blocks for as long as transfers take; `stop` ends those that are programs.
  static Result<InputSet> load(const pod::PodPlan& plan, const ContainerRun& receiver,
                               const VolumeSet& volumes, const PodPaths& paths,
                               std::stop_token stop);

  struct Shown {
    std::string path;  // in the containers
    Fd source;         // a file or folder, O_PATH
  };
  const std::vector<Shown>& shown() const { return shown_; }

 private:
  std::vector<Shown> shown_;
};

}  // namespace slipway::adapter
