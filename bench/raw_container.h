// The reference of the pod benchmarks: the bundle that our runtime writes, run by hand.
#pragma once

#include <string>

#include "adapter/image/image_store.h"
#include "base/json.h"

namespace slipway::bench {

// The bundle of a pod that runs, with what belongs to its pod replaced: fresh name spaces, a root
// folder beside the bundle and, in `folder`, copies of the three files of /etc. Waits until there
// is one. `pod_folder` is the pod's, seen through its supervisor.
json::object copy_bundle(const std::string& pod_folder, const std::string& folder);

// The same bundle for a runtime that takes the filter as a profile only.
json::object with_profile(json::object bundle);

struct RawContainer {
  std::string program;  // of the OCI runtime
  adapter::Image image;
  std::string folder;
  json::object bundle;

  // Overlay, run, unmount: `count` times, `width` at a time. Ends the program when one fails. The
  // caller has a mount space of its own (mount_space.h).
  void run(int count, int width) const;
};

}  // namespace slipway::bench
