#include "core/workflow/leaf.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "core/expr/golang/golang.h"
#include "core/workflow/act.h"
#include "core/workflow/container_set.h"
#include "core/workflow/control.h"
#include "core/workflow/globals.h"
#include "core/workflow/item.h"
#include "core/workflow/leaf_part.h"
#include "core/workflow/read.h"
#include "core/workflow/untrusted.h"

namespace slipway::workflow {
namespace {

// One per started pod, unique for all time: a node that is run again starts later.
PodId make_pod_id(const Pass& pass, const Node& node) {
  return PodId(fmt::format("{}-{:08x}-{:x}", pass.draft.run().uid().value, fnv1a32(node.name),
                           pass.now().ns));
}

void put_node(Pass& pass, Node node) {
  if (pass.draft.find(node.id) == nullptr) {
    pass.create(std::move(node));
  } else {
    pass.update(node.id, [&](Node& stored) { stored = node; });
  }
}

// After a stop or the deadline no work begins: its node is made all the same, and has failed, so
// that what is around it ends as it would (rules 57 and 58).
std::string never_started_message(const Pass& pass, NodeType type) {
  if (type != NodeType::kPod || pass.shutdown().empty()) return closing_message(pass);
  return fmt::format("workflow shutdown with strategy: {}", pass.shutdown());
}

Status set_leaf_timers(Pass& pass, const Node& node, const json::object& body) {
  const auto timer = [&](std::string_view key, Timers::Purpose purpose) -> Status {
    const json::value* given = find(body, key);
    if (given == nullptr) return {};
    const auto duration = expr::parse_argo_duration(any_string(*given));
    if (!duration.ok()) {
      return Error{ErrorCode::kInvalid,
                   fmt::format("{} \"{}\" is no duration, such as 90, 90s or 1h30m", key,
                               any_string(*given)),
                   {}};
    }
    pass.index.timers.set({node.id, purpose}, node.started_at + *duration);
    return {};
  };
  // A suspend template has neither; templateDefaults may bring them all the same.
  if (node.type != NodeType::kSuspend) TRY(timer("timeout", Timers::Purpose::kTimeout));
  if (node.phase == Phase::kPending) {
    TRY(timer("pendingTimeout", Timers::Purpose::kPendingTimeout));
  }
  if (node.type == NodeType::kSuspend) {
    const json::object* suspend = find_object(body, "suspend");
    const json::value* given = suspend != nullptr ? find(*suspend, "duration") : nullptr;
    if (given != nullptr && !any_string(*given).empty()) {
      const auto duration = expr::parse_argo_duration(any_string(*given));
      if (!duration.ok()) {
        return Error{ErrorCode::kInvalid,
                     fmt::format("suspend.duration \"{}\" is no duration, such as 20, 10s or 2h",
                                 any_string(*given)),
                     {}};
      }
      pass.index.timers.set({node.id, Timers::Purpose::kSuspend}, node.started_at + *duration);
    }
    pass.index.suspended.insert(node.id);
  }
  return {};
}

void start_pod(Pass& pass, Node node, const json::object& body, const json::object& written,
               const expr::Scope& scope) {
  node.phase = Phase::kPending;
  if (const Status status = check_untrusted(pass, written, scope, node); !status.ok()) {
    node.phase = Phase::kError;
    node.message = status.error().message;
    put_node(pass, std::move(node));
    return;
  }
  node.pod_id = make_pod_id(pass, node);
  pass.index.pods[node.pod_id] = node.id;
  const Node kept = node;
  put_node(pass, std::move(node));
  if (find_object(body, "containerSet") != nullptr) create_container_nodes(pass, kept, body);
}

// Whether a resource template's manifest is an artifact that the store has to be asked for.
bool needs_reading(const json::object& resource, const json::object& body) {
  const json::value* name = find_path(resource, {"manifestFrom", "artifact", "name"});
  const json::object* inputs = find_object(body, "inputs");
  if (name == nullptr || !name->is_string() || inputs == nullptr) return false;
  const json::object* artifact = find_named(*inputs, "artifacts", view(name->get_string()));
  return artifact != nullptr && find(*artifact, "raw") == nullptr;
}

}  // namespace

void start_leaf(Pass& pass, Node node, const json::object& body, const json::object& written,
                const expr::Scope& scope) {
  const NodeId id = node.id;
  if (node.started_at.is_zero()) node.started_at = pass.now();
  const NodeType type = node.type;
  if (!pass.may_start(node.on_exit)) {
    node.phase = Phase::kFailed;
    node.message = never_started_message(pass, type);
    return put_node(pass, std::move(node));
  }
  switch (type) {
    case NodeType::kSuspend:
      node.phase = Phase::kRunning;
      if (const json::object* outputs = find_object(body, "outputs")) node.outputs = *outputs;
      put_node(pass, std::move(node));
      break;
    case NodeType::kHttp:
    case NodeType::kPlugin:
      node.phase = Phase::kPending;
      node.request_attempts = 1;
      put_node(pass, std::move(node));
      break;
    default:
      if (const json::object* resource = find_object(body, "resource")) {
        needs_reading(*resource, body) ? start_read(node) : start_act(node);
        put_node(pass, std::move(node));
        break;
      }
      if (find_object(body, "data") != nullptr) {
        start_read(node);
        put_node(pass, std::move(node));
        break;
      }
      start_pod(pass, std::move(node), body, written, scope);
  }
  const Node* made = pass.draft.find(id);
  if (made->fulfilled()) return;
  if (const Status status = set_leaf_timers(pass, *made, body); !status.ok()) {
    pass.update(id, [](Node& node) {
      if (!node.pod_id.empty()) node.kill_requested = true;
    });
    pass.set_phase(id, Phase::kError, status.error().message);
  }
}

void attach_leaf(Pass& pass, const Node& node) {
  const Node kept = node;
  if (!node.not_before.is_zero()) {
    pass.index.timers.set({node.id, Timers::Purpose::kRequest}, node.not_before);
  }
  const auto part = template_part(pass, kept, {"timeout", "pendingTimeout", "suspend"});
  if (part.ok()) {
    const Status status = set_leaf_timers(pass, kept, *part);
    if (!status.ok()) pass.set_phase(kept.id, Phase::kError, status.error().message);
  }
}

void stop_leaf(Pass& pass, const NodeId& id, std::string_view message) {
  const Node* node = pass.draft.find(id);
  if (node == nullptr || is_completed(node->phase)) return;
  const bool has_pod = node->runs_pod() && !node->pod_id.empty() && !node->pod_done;
  if (has_pod && node->phase == Phase::kRunning) {
    if (node->kill_requested) return;
    pass.update(id, [&](Node& stopped) {
      stopped.kill_requested = true;
      stopped.kill_message = message;
    });
    return;
  }
  pass.update(id, [&](Node& stopped) {
    if (has_pod) stopped.kill_requested = true;
    stopped.phase = Phase::kFailed;
    stopped.message = message;
    stopped.synchronization_status.clear();
  });
  fail_container_nodes(pass, id, message);
}

void take_timer(Pass& pass, const Timers::Key& key) {
  const Node* node = pass.draft.find(key.node);
  switch (key.purpose) {
    case Timers::Purpose::kDeadline:
      return;  // of the workflow; its pass looks at the time itself
    case Timers::Purpose::kTimeout:
      return stop_leaf(pass, key.node,
                       node != nullptr && node->phase == Phase::kRunning && node->runs_pod()
                           ? "Pod was active on the node longer than the specified deadline"
                           : kTimedOut);
    case Timers::Purpose::kPendingTimeout:
      if (node != nullptr && node->phase == Phase::kPending) stop_leaf(pass, key.node, kTimedOut);
      return;
    case Timers::Purpose::kBackoff:
      if (Frame* frame = pass.frame_of(key.node)) pass.enqueue(*frame);
      return;
    case Timers::Purpose::kSuspend:
      return resume_suspended(pass, key.node, "", false);
    case Timers::Purpose::kRequest:
      if (node == nullptr || node->fulfilled()) return;
      pass.update(key.node, [](Node& waiting) {
        waiting.not_before = Time{};
        ++waiting.request_attempts;
      });
      return;
  }
}

}  // namespace slipway::workflow
