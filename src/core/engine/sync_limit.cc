// `argo sync`: the limits of semaphores, each a key of a ConfigMap (spec a9). The words are those
// of Argo's server (server/sync).
#include "core/workflow/sync_limit.h"

#include <fmt/format.h>

#include "core/engine/model.h"

namespace slipway::engine {
namespace {

using Verb = SetSyncLimit::Verb;
using manifest::Kind;

Error missing(const SetSyncLimit& body, bool has_map) {
  if (body.config_map.empty()) {
    return {ErrorCode::kNotFound,
            fmt::format("Database sync limit not found in namespace \"{}\".", body.ns), ""};
  }
  if (!has_map) {
    return {ErrorCode::kNotFound,
            fmt::format("there is no ConfigMap {}/{}", body.ns, body.config_map), ""};
  }
  return {ErrorCode::kNotFound,
          fmt::format("key {} not found in configmap {}/{} - please create it first", body.key,
                      body.ns, body.config_map),
          ""};
}

Error exists(const SetSyncLimit& body) {
  if (!body.config_map.empty()) {
    return {ErrorCode::kAlreadyExists, "sync limit cannot be created as it already exists", ""};
  }
  return {ErrorCode::kAlreadyExists,
          fmt::format("Database sync limit already exists in namespace \"{}\".", body.ns), ""};
}

// Kubernetes takes such keys of a ConfigMap.
bool is_key(std::string_view key) {
  constexpr size_t kLongest = 253;
  return !key.empty() && key.size() <= kLongest && key != "." && key != ".." &&
         key.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") == key.npos;
}

Status check(const SetSyncLimit& body, bool has_map, bool has_key) {
  if (body.verb != Verb::kDelete && body.limit <= 0) {
    return Error{ErrorCode::kInvalid, "limit must be greater than zero", ""};
  }
  if (!is_key(body.key)) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("\"{}\" can not be the key of a limit; use letters, digits, '-', '_' "
                             "and '.'",
                             body.key),
                 ""};
  }
  if (body.verb == Verb::kCreate && has_key) return exists(body);
  if (body.verb == Verb::kUpdate && !has_key) return missing(body, has_map);
  // Of a ConfigMap that is there any key may go, as in Argo.
  if (body.verb == Verb::kDelete && !has_key && (body.config_map.empty() || !has_map)) {
    return missing(body, has_map);
  }
  return {};
}

json::object new_map(const SetSyncLimit& body, const std::string& name) {
  return {{"apiVersion", "v1"},
          {"kind", "ConfigMap"},
          {"metadata", json::object{{"name", name}, {"namespace", body.ns}}}};
}

}  // namespace

Decision decide_sync_limit(const Model& model, const Input& input, const SetSyncLimit& body) {
  const std::string name = body.config_map.empty() ? workflow::kSyncLimits : body.config_map;
  const manifest::Resource* old = model.catalog.find(Kind::kConfigMap, body.ns, name);
  const bool has_key = old != nullptr && find(object_of(old->object, "data"), body.key) != nullptr;
  if (const Status good = check(body, old != nullptr, has_key); !good.ok()) {
    return refuse(good.error().code, good.error().message);
  }
  json::object map = old != nullptr ? old->object : new_map(body, name);
  json::value& data = map["data"];
  if (!data.is_object()) data.emplace_object();
  if (body.verb == Verb::kDelete) {
    data.get_object().erase(body.key);
  } else {
    data.get_object()[body.key] = std::to_string(body.limit);
  }
  return decide_apply(model, input, {{Kind::kConfigMap, std::move(map)}, false, ""});
}

}  // namespace slipway::engine
