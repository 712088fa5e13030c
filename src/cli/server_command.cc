// server, nursery: the long-lived processes.
#include <fmt/format.h>

#include "adapter/pod/nursery.h"
#include "app/data_dir.h"
#include "app/serve.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/machine_options.h"

namespace slipway::cli {
namespace {

std::optional<uint64_t> kept(int most) {
  return most < 0 ? std::nullopt : std::optional(static_cast<uint64_t>(most));
}

}  // namespace

Command server_command() {
  return {"server", "serve webhooks, the API and the web page, and run workflows",
          "slipway server\n  slipway server --port 8080 --data-dir ./data --runtime host", false,
          [](Options& options) {
            struct Given {
              MachineGiven machine;
              app::ServeOptions serve;
              std::string pod_role = "none";
              int keep_succeeded = -1, keep_failed = -1, keep_error = -1;
            };
            auto given = std::make_shared<Given>();
            given->machine.define(options);
            options.text("--address", given->serve.address, "address to listen on");
            options.number("--port", given->serve.port, "port to listen on; 0: any");
            options.text("--tls-certificate", given->serve.tls_certificate,
                         "PEM file; HTTPS with --tls-key");
            options.text("--tls-key", given->serve.tls_key, "PEM file");
            options.choice(
                "--pod-role", given->pod_role, {"none", "view", "edit"},
                "what pods may do in their namespace with their service account's token");
            options.text("--otlp-endpoint", given->serve.otlp_endpoint,
                         "collector that finished workflows are sent to as traces, such as "
                         "http://127.0.0.1:4318; the OTEL_* variables say the rest");
            options.number("--keep-succeeded", given->keep_succeeded,
                           "how many Succeeded workflows are kept (retentionPolicy); -1: all");
            options.number("--keep-failed", given->keep_failed, "the same for Failed ones");
            options.number("--keep-error", given->keep_error, "the same for those in Error");
            return [given] {
              given->serve.machine = given->machine.options();
              given->serve.pod_role = given->pod_role == "edit"   ? server::PodRole::kEdit
                                      : given->pod_role == "view" ? server::PodRole::kView
                                                                  : server::PodRole::kNone;
              given->serve.machine.keep = {kept(given->keep_succeeded), kept(given->keep_failed),
                                           kept(given->keep_error)};
              const Status served = app::serve(given->serve);
              return served.ok() ? kOk : fail(served.error());
            };
          }};
}

Command nursery_command() {
  return {"nursery", "the process in which pods are born; started by the server",
          "slipway nursery --data-dir /var/lib/slipway", true, [](Options& options) {
            auto given = std::make_shared<adapter::NurseryOptions>();
            options.text("--data-dir", given->data_dir, "data directory");
            options.required();
            return [given] { return adapter::nursery_main(*given); };
          }};
}

}  // namespace slipway::cli
