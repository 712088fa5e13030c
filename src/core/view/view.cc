#include "core/view/view.h"

#include "core/engine/effect.h"

namespace slipway::views {
namespace {

Time time_at(const json::object& object, std::string_view key) {
  const auto time = parse_rfc3339(get_string(object, key));
  return time.ok() ? time.value() : Time{};
}

std::map<std::string, std::string> labels_of(const json::object& metadata) {
  std::map<std::string, std::string> out;
  const json::object* labels = find_object(metadata, "labels");
  if (labels == nullptr) return out;
  for (const auto& [key, value] : *labels) {
    if (const json::string* text = value.if_string()) out.emplace(key, str(*text));
  }
  return out;
}

// The columns; the object is left out, because lists do without it.
port::WorkflowRow columns(const workflow::Run& run) {
  port::WorkflowRow row;
  row.uid = run.uid();
  row.ns = run.ns();
  row.name = run.name();
  row.phase = workflow::to_string(run.phase());
  row.message = get_string(run.status(), "message");
  row.created_at = run.created_at();
  row.started_at = time_at(run.status(), "startedAt");
  row.finished_at = time_at(run.status(), "finishedAt");
  row.labels = labels_of(run.metadata());
  return row;
}

json::object summary(const port::WorkflowRow& row, std::string_view progress) {
  json::object metadata{{"name", row.name}, {"namespace", row.ns}, {"uid", row.uid.value}};
  if (!row.labels.empty()) {
    json::object labels;
    for (const auto& [key, value] : row.labels) labels[key] = value;
    metadata["labels"] = std::move(labels);
  }
  metadata["creationTimestamp"] = format_rfc3339(row.created_at);
  json::object status{{"phase", row.phase.empty() ? "Pending" : row.phase}};
  if (!row.message.empty()) status["message"] = row.message;
  if (!row.started_at.is_zero()) status["startedAt"] = format_rfc3339(row.started_at);
  if (!row.finished_at.is_zero()) status["finishedAt"] = format_rfc3339(row.finished_at);
  if (!progress.empty()) status["progress"] = progress;
  return {{"apiVersion", manifest::api_version(manifest::Kind::kWorkflow)},
          {"kind", manifest::to_string(manifest::Kind::kWorkflow)},
          {"metadata", std::move(metadata)},
          {"status", std::move(status)}};
}

// What an event that was taken and one that was refused both say.
template <class Event>
port::EventRow row_of(const Event& event, Time at) {
  port::EventRow row;
  row.id = event.id;
  row.ns = event.ns;
  row.source = event.source;
  row.name = event.event;
  row.type = event.type;
  row.delivery = event.delivery;
  row.at = at;
  row.summary = event.summary;
  return row;
}

}  // namespace

port::WorkflowRow workflow_row(const workflow::Run& run) {
  port::WorkflowRow row = columns(run);
  row.object = print_json(run.to_object());
  return row;
}

port::EventRow event_row(const engine::EventReceived& event, Time at) {
  port::EventRow row = row_of(event, at);
  row.status = 200;
  row.outcome = event.replay_of.empty() ? "accepted" : "replayed";
  if (!event.replay_of.empty()) row.message = "replay of " + event.replay_of;
  row.payload = print_json(event.data);
  row.verdicts = print_json(json::value(event.verdicts));
  return row;
}

port::EventRow event_row(const engine::EventRefused& event, Time at) {
  port::EventRow row = row_of(event, at);
  row.status = event.status;
  row.outcome = event.outcome;
  row.message = event.message;
  row.verdicts = "[]";
  return row;
}

port::PutAnswer answer_of(const engine::TriggerDone& done, Time at) {
  const json::object answer{
      {"ok", done.ok}, {"message", done.message}, {"time", format_rfc3339(at)}};
  return {engine::event_of_trigger(done.effect), done.effect.value, print_json(answer)};
}

json::array verdicts_of(const port::EventRow& row) {
  auto verdicts = parse_json(row.verdicts);
  if (!verdicts.ok() || !verdicts->is_array()) return {};
  for (json::value& item : verdicts->get_array()) {
    if (!item.is_object()) continue;
    json::object& verdict = item.get_object();
    const auto answer = row.answers.find(get_string(verdict, "call"));
    if (answer == row.answers.end()) continue;
    auto parsed = parse_json(answer->second);
    if (!parsed.ok() || !parsed->is_object()) continue;
    if (!get_bool(parsed->get_object(), "ok")) verdict["outcome"] = "failed";
    verdict["answer"] = std::move(*parsed);
  }
  return std::move(verdicts->get_array());
}

void summarize(json::object& workflow) {
  if (json::object* status = workflow["status"].if_object()) {
    status->erase("nodes");
    status->erase("storedTemplates");
    status->erase("storedWorkflowTemplateSpec");
  }
  if (json::object* spec = workflow["spec"].if_object()) spec->erase("templates");
}

json::object workflow_summary(const workflow::Run& run) {
  return summary(columns(run), get_string(run.status(), "progress"));
}

json::object workflow_summary(const port::WorkflowRow& row) { return summary(row, {}); }

}  // namespace slipway::views
