#include "core/workflow/node.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/hash.h"

namespace slipway::workflow {
namespace {

constexpr std::array<std::string_view, 8> kPhaseWords{"",       "Pending", "Running", "Succeeded",
                                                      "Failed", "Error",   "Skipped", "Omitted"};
constexpr std::array<std::string_view, 11> kTypeWords{"Pod",     "Container", "Steps", "StepGroup",
                                                      "DAG",     "TaskGroup", "Retry", "Skipped",
                                                      "Suspend", "HTTP",      "Plugin"};

template <class E, size_t N>
std::optional<E> parse_word(const std::array<std::string_view, N>& words, std::string_view text) {
  for (size_t i = 0; i < N; ++i) {
    if (words[i] == text) return static_cast<E>(i);
  }
  return std::nullopt;
}

void put(json::object& to, std::string_view key, std::string_view text) {
  if (!text.empty()) to[key] = text;
}

void put(json::object& to, std::string_view key, const json::object& object) {
  if (!object.empty()) to[key] = object;
}

template <class T>
void put_list(json::object& to, std::string_view key, const std::vector<T>& list) {
  if (list.empty()) return;
  json::array array;
  array.reserve(list.size());
  for (const T& item : list) {
    if constexpr (std::is_same_v<T, std::string>) {
      array.emplace_back(item);
    } else {
      array.emplace_back(item.value);
    }
  }
  to[key] = std::move(array);
}

template <class T>
void take_list(const json::object& from, std::string_view key, std::vector<T>& list) {
  const json::array* array = find_array(from, key);
  if (array == nullptr) return;
  list.reserve(array->size());
  for (const json::value& item : *array) {
    if (item.is_string()) list.emplace_back(str(item.get_string()));
  }
}

void take_object(const json::object& from, std::string_view key, json::object& to) {
  if (const json::object* found = find_object(from, key)) to = *found;
}

Status take_time(const json::object& from, std::string_view key, Time& to) {
  const json::string* text = find_string(from, key);
  if (text == nullptr) return {};
  TRY_ASSIGN(to, parse_rfc3339(view(*text)));
  return {};
}

json::object own_fields(const Node& node) {
  json::object own;
  put(own, "pod", node.pod_id.value);
  if (node.pod_done) own["podDone"] = true;
  if (node.kill_requested) own["kill"] = true;
  put(own, "killMessage", node.kill_message);
  if (node.on_exit) own["onExit"] = true;
  if (node.broken) own["broken"] = true;
  if (node.acts) own["acts"] = true;
  if (node.reads) own["reads"] = true;
  put(own, "manifest", node.manifest);
  put(own, "sought", node.sought);
  put(own, "watches", node.watches);
  if (node.request_attempts != 0) own["requestAttempts"] = node.request_attempts;
  if (!node.not_before.is_zero()) own["notBeforeNs"] = node.not_before.ns;
  put_list(own, "warnings", node.warnings);
  put_list(own, "untrustedInputs", node.untrusted_inputs);
  put(own, "inline", node.inline_template);
  // Kubernetes' times have seconds only; backoff and duration need what the clock said.
  if (node.started_at != node.started_at.truncated_to_seconds()) {
    own["startedAtNs"] = node.started_at.ns;
  }
  if (node.finished_at != node.finished_at.truncated_to_seconds()) {
    own["finishedAtNs"] = node.finished_at.ns;
  }
  return own;
}

void take_own_fields(const json::object& own, Node& node) {
  node.pod_id = PodId(get_string(own, "pod"));
  node.pod_done = get_bool(own, "podDone");
  node.kill_requested = get_bool(own, "kill");
  node.kill_message = get_string(own, "killMessage");
  node.on_exit = get_bool(own, "onExit");
  node.broken = get_bool(own, "broken");
  node.acts = get_bool(own, "acts");
  node.reads = get_bool(own, "reads");
  node.manifest = get_string(own, "manifest");
  node.sought = get_string(own, "sought");
  node.watches = get_string(own, "watches");
  node.request_attempts = static_cast<int>(get_int(own, "requestAttempts"));
  node.not_before.ns = get_int(own, "notBeforeNs");
  take_list(own, "warnings", node.warnings);
  take_list(own, "untrustedInputs", node.untrusted_inputs);
  take_object(own, "inline", node.inline_template);
  node.started_at.ns = get_int(own, "startedAtNs", node.started_at.ns);
  node.finished_at.ns = get_int(own, "finishedAtNs", node.finished_at.ns);
}

Error bad_node(std::string_view id, std::string_view what) {
  return {ErrorCode::kInvalid, fmt::format("node '{}': {}", id, what), {}};
}

}  // namespace

std::string_view to_string(Phase phase) { return kPhaseWords.at(static_cast<size_t>(phase)); }
std::optional<Phase> parse_phase(std::string_view text) {
  return parse_word<Phase>(kPhaseWords, text);
}
std::string_view to_string(NodeType type) { return kTypeWords.at(static_cast<size_t>(type)); }
std::optional<NodeType> parse_node_type(std::string_view text) {
  return parse_word<NodeType>(kTypeWords, text);
}

bool is_completed(Phase phase) { return phase >= Phase::kSucceeded; }

bool may_follow(Phase from, Phase to) {
  // Rows: from; columns: to; both in the order of the enumeration.
  constexpr bool kTable[8][8] = {
      // ""     Pend  Run   Succ  Fail  Err   Skip  Omit
      {true, true, true, true, true, true, true, true},          // ""
      {false, true, true, true, true, true, true, false},        // Pending
      {false, true, true, true, true, true, false, false},       // Running
      {false, false, false, true, true, true, false, false},     // Succeeded (a daemon's)
      {false, false, false, false, true, false, false, false},   // Failed
      {false, false, false, false, false, true, false, false},   // Error
      {false, false, false, false, false, false, true, false},   // Skipped
      {false, false, false, false, false, false, false, true}};  // Omitted
  return kTable[static_cast<size_t>(from)][static_cast<size_t>(to)];
}

bool Node::fulfilled() const {
  return is_completed(phase) || (daemoned && phase != Phase::kPending);
}

json::object to_status_json(const Node& node) {
  json::object out;
  out["id"] = node.id.value;
  out["name"] = node.name;
  out["displayName"] = node.display_name;
  out["type"] = to_string(node.type);
  put(out, "templateName", node.template_name);
  put(out, "templateRef", node.template_ref);
  put(out, "templateScope", node.template_scope);
  put(out, "phase", to_string(node.phase));
  put(out, "boundaryID", node.boundary_id.value);
  put(out, "message", node.message);
  const auto put_time = [&out](std::string_view key, Time time) {
    if (time.is_zero()) {
      out[key] = nullptr;  // as Go prints a zero metav1.Time
    } else {
      out[key] = format_rfc3339(time);
    }
  };
  put_time("startedAt", node.started_at);
  put_time("finishedAt", node.finished_at);
  if (node.estimated_s > 0) out["estimatedDuration"] = node.estimated_s;
  put(out, "progress", node.progress);
  put(out, "resourcesDuration", node.resources_duration);
  put(out, "podIP", node.pod_ip);
  put(out, "podId", node.pod_id.value);  // ours: logs are found by it
  if (node.daemoned) out["daemoned"] = true;
  if (node.hooked || node.retried) {
    json::object flag;
    if (node.hooked) flag["hooked"] = true;
    if (node.retried) flag["retried"] = true;
    out["nodeFlag"] = std::move(flag);
  }
  put(out, "inputs", node.inputs);
  put(out, "outputs", node.outputs);
  put_list(out, "children", node.children);
  put_list(out, "outboundNodes", node.outbound_nodes);
  put(out, "hostNodeName", node.host_node_name);
  put(out, "memoizationStatus", node.memoization_status);
  put(out, "synchronizationStatus", node.synchronization_status);
  return out;
}

json::object to_journal_json(const Node& node) {
  json::object out = to_status_json(node);
  put(out, "slipway", own_fields(node));
  return out;
}

Result<Node> node_from_journal_json(const json::object& object) {
  Node node;
  node.id = NodeId(get_string(object, "id"));
  if (node.id.empty()) return bad_node(get_string(object, "name"), "it has no id");
  const auto type = parse_node_type(get_string(object, "type"));
  if (!type) return bad_node(node.id.value, "its type is unknown: " + get_string(object, "type"));
  const auto phase = parse_phase(get_string(object, "phase"));
  if (!phase)
    return bad_node(node.id.value, "its phase is unknown: " + get_string(object, "phase"));
  node.type = *type;
  node.phase = *phase;
  node.name = get_string(object, "name");
  node.display_name = get_string(object, "displayName");
  node.message = get_string(object, "message");
  node.boundary_id = NodeId(get_string(object, "boundaryID"));
  node.template_name = get_string(object, "templateName");
  take_object(object, "templateRef", node.template_ref);
  node.template_scope = get_string(object, "templateScope");
  take_list(object, "children", node.children);
  take_list(object, "outboundNodes", node.outbound_nodes);
  take_object(object, "inputs", node.inputs);
  take_object(object, "outputs", node.outputs);
  TRY(take_time(object, "startedAt", node.started_at));
  TRY(take_time(object, "finishedAt", node.finished_at));
  if (const json::object* flag = find_object(object, "nodeFlag")) {
    node.hooked = get_bool(*flag, "hooked");
    node.retried = get_bool(*flag, "retried");
  }
  node.estimated_s = get_int(object, "estimatedDuration");
  node.daemoned = get_bool(object, "daemoned");
  node.pod_ip = get_string(object, "podIP");
  node.host_node_name = get_string(object, "hostNodeName");
  node.progress = get_string(object, "progress");
  take_object(object, "resourcesDuration", node.resources_duration);
  take_object(object, "memoizationStatus", node.memoization_status);
  take_object(object, "synchronizationStatus", node.synchronization_status);
  if (const json::object* own = find_object(object, "slipway")) {
    take_own_fields(*own, node);
  } else {
    // The status form tells of a pod that once was: its logs are found by it, it is not wanted.
    node.pod_id = PodId(get_string(object, "podId"));
    node.pod_done = !node.pod_id.empty();
  }
  return node;
}

NodeId node_id(std::string_view workflow_name, std::string_view node_name) {
  if (workflow_name == node_name) return NodeId(std::string(node_name));
  return NodeId(fmt::format("{}-{}", workflow_name, fnv1a32(node_name)));
}

std::string display_name(std::string_view node_name, std::string_view boundary_name) {
  if (boundary_name.empty() || !node_name.starts_with(boundary_name)) return std::string(node_name);
  std::string_view rest = node_name.substr(boundary_name.size());
  std::string_view after = rest;
  if (after.starts_with('[')) {
    size_t end = 1;
    while (end < after.size() && after[end] >= '0' && after[end] <= '9') ++end;
    if (end > 1 && end < after.size() && after[end] == ']') after.remove_prefix(end + 1);
  }
  if (after.starts_with('.')) rest = after.substr(1);
  return rest.empty() ? std::string(node_name) : std::string(rest);
}

std::string pod_name(std::string_view workflow_name, std::string_view template_name,
                     std::string_view node_name) {
  constexpr size_t kLongest = 242;  // 253 less what the hash needs
  if (workflow_name == node_name) return std::string(workflow_name);
  std::string prefix(workflow_name);
  if (!template_name.empty()) prefix += fmt::format("-{}", template_name);
  if (prefix.size() > kLongest) prefix.resize(kLongest);
  return fmt::format("{}-{}", prefix, fnv1a32(node_name));
}

}  // namespace slipway::workflow
