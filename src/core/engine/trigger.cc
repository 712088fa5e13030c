#include "core/engine/trigger.h"

#include <fmt/format.h>

#include "core/engine/trigger_order.h"
#include "core/workflow/check_operation.h"
#include "core/workflow/submit.h"
#include "core/workflow/submit_arguments.h"

namespace slipway::engine {
namespace {

// Where a workflow made by a sensor came from, and which of its values came from outside.
void annotate(json::object& workflow, const sensor::Firing& firing,
              const std::vector<std::string>& untrusted) {
  json::object& annotations =
      workflow::member_object(workflow::member_object(workflow, "metadata"), "annotations");
  std::string ids;
  for (const EventId& id : firing.events) {
    if (!ids.empty()) ids += ',';
    ids += id.value;
  }
  annotations["slipway.dev/event"] = ids;
  json::array paths;
  for (const std::string& path : untrusted) paths.emplace_back(path);
  if (!paths.empty()) annotations["slipway.dev/untrusted"] = print_json(json::value(paths));
}

}  // namespace

void TriggerRun::fire(const manifest::Resource& sensor, const sensor::Firing& firing,
                      sensor::Verdict& verdict) {
  Result<std::string> made = act(sensor, firing, verdict);
  if (made.ok()) {
    verdict.action = std::move(*made);
    return;
  }
  verdict.outcome = sensor::Verdict::Outcome::kFailed;
  sensor::Step step;
  step.stage = "trigger";
  step.subject = firing.trigger;
  step.message = made.error().text();
  verdict.steps.push_back(std::move(step));
}

void TriggerRun::finish(Decision& decision) {
  for (Event& event : events_) decision.events.push_back(std::move(event));
  for (auto& [uid, operations] : operations_) {
    workflow::Happening happening;
    happening.operations = std::move(operations);
    advance_run(model_, now_, random_.next(), model_.runs.at(uid).run, happening, decision);
  }
}

Result<std::string> TriggerRun::act(const manifest::Resource& sensor, const sensor::Firing& firing,
                                    sensor::Verdict& verdict) {
  if (const auto* made = std::get_if<sensor::CreateWorkflow>(&firing.action)) {
    return create(firing, made->object, made->ns, {}, made->untrusted);
  }
  if (const auto* from = std::get_if<sensor::SubmitFrom>(&firing.action)) {
    return submit(firing, *from);
  }
  if (const auto* verb = std::get_if<sensor::Operate>(&firing.action)) {
    if (find_slot(model_, verb->ns, verb->name) != nullptr) return operate(*verb);
    verdict.call = seek(sensor, firing, *verb);
    return fmt::format("{} Workflow {}/{}", verb->verb, verb->ns, verb->name);
  }
  if (const auto* made = std::get_if<sensor::ChangeObject>(&firing.action)) {
    if (!reaches_finished(model_, *made)) return change(*made);
    verdict.call = seek(sensor, firing, *made);
    return fmt::format("{} Workflow {}/{}", made->operation, made->ns, name_in(made->object));
  }
  if (const auto* log = std::get_if<sensor::WriteLog>(&firing.action)) return "log: " + log->text;
  const auto& request = std::get<sensor::CallHttp>(firing.action);
  verdict.call = call(sensor, firing, request);
  return fmt::format("{} {}", request.method, request.url);
}

Result<std::string> TriggerRun::create(const sensor::Firing& firing, json::object object,
                                       std::string_view ns, const workflow::SubmitOptions& options,
                                       const std::vector<std::string>& untrusted) {
  annotate(object, firing, untrusted);
  TRY_ASSIGN(Birth birth, give_birth(model_, now_, random_, std::move(object), ns, options, taken_,
                                     /*lenient=*/true));
  std::string key = birth.ns + "/" + birth.name;
  taken_.insert(key);
  events_.push_back({now_, std::move(birth.event)});
  return "Workflow " + key;
}

Result<std::string> TriggerRun::submit(const sensor::Firing& firing,
                                       const sensor::SubmitFrom& from) {
  const auto kind = manifest::parse_kind(from.kind);
  if (!kind) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("'{}' is no kind to submit from; use workflowtemplate, "
                             "clusterworkflowtemplate or cronworkflow",
                             from.kind),
                 ""};
  }
  const manifest::Resource* source =
      model_.catalog.find(*kind, manifest::is_namespaced(*kind) ? from.ns : "", from.name);
  if (source == nullptr) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("{} {} does not exist in namespace {}; apply it first",
                             manifest::to_string(*kind), from.name, from.ns),
                 ""};
  }
  TRY_ASSIGN(json::object object, workflow::from_template(*source, from.ns));
  workflow::SubmitOptions options;
  options.name = from.new_name;
  options.generate_name = from.generate_name;
  options.entrypoint = from.entrypoint;
  options.service_account = from.service_account;
  options.parameters = from.parameters;
  options.labels = from.labels;
  options.annotations = from.annotations;
  // Which of the arguments came from the event is not known here, so all count as such.
  std::vector<std::string> untrusted;
  for (const auto& [name, value] : from.parameters) {
    untrusted.push_back("spec.arguments.parameters." + name);
  }
  return create(firing, std::move(object), from.ns, options, untrusted);
}

Result<std::string> TriggerRun::operate(const sensor::Operate& operate) {
  const workflow::Run& run = find_slot(model_, operate.ns, operate.name)->run;
  const std::string key = operate.ns + "/" + operate.name;
  if (const auto operation = operation_of(operate.verb)) {
    TRY(check_operation(run, *operation));
    operations_[run.uid()].push_back(*operation);
    return fmt::format("{} Workflow {}", operate.verb, key);
  }
  if (operate.verb == "retry") {
    return Error{ErrorCode::kConflict,
                 fmt::format("Workflow {} has not finished; stop it first", key), ""};
  }
  TRY_ASSIGN(json::object again,
             workflow::resubmit(marked(run.to_object(), operate), {false, operate.parameters, {}}));
  TRY_ASSIGN(Birth birth, give_birth(model_, now_, random_, std::move(again), operate.ns, {},
                                     taken_, /*lenient=*/true));
  std::string made = birth.ns + "/" + birth.name;
  taken_.insert(made);
  events_.push_back({now_, std::move(birth.event)});
  return "Workflow " + made;
}

Result<std::string> TriggerRun::change(const sensor::ChangeObject& change) {
  TRY_ASSIGN(const ActOrder order, change_order(model_, change, nullptr));
  Decision decision;
  TRY_ASSIGN(const Acted acted,
             carry_out(model_, {now_, random_.next(), Tick{}}, {}, order, nullptr, decision));
  for (Event& event : decision.events) events_.push_back(std::move(event));
  return told(order, acted);
}

EffectId TriggerRun::call(const manifest::Resource& sensor, const sensor::Firing& firing,
                          const sensor::CallHttp& request) {
  TriggerCalled called;
  called.call = request;
  return await(sensor, firing, std::move(called));
}

EffectId TriggerRun::seek(const manifest::Resource& sensor, const sensor::Firing& firing,
                          std::variant<sensor::Operate, sensor::ChangeObject> what) {
  TriggerCalled called;
  called.seeks = std::move(what);
  return await(sensor, firing, std::move(called));
}

EffectId TriggerRun::await(const manifest::Resource& sensor, const sensor::Firing& firing,
                           TriggerCalled called) {
  const EventId& cause = firing.events.back();
  called.effect = trigger_id(cause, sensor.name(), firing.trigger, events_.size());
  called.ns = sensor.ns();
  called.sensor = sensor.name();
  called.trigger = firing.trigger;
  EffectId id = called.effect;
  events_.push_back({now_, std::move(called)});
  return id;
}

}  // namespace slipway::engine
