// How pods run on this machine; the same for the nursery, its supervisors and the server.
#pragma once

#include <cstdint>
#include <string>

#include "base/json.h"
#include "base/limit.h"

namespace slipway::adapter {

struct RuntimeOptions {
  std::string data_dir;   // images, artifacts, claims: shared by every server and `slipway run`
  std::string state_dir;  // pods, logs and the nursery's socket: one owner at a time
  std::string oci_runtime = "crun";  // or runc, or a path
  std::string program;               // this program, to start a nursery with
  std::string subnet = "10.85";      // the first two bytes of the pod network, a /16
  uint64_t log_limit_bytes = limit::kLogBytes;
  int64_t pids_limit = 8192;  // per container
};

json::object to_json(const RuntimeOptions& options);
RuntimeOptions options_from_json(const json::object& object);

}  // namespace slipway::adapter
