// The journal's format: one compact JSON object a record, {"v":1,"t":"<type>","at":<ns>, ...}.
#include <fmt/format.h>

#include <boost/json/parse.hpp>

#include "base/limit.h"
#include "core/engine/event.h"

namespace slipway::engine {
namespace {

constexpr int64_t kFormat = 1;
// What a record wraps was within limit::kJsonDepth; the wrapping adds some levels.
constexpr size_t kRecordDepth = limit::kJsonDepth + 64;

json::array to_array(const std::vector<PodId>& pods) {
  json::array array;
  for (const PodId& pod : pods) array.emplace_back(pod.value);
  return array;
}

json::array to_array(const std::vector<std::string>& texts) {
  json::array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

json::object to_json(const sensor::CallHttp& call) {
  json::array headers;
  for (const auto& [name, value] : call.headers) headers.push_back(json::array{name, value});
  json::array allowed;
  for (const int status : call.allowed_status) allowed.emplace_back(status);
  return {{"method", call.method},      {"url", call.url},
          {"body", call.body},          {"headers", std::move(headers)},
          {"timeout", call.timeout.ns}, {"allowed", std::move(allowed)}};
}

using Seeks = std::variant<sensor::Operate, sensor::ChangeObject>;

json::object to_json(const Seeks& seeks) {
  if (const auto* operate = std::get_if<sensor::Operate>(&seeks)) {
    json::array parameters;
    for (const auto& [name, value] : operate->parameters) {
      parameters.push_back(json::array{name, value});
    }
    return {{"verb", operate->verb},
            {"ns", operate->ns},
            {"name", operate->name},
            {"parameters", std::move(parameters)},
            {"untrusted", to_array(operate->untrusted)}};
  }
  const auto& change = std::get<sensor::ChangeObject>(seeks);
  return {{"operation", change.operation},
          {"object", change.object},
          {"ns", change.ns},
          {"patch_strategy", change.patch_strategy}};
}

Seeks seeks_from_json(const json::object& object) {
  if (const std::string verb = get_string(object, "verb"); !verb.empty()) {
    sensor::Operate operate{verb, get_string(object, "ns"), get_string(object, "name")};
    for (const json::value& entry : list_of(object, "parameters")) {
      const json::array* pair = entry.if_array();
      if (pair == nullptr || pair->size() != 2) continue;
      if (!(*pair)[0].is_string() || !(*pair)[1].is_string()) continue;
      operate.parameters.emplace_back(str((*pair)[0].get_string()), str((*pair)[1].get_string()));
    }
    for (const json::value& name : list_of(object, "untrusted")) {
      if (name.is_string()) operate.untrusted.push_back(str(name.get_string()));
    }
    return operate;
  }
  return sensor::ChangeObject{get_string(object, "operation"), object_of(object, "object"),
                              get_string(object, "ns"), get_string(object, "patch_strategy")};
}

sensor::CallHttp call_from_json(const json::object& object) {
  sensor::CallHttp call;
  call.method = get_string(object, "method");
  call.url = get_string(object, "url");
  call.body = get_string(object, "body");
  call.timeout.ns = get_int(object, "timeout", call.timeout.ns);
  if (const json::array* headers = find_array(object, "headers")) {
    for (const json::value& header : *headers) {
      const json::array* pair = header.if_array();
      if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_string() ||
          !(*pair)[1].is_string()) {
        continue;
      }
      call.headers.emplace_back(str((*pair)[0].get_string()), str((*pair)[1].get_string()));
    }
  }
  if (const json::array* allowed = find_array(object, "allowed")) {
    for (const json::value& status : *allowed) {
      if (status.is_int64()) call.allowed_status.push_back(static_cast<int>(status.get_int64()));
    }
  }
  return call;
}

// Writing: one overload a variant; each sets the type's tag first.
struct Writer {
  json::object& out;

  void operator()(const ResourcePut& e) const {
    out["t"] = "resource_put";
    out["kind"] = manifest::to_string(e.resource.kind);
    out["object"] = e.resource.object;
  }
  void operator()(const ResourceRemoved& e) const {
    out["t"] = "resource_removed";
    out["kind"] = manifest::to_string(e.key.kind);
    out["ns"] = e.key.ns;
    out["name"] = e.key.name;
  }
  void operator()(const EventReceived& e) const {
    out["t"] = "event_received";
    out["id"] = e.id.value;
    out["ns"] = e.ns;
    out["source"] = e.source;
    out["event"] = e.event;
    out["type"] = e.type;
    out["delivery"] = e.delivery;
    out["summary"] = e.summary;
    if (!e.replay_of.empty()) out["replay_of"] = e.replay_of;
  }
  void operator()(const EventRefused& e) const {
    out["t"] = "event_refused";
    out["id"] = e.id.value;
    out["ns"] = e.ns;
    out["source"] = e.source;
    out["event"] = e.event;
    out["type"] = e.type;
    out["delivery"] = e.delivery;
    out["summary"] = e.summary;
    out["outcome"] = e.outcome;
    out["message"] = e.message;
    out["status"] = e.status;
  }
  void operator()(const SensorRemembered& e) const {
    out["t"] = "sensor_remembered";
    out["ns"] = e.ns;
    out["sensor"] = e.sensor;
    out["memory"] = sensor::to_json(e.memory);
  }
  void operator()(const WorkflowCreated& e) const {
    out["t"] = "workflow_created";
    out["uid"] = e.uid.value;
    out["object"] = e.object;
  }
  void operator()(const WorkflowAdvanced& e) const {
    out["t"] = "workflow_advanced";
    out["delta"] = workflow::to_json(e.delta);
  }
  void operator()(const WorkflowFinished& e) const {
    out["t"] = "workflow_finished";
    out["uid"] = e.uid.value;
  }
  void operator()(const WorkflowRemoved& e) const {
    out["t"] = "workflow_removed";
    out["uid"] = e.uid.value;
    out["pods"] = to_array(e.pods);
    if (!e.claims.empty()) out["claims"] = to_array(e.claims);
    if (!e.artifacts.empty()) out["artifacts"] = to_array(e.artifacts);
    out["ns"] = e.ns;
    out["name"] = e.name;
  }
  void operator()(const PodForgotten& e) const {
    out["t"] = "pod_forgotten";
    out["pod"] = e.pod.value;
  }
  void operator()(const ClaimForgotten& e) const {
    out["t"] = "claim_forgotten";
    out["ns"] = e.ns;
    out["name"] = e.name;
  }
  void operator()(const TriggerCalled& e) const {
    out["t"] = e.seeks ? "trigger_seeks" : "trigger_called";
    out["effect"] = e.effect.value;
    if (e.seeks) {
      out["seeks"] = to_json(*e.seeks);
    } else {
      out["call"] = to_json(e.call);
    }
    out["ns"] = e.ns;
    out["sensor"] = e.sensor;
    out["trigger"] = e.trigger;
  }
  void operator()(const TriggerDone& e) const {
    out["t"] = "trigger_done";
    out["effect"] = e.effect.value;
    out["ok"] = e.ok;
    out["message"] = e.message;
  }
  void operator()(const PodsReleased& e) const {
    out["t"] = "pods_released";
    out["due"] = e.due.ns;
    out["pods"] = to_array(e.pods);
  }
  void operator()(const PodsCollected& e) const {
    out["t"] = "pods_collected";
    out["pods"] = to_array(e.pods);
  }
  void operator()(const ActTried& e) const {
    out["t"] = "act_tried";
    out["uid"] = e.uid.value;
    out["node"] = e.node.value;
  }
  void operator()(const ArtifactsReleased& e) const {
    out["t"] = "artifacts_released";
    out["keys"] = to_array(e.keys);
    if (!e.uid.empty()) out["uid"] = e.uid.value;
  }
  void operator()(const ArtifactForgotten& e) const {
    out["t"] = "artifact_forgotten";
    out["key"] = e.key;
  }
  void operator()(const WorkflowRecalled& e) const {
    out["t"] = "workflow_recalled";
    out["uid"] = e.uid.value;
    out["object"] = e.object;
  }
};

using Body = decltype(Event::body);

Error malformed(std::string_view type, std::string_view what) {
  return {ErrorCode::kInvalid, fmt::format("journal record of type '{}': {}", type, what), ""};
}

template <class Text>
std::vector<Text> texts_at(const json::object& in, std::string_view key) {
  std::vector<Text> texts;
  if (const json::array* array = find_array(in, key)) {
    for (const json::value& text : *array) {
      if (text.is_string()) texts.emplace_back(str(text.get_string()));
    }
  }
  return texts;
}

Result<manifest::Kind> kind_of(const json::object& in, std::string_view type) {
  const auto kind = manifest::parse_kind(get_string(in, "kind"));
  if (!kind) return malformed(type, fmt::format("unknown kind '{}'", get_string(in, "kind")));
  return *kind;
}

Result<Body> read_resource_put(json::object& in) {
  TRY_ASSIGN(const manifest::Kind kind, kind_of(in, "resource_put"));
  json::value* object = in.if_contains("object");
  if (object == nullptr || !object->is_object()) return malformed("resource_put", "no object");
  return Body(ResourcePut{{kind, std::move(object->get_object())}});
}

Result<Body> read_resource_removed(json::object& in) {
  TRY_ASSIGN(const manifest::Kind kind, kind_of(in, "resource_removed"));
  return Body(ResourceRemoved{{kind, get_string(in, "ns"), get_string(in, "name")}});
}

Result<Body> read_event_received(json::object& in) {
  EventReceived e;
  e.id = EventId(get_string(in, "id"));
  e.ns = get_string(in, "ns");
  e.source = get_string(in, "source");
  e.event = get_string(in, "event");
  e.type = get_string(in, "type");
  e.delivery = get_string(in, "delivery");
  e.summary = get_string(in, "summary");
  e.replay_of = get_string(in, "replay_of");
  return Body(std::move(e));
}

Result<Body> read_event_refused(json::object& in) {
  EventRefused e;
  e.id = EventId(get_string(in, "id"));
  e.ns = get_string(in, "ns");
  e.source = get_string(in, "source");
  e.event = get_string(in, "event");
  e.type = get_string(in, "type");
  e.delivery = get_string(in, "delivery");
  e.summary = get_string(in, "summary");
  e.outcome = get_string(in, "outcome");
  e.message = get_string(in, "message");
  e.status = static_cast<int>(get_int(in, "status"));
  return Body(std::move(e));
}

Result<Body> read_sensor_remembered(json::object& in) {
  TRY_ASSIGN(sensor::Memory memory, sensor::memory_from_json(object_of(in, "memory")));
  return Body(SensorRemembered{get_string(in, "ns"), get_string(in, "sensor"), std::move(memory)});
}

Result<Body> read_workflow_created(json::object& in) {
  return Body(WorkflowCreated{WorkflowUid(get_string(in, "uid")), get_string(in, "object")});
}

Result<Body> read_workflow_advanced(json::object& in) {
  TRY_ASSIGN(workflow::Delta delta, workflow::delta_from_json(object_of(in, "delta")));
  return Body(WorkflowAdvanced{std::move(delta)});
}

Result<Body> read_workflow_finished(json::object& in) {
  return Body(WorkflowFinished{WorkflowUid(get_string(in, "uid"))});
}

Result<Body> read_workflow_removed(json::object& in) {
  return Body(WorkflowRemoved{WorkflowUid(get_string(in, "uid")), texts_at<PodId>(in, "pods"),
                              texts_at<std::string>(in, "claims"),
                              texts_at<std::string>(in, "artifacts"), get_string(in, "ns"),
                              get_string(in, "name")});
}

Result<Body> read_pod_forgotten(json::object& in) {
  return Body(PodForgotten{PodId(get_string(in, "pod"))});
}

Result<Body> read_claim_forgotten(json::object& in) {
  return Body(ClaimForgotten{get_string(in, "ns"), get_string(in, "name")});
}

Result<Body> read_trigger_called(json::object& in) {
  return Body(TriggerCalled{EffectId(get_string(in, "effect")),
                            call_from_json(object_of(in, "call")), get_string(in, "ns"),
                            get_string(in, "sensor"), get_string(in, "trigger")});
}

Result<Body> read_trigger_seeks(json::object& in) {
  TriggerCalled e{EffectId(get_string(in, "effect")),
                  {},
                  get_string(in, "ns"),
                  get_string(in, "sensor"),
                  get_string(in, "trigger")};
  e.seeks = seeks_from_json(object_of(in, "seeks"));
  return Body(std::move(e));
}

Result<Body> read_trigger_done(json::object& in) {
  return Body(TriggerDone{EffectId(get_string(in, "effect")), get_bool(in, "ok"),
                          get_string(in, "message")});
}

Result<Body> read_pods_released(json::object& in) {
  return Body(PodsReleased{Time{get_int(in, "due")}, texts_at<PodId>(in, "pods")});
}

Result<Body> read_pods_collected(json::object& in) {
  return Body(PodsCollected{texts_at<PodId>(in, "pods")});
}

Result<Body> read_act_tried(json::object& in) {
  return Body(ActTried{WorkflowUid(get_string(in, "uid")), NodeId(get_string(in, "node"))});
}

Result<Body> read_artifacts_released(json::object& in) {
  return Body(
      ArtifactsReleased{texts_at<std::string>(in, "keys"), WorkflowUid(get_string(in, "uid"))});
}

Result<Body> read_artifact_forgotten(json::object& in) {
  return Body(ArtifactForgotten{get_string(in, "key")});
}

Result<Body> read_workflow_recalled(json::object& in) {
  return Body(WorkflowRecalled{WorkflowUid(get_string(in, "uid")), get_string(in, "object")});
}

struct Reader {
  std::string_view type;
  Result<Body> (*read)(json::object& in);
};

constexpr Reader kReaders[] = {
    {"workflow_advanced", read_workflow_advanced},
    {"event_received", read_event_received},
    {"workflow_created", read_workflow_created},
    {"workflow_finished", read_workflow_finished},
    {"pod_forgotten", read_pod_forgotten},
    {"event_refused", read_event_refused},
    {"sensor_remembered", read_sensor_remembered},
    {"resource_put", read_resource_put},
    {"resource_removed", read_resource_removed},
    {"workflow_removed", read_workflow_removed},
    {"claim_forgotten", read_claim_forgotten},
    {"trigger_called", read_trigger_called},
    {"trigger_seeks", read_trigger_seeks},
    {"trigger_done", read_trigger_done},
    {"pods_released", read_pods_released},
    {"pods_collected", read_pods_collected},
    {"act_tried", read_act_tried},
    {"artifacts_released", read_artifacts_released},
    {"artifact_forgotten", read_artifact_forgotten},
    {"workflow_recalled", read_workflow_recalled},
};

}  // namespace

std::string encode(const Event& event) {
  json::object out;
  out["v"] = kFormat;
  out["t"] = "";  // keeps the tag in front of the members
  out["at"] = event.at.ns;
  std::visit(Writer{out}, event.body);
  return print_json(out);
}

Result<Event> decode(std::string_view bytes) {
  json::parse_options options;
  options.max_depth = kRecordDepth;
  options.allow_invalid_utf8 = true;
  boost::system::error_code code;
  json::value value = json::parse({bytes.data(), bytes.size()}, code, {}, options);
  if (code || !value.is_object()) {
    return Error{ErrorCode::kInvalid, "journal record is not a JSON object", ""};
  }
  json::object& in = value.get_object();
  const int64_t format = get_int(in, "v");
  if (format < 1 || format > kFormat) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("journal record has format {}, and this release reads up to {}; use "
                             "the release that wrote it, or a newer one",
                             format, kFormat),
                 ""};
  }
  const std::string type = get_string(in, "t");
  for (const Reader& reader : kReaders) {
    if (reader.type != type) continue;
    TRY_ASSIGN(Body body, reader.read(in));
    return Event{Time{get_int(in, "at")}, std::move(body)};
  }
  return Error{ErrorCode::kInvalid,
               fmt::format("journal record has the unknown type '{}'; use the release that wrote "
                           "it, or a newer one",
                           type),
               ""};
}

}  // namespace slipway::engine
