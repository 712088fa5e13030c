#include "core/workflow/want.h"

namespace slipway::workflow {

void add_wants(const Node& node, std::set<Want>& wants) {
  if (!node.pod_id.empty() && !node.pod_done) {
    // A pod whose node is already decided is wanted only to end; its last report closes it.
    wants.insert({Want::Kind::kPod, node.id, node.pod_id, {}, 0});
    if (node.kill_requested) wants.insert({Want::Kind::kStop, node.id, node.pod_id, {}, 0});
  }
  if (node.reads && !is_completed(node.phase)) {
    wants.insert({Want::Kind::kRead, node.id, {}, {}, 0});
  }
  if (node.acts && !is_completed(node.phase)) {
    wants.insert({Want::Kind::kAct, node.id, {}, node.watches, 0});
  }
  const bool request = node.type == NodeType::kHttp || node.type == NodeType::kPlugin;
  if (request && !is_completed(node.phase) && node.request_attempts > 0 &&
      node.not_before.is_zero()) {
    wants.insert({Want::Kind::kRequest, node.id, {}, {}, node.request_attempts});
  }
}

void add_claim_wants(const Run& run, std::set<Want>& wants) {
  const json::array* volumes = find_array(run.status(), "persistentVolumeClaims");
  if (volumes == nullptr || !is_completed(run.phase())) return;
  const json::object* gc = find_object(run.effective_spec(), "volumeClaimGC");
  const std::string strategy =
      gc != nullptr ? get_string(*gc, "strategy", "OnWorkflowSuccess") : "OnWorkflowSuccess";
  const bool due = strategy == "OnWorkflowCompletion" || run.phase() == Phase::kSucceeded;
  if (!due) return;
  for (const json::value& volume : *volumes) {
    const json::object* object = volume.if_object();
    const json::value* claim =
        object != nullptr ? find_path(*object, {"persistentVolumeClaim", "claimName"}) : nullptr;
    if (claim == nullptr || !claim->is_string()) continue;
    wants.insert({Want::Kind::kClaim, {}, {}, str(claim->get_string()), 0});
  }
}

}  // namespace slipway::workflow
