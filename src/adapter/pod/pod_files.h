// Where a pod's files are, and writing them so that a reader sees all or nothing.
#pragma once

#include <string>

#include "adapter/pod/runtime_options.h"
#include "base/id.h"
#include "base/result.h"

namespace slipway::adapter {

struct PodFiles {
  PodFiles(const RuntimeOptions& options, const PodId& pod)
      : dir(options.state_dir + "/pods/" + pod.value),
        logs(options.state_dir + "/logs/" + pod.value) {}

  std::string dir;   // everything of the pod but its logs; gone with remove()
  std::string logs;  // <container>.log; stays until the workflow is deleted

  std::string plan() const { return dir + "/plan.json"; }              // 0600: may hold secrets
  std::string report() const { return dir + "/report.json"; }          // the newest report
  std::string supervisor() const { return dir + "/supervisor.json"; }  // pid and start time
  std::string stop() const { return dir + "/stop"; }  // exists when it shall end: grace in ms
  std::string volume(const std::string& name) const { return dir + "/volumes/" + name; }
  std::string container(const std::string& name) const { return dir + "/containers/" + name; }
};

// Temporary file and rename; no fsync: what runs here does not outlive the machine.
Status write_file(const std::string& path, const std::string& content, unsigned mode = 0644);
Result<std::string> read_file(const std::string& path);  // kNotFound, kIo

// A pod id is the name of a folder: letters, digits, '-', '_' and '.', no leading dot.
bool is_safe_name(const std::string& name);

}  // namespace slipway::adapter
