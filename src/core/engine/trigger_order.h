// What triggers ask of objects that are there, in the words of the verbs that carry it out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/engine/act.h"
#include "core/sensor/sensor.h"

namespace slipway::engine {

// Of argo's verbs stop, terminate, suspend and resume; nullopt: another one.
std::optional<workflow::Operation> operation_of(std::string_view verb);

// The workflow that is retried or resubmitted, with the mark of the parameters that the event gives
// it.
json::object marked(json::object workflow, const sensor::Operate& operate);

// metadata.name.
std::string name_in(const json::object& object);

// Whether what a k8s trigger changes is a workflow that may have finished.
bool reaches_finished(const Model& model, const sensor::ChangeObject& change);

// What a k8s trigger asks for; update and patch of what is not there create it. `finished` as with
// carry_out().
Result<ActOrder> change_order(const Model& model, const sensor::ChangeObject& change,
                              const Finished* finished);

// "patch Workflow ci/build".
std::string told(const ActOrder& order, const Acted& acted);

}  // namespace slipway::engine
