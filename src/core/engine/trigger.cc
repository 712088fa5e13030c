#include "core/engine/trigger.h"

#include <fmt/format.h>

#include "core/engine/act.h"
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

std::optional<workflow::Operation> operation_of(std::string_view verb) {
  if (verb == "stop") return workflow::Stop{"Stopped by a sensor", ""};
  if (verb == "terminate") return workflow::Terminate{};
  if (verb == "suspend") return workflow::Suspend{};
  if (verb == "resume") return workflow::Resume{};
  return std::nullopt;
}

bool is_zero(const json::value& value) {
  return value.is_null() || value == json::value("") || value == json::value(0) ||
         value == json::value(false) || value == json::value(0.0) ||
         (value.is_array() && value.get_array().empty()) ||
         (value.is_object() && value.get_object().empty());
}

// As Argo Events updates: members over members, where zero values leave what is there and lists are
// replaced whole.
void merge_over(json::object& target, const json::object& from) {
  for (const auto& member : from) {
    if (is_zero(member.value())) continue;
    json::value& place = target[member.key()];
    if (place.is_object() && member.value().is_object()) {
      merge_over(place.get_object(), member.value().get_object());
    } else {
      place = member.value();
    }
  }
}

// What a k8s trigger asks for; update and patch of what is not there create it.
Result<ActOrder> change_order(const Model& model, const sensor::ChangeObject& change) {
  const manifest::Resource resource{*manifest::parse_kind(get_string(change.object, "kind")),
                                    change.object};
  ActOrder order;
  order.action = change.operation;
  order.kind = resource.kind;
  order.ns = change.ns;
  order.name = resource.name();
  order.object = change.object;
  if (order.action == "create") return order;
  if (order.name.empty()) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("to {} an object the trigger has to name it", order.action),
                 {}};
  }
  if (order.action == "delete") return order;
  auto there = find_object_as_it_is(model, object_text(resource.kind, order.ns, order.name));
  if (!there) {
    order.action = "create";
  } else if (order.action == "update") {
    order.action = "replace";
    merge_over(*there, change.object);
    order.object = std::move(*there);
  } else {
    order.patch = json::value(change.object);
    order.merge_strategy = change.patch_strategy == "application/json-patch+json" ? "json"
                           : change.patch_strategy.find("strategic") != std::string::npos
                               ? "strategic"
                               : "merge";
  }
  return order;
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
  if (const auto* verb = std::get_if<sensor::Operate>(&firing.action)) return operate(*verb);
  if (const auto* made = std::get_if<sensor::ChangeObject>(&firing.action)) return change(*made);
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
  const RunSlot* slot = find_slot(model_, operate.ns, operate.name);
  const auto operation = operation_of(operate.verb);
  if (!operation && operate.verb != "resubmit") {
    return Error{ErrorCode::kUnsupported,
                 fmt::format("a sensor can stop, terminate, suspend, resume or resubmit a live "
                             "workflow; '{}' needs a finished one: use `slipway {} {}`",
                             operate.verb, operate.verb, operate.name),
                 ""};
  }
  if (slot == nullptr) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("no live Workflow {}/{}", operate.ns, operate.name), ""};
  }
  const std::string key = operate.ns + "/" + operate.name;
  if (operation) {
    TRY(check_operation(slot->run, *operation));
    operations_[slot->run.uid()].push_back(*operation);
    return fmt::format("{} Workflow {}", operate.verb, key);
  }
  TRY_ASSIGN(json::object again, workflow::resubmit(slot->run.to_object(), {}));
  TRY_ASSIGN(Birth birth, give_birth(model_, now_, random_, std::move(again), operate.ns, {},
                                     taken_, /*lenient=*/true));
  std::string made = birth.ns + "/" + birth.name;
  taken_.insert(made);
  events_.push_back({now_, std::move(birth.event)});
  return "Workflow " + made;
}

Result<std::string> TriggerRun::change(const sensor::ChangeObject& change) {
  TRY_ASSIGN(ActOrder order, change_order(model_, change));
  Decision decision;
  TRY_ASSIGN(const Acted acted,
             carry_out(model_, {now_, random_.next(), Tick{}}, {}, order, nullptr, decision));
  if (!acted.sought.empty()) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("{} is not live; a sensor reaches no finished workflow",
                             object_text(*order.kind, order.ns, order.name)),
                 ""};
  }
  for (Event& event : decision.events) events_.push_back(std::move(event));
  const manifest::Resource made{*order.kind, acted.object};
  const std::string name = made.name().empty() ? order.name : made.name();
  return fmt::format("{} {}", order.action, object_text(*order.kind, order.ns, name));
}

EffectId TriggerRun::call(const manifest::Resource& sensor, const sensor::Firing& firing,
                          const sensor::CallHttp& request) {
  const EventId& cause = firing.events.back();
  TriggerCalled called;
  called.effect = trigger_id(cause, sensor.name(), firing.trigger, events_.size());
  called.call = request;
  called.ns = sensor.ns();
  called.sensor = sensor.name();
  called.trigger = firing.trigger;
  EffectId id = called.effect;
  events_.push_back({now_, std::move(called)});
  return id;
}

}  // namespace slipway::engine
