#include <openssl/crypto.h>

#include "base/limit.h"
#include "core/intake/provider.h"

namespace slipway::intake {
namespace {

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// authSecret: a bearer token, before anything else is looked at (spec events.md, b4).
std::optional<Outcome> check_bearer(const Source& source, const Request& request) {
  const json::object* selector =
      find_object(web_settings(source.type, source.config), "authSecret");
  if (selector == nullptr) return std::nullopt;
  const Result<std::string> token = secret_text(source, *selector);
  if (!token.ok()) return refuse(500, "authSecret can not be read: " + token.error().text());
  constexpr std::string_view kPrefix = "Bearer ";
  const std::string_view header = request.header("Authorization");
  if (header.empty()) return refuse(401, "the Authorization header is missing");
  if (!header.starts_with(kPrefix)) return refuse(401, "Authorization must be a Bearer token");
  if (!same_secret(header.substr(kPrefix.size()), *token)) {
    return refuse(401, "the bearer token is wrong");
  }
  return std::nullopt;
}

// maxPayloadSize, or GitHub's own cap when the manifest names none.
std::optional<Outcome> check_size(const Source& source, const Request& request) {
  const int64_t named = get_int(web_settings(source.type, source.config), "maxPayloadSize");
  const size_t limit = named > 0 ? static_cast<size_t>(named) : limit::kWebhookBytes;
  if (!request.oversize && request.body.size() <= limit) return std::nullopt;
  return refuse(413, "the body is larger than " + std::to_string(limit) + " bytes" +
                         (named > 0 ? " (maxPayloadSize)" : ""));
}

struct Found {
  std::string type;
  const json::object* config = nullptr;
};

Found find_event(const json::object& spec, std::string_view event) {
  Found unsupported;
  for (const auto& member : spec) {
    const json::object* events = member.value().if_object();
    if (events == nullptr || member.key() == "template" || member.key() == "service") continue;
    if (const json::object* config = find_object(*events, event)) {
      if (member.key() == "github" || member.key() == "webhook") return {member.key(), config};
      unsupported = {member.key(), config};
    }
  }
  return unsupported;
}

}  // namespace

const json::object& web_settings(std::string_view type, const json::object& config) {
  if (type == "webhook") return config;
  return object_of(config, "webhook");
}

Outcome receive(const manifest::Resource& event_source, std::string_view event,
                const Request& request, const manifest::Catalog& catalog) {
  const Found found = find_event(event_source.spec(), event);
  if (found.config == nullptr) {
    return refuse(404,
                  "EventSource " + event_source.name() + " has no event " + std::string(event));
  }
  const Source source{event_source.key().ns, event_source.name(), found.type,
                      std::string(event),    *found.config,       catalog};
  if (auto refused = check_bearer(source, request)) return std::move(*refused);
  if (auto refused = check_size(source, request)) return std::move(*refused);

  Outcome outcome;
  if (found.type == "github") {
    outcome = receive_github(source, request);
  } else if (found.type == "webhook") {
    outcome = receive_webhook(source, request);
  } else {
    return refuse(501, "EventSource type " + found.type + " is not supported yet");
  }
  if (!outcome.received) return outcome;
  if (auto reason = dropped_by_filter(source.config, outcome.received->data)) {
    Outcome dropped = refuse(200, std::move(*reason));
    dropped.filtered = true;
    return dropped;
  }
  return outcome;
}

}  // namespace slipway::intake
