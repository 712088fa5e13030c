// From an HTTP request at an EventSource to a verified event. Pure: one file per provider.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "core/manifest/catalog.h"

namespace slipway::intake {

struct Request {
  std::string method;
  std::string path;   // without the query
  std::string query;  // without '?'
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool oversize = false;  // the body passed the listener's limit and was not read; body is empty

  // First value of that header without regard to case; empty when absent.
  std::string_view header(std::string_view name) const;
};

// An event that an EventSource has let through.
struct Received {
  std::string type;      // "github", "webhook": the CloudEvent's type
  std::string delivery;  // the provider's delivery id, or empty
  json::value data;     // exactly the payload Argo Events would put on the bus (spec events.md, a4)
  std::string summary;  // one line for lists, e.g. "pull_request closed octo/ride#7"
  bool ping = false;    // GitHub's ping: answered, listed; passed on like any event
};

// What to answer when the event is not let through.
struct Refusal {
  int status = 400;
  std::string message;
};

// One route of one EventSource: where it listens.
struct Route {
  std::string ns, source, event, type;
  std::string endpoint;  // "/push"
  std::string method;    // "POST"; empty: any
  int port = 0;          // the EventSource's own port; 0 when it names none
  std::string tls_cert_secret, tls_cert_key, tls_key_secret, tls_key_key;  // empty: plain HTTP
};

// The routes of an EventSource, and why some of its events can not be served (error text each).
struct Routes {
  std::vector<Route> routes;
  std::vector<std::string> problems;
};
Routes routes(const manifest::Resource& event_source);

// Checks method, size, credentials, signature (constant time) and content, and builds the event.
// `event_source` is the object, `event` the key in its type's map. Secrets are read from `catalog`
// on every request, so that a rotated one counts at once.
struct Outcome {
  std::optional<Received> received;
  Refusal refusal;        // when not received
  bool filtered = false;  // let through by the provider but dropped by filter.expression: 200
};
Outcome receive(const manifest::Resource& event_source, std::string_view event,
                const Request& request, const manifest::Catalog& catalog);

// HMAC over `body`, compared in constant time. `signature` is "sha256=<hex>" (also sha1, sha512).
bool signature_matches(std::string_view secret, std::string_view body, std::string_view signature);

}  // namespace slipway::intake
