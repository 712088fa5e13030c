#include "core/engine/phase_sample.h"

namespace slipway::engine {
namespace {

using workflow::Phase;
using workflow::Sample;

// OpenTelemetry's own, which Argo's controller leaves this histogram with.
constexpr double kRuntimeBuckets[] = {0,   5,   10,   25,   50,   75,   100,   250,
                                      500, 750, 1000, 2500, 5000, 7500, 10'000};

constexpr Duration kRecently = Duration::seconds(10);  // RECENTLY_STARTED_POD_DURATION

std::string text_of(Phase phase) { return std::string(to_string(phase)); }

void add_template(const workflow::Run& run, const workflow::Delta& delta, Phase phase,
                  std::vector<Sample>& samples) {
  const json::object* reference = find_object(run.spec(), "workflowTemplateRef");
  if (reference == nullptr) return;
  Labels labels{{"name", get_string(*reference, "name")},
                {"namespace", run.ns()},
                {"cluster_scope", get_bool(*reference, "clusterScope") ? "true" : "false"}};
  const auto started = parse_rfc3339(get_string(run.status(), "startedAt"));
  if (workflow::is_completed(phase) && started.ok()) {
    Sample took = count_sample("workflowtemplate_runtime",
                               "Time of workflows that are made of a template, in seconds", labels);
    took.kind = Sample::Kind::kObserve;
    took.value = (delta.at - *started).to_seconds();
    took.buckets.assign(std::begin(kRuntimeBuckets), std::end(kRuntimeBuckets));
    samples.push_back(std::move(took));
  }
  labels.emplace_back("phase", text_of(phase));
  samples.push_back(count_sample("workflowtemplate_triggered_total",
                                 "Number of workflows made of a template that entered each phase",
                                 std::move(labels)));
}

void add_workflow(const workflow::Run& run, const workflow::Delta& delta,
                  std::vector<Sample>& samples) {
  const auto phase = workflow::parse_phase(get_string(delta.status, "phase"));
  if (!phase || *phase == run.phase() || *phase == Phase::kNone) return;
  samples.push_back(count_sample("total_count", "Total number of workflows that entered each phase",
                                 {{"phase", text_of(*phase)}, {"namespace", run.ns()}}));
  add_template(run, delta, *phase, samples);
}

// What comes after the first ':' is of one pod alone.
void add_pending(const workflow::Run& run, const workflow::Node& node,
                 std::vector<Sample>& samples) {
  const std::string reason = node.message.substr(0, node.message.find(':'));
  if (reason.empty() || reason == "PodInitializing") return;
  samples.push_back(count_sample("pod_pending_count",
                                 "Number of pods that began to be pending, by reason",
                                 {{"reason", reason}, {"namespace", run.ns()}}));
}

void add_pod(const workflow::Run& run, const workflow::Delta& delta, const workflow::Node& node,
             std::vector<Sample>& samples) {
  const workflow::Node* before = run.find_node(node.id);
  const bool new_message = before == nullptr || before->message != node.message;
  if (node.phase == Phase::kPending && new_message) add_pending(run, node, samples);
  if (before != nullptr && before->phase == node.phase) return;
  samples.push_back(count_sample("pods_total_count", "Total number of pods that entered each phase",
                                 {{"phase", text_of(node.phase)}, {"namespace", run.ns()}}));
  if (before == nullptr || node.phase != Phase::kError || node.message != "pod deleted") return;
  const bool recently = delta.at - before->started_at < kRecently;
  samples.push_back(count_sample(
      "pod_missing", "Number of pods that were not there any more",
      {{"node_phase", text_of(before->phase)}, {"recently_started", recently ? "true" : "false"}}));
}

void add_locks(const workflow::Delta& delta, std::vector<Sample>& samples) {
  for (const workflow::LockClaim& claim : delta.locks) {
    if (claim.state != workflow::LockClaim::State::kHeld) continue;
    samples.push_back(count_sample("locks_taken_total", "Number of locks that were taken",
                                   lock_labels(claim.kind, claim.lock)));
  }
}

}  // namespace

workflow::Sample count_sample(std::string name, std::string help, Labels labels) {
  Sample sample;
  sample.name = std::move(name);
  sample.help = std::move(help);
  sample.labels = std::move(labels);
  sample.value = 1;
  return sample;
}

Labels lock_labels(std::string_view type, std::string_view lock) {
  const size_t kind = lock.find('/');
  const size_t name = kind != lock.npos ? lock.find('/', kind + 1) : lock.npos;
  if (name == lock.npos) return {{"type", std::string(type)}, {"lock_name", std::string(lock)}};
  const bool database = lock.substr(kind + 1, name - kind - 1) == "Database";
  return {{"type", std::string(type)},
          {"storage", database ? "database" : "configmap"},
          {"lock_name", std::string(lock.substr(name + 1))},
          {"namespace", std::string(lock.substr(0, kind))}};
}

LockUse lock_use(const json::object& synchronization, std::string_view list) {
  LockUse use;
  for (const std::string_view type : {"mutex", "semaphore"}) {
    for (const json::value& item : list_of(object_of(synchronization, type), list)) {
      const json::object* entry = item.if_object();
      if (entry == nullptr) continue;
      auto& holders = use[{std::string(type), get_string(*entry, type)}];
      if (type == "mutex") holders.insert(get_string(*entry, "holder"));
      for (const json::value& holder : list_of(*entry, "holders")) {
        if (holder.is_string()) holders.insert(str(holder.get_string()));
      }
    }
  }
  return use;
}

void add_phase_samples(const workflow::Run& run, const workflow::Delta& delta,
                       std::vector<Sample>& samples) {
  add_workflow(run, delta, samples);
  for (const workflow::Node& node : delta.nodes) {
    if (!node.pod_id.empty()) add_pod(run, delta, node, samples);
  }
  add_locks(delta, samples);
}

}  // namespace slipway::engine
