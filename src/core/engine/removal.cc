#include "core/engine/removal.h"

#include <fmt/format.h>

#include "core/workflow/artifact_gc.h"

namespace slipway::engine {

DeleteWorkflow removal_of(const json::object& object) {
  const manifest::Resource resource{manifest::Kind::kWorkflow, object};
  DeleteWorkflow removal;
  removal.uid = WorkflowUid(get_string(resource.metadata(), "uid"));
  removal.ns = resource.ns();
  removal.name = resource.name();
  if (workflow::has_artifacts_left(object)) removal.finished = object;
  const json::object* status = find_object(object, "status");
  if (status == nullptr) return removal;
  if (const json::object* nodes = find_object(*status, "nodes")) {
    for (const auto& member : *nodes) {
      const json::object* node = member.value().if_object();
      const std::string pod = node != nullptr ? get_string(*node, "podId") : "";
      if (!pod.empty()) removal.pods.emplace_back(pod);
    }
  }
  if (const json::array* volumes = find_array(*status, "persistentVolumeClaims")) {
    for (const json::value& volume : *volumes) {
      const json::object* one = volume.if_object();
      const json::object* claim =
          one != nullptr ? find_object(*one, "persistentVolumeClaim") : nullptr;
      if (claim == nullptr) continue;
      removal.claims.push_back(fmt::format("{}/{}", removal.ns, get_string(*claim, "claimName")));
    }
  }
  return removal;
}

}  // namespace slipway::engine
