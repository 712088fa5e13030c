#include "server/api/object.h"

#include <fmt/format.h>

#include "core/manifest/parse.h"
#include "server/api/reply.h"

namespace slipway::server {
namespace {

// Sets metadata[name] to `wanted`, or refuses when it says something else.
Status agree(json::object& metadata, std::string_view name, const std::string& wanted) {
  if (wanted.empty()) return {};
  const std::string given = get_string(metadata, name);
  if (!given.empty() && given != wanted) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("metadata.{} is {} but the URL says {}", name, given, wanted), ""};
  }
  metadata[json::string_view(name.data(), name.size())] = wanted;
  return {};
}

}  // namespace

std::string collection_root(manifest::Kind kind) {
  const std::string version(manifest::api_version(kind));
  return (version.find('/') == std::string::npos ? "/api/" : "/apis/") + version;
}

manifest::ResourceKey key_of(const Exchange& exchange, manifest::Kind kind) {
  return {kind, manifest::is_namespaced(kind) ? exchange.at("ns") : "", exchange.at("name")};
}

Result<Body> read_body(const Exchange& exchange, manifest::Kind kind) {
  TRY_ASSIGN(json::value body, parse_json(exchange.request.body));
  if (!body.is_object()) return Error{ErrorCode::kInvalid, "the body is not a JSON object", ""};
  json::object object = std::move(body.get_object());
  if (find(object, "kind") == nullptr) object["kind"] = json::string(manifest::to_string(kind));
  if (find(object, "apiVersion") == nullptr) {
    object["apiVersion"] = json::string(manifest::api_version(kind));
  }
  if (find_object(object, "metadata") == nullptr) object["metadata"] = json::object();
  json::object& metadata = object["metadata"].get_object();
  const auto in_path = [&](const char* name) {
    const auto found = exchange.path.find(name);
    return found == exchange.path.end() ? std::string() : found->second;
  };
  TRY(agree(metadata, "namespace", in_path("ns")));
  TRY(agree(metadata, "name", in_path("name")));
  const std::string validation = exchange.parameter("fieldValidation");
  const bool strict = validation != "Ignore" && validation != "Warn";
  manifest::Parsed parsed = manifest::check(std::move(object), "body", {.strict = strict});
  if (manifest::has_errors(parsed.diagnostics) || parsed.documents.size() != 1) {
    std::string all;
    for (const manifest::Diagnostic& problem : parsed.diagnostics) {
      if (problem.severity == manifest::Severity::kError)
        all += (all.empty() ? "" : "\n") + problem.text();
    }
    return Error{ErrorCode::kInvalid, all, ""};
  }
  manifest::Resource resource = std::move(parsed.documents.front().resource);
  if (resource.kind != kind) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("kind is {} but the URL is for {}", manifest::to_string(resource.kind),
                             manifest::to_string(kind)),
                 ""};
  }
  Body out{std::move(resource), {}};
  if (validation == "Ignore") return out;
  for (const manifest::Diagnostic& note : parsed.diagnostics) out.notes.push_back(note.message);
  return out;
}

json::object list_object(manifest::Kind kind, json::array items, const std::string& next) {
  json::object metadata;
  if (!next.empty()) metadata["continue"] = next;
  json::object out;
  out["apiVersion"] = json::string(manifest::api_version(kind));
  out["kind"] = std::string(manifest::to_string(kind)) + "List";
  out["metadata"] = std::move(metadata);
  out["items"] = std::move(items);
  return out;
}

port::ServerReply not_found(const manifest::ResourceKey& key) {
  return status_reply(404, key.text() + " does not exist");
}

}  // namespace slipway::server
