// A snapshot is the shortest journal that leads to the same state, one record a line, after a
// header with what no fact says. So it stays readable for as long as the journal does.
#include <fmt/format.h>

#include "core/engine/model.h"

namespace slipway::engine {
namespace {

constexpr int64_t kFormat = 1;

class Lines {
 public:
  void add(const Event& event) { add(encode(event)); }
  void add(std::string_view line) {
    text_ += line;
    text_ += '\n';
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

json::object header(const Model& model) {
  json::array removals;
  for (const auto& [pod, logs] : model.removals) removals.push_back(json::array{pod.value, logs});
  json::array artifacts;
  for (const auto& [key, removal] : model.removed_artifacts) {
    if (removal.waiting.empty()) artifacts.emplace_back(key);
  }
  json::array claims;
  for (const auto& [ns, name] : model.removed_claims) claims.push_back(json::array{ns, name});
  json::array estimates;
  for (const auto& [key, estimate] : model.estimates) {
    json::object one = workflow::to_json(estimate);
    one["kind"] = manifest::to_string(key.kind);
    one["ns"] = key.ns;
    one["name"] = key.name;
    estimates.push_back(std::move(one));
  }
  return {{"snapshot", kFormat},
          {"estimates", std::move(estimates)},
          {"resource_version", model.resource_version},
          {"removals", std::move(removals)},
          {"claims", std::move(claims)},
          {"artifacts", std::move(artifacts)}};
}

void add_run(Lines& lines, const RunSlot& slot) {
  const workflow::Run& run = slot.run;
  const WorkflowUid& uid = run.uid();
  if (slot.stage == RunSlot::Stage::kWaiting && run.nodes().empty()) {
    lines.add({run.created_at(), WorkflowCreated{uid, print_json(run.to_object())}});
    return;
  }
  json::object object{{"apiVersion", "argoproj.io/v1alpha1"},
                      {"kind", "Workflow"},
                      {"metadata", run.metadata()},
                      {"spec", run.spec()}};
  if (slot.recalled) {
    lines.add({run.created_at(), WorkflowRecalled{uid, print_json(object)}});
  } else {
    lines.add({run.created_at(), WorkflowCreated{uid, print_json(object)}});
  }
  workflow::Delta delta;
  delta.uid = uid;
  delta.status = run.status();
  // What is restored is the version that was written; of earlier releases: none.
  const json::value* version = run.metadata().if_contains("resourceVersion");
  delta.metadata["resourceVersion"] = version != nullptr ? *version : json::value();
  delta.nodes.reserve(run.nodes().size());
  for (const auto& [id, node] : run.nodes()) delta.nodes.push_back(node);
  lines.add({run.created_at(), WorkflowAdvanced{std::move(delta)}});
}

void read_header(Model& model, const json::object& object) {
  model.resource_version = get_int(object, "resource_version");
  if (const json::array* removals = find_array(object, "removals")) {
    for (const json::value& entry : *removals) {
      const json::array* pair = entry.if_array();
      if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_string()) continue;
      restore_removal(model, PodId(str((*pair)[0].get_string())),
                      (*pair)[1].is_bool() && (*pair)[1].get_bool());
    }
  }
  for (const json::value& entry : list_of(object, "estimates")) {
    const json::object* one = entry.if_object();
    const auto kind =
        one != nullptr ? manifest::parse_kind(get_string(*one, "kind")) : std::nullopt;
    if (!kind) continue;
    model.estimates[{*kind, get_string(*one, "ns"), get_string(*one, "name")}] =
        workflow::estimate_from_json(*one);
  }
  WorkflowRemoved gone;
  if (const json::array* claims = find_array(object, "claims")) {
    for (const json::value& entry : *claims) {
      const json::array* pair = entry.if_array();
      if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_string() ||
          !(*pair)[1].is_string()) {
        continue;
      }
      gone.claims.push_back(str((*pair)[0].get_string()) + "/" + str((*pair)[1].get_string()));
    }
  }
  if (const json::array* artifacts = find_array(object, "artifacts")) {
    for (const json::value& key : *artifacts) {
      if (key.is_string()) gone.artifacts.push_back(str(key.get_string()));
    }
  }
  apply_event(model, {Time{}, std::move(gone)});
}

}  // namespace

std::string write_snapshot(const Model& model) {
  Lines lines;
  lines.add(print_json(header(model)));
  for (const auto& [key, resource] : model.catalog.all())
    lines.add({Time{}, ResourcePut{resource}});
  for (const auto& [key, memory] : model.memories) {
    lines.add({Time{}, SensorRemembered{key.first, key.second, memory}});
  }
  model.deliveries.each([&](const DeliveryMemory::Entry& entry) {
    const std::string& key = entry.key;
    const size_t ns_end = key.find('/');
    const size_t source_end = key.find('/', ns_end + 1);
    EventReceived received;
    received.id = entry.event;
    received.ns = key.substr(0, ns_end);
    received.source = key.substr(ns_end + 1, source_end - ns_end - 1);
    received.delivery = key.substr(source_end + 1);
    lines.add({entry.at, std::move(received)});
  });
  for (const auto& [id, call] : model.calls) lines.add({Time{}, call});
  for (const auto& [due, pod] : model.released) lines.add({Time{}, PodsReleased{due, {pod}}});
  for (const auto& [uid, slot] : model.runs) add_run(lines, slot);
  for (const auto& [key, removal] : model.removed_artifacts) {
    for (const auto* uids : {&removal.waiting, &removal.later}) {
      for (const WorkflowUid& uid : *uids) lines.add({Time{}, ArtifactsReleased{{key}, uid}});
    }
  }
  return lines.take();
}

Status read_snapshot(Model& model, std::string_view text) {
  size_t number = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (number == 1) {
      TRY_ASSIGN(const json::value value, parse_json(line));
      const json::object* object = value.if_object();
      const int64_t format = object != nullptr ? get_int(*object, "snapshot") : 0;
      if (format < 1 || format > kFormat) {
        return Error{ErrorCode::kInvalid,
                     fmt::format("the snapshot has format {}, and this release reads up to {}; use "
                                 "the release that wrote it, or a newer one",
                                 format, kFormat),
                     ""};
      }
      read_header(model, *object);
      continue;
    }
    auto event = decode(line);
    if (!event.ok()) {
      return Error{event.error().code, event.error().message, fmt::format("snapshot:{}", number)};
    }
    apply_event(model, event.value());
  }
  return {};
}

}  // namespace slipway::engine
