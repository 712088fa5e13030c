#include <algorithm>

#include "base/json_block.h"
#include "core/intake/form.h"
#include "core/intake/provider.h"

namespace slipway::intake {
namespace {

std::string_view media_type(std::string_view content_type) {
  content_type = content_type.substr(0, std::min(content_type.find(';'), content_type.size()));
  while (!content_type.empty() && content_type.back() == ' ') content_type.remove_suffix(1);
  return content_type;
}

// nullopt: the signature is right, or no secret is configured (spec events.md, b7).
std::optional<Outcome> check_signature(const Source& source, const Request& request) {
  const json::object* selector = find_object(source.config, "webhookSecret");
  if (selector == nullptr) return std::nullopt;
  const Result<std::string> secret = secret_text(source, *selector);
  if (!secret.ok()) {
    return refuse(500, "webhookSecret can not be read: " + secret.error().text());
  }
  std::string_view signature = request.header("X-Hub-Signature-256");
  if (signature.empty()) signature = request.header("X-Hub-Signature");
  if (signature.empty()) {
    return refuse(400, "missing signature: neither X-Hub-Signature-256 nor X-Hub-Signature is set");
  }
  if (!signature_matches(*secret, request.body, signature)) {
    return refuse(400,
                  "payload signature check failed: it was not made with this webhook's secret");
  }
  return std::nullopt;
}

Result<std::string> json_text(const Request& request) {
  const std::string_view type = media_type(request.header("Content-Type"));
  if (type == "application/json") return request.body;
  if (type != "application/x-www-form-urlencoded") {
    return Error{ErrorCode::kInvalid,
                 "webhook request has unsupported Content-Type \"" + std::string(type) +
                     "\"; GitHub sends application/json or application/x-www-form-urlencoded"};
  }
  TRY_ASSIGN(const auto fields, parse_form(request.body));
  for (const auto& [name, value] : fields) {
    if (name == "payload") return value;
  }
  return Error{ErrorCode::kInvalid, "the form has no field payload"};
}

// Go decodes the body into maps and prints it again: keys sorted at every level. Integers keep
// their digits here.
void sort_keys(json::value& value) {
  if (json::array* array = value.if_array()) {
    for (json::value& item : *array) sort_keys(item);
    return;
  }
  json::object* object = value.if_object();
  if (object == nullptr) return;
  std::vector<json::key_value_pair*> members;
  members.reserve(object->size());
  for (auto& member : *object) {
    sort_keys(member.value());
    members.push_back(&member);
  }
  const auto by_key = [](const auto* a, const auto* b) { return a->key() < b->key(); };
  if (std::ranges::is_sorted(members, by_key)) return;
  std::ranges::sort(members, by_key);
  json::object out(object->storage());
  out.reserve(members.size());
  for (auto* member : members) out.emplace(member->key(), std::move(member->value()));
  *object = std::move(out);
}

}  // namespace

Outcome receive_github(const Source& source, const Request& request) {
  if (auto refused = check_signature(source, request)) return std::move(*refused);
  const Result<std::string> text = json_text(request);
  if (!text.ok()) return refuse(400, text.error().text());
  Result<json::value> parsed = parse_json_block(*text);
  if (!parsed.ok()) return refuse(400, "the body is not JSON: " + parsed.error().text());
  if (!parsed->is_object()) return refuse(400, "the body is not a JSON object");
  json::object& body = parsed->get_object();

  Received received;
  received.type = "github";
  received.delivery = request.header("X-GitHub-Delivery");
  const std::string_view event = request.header("X-GitHub-Event");
  received.ping = event == "ping";
  received.summary = github_summary(event, body);
  body["X-GitHub-Event"] = event;
  body["X-GitHub-Delivery"] = received.delivery;
  sort_keys(*parsed);
  move_block(received.data, wrap("headers", request, std::move(*parsed), source.config));

  Outcome outcome;
  outcome.received = std::move(received);
  return outcome;
}

}  // namespace slipway::intake
