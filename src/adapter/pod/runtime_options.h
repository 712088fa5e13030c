// What an operator may choose about local pods.
#pragma once

#include <cstdint>
#include <string>

#include "base/json.h"
#include "base/limit.h"
#include "base/time.h"

namespace slipway::adapter {

struct RuntimeOptions {
  std::string data_dir;

  // `crun`, `runc`, or a path ending in one of them. Looked up in PATH.
  std::string oci_runtime = "crun";
  bool allow_privileged = true;
  bool allow_host_path = true;

  // Pods at once; more are given ahead and wait here. 0: no limit.
  size_t max_running = 0;

  std::string bridge = "slipway0";
  std::string bridge_subnet = "10.89.0.0/16";  // IPv4; its first address is the bridge's
  int network_pool = 4;                        // network name spaces made ahead of need
  // A server or network folk without NAT: pods get a loopback device and nothing else.
  bool isolated_network = false;

  int64_t default_memory_limit_bytes = 0;  // for containers that name none; 0: no limit
  int64_t default_cpu_limit_millis = 0;
  int64_t pids_limit = 16384;  // per container
  size_t log_limit_bytes = limit::kLogBytes;

  // A pod that ends sooner is reported once, by its final report.
  Duration quiet_start = Duration::milliseconds(25);
  // The nursery ends when it has had no client and no pod for this long.
  Duration idle_exit = Duration::seconds(30);
  // Pods do not outlive the client that started them: `slipway run`, which nobody restarts.
  bool end_with_client = false;
  // The program that becomes the nursery; empty: this program. "nursery --data-dir D" is appended.
  std::string nursery_program;
};

json::object to_json(const RuntimeOptions& options);
// Members that are absent keep their default.
RuntimeOptions options_from_json(const json::object& object);

}  // namespace slipway::adapter
