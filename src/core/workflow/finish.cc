#include "core/workflow/finish.h"

#include <fmt/format.h>

#include "core/expr/tag/tag.h"
#include "core/workflow/condition.h"
#include "core/workflow/globals.h"
#include "core/workflow/hook.h"
#include "core/workflow/invoke.h"
#include "core/workflow/item.h"
#include "core/workflow/lock_node.h"
#include "core/workflow/well_known.h"

namespace slipway::workflow {
namespace {

Site workflow_site(const Pass& pass, std::string node_name, uint32_t call, bool on_exit) {
  Site site;
  site.node_name = std::move(node_name);
  site.scope = "local/" + pass.draft.workflow_name();
  site.owner = {nullptr, call, 0, -1};
  site.hooked = true;
  site.on_exit = on_exit;
  return site;
}

// A hook's node: its template's name may hold global tags (rule 80).
json::object pasted_holder(Pass& pass, const json::object& body) {
  json::object holder;
  for (const std::string_view key : {"template", "templateRef", "inline"}) {
    if (const json::value* value = find(body, key)) holder[key] = *value;
  }
  auto pasted = expr::substitute(json::value(holder), pass.globals(true));
  return pasted.ok() ? pasted->get_object() : holder;
}

// Starts or takes up the node of a workflow hook. False when it could not start yet.
bool run_workflow_hook(Pass& pass, const json::object& body, const Site& site) {
  auto arguments = hook_arguments(pass, body, site.on_exit, pass.globals(true));
  if (!arguments.ok()) {
    create_decided(pass, body, site, Phase::kError, arguments.error().message);
    return true;
  }
  return start_node(pass, pasted_holder(pass, body), *arguments, site);
}

// True when no triggered hook is still running.
bool run_hooks(Pass& pass) {
  const json::object* hooks = find_object(pass.spec(), "hooks");
  if (hooks == nullptr) return true;
  bool idle = true;
  uint32_t number = Link::kFirstHook;
  for (const auto& member : *hooks) {
    const std::string name(member.key());
    ++number;
    if (name == "exit" || !member.value().is_object()) continue;
    const json::object& body = member.value().get_object();
    const std::string node_name = fmt::format("{}.hooks.{}", pass.draft.workflow_name(), name);
    const NodeId id = pass.draft.id_of(node_name);
    const Site site = workflow_site(pass, node_name, number, false);
    if (!pass.index.started_hooks.contains(name)) {
      bool triggered = pass.draft.find(id) != nullptr;
      if (!triggered) {
        const std::string expression = get_string(body, "expression");
        const auto holds =
            expression.empty()
                ? Result<bool>(Error{ErrorCode::kInvalid, "it has no expression", {}})
                : hook_holds(pass, nullptr, expression, pass.globals(true));
        if (!holds.ok()) {
          create_decided(pass, body, site, Phase::kError,
                         fmt::format("hook '{}': {}", name, holds.error().message));
          pass.index.started_hooks.insert(name);
          continue;
        }
        triggered = *holds;
      }
      if (!triggered || !run_workflow_hook(pass, body, site)) continue;
      pass.index.started_hooks.insert(name);
    }
    const Node* node = pass.draft.find(id);
    if (node != nullptr && !node->fulfilled()) idle = false;
  }
  return idle;
}

std::optional<json::object> exit_handler(const Pass& pass) {
  const std::string name = get_string(pass.spec(), "onExit");
  if (!name.empty()) return json::object{{"template", name}};
  const json::object* hooks = find_object(pass.spec(), "hooks");
  const json::object* hook = hooks != nullptr ? find_object(*hooks, "exit") : nullptr;
  if (hook == nullptr) return std::nullopt;
  return *hook;  // its expression is not evaluated (rule 49)
}

// The exit node, started when it has to be; nullptr when there is none. `waiting`: not over yet.
const Node* run_exit(Pass& pass, const Node& entry, bool& waiting) {
  waiting = false;
  const auto handler = exit_handler(pass);
  if (!handler) return nullptr;
  const std::string node_name = pass.draft.workflow_name() + ".onExit";
  const NodeId id = pass.draft.id_of(node_name);
  if (pass.shutdown() == "Terminate" && pass.draft.find(id) == nullptr) return nullptr;
  if (pass.draft.find(id) == nullptr || !pass.index.owners.contains(id)) {
    set_exit_globals(*pass.index.exit_globals, pass.draft, entry.phase);
    waiting = !run_workflow_hook(pass, *handler, workflow_site(pass, node_name, Link::kExit, true));
    if (waiting) return nullptr;
  }
  const Node* node = pass.draft.find(id);
  waiting = !node->fulfilled();
  return node;
}

// Daemons at the top outlive every steps and DAG node, but not the workflow.
void end_top_daemon(Pass& pass, const Node& node) {
  if (!node.daemoned || is_completed(node.phase)) return;
  std::vector<NodeId> ids{node.id};
  for (const NodeId& child : pass.draft.children(node.id)) ids.push_back(child);
  for (const NodeId& id : ids) {
    const Node* daemon = pass.draft.find(id);
    if (daemon == nullptr || !daemon->daemoned || is_completed(daemon->phase)) continue;
    pass.update(id, [](Node& changed) {
      changed.kill_requested = !changed.pod_id.empty();
      changed.phase = Phase::kSucceeded;
      changed.daemoned = false;
    });
  }
}

}  // namespace

void conclude(Pass& pass) {
  pass.index.root_touched = false;
  const Node* found = pass.draft.find_name(pass.draft.workflow_name());
  const Phase phase = found != nullptr ? found->phase : Phase::kNone;
  set_workflow_status(*pass.index.exit_globals, phase);
  const bool hooks_idle = run_hooks(pass);
  if (found == nullptr) {
    if (!pass.shutdown().empty()) {
      complete_workflow(pass, Phase::kFailed,
                        fmt::format("Stopped with strategy '{}'", pass.shutdown()));
    }
    return;
  }
  if (!found->fulfilled()) return;
  const Node entry = *found;
  if (entry.broken) {
    return complete_workflow(pass, Phase::kError,
                             "error in entry template execution: " + entry.message);
  }
  bool exit_waiting = false;
  const Node* exit = run_exit(pass, entry, exit_waiting);
  if (exit_waiting || !hooks_idle) return;
  if (!pass.index.queue.empty()) return;
  const std::optional<Node> exit_node = exit != nullptr ? std::optional(*exit) : std::nullopt;
  end_top_daemon(pass, entry);
  if (entry.failed_or_error()) {
    const bool stopped = !pass.shutdown().empty();
    return complete_workflow(pass, entry.phase, stopped ? closing_message(pass) : entry.message);
  }
  if (exit_node && exit_node->broken) {
    return complete_workflow(pass, Phase::kError,
                             "error in exit template execution : " + exit_node->message);
  }
  if (exit_node && exit_node->failed_or_error()) {
    return complete_workflow(pass, exit_node->phase, exit_node->message);
  }
  complete_workflow(pass, Phase::kSucceeded, "");
}

void complete_workflow(Pass& pass, Phase phase, std::string_view message) {
  Draft& draft = pass.draft;
  draft.set_status("phase", json::value(to_string(phase)));
  draft.set_status("message", message.empty() ? json::value() : json::value(message));
  if (draft.status("startedAt") == nullptr) {
    draft.set_status("startedAt", json::value(format_rfc3339(pass.now())));
  }
  const json::value* started = draft.status("startedAt");
  // The clock may have gone back since. Texts of one form and zone are in order of time.
  draft.set_status("finishedAt",
                   json::value(std::max(format_rfc3339(pass.now()), any_string(*started))));
  const json::value* now = draft.metadata("labels");
  json::object labels = now != nullptr && now->is_object() ? now->get_object() : json::object{};
  labels[kLabelPhase] = to_string(phase);
  labels[kLabelCompleted] = "true";
  draft.set_metadata("labels", std::move(labels));
  set_condition(draft, "PodRunning", "False");
  set_condition(draft, "Completed", "True");
  release_all_locks(draft);
}

}  // namespace slipway::workflow
