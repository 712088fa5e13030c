// The HTTP API: the Kubernetes resource API for our kinds, Argo Server's API for workflows, events
// and their verdicts, artifacts, health and the web page. Spec api.md says what real clients send.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/time.h"
#include "core/pod/plan.h"
#include "port/blob_store.h"
#include "port/clock.h"
#include "port/http_server.h"
#include "port/log_store.h"
#include "port/store.h"
#include "server/access.h"
#include "server/api/router.h"

namespace slipway::server {

// Everything borrowed outlives the API.
struct ApiContext {
  Access& access;
  port::Store& store;
  port::LogStore& logs;
  // The store that an artifact is in; for background threads.
  std::function<Result<std::shared_ptr<port::BlobStore>>(const pod::ArtifactLocation&)> store_of;
  port::Clock& clock;
  // Runs `work` on a thread where waiting for the disk is allowed.
  std::function<void(std::function<void()> work)> background;
  // Calls `work` on such a thread after a while; dropped when the server stops.
  std::function<void(Duration delay, std::function<void()> work)> later;
  // A file of the web page: content and media type; empty content when there is none.
  std::function<std::pair<std::string_view, std::string_view>(std::string_view path)> asset;
};

// Where it runs, in Go's words.
#ifdef __aarch64__
inline constexpr const char* kPlatform = "linux/arm64";
#else
inline constexpr const char* kPlatform = "linux/amd64";
#endif

// Each adds the routes of one concern.
void add_resource_routes(Router& router, const ApiContext& context);
void add_workflow_routes(Router& router, const ApiContext& context);
void add_operation_routes(Router& router, const ApiContext& context);
void add_sync_routes(Router& router, const ApiContext& context);
void add_watch_routes(Router& router, const ApiContext& context);
void add_kube_event_routes(Router& router, const ApiContext& context);
void add_log_routes(Router& router, const ApiContext& context);
void add_artifact_routes(Router& router, const ApiContext& context);
void add_event_routes(Router& router, const ApiContext& context);
void add_intake_routes(Router& router, const ApiContext& context);
void add_metric_routes(Router& router, const ApiContext& context);
void add_health_routes(Router& router, const ApiContext& context);
void add_page_routes(Router& router, const ApiContext& context);

// All of the above, in the order in which they must be tried.
Router make_api(const ApiContext& context);

// Hands a request at an EventSource's own port to the engine; also used below /events on the main
// port. The answer is sent when the event is durable (promise 1).
void receive_event(const ApiContext& context, const std::string& ns, const std::string& source,
                   const std::string& event, port::ServerRequest request,
                   std::shared_ptr<port::Responder> responder);

}  // namespace slipway::server
