#include "adapter/pod/runtime_options.h"

namespace slipway::adapter {

json::object to_json(const RuntimeOptions& options) {
  return {
      {"ociRuntime", options.oci_runtime},
      {"allowPrivileged", options.allow_privileged},
      {"allowHostPath", options.allow_host_path},
      {"maxRunning", options.max_running},
      {"bridge", options.bridge},
      {"bridgeSubnet", options.bridge_subnet},
      {"networkPool", options.network_pool},
      {"isolatedNetwork", options.isolated_network},
      {"memoryLimitBytes", options.default_memory_limit_bytes},
      {"cpuLimitMillis", options.default_cpu_limit_millis},
      {"pidsLimit", options.pids_limit},
      {"logLimitBytes", options.log_limit_bytes},
      {"quietStartNs", options.quiet_start.ns},
      {"idleExitNs", options.idle_exit.ns},
      {"endWithClient", options.end_with_client},
  };
}

RuntimeOptions options_from_json(const json::object& object) {
  RuntimeOptions options;
  options.oci_runtime = get_string(object, "ociRuntime", options.oci_runtime);
  options.allow_privileged = get_bool(object, "allowPrivileged", options.allow_privileged);
  options.allow_host_path = get_bool(object, "allowHostPath", options.allow_host_path);
  options.max_running = static_cast<size_t>(get_int(object, "maxRunning"));
  options.bridge = get_string(object, "bridge", options.bridge);
  options.bridge_subnet = get_string(object, "bridgeSubnet", options.bridge_subnet);
  options.network_pool = static_cast<int>(get_int(object, "networkPool", options.network_pool));
  options.isolated_network = get_bool(object, "isolatedNetwork", options.isolated_network);
  options.default_memory_limit_bytes = get_int(object, "memoryLimitBytes");
  options.default_cpu_limit_millis = get_int(object, "cpuLimitMillis");
  options.pids_limit = get_int(object, "pidsLimit", options.pids_limit);
  options.log_limit_bytes = static_cast<size_t>(
      get_int(object, "logLimitBytes", static_cast<int64_t>(options.log_limit_bytes)));
  options.quiet_start = {get_int(object, "quietStartNs", options.quiet_start.ns)};
  options.idle_exit = {get_int(object, "idleExitNs", options.idle_exit.ns)};
  options.end_with_client = get_bool(object, "endWithClient", options.end_with_client);
  return options;
}

}  // namespace slipway::adapter
