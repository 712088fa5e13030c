// What the providers' files share: an event's place in its EventSource, and the pieces every
// payload is made of. Private to this folder.
#pragma once

#include <string>
#include <string_view>

#include "core/intake/intake.h"

namespace slipway::intake {

// One event of one EventSource, as receive() found it.
struct Source {
  std::string ns, name, type, event;
  const json::object& config;  // spec.<type>.<event>; borrowed from the EventSource
  const manifest::Catalog& catalog;
};

Outcome refuse(int status, std::string message);

// The HTTP settings of an event: nested under `webhook` for providers, inline for type webhook.
const json::object& web_settings(std::string_view type, const json::object& config);

// data[key] of the Secret that `selector` names, less one trailing newline (spec events.md, b15).
Result<std::string> secret_text(const Source& source, const json::object& selector);

// Go's map of headers: canonical names, sorted, values as arrays; Host left out, Authorization
// masked (spec events.md, b4 and b10).
json::object header_map(const Request& request);

// {"<headers_key>": ..., "body": ..., "metadata": ...}; metadata only when it is not empty.
json::value wrap(std::string_view headers_key, const Request& request, json::value body,
                 const json::object& config);

// nullopt: let through. Otherwise why filter.expression drops the event, false or failing
// (spec events.md, b3).
std::optional<std::string> dropped_by_filter(const json::object& config, const json::value& data);

Outcome receive_github(const Source& source, const Request& request);
Outcome receive_webhook(const Source& source, const Request& request);

// "pull_request closed octo/ride#7 Fix login".
std::string github_summary(std::string_view event, const json::object& body);

}  // namespace slipway::intake
