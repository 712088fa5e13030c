// One executed template: what Argo calls a node and prints under status.nodes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/json.h"
#include "base/time.h"

namespace slipway::workflow {

// A workflow has the same phases, less Skipped and Omitted; kNone is its "" before the first pass.
enum class Phase { kNone, kPending, kRunning, kSucceeded, kFailed, kError, kSkipped, kOmitted };
std::string_view to_string(Phase phase);  // "" for kNone
std::optional<Phase> parse_phase(std::string_view text);
bool is_completed(Phase phase);  // Succeeded, Failed, Error, Skipped, Omitted

enum class NodeType {
  kPod,
  kContainer,
  kSteps,
  kStepGroup,
  kDag,
  kTaskGroup,
  kRetry,
  kSkipped,
  kSuspend,
  kHttp,
  kPlugin
};
std::string_view to_string(NodeType type);  // Argo's words: "Pod", "DAG", "HTTP" ...
std::optional<NodeType> parse_node_type(std::string_view text);

// The only table of which phase may follow which. A completed node changes no more, except that a
// daemon's success may still turn out a failure.
bool may_follow(Phase from, Phase to);

struct Node {
  NodeId id;
  std::string name;  // full name, e.g. hello[0].print(1:b)
  std::string display_name;
  NodeType type = NodeType::kPod;
  Phase phase = Phase::kPending;
  std::string message;
  NodeId boundary_id;          // nearest enclosing Steps or DAG node; empty at the top
  std::string template_name;   // local template
  json::object template_ref;   // {name, template, clusterScope} or empty
  std::string template_scope;  // "local/<name>", "namespaced/<name>", "cluster/<name>"
  std::vector<NodeId> children;
  std::vector<NodeId> outbound_nodes;
  json::object inputs;   // {parameters:[...], artifacts:[...]} or empty
  json::object outputs;  // {parameters, artifacts, result, exitCode} or empty
  Time started_at, finished_at;
  int64_t estimated_s = 0;  // how long it will probably take (estimate.h); 0: unknown
  bool hooked = false, retried = false;  // nodeFlag
  bool daemoned = false;
  std::string pod_ip, host_node_name, progress;
  json::object resources_duration;  // {cpu, memory} in seconds; of a pod that has ended
  json::object memoization_status, synchronization_status;

  // Slipway's own; not part of what `argo get` prints.
  PodId pod_id;                 // set once a pod is wanted; names the run of it for all time
  bool pod_done = false;        // the final report of its pod has come
  bool kill_requested = false;  // its pod is to be stopped
  std::string kill_message;     // what its message becomes when the stopped pod has ended
  bool on_exit = false;         // of an exit handler: goes on after a stop and past the deadline
  bool broken = false;          // it could not be executed at all, and what is around it says so
  bool acts = false;            // a resource template: the engine does its work
  bool reads = false;           // it waits for what the artifact store answers
  std::string manifest;         // of a resource template: what it read from an artifact
  std::string sought;           // the finished workflows it asks for (read.h)
  std::string watches;          // the object whose conditions it waits for: "Workflow default/x"
  int request_attempts = 0;     // http and plugin nodes: how often it was sent
  Time not_before;              // http and plugin nodes: earliest next attempt
  // Why the values pasted into a script were untrusted; shown by `slipway get` (design, "Untrusted
  // values").
  std::vector<std::string> warnings;
  std::vector<std::string> untrusted_inputs;  // input parameters whose text came from outside
  json::object inline_template;               // the body, when the step or task brought its own

  bool fulfilled() const;  // spec workflows.md, rule 4
  bool failed_or_error() const { return phase == Phase::kFailed || phase == Phase::kError; }
  bool runs_pod() const { return type == NodeType::kPod; }
};

// status.nodes[id] as Argo prints it (absent fields left out).
json::object to_status_json(const Node& node);

// Everything, for the journal: the status form, and Slipway's own fields under "slipway". Reading
// also takes the plain status form; reads whatever was ever written.
json::object to_journal_json(const Node& node);
Result<Node> node_from_journal_json(const json::object& object);

// Root: the workflow's name; otherwise "<workflow>-<fnv1a32 of the full node name>" (rule 1).
NodeId node_id(std::string_view workflow_name, std::string_view node_name);
// What is shown of a node inside its boundary (rule 3).
std::string display_name(std::string_view node_name, std::string_view boundary_name);
// Pod name v2 (rule 1).
std::string pod_name(std::string_view workflow_name, std::string_view template_name,
                     std::string_view node_name);

}  // namespace slipway::workflow
