// What a pod gives out: files of its containers. What it takes in is in input_set.h.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapter/pod/container_run.h"
#include "adapter/pod/pod_paths.h"
#include "core/pod/plan.h"
#include "core/pod/report.h"

namespace slipway::adapter {

struct SavedOutputs {
  std::map<std::string, std::string> parameters;
  std::vector<pod::SavedArtifact> artifacts;
  std::string failure;  // the first thing that is missing or failed; empty: nothing is
};

// Output parameters and artifacts and, where asked, logs. Everything is tried. Blocks.
SavedOutputs save_outputs(const pod::PodPlan& plan,
                          const std::vector<std::unique_ptr<ContainerRun>>& containers,
                          const PodPaths& paths);

// The end of a small regular file in the container, or nothing.
std::string read_text(const ContainerRun& container, const std::string& path, size_t max_bytes);

}  // namespace slipway::adapter
