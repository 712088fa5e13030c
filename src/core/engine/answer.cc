// What the world answers: pods, HTTP requests, removals. An answer to something that is no longer
// outstanding is dropped.
#include <fmt/format.h>

#include "core/engine/act.h"
#include "core/engine/model.h"
#include "core/workflow/artifact_gc.h"

namespace slipway::engine {
namespace {

Decision dropped(std::string_view what) {
  Decision decision;
  decision.reply.message = fmt::format("{} is no longer waited for", what);
  return decision;
}

Decision advanced(const Model& model, const Input& input, const WorkflowUid& uid,
                  const workflow::Happening& happening) {
  Decision decision;
  decision.reply.workflow = uid;
  const auto at = model.runs.find(uid);
  if (at == model.runs.end()) return dropped(uid.value);
  advance_run(model, input.now, input.entropy, at->second.run, happening, decision);
  return decision;
}

}  // namespace

Decision decide_report(const Model& model, const Input& input, const PodReported& body) {
  const Effect* effect = model.outstanding.find(start_id(body.report.id));
  if (effect == nullptr) return dropped(body.report.id.value);
  workflow::Happening happening;
  happening.reports.push_back(body.report);
  return advanced(model, input, effect->workflow, happening);
}

Decision decide_answer(const Model& model, const Input& input, const RequestAnswered& body) {
  const EffectId id = request_id(body.uid, body.result.node, body.result.attempt);
  if (model.outstanding.find(id) == nullptr) return dropped(id.value);
  workflow::Happening happening;
  happening.responses.push_back(body.result);
  return advanced(model, input, body.uid, happening);
}

Decision decide_answer(const Model& model, const Input& input, const ArtifactsRead& body) {
  const EffectId id = read_id(body.uid, body.result.node);
  if (model.outstanding.find(id) == nullptr) return dropped(id.value);
  const auto at = model.runs.find(body.uid);
  const workflow::Node* node =
      at != model.runs.end() ? at->second.run.find_node(body.result.node) : nullptr;
  if (node != nullptr && !node->sought.empty()) {
    return decide_sought(model, input, {body.uid, body.result.node}, body.result);
  }
  workflow::Happening happening;
  happening.read = &body.result;
  return advanced(model, input, body.uid, happening);
}

Decision decide_answer(const Model& model, const Input& input, const TriggerAnswered& body) {
  if (!model.calls.contains(body.effect)) return dropped(body.effect.value);
  Decision decision;
  TriggerDone done{body.effect, body.ok, body.error};
  if (done.message.empty()) done.message = fmt::format("HTTP {}", body.status);
  decision.events.push_back({input.now, std::move(done)});
  return decision;
}

Decision decide_removed(const Model& model, const Input& input, const PodRemoved& body) {
  if (!model.removals.contains(body.pod)) return dropped(body.pod.value);
  Decision decision;
  decision.events.push_back({input.now, PodForgotten{body.pod}});
  return decision;
}

Decision decide_removed(const Model& model, const Input& input, const ArtifactRemoved& body) {
  const auto waiting = model.removed_artifacts.find(body.key);
  if (waiting == model.removed_artifacts.end()) return dropped(body.key);
  Decision decision;
  for (const WorkflowUid& uid : waiting->second.waiting) {
    workflow::Delta delta =
        workflow::note_removal(model.runs.at(uid).run, body.key, body.error, input.now);
    if (!delta.empty()) decision.events.push_back({input.now, WorkflowAdvanced{std::move(delta)}});
  }
  decision.events.push_back({input.now, ArtifactForgotten{body.key}});
  return decision;
}

Decision decide_removed(const Model& model, const Input& input, const ClaimRemoved& body) {
  const Effect* effect = model.outstanding.find(claim_id(body.ns, body.name));
  if (effect == nullptr) return dropped(body.name);
  if (effect->workflow.empty()) {
    Decision decision;
    decision.events.push_back({input.now, ClaimForgotten{body.ns, body.name}});
    return decision;
  }
  // A claim of a live run is wanted away as long as its status lists it.
  const workflow::Run& run = model.runs.at(effect->workflow).run;
  workflow::Delta delta;
  delta.uid = run.uid();
  delta.at = input.now;
  json::array left;
  if (const json::array* claims = find_array(run.status(), "persistentVolumeClaims")) {
    for (const json::value& claim : *claims) {
      const json::object* object = claim.if_object();
      const json::value* name =
          object != nullptr ? find_path(*object, {"persistentVolumeClaim", "claimName"}) : nullptr;
      const bool gone =
          name != nullptr && name->is_string() && view(name->get_string()) == body.name;
      if (!gone) left.push_back(claim);
    }
  }
  if (left.empty()) {
    delta.status["persistentVolumeClaims"] = nullptr;
  } else {
    delta.status["persistentVolumeClaims"] = std::move(left);
  }
  Decision decision;
  decision.events.push_back({input.now, WorkflowAdvanced{std::move(delta)}});
  return decision;
}

}  // namespace slipway::engine
