// The ports that EventSources name, kept open as EventSources come and go.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapter/http/server.h"
#include "core/intake/intake.h"
#include "core/manifest/catalog.h"
#include "server/api/api.h"

namespace slipway::app {

// One port may serve many endpoints of many EventSources; the first of two that claim the same
// port and endpoint keeps it, and the problem is told. Thread-safe.
class SourcePorts {
 public:
  SourcePorts(std::string address, server::ApiContext context);

  // Opens and closes ports so that they match `routes`. Each problem (a port in use, a certificate
  // that is missing, an endpoint claimed twice) is one line for people; the other routes work.
  std::vector<std::string> update(const std::vector<intake::Route>& routes,
                                  const manifest::Catalog& catalog);

  // As HttpServer::drain().
  void drain(Duration at_most) { http_.drain(at_most); }

 private:
  void serve(port::ServerRequest request, std::shared_ptr<port::Responder> responder);

  std::string address_;
  server::ApiContext context_;
  std::mutex mutex_;
  std::map<int, std::map<std::string, intake::Route>> routes_;  // port → endpoint; by mutex_
  std::map<int, std::string> open_;                             // port → certificate; by mutex_
  adapter::HttpServer http_;  // last: its thread uses the members above
};

}  // namespace slipway::app
