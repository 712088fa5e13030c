// unknown-event: a sensor that waits for an event which its EventSource does not have.
#include <fmt/format.h>

#include <algorithm>

#include "core/manifest/lint/scene.h"
#include "core/manifest/schema/nearest.h"
#include "core/manifest/yaml/document.h"

namespace slipway::manifest {
namespace {

// The names of its events, whatever their type.
std::vector<std::string_view> events_of(const Resource& source) {
  std::vector<std::string_view> names;
  for (const auto& type : source.spec()) {
    // Settings that are no type of event.
    const std::string_view key = type.key();
    if (key == "service" || key == "template" || !type.value().is_object()) continue;
    for (const auto& event : type.value().get_object()) names.push_back(event.key());
  }
  return names;
}

void check_sensor(Scene& scene, const Document& document) {
  const json::array* list = find_array(document.resource.spec(), "dependencies");
  for (size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const json::object* dependency = (*list)[i].if_object();
    if (dependency == nullptr) continue;
    const std::string name = get_string(*dependency, "eventSourceName");
    const std::string event = get_string(*dependency, "eventName");
    const Resource* source =
        scene.find_resource(Kind::kEventSource, document.resource.key().ns, name);
    if (source == nullptr || event.empty()) continue;
    const std::vector<std::string_view> names = events_of(*source);
    if (std::find(names.begin(), names.end(), event) != names.end()) continue;
    const std::string_view near = nearest(event, names);
    scene.report(document, member_path(item_path("spec.dependencies", i), "eventName"),
                 Severity::kError, "unknown-event",
                 fmt::format("EventSource {} has no event {:?}", name, event),
                 near.empty() ? fmt::format("there is {}", fmt::join(names, ", "))
                              : fmt::format("did you mean {}?", near));
  }
}

}  // namespace

void lint_events(Scene& scene) {
  for (const Document& document : scene.documents()) {
    if (document.resource.kind == Kind::kSensor) check_sensor(scene, document);
  }
}

}  // namespace slipway::manifest
