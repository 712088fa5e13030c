#include "adapter/pod/runtime_options.h"

namespace slipway::adapter {

json::object to_json(const RuntimeOptions& options) {
  return {{"dataDir", options.data_dir},       {"stateDir", options.state_dir},
          {"ociRuntime", options.oci_runtime}, {"program", options.program},
          {"subnet", options.subnet},          {"logLimitBytes", options.log_limit_bytes},
          {"pidsLimit", options.pids_limit}};
}

RuntimeOptions options_from_json(const json::object& object) {
  RuntimeOptions options;
  options.data_dir = get_string(object, "dataDir");
  options.state_dir = get_string(object, "stateDir");
  options.oci_runtime = get_string(object, "ociRuntime", options.oci_runtime);
  options.program = get_string(object, "program");
  options.subnet = get_string(object, "subnet", options.subnet);
  options.log_limit_bytes = static_cast<uint64_t>(
      get_int(object, "logLimitBytes", static_cast<int64_t>(limit::kLogBytes)));
  options.pids_limit = get_int(object, "pidsLimit", options.pids_limit);
  return options;
}

}  // namespace slipway::adapter
