#include "cli/machine_options.h"

#include "app/data_dir.h"

namespace slipway::cli {

void MachineGiven::define(Options& options) {
  options.text("--data-dir", data_dir, "where everything is kept; /var/lib/slipway for root");
  options.from_environment("SLIPWAY_DATA");
  options.choice("--runtime", runtime, {"oci", "host"},
                 "containers, or plain processes without images (trusted use only)");
  options.text("--oci-runtime", oci_runtime, "crun, runc or a path");
  options.number("--max-pods", max_pods, "pods that run at once");
  options.number("--parallelism", parallelism, "workflows that run at once; 0: no limit");
  options.bytes("--log-limit", log_limit_bytes,
                "what is kept of each container's log, its beginning and its end; more is dropped");
  options.flag("--allow-privileged", allow_privileged,
               "let manifests ask for privileged containers");
  options.flag("--allow-host-path", allow_host_path, "let manifests mount folders of this machine");
  options.flag("--allow-host-network", allow_host_network,
               "let manifests use this machine's network");
  options.choice("--untrusted", untrusted, {"allow", "warn", "deny"},
                 "what to do when a value of an event is pasted into a script");
  options.flag("--no-durable", no_durable, "do not force the journal to disk: for measuring only");
  options.flag("--no-snapshot", no_snapshot, "keep every journal record: for measuring only");
}

app::MachineOptions MachineGiven::options() const {
  app::MachineOptions out;
  out.data_dir = app::data_dir(data_dir);
  out.state_dir = out.data_dir;
  out.oci_runtime = oci_runtime;
  out.max_pods = max_pods;
  out.log_limit_bytes = static_cast<size_t>(log_limit_bytes);
  out.durable = !no_durable;
  out.snapshots = !no_snapshot;
  out.settings.parallelism = parallelism;
  out.settings.allow_privileged = allow_privileged;
  out.settings.allow_host_path = allow_host_path;
  out.settings.allow_host_network = allow_host_network;
  out.settings.runtime = runtime == "host" ? pod::RuntimeKind::kHost : pod::RuntimeKind::kOci;
  out.settings.untrusted = untrusted == "deny"   ? workflow::UntrustedPolicy::kDeny
                           : untrusted == "warn" ? workflow::UntrustedPolicy::kWarn
                                                 : workflow::UntrustedPolicy::kAllow;
  return out;
}

}  // namespace slipway::cli
