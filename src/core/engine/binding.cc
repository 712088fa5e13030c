// WorkflowEventBindings: an event posted to Argo Server's endpoint becomes the workflows of every
// binding whose selector lets it through (spec workflows.md, a14), in one decision with its line in
// the event list.
#include <fmt/format.h>

#include "core/engine/model.h"
#include "core/expr/exprlang/exprlang.h"
#include "core/sensor/sensor.h"
#include "core/workflow/globals.h"
#include "core/workflow/submit.h"

namespace slipway::engine {
namespace {

constexpr std::string_view kLabelBinding = "workflows.argoproj.io/workflow-event-binding";

Error malformed(std::string_view what, std::string_view source, std::string_view why) {
  return {ErrorCode::kInvalid, fmt::format("{} '{}': {}", what, source, why), {}};
}

// Headers that begin with x-, as lists: others could carry credentials.
json::object metadata_of(const intake::Request& request) {
  json::object metadata;
  for (const auto& [name, value] : request.headers) {
    std::string lower(name);
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (!lower.starts_with("x-")) continue;
    json::value& list = metadata[lower];
    if (!list.is_array()) list.emplace_array();
    list.get_array().emplace_back(value);
  }
  return metadata;
}

Result<std::string> text_of(std::string_view what, const std::string& source,
                            const json::object& env) {
  auto value = expr::evaluate(source, env);
  if (!value.ok()) return malformed(what, source, value.error().message);
  if (!value->is_string()) return malformed(what, source, "it gives no text");
  return str(value->get_string());
}

// submit.metadata, whose values are expressions.
Status set_metadata(const json::object& given, const json::object& env, json::object& metadata) {
  for (const auto* key : {"name", "generateName"}) {
    const std::string source = get_string(given, key);
    if (source.empty()) continue;
    TRY_ASSIGN(std::string name, text_of(key, source, env));
    metadata.erase("generateName");
    metadata[key] = std::move(name);
    break;
  }
  for (const auto* key : {"labels", "annotations"}) {
    for (const auto& one : object_of(given, key)) {
      if (!one.value().is_string()) continue;
      TRY_ASSIGN(std::string text, text_of(fmt::format("{}.{}", key, std::string_view(one.key())),
                                           str(one.value().get_string()), env));
      json::value& all = metadata[key];
      if (!all.is_object()) all.emplace_object();
      all.get_object()[one.key()] = std::move(text);
    }
  }
  return {};
}

Status set_arguments(const json::object& submit, const json::object& env, json::object& spec,
                     json::object& metadata) {
  json::array parameters, untrusted;
  if (const json::array* given = find_array(object_of(submit, "arguments"), "parameters")) {
    for (const json::value& item : *given) {
      if (!item.is_object()) continue;
      const json::object& parameter = item.get_object();
      const std::string name = get_string(parameter, "name");
      const std::string source = get_string(object_of(parameter, "valueFrom"), "event");
      if (source.empty()) return malformed("argument", name, "it has no valueFrom.event");
      auto value = expr::evaluate(source, env);
      if (!value.ok()) return malformed("argument", name, value.error().message);
      parameters.push_back(json::object{{"name", name}, {"value", expr::to_text(*value)}});
      untrusted.emplace_back("workflow.parameters." + name);
    }
  }
  if (parameters.empty()) return {};
  spec["arguments"] = json::object{{"parameters", std::move(parameters)}};
  json::value& annotations = metadata["annotations"];
  if (!annotations.is_object()) annotations.emplace_object();
  annotations.get_object()[workflow::kAnnotationUntrusted] = print_json(json::value(untrusted));
  return {};
}

Result<json::object> workflow_of(const Model& model, const manifest::Resource& binding,
                                 const json::object& env, const EventId& event) {
  const json::object& submit = object_of(binding.spec(), "submit");
  const json::object& ref = object_of(submit, "workflowTemplateRef");
  const bool cluster = get_bool(ref, "clusterScope");
  const auto kind =
      cluster ? manifest::Kind::kClusterWorkflowTemplate : manifest::Kind::kWorkflowTemplate;
  const std::string name = get_string(ref, "name");
  const manifest::Resource* source = model.catalog.find(kind, cluster ? "" : binding.ns(), name);
  if (source == nullptr) {
    return Error{
        ErrorCode::kNotFound,
        fmt::format("{} {} does not exist; apply it first", manifest::to_string(kind), name),
        {}};
  }
  TRY_ASSIGN(json::object workflow, workflow::from_template(*source, binding.ns()));
  json::object& metadata = workflow["metadata"].as_object();
  json::value& labels = metadata["labels"];
  if (!labels.is_object()) labels.emplace_object();
  labels.get_object()[kLabelBinding] = binding.name();
  json::value& annotations = metadata["annotations"];
  if (!annotations.is_object()) annotations.emplace_object();
  annotations.get_object()["slipway.dev/event"] = event.value;
  TRY(set_metadata(object_of(submit, "metadata"), env, metadata));
  TRY(set_arguments(submit, env, workflow.at("spec").as_object(), metadata));
  return workflow;
}

class BoundEvent {
 public:
  BoundEvent(const Model& model, Time now, Random& random, EventReceived received)
      : model_(model), now_(now), random_(random), received_(std::move(received)) {
    const json::object& data = received_.data.as_object();
    env_ = {{"namespace", received_.ns},
            {"discriminator", received_.event},
            {"payload", *find_or_null(data, "payload")},
            {"metadata", *find_or_null(data, "metadata")}};
  }

  Decision decide() {
    for (const manifest::Resource* binding :
         model_.catalog.list(manifest::Kind::kWorkflowEventBinding, received_.ns)) {
      offer(*binding);
    }
    Decision decision;
    decision.reply.event = received_.id;
    decision.reply.message = fmt::format("accepted as event {}", received_.id.value);
    decision.events.push_back({now_, std::move(received_)});
    for (Event& event : made_) decision.events.push_back(std::move(event));
    return decision;
  }

 private:
  static const json::value* find_or_null(const json::object& object, std::string_view key) {
    static const json::value kNull;
    const json::value* found = object.if_contains(key);
    return found != nullptr ? found : &kNull;
  }

  void offer(const manifest::Resource& binding) {
    sensor::Verdict verdict;
    verdict.ns = binding.ns();
    verdict.sensor = binding.name();
    verdict.trigger = "submit";
    sensor::Step step;
    step.stage = "selector";
    step.subject = get_string(object_of(binding.spec(), "event"), "selector");
    const auto selected = expr::evaluate_bool(step.subject, env_);
    step.passed = selected.ok() && *selected;
    if (!selected.ok()) step.message = selected.error().message;
    if (selected.ok() && !*selected) step.message = "the selector does not hold";
    using Outcome = sensor::Verdict::Outcome;
    verdict.outcome = step.passed     ? Outcome::kFired
                      : selected.ok() ? Outcome::kFiltered
                                      : Outcome::kFailed;
    const bool fires = step.passed && find_object(binding.spec(), "submit") != nullptr;
    verdict.steps.push_back(std::move(step));
    if (fires) submit(binding, verdict);
    received_.verdicts.push_back(sensor::to_json(verdict));
  }

  void submit(const manifest::Resource& binding, sensor::Verdict& verdict) {
    auto workflow = workflow_of(model_, binding, env_, received_.id);
    auto birth = workflow.ok() ? give_birth(model_, now_, random_, std::move(*workflow),
                                            binding.ns(), {}, taken_, /*lenient=*/true)
                               : Result<Birth>(workflow.error());
    if (!birth.ok()) {
      verdict.outcome = sensor::Verdict::Outcome::kFailed;
      sensor::Step step;
      step.stage = "trigger";
      step.subject = "submit";
      step.message = birth.error().text();
      verdict.steps.push_back(std::move(step));
      return;
    }
    const std::string key = birth->ns + "/" + birth->name;
    verdict.action = "Workflow " + key;
    taken_.insert(key);
    made_.push_back({now_, std::move(birth->event)});
  }

  const Model& model_;
  Time now_;
  Random& random_;
  EventReceived received_;
  json::object env_;
  std::set<std::string> taken_;
  std::vector<Event> made_;
};

Decision refuse_event(Time now, const EventId& id, const ReceiveBound& body, int status,
                      std::string message) {
  EventRefused refused;
  refused.id = id;
  refused.ns = body.ns;
  refused.event = body.discriminator;
  refused.type = kBoundEventType;
  refused.outcome = "refused";
  refused.status = status;
  refused.message = message;
  Decision decision;
  decision.reply.http_status = status;
  decision.reply.message = message;
  decision.reply.event = id;
  decision.reply.error =
      Error{status == 413 ? ErrorCode::kLimit : ErrorCode::kInvalid, std::move(message), {}};
  decision.events.push_back({now, std::move(refused)});
  return decision;
}

}  // namespace

Decision decide_receive(const Model& model, const Input& input, const ReceiveBound& body) {
  Random random(input.entropy);
  EventReceived received;
  received.id = EventId(random_hex32(random));
  if (body.request.oversize) {
    return refuse_event(input.now, received.id, body, 413, "the payload is too large");
  }
  auto payload = body.request.body.empty() ? Result<json::value>(json::value())
                                           : parse_json(body.request.body);
  if (!payload.ok()) {
    return refuse_event(input.now, received.id, body, 400,
                        "the payload is no JSON: " + payload.error().message);
  }
  received.ns = body.ns;
  received.event = body.discriminator;
  received.type = kBoundEventType;
  received.summary = body.discriminator;
  received.data =
      json::object{{"payload", std::move(*payload)}, {"metadata", metadata_of(body.request)}};
  return BoundEvent(model, input.now, random, std::move(received)).decide();
}

Decision offer_bound(const Model& model, Time now, Random& random, EventReceived received) {
  if (!received.data.is_object()) received.data.emplace_object();
  return BoundEvent(model, now, random, std::move(received)).decide();
}

}  // namespace slipway::engine
