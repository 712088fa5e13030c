#include "server/api/pod_access.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "server/api/router.h"

namespace slipway::server {
namespace {

using Segments = std::vector<std::string>;

bool begins_with(const Segments& path, const Segments& with) {
  return path.size() >= with.size() && std::equal(with.begin(), with.end(), path.begin());
}

// Where the paths of a namespace have its name. Whatever is not below one of these is not for pods.
struct Place {
  Segments prefix;
  size_t of_namespace;
};
const std::vector<Place>& places() {
  static const std::vector<Place> kPlaces = {
      {{"api", "v1", "namespaces"}, 3}, {{"apis", "argoproj.io", "v1alpha1", "namespaces"}, 4},
      {{"api", "v1", "workflows"}, 3},  {{"api", "v1", "workflow-events"}, 3},
      {{"api", "v1", "events"}, 3},     {{"api", "v1", "stream", "events"}, 4},
      {{"api", "v1", "sync"}, 3},       {{"artifacts"}, 1},
  };
  return kPlaces;
}

// Nullopt: not of one namespace.
std::optional<std::string> namespace_of(const Segments& path) {
  for (const Place& place : places()) {
    if (!begins_with(path, place.prefix)) continue;
    if (path.size() <= place.of_namespace || path[place.of_namespace].empty()) return std::nullopt;
    return path[place.of_namespace];
  }
  return std::nullopt;
}

bool is_about_secrets(const Segments& path) {
  return begins_with(path, {"api", "v1", "namespaces"}) && path.size() > 4 && path[4] == "secrets";
}

}  // namespace

bool is_open_to_pods(std::string_view path) {
  return path == "/healthz" || path == "/readyz" || path == "/version" ||
         path == "/api/v1/version" || path.starts_with("/events/");
}

Status allow(const pod::Identity& pod, PodRole role, std::string_view method,
             std::string_view path) {
  if (is_open_to_pods(path)) return {};
  const auto refuse = [&](std::string_view why) {
    return Error{ErrorCode::kUnauthorized,
                 fmt::format("user \"{}\" may not {} {}: {}", pod.user(), method, path, why), ""};
  };
  if (role == PodRole::kNone) {
    return refuse("pods have no role here; the server's --pod-role view or edit gives them one");
  }
  const bool reads = method == "GET" || method == "HEAD";
  const Segments segments = split_path(path);
  const bool of_cluster =
      begins_with(segments, {"apis", "argoproj.io", "v1alpha1", "clusterworkflowtemplates"});
  if (of_cluster && reads) return {};
  const auto ns = namespace_of(segments);
  if (!ns) return refuse("it is not about one namespace");
  if (*ns != pod.ns) return refuse(fmt::format("a pod acts within its own namespace, {}", pod.ns));
  if (role == PodRole::kEdit) return {};
  if (!reads) return refuse("the role view only reads; --pod-role edit would allow it");
  if (is_about_secrets(segments)) return refuse("the role view does not read Secrets");
  return {};
}

}  // namespace slipway::server
