// Making an action out of a trigger's template. Private to this folder.
#pragma once

#include "core/sensor/parameter.h"

namespace slipway::sensor {

// Parameters of the trigger first, then those of its type's template (spec events.md, b50 and b59).
// kUnsupported for types and sources that Slipway does not run yet.
Result<Action> build_action(const json::object& trigger, const Firework& work);

// One line for the verdict: "Workflow ci/ride-", "stop of Workflow ci/x", "POST https://...".
std::string describe(const Action& action);

// The object a k8s or argoWorkflow trigger starts from, with the template's parameters applied.
struct Fetched {
  json::object object;
  std::set<std::string> untrusted;
};
// `outer` are untrusted paths below the trigger's template ("k8s.source.resource...").
Result<Fetched> fetch_object(std::string_view type, const json::object& config,
                             const Firework& work, const std::set<std::string>& outer);

// events.argoproj.io/sensor, /trigger and /action-timestamp (b54).
void add_labels(json::object& object, std::string_view sensor, std::string_view trigger, Time now);

// "spec.arguments.parameters.0.value" → "spec.arguments.parameters.<name>".
std::vector<std::string> named_paths(const std::set<std::string>& paths,
                                     const json::object& object);

std::string namespace_of(const json::object& object, const Firework& work);

Result<Action> build_argo_workflow(std::string_view trigger, const json::object& config,
                                   const Firework& work, const std::set<std::string>& outer);
Result<Action> build_http(const json::object& config, const json::object* policy,
                          const Firework& work);

}  // namespace slipway::sensor
