// server, nursery: the long-lived processes.
#include <fmt/format.h>

#include "adapter/pod/nursery.h"
#include "app/data_dir.h"
#include "app/serve.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/machine_options.h"

namespace slipway::cli {

Command server_command() {
  return {"server", "serve webhooks, the API and the web page, and run workflows",
          "slipway server\n  slipway server --port 8080 --data-dir ./data --runtime host", false,
          [](Options& options) {
            struct Given {
              MachineGiven machine;
              app::ServeOptions serve;
            };
            auto given = std::make_shared<Given>();
            given->machine.define(options);
            options.text("--address", given->serve.address, "address to listen on");
            options.number("--port", given->serve.port, "port to listen on; 0: any");
            options.text("--tls-certificate", given->serve.tls_certificate,
                         "PEM file; HTTPS with --tls-key");
            options.text("--tls-key", given->serve.tls_key, "PEM file");
            return [given] {
              given->serve.machine = given->machine.options();
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
