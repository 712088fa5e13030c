#include "base/json_block.h"
#include "core/intake/form.h"
#include "core/intake/provider.h"

namespace slipway::intake {
namespace {

std::optional<Outcome> check_method(const Source& source, const Request& request) {
  const std::string method = get_string(source.config, "method");
  if (method.empty()) {
    return refuse(400, "event " + source.event + " names no method; write method: POST");
  }
  if (request.method != method) {
    return refuse(400, "method " + request.method + " is not accepted here; use " + method);
  }
  if (method != "GET" && method != "POST") {
    return refuse(400, "unsupported HTTP method " + method + "; only GET and POST carry an event");
  }
  return std::nullopt;
}

struct Body {
  json::value value;
  std::optional<Outcome> refused;
};

Body read_fields(std::string_view text, int status_when_broken) {
  const auto fields = parse_form(text);
  if (!fields.ok()) return {{}, refuse(status_when_broken, fields.error().text())};
  return {form_to_json(*fields), std::nullopt};
}

// What counts as the body (spec events.md, b6): the query of a GET, the fields of a form whose
// content type is exactly that, and JSON whatever the content type says.
Body read_body(const Request& request) {
  if (request.method == "GET") return read_fields(request.query, 400);
  if (request.header("Content-Type") == "application/x-www-form-urlencoded") {
    return read_fields(request.body, 500);
  }
  if (request.body.empty()) return {{}, refuse(400, "the body is empty; it must be JSON")};
  Result<json::value> parsed = parse_json_block(request.body);
  if (!parsed.ok()) return {{}, refuse(400, "the body is not JSON: " + parsed.error().text())};
  return {std::move(*parsed), std::nullopt};
}

}  // namespace

Outcome receive_webhook(const Source& source, const Request& request) {
  if (auto refused = check_method(source, request)) return std::move(*refused);
  Body body = read_body(request);
  if (body.refused) return std::move(*body.refused);
  Received received;
  received.type = "webhook";
  received.summary = request.method + " " + source.name + "/" + source.event;
  move_block(received.data, wrap("header", request, std::move(body.value), source.config));
  Outcome outcome;
  outcome.received = std::move(received);
  return outcome;
}

}  // namespace slipway::intake
