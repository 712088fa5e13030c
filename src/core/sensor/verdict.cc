#include "core/sensor/sensor.h"

namespace slipway::sensor {
namespace {

std::string_view to_string(Verdict::Outcome outcome) {
  switch (outcome) {
    case Verdict::Outcome::kFiltered:
      return "filtered";
    case Verdict::Outcome::kWaiting:
      return "waiting";
    case Verdict::Outcome::kFired:
      return "fired";
    case Verdict::Outcome::kFailed:
      return "failed";
  }
  return "";
}

json::object to_json(const Step& step) {
  json::object out{{"stage", step.stage}, {"subject", step.subject}, {"passed", step.passed}};
  if (!step.expected.empty()) out["expected"] = step.expected;
  if (!step.actual.empty()) out["actual"] = step.actual;
  if (!step.message.empty()) out["message"] = step.message;
  return out;
}

json::object to_json(const Event& event) {
  return {{"id", event.id.value}, {"namespace", event.ns},    {"source", event.source},
          {"type", event.type},   {"subject", event.subject}, {"timeNs", event.time.ns},
          {"data", event.data}};
}

Result<Event> event_from_json(const json::value& value) {
  const json::object* object = value.if_object();
  if (object == nullptr) return Error{ErrorCode::kInvalid, "a kept event is not an object"};
  Event event{EventId(get_string(*object, "id")), get_string(*object, "namespace"),
              get_string(*object, "source"),      get_string(*object, "type"),
              get_string(*object, "subject"),     Time{get_int(*object, "timeNs")}};
  if (event.id.empty()) return Error{ErrorCode::kInvalid, "a kept event has no id"};
  if (const json::value* data = object->if_contains("data")) event.data = *data;
  return event;
}

}  // namespace

json::object to_json(const Verdict& verdict) {
  json::object out{{"namespace", verdict.ns},
                   {"sensor", verdict.sensor},
                   {"dependency", verdict.dependency},
                   {"trigger", verdict.trigger},
                   {"outcome", to_string(verdict.outcome)}};
  json::array steps;
  for (const Step& step : verdict.steps) steps.emplace_back(to_json(step));
  out["steps"] = std::move(steps);
  if (!verdict.action.empty()) out["action"] = verdict.action;
  if (!verdict.call.empty()) out["call"] = verdict.call.value;
  return out;
}

json::object to_json(const Memory& memory) {
  json::object kept, fingerprints;
  for (const auto& [trigger, events] : memory.kept) {
    json::object by_dependency;
    for (const auto& [dependency, event] : events) by_dependency[dependency] = to_json(event);
    kept[trigger] = std::move(by_dependency);
  }
  for (const auto& [trigger, text] : memory.fingerprints) fingerprints[trigger] = text;
  return {{"kept", std::move(kept)}, {"fingerprints", std::move(fingerprints)}};
}

Result<Memory> memory_from_json(const json::object& object) {
  Memory memory;
  const json::object* kept = find_object(object, "kept");
  if (kept == nullptr) return Error{ErrorCode::kInvalid, "a sensor's memory has no member kept"};
  for (const auto& trigger : *kept) {
    const json::object* events = trigger.value().if_object();
    if (events == nullptr) return Error{ErrorCode::kInvalid, "kept events are not an object"};
    for (const auto& member : *events) {
      TRY_ASSIGN(memory.kept[trigger.key()][member.key()], event_from_json(member.value()));
    }
  }
  if (const json::object* fingerprints = find_object(object, "fingerprints")) {
    for (const auto& member : *fingerprints) {
      memory.fingerprints[member.key()] = get_string(*fingerprints, member.key());
    }
  }
  return memory;
}

}  // namespace slipway::sensor
