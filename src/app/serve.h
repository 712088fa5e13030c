// `slipway server`: the machine, the HTTP API, the event sources' ports, until a signal.
#pragma once

#include <string>

#include "app/machine.h"
#include "base/result.h"
#include "server/api/pod_access.h"

namespace slipway::app {

struct ServeOptions {
  MachineOptions machine;
  std::string address = "0.0.0.0";
  int port = 2746;
  std::string tls_certificate, tls_key;               // files; empty: plain HTTP
  server::PodRole pod_role = server::PodRole::kNone;  // what pods may do with the API
  std::string otlp_endpoint;  // of a collector of traces; empty: see trace_options.h
};

// Blocks until SIGTERM, SIGINT or SIGHUP, then ends in order: no more requests, a snapshot, pods
// left running; a second one ends it at once. Says on stderr where it listens and what goes wrong
// with an event source's port.
Status serve(const ServeOptions& options);

}  // namespace slipway::app
