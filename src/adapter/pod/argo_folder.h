// What Argo's executor shows to each container of a pod at /var/run/argo: the template, a place for
// the progress file, and ctr/NAME for each container, with its `exitcode` once it has ended. With
// captured logs also `stdout` and `combined`, as they come.
//
// In memory, but on disk where it may become large or where somebody looks for it: with captured
// logs, and when a container waits for a marker (ARGO_DEBUG_PAUSE_BEFORE, ARGO_DEBUG_PAUSE_AFTER).
#pragma once

#include <map>
#include <string>

#include "adapter/archive/fd.h"
#include "adapter/pod/pod_paths.h"
#include "core/pod/plan.h"

namespace slipway::adapter {

inline constexpr const char* kArgoFolder = "/var/run/argo";

// Containers have an executor but for init containers (spec of Argo's emissary).
bool pauses(const pod::Container& container, const char* variable);
bool pauses(const pod::PodPlan& plan);

class ArgoFolder {
 public:
  // Writable for every user as the containers may have several. `run`: the pod's tmpfs.
  static Result<ArgoFolder> make(const pod::PodPlan& plan, const PodPaths& paths,
                                 const std::string& run);

  const std::string& path() const { return path_; }
  // The folder ctr/NAME, opened before any container could put a link in its place.
  int part(const std::string& container) const;

 private:
  std::string path_;
  std::map<std::string, Fd> parts_;
};

// Into the folder ctr/NAME. A container may have done anything to it; what can not be written then
// is not.
void note_exit_code(int container_folder, int exit_code);

// A file of the folder ctr/NAME to append to.
Result<Fd> open_copy(int container_folder, const char* name);

}  // namespace slipway::adapter
