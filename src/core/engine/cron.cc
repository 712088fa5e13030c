#include "core/engine/cron.h"

#include <fmt/format.h>

#include "core/engine/cron_condition.h"
#include "core/engine/phase_sample.h"
#include "core/workflow/submit.h"

namespace slipway::engine {
namespace {

constexpr std::string_view kCronLabel = "workflows.argoproj.io/cron-workflow";
constexpr const char* kStopped = "Stopped";

json::object& status_of(manifest::Resource& cron) {
  json::value& status = cron.object["status"];
  if (!status.is_object()) status.emplace_object();
  return status.get_object();
}

// The runs of status.active that still run.
std::vector<const RunSlot*> active_runs(const Model& model, const manifest::Resource& cron) {
  std::vector<const RunSlot*> active;
  const json::object* status = find_object(cron.object, "status");
  const json::array* listed = status != nullptr ? find_array(*status, "active") : nullptr;
  if (listed == nullptr) return active;
  for (const json::value& entry : *listed) {
    const json::object* object = entry.if_object();
    if (object == nullptr) continue;
    const auto at = model.runs.find(WorkflowUid(get_string(*object, "uid")));
    if (at != model.runs.end() && !workflow::is_completed(at->second.run.phase())) {
      active.push_back(&at->second);
    }
  }
  return active;
}

json::object reference(std::string_view ns, std::string_view name, const WorkflowUid& uid) {
  return {{"apiVersion", "argoproj.io/v1alpha1"},
          {"kind", "Workflow"},
          {"namespace", ns},
          {"name", name},
          {"uid", uid.value}};
}

void put(const Model& model, Time now, manifest::Resource cron, Decision& decision) {
  cron.object["metadata"].as_object()["resourceVersion"] =
      std::to_string(model.resource_version + 1);
  decision.events.push_back({now, ResourcePut{std::move(cron)}});
}

bool too_late(const manifest::Resource& cron, Time scheduled, Time now) {
  const Duration late = now - scheduled;
  if (late <= kScheduleGrace) return false;
  const int64_t deadline_s = get_int(cron.spec(), "startingDeadlineSeconds", 0);
  return late > Duration::seconds(deadline_s);
}

Result<Birth> child(const Model& model, const Input& input, const manifest::Resource& cron,
                    Time scheduled) {
  TRY_ASSIGN(json::object object, workflow::from_template(cron, cron.ns()));
  json::value& metadata = object["metadata"];
  if (!metadata.is_object()) metadata.emplace_object();
  metadata.get_object().erase("generateName");
  workflow::SubmitOptions options;
  options.name = fmt::format("{}-{}", cron.name(), scheduled.to_seconds());
  options.scheduled_time = format_rfc3339(scheduled);
  options.labels.emplace_back(kCronLabel, cron.name());
  Random random(input.entropy);
  return give_birth(model, input.now, random, std::move(object), cron.ns(), options, {},
                    /*lenient=*/true);
}

void set_condition(json::object& status, std::string_view type, const std::string& message) {
  json::array kept;
  if (const json::array* before = find_array(status, "conditions")) {
    for (const json::value& one : *before) {
      if (one.is_object() && get_string(one.get_object(), "type") != type) kept.push_back(one);
    }
  }
  if (!message.empty()) {
    kept.push_back(json::object{{"type", type}, {"status", "True"}, {"message", message}});
  }
  if (kept.empty()) {
    status.erase("conditions");
  } else {
    status["conditions"] = std::move(kept);
  }
}

// Ends the CronWorkflow for good when its stopStrategy says so. True when nothing more is run, be
// it because that can not be told.
bool stop_when_told(manifest::Resource& cron, Time now) {
  json::object& status = status_of(cron);
  if (get_string(status, "phase") == kStopped) return true;
  const auto stop = shall_stop(cron, now);
  set_condition(status, "SpecError",
                stop.ok() ? ""
                          : fmt::format("failed to check CronWorkflow '{}' stopping condition: {}",
                                        cron.name(), stop.error().message));
  status["phase"] = stop.ok() && *stop ? kStopped : "Active";
  if (!stop.ok() || !*stop) return !stop.ok();
  json::value& labels = cron.object["metadata"].as_object()["labels"];
  if (!labels.is_object()) labels.emplace_object();
  labels.get_object()["cronworkflows.argoproj.io/completed"] = "true";
  return true;
}

workflow::Sample count(std::string name, std::string help, const manifest::Resource& cron) {
  return count_sample(std::move(name), std::move(help),
                      {{"name", cron.name()}, {"namespace", cron.ns()}});
}

workflow::Sample count_error(std::string cause) {
  return count_sample("error_count", "Number of errors by their cause",
                      {{"cause", std::move(cause)}});
}

// The run that was due is not there, and counts as failed.
void refuse_run(manifest::Resource& cron, std::string_view what, const Error& error,
                Decision& decision) {
  json::object& status = status_of(cron);
  status["failed"] = get_int(status, "failed") + 1;
  set_condition(status, "SubmissionError", fmt::format("{}: {}", what, error.text()));
  decision.samples.push_back(count_error("CronWorkflowSubmissionError"));
}

// Whether the run that is due may start, in Argo's order: stopStrategy, when, concurrencyPolicy.
bool is_let(const Model& model, manifest::Resource& cron, Time now, Decision& decision) {
  if (stop_when_told(cron, now)) return false;
  const auto may = may_run(cron, now);
  if (!may.ok()) refuse_run(cron, "run policy error", may.error(), decision);
  if (!may.ok() || !*may) return false;
  const std::string policy = get_string(cron.spec(), "concurrencyPolicy", "Allow");
  if (active_runs(model, cron).empty() || policy == "Allow") return true;
  workflow::Sample sample =
      count("cronworkflows_concurrencypolicy_triggered",
            "A counter of times a CronWorkflow has triggered its concurrencyPolicy", cron);
  sample.labels.emplace_back("concurrency_policy", policy);
  decision.samples.push_back(std::move(sample));
  return policy != "Forbid";
}

// The runs that go on beside a new one; with policy Replace they are ended.
json::array keep_active(const Model& model, const Input& input, const manifest::Resource& cron,
                        Decision& decision) {
  json::array references;
  const bool replace = get_string(cron.spec(), "concurrencyPolicy") == "Replace";
  for (const RunSlot* slot : active_runs(model, cron)) {
    if (!replace) {
      references.push_back(reference(cron.ns(), slot->run.name(), slot->run.uid()));
      continue;
    }
    workflow::Happening happening;
    happening.operations.push_back(workflow::Terminate{});
    advance_run(model, input.now, input.entropy, slot->run, happening, decision);
  }
  return references;
}

}  // namespace

void decide_schedule(const Model& model, const Input& input, const manifest::ResourceKey& key,
                     Decision& decision) {
  manifest::Resource cron = *model.catalog.find(key);
  const auto scheduled = latest_schedule(cron, input.now);
  set_scheduled_until(cron, input.now);
  if (!scheduled || too_late(cron, *scheduled, input.now) ||
      !is_let(model, cron, input.now, decision)) {
    return put(model, input.now, std::move(cron), decision);
  }
  json::array references = keep_active(model, input, cron, decision);
  Result<Birth> birth = child(model, input, cron, *scheduled);
  json::object& status = status_of(cron);
  status["lastScheduledTime"] = format_rfc3339(*scheduled);
  if (birth.ok()) {
    references.push_back(reference(birth->ns, birth->name, birth->uid));
    decision.events.push_back({input.now, std::move(birth->event)});
    decision.samples.push_back(
        count("cronworkflows_triggered_total", "Total number of cron workflows triggered", cron));
    set_condition(status, "SubmissionError", "");
  } else if (birth.error().code != ErrorCode::kAlreadyExists) {
    refuse_run(cron, "Failed to submit Workflow", birth.error(), decision);
  }
  status["active"] = std::move(references);
  put(model, input.now, std::move(cron), decision);
}

void count_finished(const Model& model, Time now, const workflow::Run& run, Decision& decision) {
  const json::object* labels = find_object(run.metadata(), "labels");
  const std::string name = labels != nullptr ? get_string(*labels, kCronLabel) : std::string();
  if (name.empty()) return;
  const manifest::Resource* found =
      model.catalog.find(manifest::Kind::kCronWorkflow, run.ns(), name);
  if (found == nullptr) return;
  manifest::Resource cron = *found;
  json::object& status = status_of(cron);
  const bool succeeded = run.phase() == workflow::Phase::kSucceeded;
  const auto* counter = succeeded ? "succeeded" : "failed";
  status[counter] = get_int(status, counter) + 1;
  json::array left;
  for (const RunSlot* slot : active_runs(model, cron)) {
    if (slot->run.uid() == run.uid()) continue;
    left.push_back(reference(run.ns(), slot->run.name(), slot->run.uid()));
  }
  status["active"] = std::move(left);
  stop_when_told(cron, now);
  put(model, now, std::move(cron), decision);
}

}  // namespace slipway::engine
