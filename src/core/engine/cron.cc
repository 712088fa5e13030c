#include "core/engine/cron.h"

#include <fmt/format.h>

#include "core/workflow/submit.h"

namespace slipway::engine {
namespace {

constexpr std::string_view kCronLabel = "workflows.argoproj.io/cron-workflow";

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

}  // namespace

void decide_schedule(const Model& model, const Input& input, const manifest::ResourceKey& key,
                     Decision& decision) {
  manifest::Resource cron = *model.catalog.find(key);
  const auto scheduled = latest_schedule(cron, input.now);
  set_scheduled_until(cron, input.now);
  if (!scheduled || too_late(cron, *scheduled, input.now)) {
    put(model, input.now, std::move(cron), decision);
    return;
  }
  const std::string policy = get_string(cron.spec(), "concurrencyPolicy", "Allow");
  std::vector<const RunSlot*> active = active_runs(model, cron);
  if (policy == "Forbid" && !active.empty()) {
    put(model, input.now, std::move(cron), decision);
    return;
  }
  json::array references;
  for (const RunSlot* slot : active) {
    if (policy == "Replace") {
      workflow::Happening happening;
      happening.operations.push_back(workflow::Terminate{});
      workflow::Delta delta =
          workflow::advance(slot->run, happening, world_of(model, input.now, input.entropy));
      if (!delta.empty()) {
        decision.events.push_back({input.now, WorkflowAdvanced{std::move(delta)}});
      }
    } else {
      references.push_back(reference(key.ns, slot->run.name(), slot->run.uid()));
    }
  }
  Result<Birth> birth = child(model, input, cron, *scheduled);
  json::object& status = status_of(cron);
  status["lastScheduledTime"] = format_rfc3339(*scheduled);
  if (birth.ok()) {
    references.push_back(reference(birth->ns, birth->name, birth->uid));
    decision.events.push_back({input.now, std::move(birth->event)});
  } else if (birth.error().code != ErrorCode::kAlreadyExists) {
    status["failed"] = get_int(status, "failed") + 1;
    status["conditions"] = json::array{json::object{
        {"type", "SubmissionError"}, {"status", "True"}, {"message", birth.error().text()}}};
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
  put(model, now, std::move(cron), decision);
}

}  // namespace slipway::engine
