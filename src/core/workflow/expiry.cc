#include "core/workflow/expiry.h"

#include "core/expr/golang/golang.h"
#include "core/expr/label/label.h"
#include "core/workflow/globals.h"
#include "core/workflow/inputs.h"
#include "core/workflow/plan_pod.h"

namespace slipway::workflow {
namespace {

constexpr Duration kDeleteDelay = Duration::seconds(5);  // Argo's podGCDeleteDelayDuration

const json::object* strategy_of(const Run& run, std::string_view key) {
  return find_object(run.effective_spec(), key);
}

Duration delay_of(const json::object& gc) {
  const json::value* given = find(gc, "deleteDelayDuration");
  if (given == nullptr) return kDeleteDelay;
  const auto delay = expr::parse_argo_duration(any_string(*given));
  return delay.ok() ? *delay : kDeleteDelay;
}

// {matchLabels, matchExpressions}
bool selects(const json::object& selector, const std::map<std::string, std::string>& labels) {
  if (const json::object* wanted = find_object(selector, "matchLabels")) {
    for (const auto& member : *wanted) {
      const auto label = labels.find(std::string(member.key()));
      if (label == labels.end() || label->second != any_string(member.value())) return false;
    }
  }
  const json::array* expressions = find_array(selector, "matchExpressions");
  if (expressions == nullptr) return true;
  for (const json::value& item : *expressions) {
    if (!item.is_object()) return false;
    const json::object& expression = item.get_object();
    const std::string wanted = get_string(expression, "operator");
    const auto label = labels.find(get_string(expression, "key"));
    const bool has = label != labels.end();
    bool listed = false;
    if (const json::array* values = find_array(expression, "values"); values != nullptr && has) {
      listed =
          std::find(values->begin(), values->end(), json::value(label->second)) != values->end();
    }
    const bool holds = wanted == "In"             ? listed
                       : wanted == "NotIn"        ? !listed
                       : wanted == "Exists"       ? has
                       : wanted == "DoesNotExist" ? !has
                                                  : false;
    if (!holds) return false;
  }
  return true;
}

// Only logs of which the artifact store has a copy are given up with the pod.
bool log_is_archived(const Node& node) {
  return find_named(node.outputs, "artifacts", "main-logs") != nullptr;
}

bool is_selected(const Run& run, const Node& node, const json::object& gc, const World& world) {
  const json::object* selector = find_object(gc, "labelSelector");
  if (selector == nullptr) return true;
  auto labels = pod_labels(run, node, world);
  if (!labels.ok()) return false;
  (*labels)["workflows.argoproj.io/completed"] = "true";
  return selects(*selector, *labels);
}

}  // namespace

std::optional<Time> expiry(const Run& run) {
  const json::object* ttl = strategy_of(run, "ttlStrategy");
  const auto finished = parse_rfc3339(get_string(run.status(), "finishedAt"));
  if (ttl == nullptr || !finished.ok()) return std::nullopt;
  const auto after = [&](std::string_view key) -> std::optional<Time> {
    const json::value* seconds = find(*ttl, key);
    if (seconds == nullptr || !seconds->is_int64()) return std::nullopt;
    return *finished + Duration::seconds(seconds->get_int64());
  };
  std::optional<Time> time;
  if (run.phase() == Phase::kFailed) time = after("secondsAfterFailure");
  if (run.phase() == Phase::kSucceeded) time = after("secondsAfterSuccess");
  return time ? time : after("secondsAfterCompletion");
}

PodGc pods_to_collect(const Run& run, const Delta& delta, const World& world) {
  PodGc found;
  const json::object* gc = strategy_of(run, "podGC");
  const std::string strategy = gc != nullptr ? get_string(*gc, "strategy") : std::string();
  if (strategy != "OnPodCompletion" && strategy != "OnPodSuccess") return found;
  found.delay = delay_of(*gc);
  for (const Node& node : delta.nodes) {
    if (node.pod_id.empty() || !node.pod_done || !log_is_archived(node)) continue;
    const Node* before = run.find_node(node.id);
    if (before == nullptr || before->pod_done) continue;
    if (strategy == "OnPodSuccess" && node.phase != Phase::kSucceeded) continue;
    if (is_selected(run, *before, *gc, world)) found.pods.push_back(node.pod_id);
  }
  return found;
}

PodGc pods_to_collect(const Run& run, const World& world) {
  PodGc found;
  const json::object* gc = strategy_of(run, "podGC");
  const std::string strategy = gc != nullptr ? get_string(*gc, "strategy") : std::string();
  const bool due = strategy == "OnWorkflowCompletion" ||
                   (strategy == "OnWorkflowSuccess" && run.phase() == Phase::kSucceeded);
  if (!due) return found;
  found.delay = delay_of(*gc);
  for (const auto& [id, node] : run.nodes()) {
    if (node.pod_id.empty() || !log_is_archived(node)) continue;
    if (is_selected(run, node, *gc, world)) found.pods.push_back(node.pod_id);
  }
  return found;
}

}  // namespace slipway::workflow
