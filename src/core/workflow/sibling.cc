#include "core/workflow/sibling.h"

#include <fmt/format.h>

#include "core/expr/exprlang/exprlang.h"
#include "core/expr/tag/tag.h"
#include "core/workflow/aggregate.h"
#include "core/workflow/globals.h"

namespace slipway::workflow {
namespace {

void collect_expression(std::string_view source, std::set<std::string>& names) {
  const auto program = expr::Program::compile(source);
  if (!program.ok()) return;  // evaluating it will say what is wrong
  for (const auto& reference : program->references()) names.insert(reference.name);
}

// "steps.a.outputs.result" of the prefix "steps" → "a"; empty when it is another's name.
std::string_view sibling_of(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix) || name.size() <= prefix.size() || name[prefix.size()] != '.') {
    return {};
  }
  name.remove_prefix(prefix.size() + 1);
  return name.substr(0, name.find('.'));
}

// Outputs that a skipped node would have had: defaults, or nil (rule 46).
void set_skipped_outputs(Pass& pass, const Frame& frame, const Call& call,
                         const std::string& prefix, expr::Scope& scope) {
  const auto found =
      find_template(pass.draft, pass.world.catalog, *call.definition, frame.scope_name);
  if (!found.ok()) return;
  const json::object* outputs = find_object(*found->body, "outputs");
  const json::array* parameters = outputs != nullptr ? find_array(*outputs, "parameters") : nullptr;
  if (parameters == nullptr) return;
  for (const json::value& item : *parameters) {
    const json::object* parameter = item.if_object();
    if (parameter == nullptr) continue;
    const std::string name =
        fmt::format("{}.outputs.parameters.{}", prefix, get_string(*parameter, "name"));
    const json::value* fallback = find_path(*parameter, {"valueFrom", "default"});
    if (fallback != nullptr && !fallback->is_null()) {
      scope.set(name, any_string(*fallback));
    } else {
      scope.set_nil(name);
    }
  }
}

Status set_call(Pass& pass, const Frame& frame, const Call& call,
                const std::set<std::string>& names, expr::Scope& scope) {
  const Node* node = call_node(pass, frame, call);
  if (node == nullptr) return {};
  const std::string prefix = fmt::format("{}.{}", frame.prefix(), call.name);
  set_node_names(pass, *node, prefix, scope);
  if (call.loop && !(call.items.size() == 1 && !call.items[0].skip_message.empty() &&
                     call.items[0].node_name.back() != ')')) {
    if (!call.done) return {};
    return set_aggregates(pass, call, prefix, names.contains(prefix + ".outputs.result"), scope);
  }
  if (node->phase == Phase::kSkipped || node->phase == Phase::kOmitted) {
    set_skipped_outputs(pass, frame, call, prefix, scope);
  }
  return {};
}

const json::object* artifact_in(const json::object& outputs, std::string_view name) {
  return find_named(outputs, "artifacts", name);
}

}  // namespace

void collect_names(const json::value& value, std::set<std::string>& names) {
  if (value.is_string()) {
    const std::string_view text = view(value.get_string());
    if (text.find("{{") == text.npos) return;
    for (std::string& name : expr::tag_names(text)) names.insert(std::move(name));
  } else if (value.is_array()) {
    for (const json::value& item : value.get_array()) collect_names(item, names);
  } else if (value.is_object()) {
    for (const auto& member : value.get_object()) {
      const std::string_view key = member.key();
      if ((key == "expression" || key == "fromExpression") && member.value().is_string()) {
        collect_expression(view(member.value().get_string()), names);
      }
      collect_names(member.value(), names);
    }
  }
}

const Node* call_node(const Pass& pass, const Frame& frame, const Call& call) {
  if (!call.expanded) return nullptr;
  const bool single = call.items.size() == 1 && call.items[0].node_name.back() != ')';
  if (!call.loop || single) return call.items.empty() ? nullptr : pass.draft.find(call.items[0].id);
  if (frame.kind == Frame::Kind::kDag) {
    return pass.draft.find_name(fmt::format("{}.{}", frame.name, call.name));
  }
  const auto index = static_cast<uint32_t>(&call - frame.calls.data());
  for (const Group& group : frame.groups) {
    if (index >= group.first && index < group.first + group.count) {
      return pass.draft.find(group.id);
    }
  }
  return nullptr;
}

const Node& last_attempt(const Pass& pass, const Node& node) {
  const Node* at = &node;
  if (node.type != NodeType::kRetry) return node;
  for (const NodeId& id : pass.draft.children(node.id)) {
    const Node* child = pass.draft.find(id);
    if (child != nullptr && child->retried) at = child;
  }
  return *at;
}

void set_node_names(const Pass& pass, const Node& node, const std::string& prefix,
                    expr::Scope& scope) {
  const Node& said = last_attempt(pass, node);
  scope.set(prefix + ".id", said.id.value);
  scope.set(prefix + ".status", std::string(to_string(node.phase)));
  if (!said.started_at.is_zero()) {
    scope.set(prefix + ".startedAt", format_rfc3339(said.started_at));
  }
  if (!said.finished_at.is_zero()) {
    scope.set(prefix + ".finishedAt", format_rfc3339(said.finished_at));
  }
  if (!said.pod_ip.empty()) scope.set(prefix + ".ip", said.pod_ip);
  if (!said.host_node_name.empty()) scope.set(prefix + ".hostNodeName", said.host_node_name);
  if (const json::string* code = find_string(said.outputs, "exitCode")) {
    scope.set(prefix + ".exitCode", str(*code));
  }
  if (const json::string* result = find_string(said.outputs, "result")) {
    scope.set(prefix + ".outputs.result", str(*result));
  }
  const json::array* parameters = find_array(said.outputs, "parameters");
  if (parameters == nullptr) return;
  for (const json::value& item : *parameters) {
    const json::object* parameter = item.if_object();
    const json::value* value = parameter != nullptr ? find(*parameter, "value") : nullptr;
    if (value == nullptr) continue;
    scope.set(fmt::format("{}.outputs.parameters.{}", prefix, get_string(*parameter, "name")),
              any_string(*value));
  }
}

Status set_siblings(Pass& pass, const Frame& frame, const std::set<std::string>& names,
                    expr::Scope& scope) {
  const std::string_view prefix = frame.prefix();
  std::set<uint32_t> wanted;
  bool all = names.contains(std::string(prefix));
  for (const std::string& name : names) {
    const auto found = frame.call_by_name.find(std::string(sibling_of(name, prefix)));
    if (found != frame.call_by_name.end()) wanted.insert(found->second);
  }
  if (all) {
    for (uint32_t i = 0; i < frame.calls.size(); ++i) wanted.insert(i);
  }
  for (const uint32_t i : wanted) TRY(set_call(pass, frame, frame.calls[i], names, scope));
  return {};
}

const json::object* find_artifact(const Pass& pass, const Frame& frame, std::string_view name) {
  constexpr std::string_view kInputs = "inputs.artifacts.";
  constexpr std::string_view kGlobal = "workflow.outputs.artifacts.";
  constexpr std::string_view kOutputs = ".outputs.artifacts.";
  if (name.starts_with(kInputs)) {
    const json::object* inputs = find_object(frame.body, "inputs");
    return inputs != nullptr ? artifact_in(*inputs, name.substr(kInputs.size())) : nullptr;
  }
  if (name.starts_with(kGlobal)) {
    const json::value* outputs = pass.draft.status("outputs");
    return outputs != nullptr && outputs->is_object()
               ? artifact_in(outputs->get_object(), name.substr(kGlobal.size()))
               : nullptr;
  }
  const std::string_view sibling = sibling_of(name, frame.prefix());
  const size_t at = name.find(kOutputs);
  const auto found = frame.call_by_name.find(std::string(sibling));
  if (sibling.empty() || at == name.npos || found == frame.call_by_name.end()) return nullptr;
  const Node* node = call_node(pass, frame, frame.calls[found->second]);
  if (node == nullptr) return nullptr;
  return artifact_in(last_attempt(pass, *node).outputs, name.substr(at + kOutputs.size()));
}

bool is_skipped_artifact(const Pass& pass, const Frame& frame, std::string_view name) {
  constexpr std::string_view kOutputs = ".outputs.artifacts.";
  if (frame.kind != Frame::Kind::kSteps) return false;
  const auto found = frame.call_by_name.find(std::string(sibling_of(name, frame.prefix())));
  const size_t at = name.find(kOutputs);
  if (at == name.npos || found == frame.call_by_name.end()) return false;
  const Call& call = frame.calls[found->second];
  const Node* node = call_node(pass, frame, call);
  if (node == nullptr || node->phase != Phase::kSkipped) return false;
  const auto templ =
      find_template(pass.draft, pass.world.catalog, *call.definition, frame.scope_name);
  const json::object* outputs = templ.ok() ? find_object(*templ->body, "outputs") : nullptr;
  return outputs != nullptr && artifact_in(*outputs, name.substr(at + kOutputs.size())) != nullptr;
}

std::string missing_reference(const json::value& value) {
  std::set<std::string> names;
  collect_names(value, names);
  for (const std::string& name : names) {
    const bool sibling = name.starts_with("steps.") || name.starts_with("tasks.");
    if (!sibling || name.find(".outputs.artifacts.") != name.npos) continue;
    if (name == "steps.name" || name == "tasks.name") continue;
    return name;
  }
  return {};
}

}  // namespace slipway::workflow
