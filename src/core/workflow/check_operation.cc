#include "core/workflow/check_operation.h"

#include <fmt/format.h>

#include "core/workflow/inputs.h"
#include "core/workflow/node_selector.h"
#include "core/workflow/suspend.h"

namespace slipway::workflow {
namespace {

using Nodes = std::vector<const Node*>;

Error refused(std::string message) { return {ErrorCode::kInvalid, std::move(message), {}}; }

Error none_matches(std::string_view ns, std::string_view name, const std::string& selector_text) {
  return refused(
      fmt::format("no suspended node of Workflow {}/{} matches \"{}\"; `slipway get workflow {}` "
                  "shows its nodes",
                  ns, name, selector_text, name));
}

// Without a selector: every suspended node, also none.
Result<Nodes> selected(const Run& run, const std::string& selector_text) {
  TRY_ASSIGN(const NodeSelector selector, NodeSelector::parse(selector_text));
  Nodes nodes;
  for (const auto& [id, node] : run.nodes()) {
    const bool suspended = node.type == NodeType::kSuspend && node.phase == Phase::kRunning;
    if (suspended && (selector.empty() || selector.matches(node))) nodes.push_back(&node);
  }
  if (nodes.empty() && !selector.empty()) return none_matches(run.ns(), run.name(), selector_text);
  return nodes;
}

Status check_outputs_given(const Run& run, const Nodes& nodes) {
  for (const Node* node : nodes) {
    const std::string lacking = lacking_output(*node);
    if (lacking.empty()) continue;
    return refused(
        fmt::format("{}; give it first: `slipway set {} --node-field-selector name={} "
                    "--output-parameter {}=VALUE`",
                    lacking_output_message(lacking), run.name(), node->name, lacking));
  }
  return {};
}

Status check_expected(const Node& node, const std::string& parameter) {
  const json::object* output = find_named(node.outputs, "parameters", parameter);
  if (output == nullptr) {
    return refused(
        fmt::format("node {} is not expecting output parameter '{}'", node.name, parameter));
  }
  if (find_path(*output, {"valueFrom", "supplied"}) != nullptr) return {};
  return refused(
      fmt::format("cannot set output parameter '{}' of node {}: only one with "
                  "valueFrom.supplied can be set",
                  parameter, node.name));
}

Status check_form(const SetNode& set) {
  if (set.node_field_selector.empty()) {
    return refused("set needs a node field selector, such as displayName=approve");
  }
  const auto phase = parse_phase(set.phase);
  if (set.phase.empty() || (phase && may_follow(Phase::kRunning, *phase))) return {};
  return refused(
      fmt::format("\"{}\" is no phase that a suspended node can be given; use "
                  "Succeeded, Failed or Error",
                  set.phase));
}

struct Check {
  const Run& run;

  Status operator()(const Stop& stop) const {
    if (stop.node_field_selector.empty()) return {};
    TRY(selected(run, stop.node_field_selector));
    return {};
  }
  Status operator()(const Resume& resume) const {
    TRY_ASSIGN(const Nodes nodes, selected(run, resume.node_field_selector));
    return check_outputs_given(run, nodes);
  }
  Status operator()(const SetNode& set) const {
    TRY(check_form(set));
    TRY_ASSIGN(const Nodes nodes, selected(run, set.node_field_selector));
    for (const Node* node : nodes) {
      for (const auto& [parameter, value] : set.output_parameters) {
        TRY(check_expected(*node, parameter));
      }
    }
    return {};
  }
  Status operator()(const Terminate&) const { return {}; }
  Status operator()(const Suspend&) const { return {}; }
  Status operator()(const SetMetadata&) const { return {}; }
};

struct CheckFinished {
  std::string_view ns, name;

  Status selects_nothing(const std::string& selector) const {
    TRY(NodeSelector::parse(selector));
    return none_matches(ns, name, selector);
  }
  Status no_shutdown() const {
    return Error{ErrorCode::kConflict,
                 fmt::format("cannot shutdown a completed workflow: workflow: \"{}\", namespace: "
                             "\"{}\"",
                             name, ns),
                 {}};
  }
  Status operator()(const Stop& stop) const {
    return stop.node_field_selector.empty() ? no_shutdown()
                                            : selects_nothing(stop.node_field_selector);
  }
  Status operator()(const Terminate&) const { return no_shutdown(); }
  Status operator()(const Suspend&) const {
    return Error{ErrorCode::kConflict, "cannot suspend completed workflows", {}};
  }
  Status operator()(const Resume& resume) const {
    if (resume.node_field_selector.empty()) return {};
    return selects_nothing(resume.node_field_selector);
  }
  Status operator()(const SetNode& set) const {
    TRY(check_form(set));
    return selects_nothing(set.node_field_selector);
  }
  Status operator()(const SetMetadata&) const { return {}; }
};

}  // namespace

Status check_operation(const Run& run, const Operation& operation) {
  return std::visit(Check{run}, operation);
}

Status check_finished(std::string_view ns, std::string_view name, const Operation& operation) {
  return std::visit(CheckFinished{ns, name}, operation);
}

}  // namespace slipway::workflow
