#include "server/row.h"

namespace slipway::server {
namespace {

Time time_at(const json::object& status, std::string_view key, Time fallback) {
  const auto time = parse_rfc3339(get_string(status, key));
  return time.ok() ? time.value() : fallback;
}

port::EventRow event_row(const engine::EventReceived& e, Time at) {
  port::EventRow row;
  row.id = e.id;
  row.ns = e.ns;
  row.source = e.source;
  row.name = e.event;
  row.type = e.type;
  row.delivery = e.delivery;
  row.at = at;
  row.status = 200;
  row.outcome = "accepted";
  if (!e.replay_of.empty()) row.message = "replay of event " + e.replay_of;
  row.payload = print_json(e.data);
  row.verdicts = print_json(json::value(e.verdicts));
  row.summary = e.summary;
  return row;
}

port::EventRow event_row(const engine::EventRefused& e, Time at) {
  port::EventRow row;
  row.id = e.id;
  row.ns = e.ns;
  row.source = e.source;
  row.name = e.event;
  row.type = e.type;
  row.delivery = e.delivery;
  row.at = at;
  row.status = e.status;
  row.outcome = e.outcome;
  row.message = e.message;
  row.verdicts = "[]";
  row.summary = e.summary;
  return row;
}

}  // namespace

port::WorkflowRow workflow_row(const workflow::Run& run, Time finished_at) {
  port::WorkflowRow row;
  row.uid = run.uid();
  row.ns = run.ns();
  row.name = run.name();
  row.phase = workflow::to_string(run.phase());
  row.message = get_string(run.status(), "message");
  row.created_at = run.created_at();
  row.started_at = time_at(run.status(), "startedAt", run.created_at());
  row.finished_at = time_at(run.status(), "finishedAt", finished_at);
  if (const json::object* labels = find_object(run.metadata(), "labels")) {
    for (const auto& label : *labels) {
      if (label.value().is_string()) {
        row.labels[std::string(label.key())] = str(label.value().get_string());
      }
    }
  }
  row.object = print_json(run.to_object());
  return row;
}

void add_rows(const engine::Engine& engine, const engine::Event& event,
              std::vector<port::RowChange>& rows) {
  if (const auto* received = std::get_if<engine::EventReceived>(&event.body)) {
    rows.push_back(port::PutEvent{event_row(*received, event.at)});
  } else if (const auto* refused = std::get_if<engine::EventRefused>(&event.body)) {
    rows.push_back(port::PutEvent{event_row(*refused, event.at)});
  } else if (const auto* finished = std::get_if<engine::WorkflowFinished>(&event.body)) {
    if (const workflow::Run* run = engine.find_run(finished->uid)) {
      rows.push_back(port::PutWorkflow{workflow_row(*run, event.at)});
    }
  } else if (const auto* removed = std::get_if<engine::WorkflowRemoved>(&event.body)) {
    rows.push_back(port::RemoveWorkflow{removed->uid});
  }
}

void add_change(const engine::Event& event, Change& change) {
  if (const auto* created = std::get_if<engine::WorkflowCreated>(&event.body)) {
    change.workflows.insert(created->uid);
  } else if (const auto* advanced = std::get_if<engine::WorkflowAdvanced>(&event.body)) {
    change.workflows.insert(advanced->delta.uid);
  } else if (const auto* finished = std::get_if<engine::WorkflowFinished>(&event.body)) {
    change.workflows.insert(finished->uid);
  } else if (const auto* removed = std::get_if<engine::WorkflowRemoved>(&event.body)) {
    change.workflows.insert(removed->uid);
  } else if (const auto* received = std::get_if<engine::EventReceived>(&event.body)) {
    change.events.insert(received->id);
  } else if (const auto* refused = std::get_if<engine::EventRefused>(&event.body)) {
    change.events.insert(refused->id);
  } else if (std::holds_alternative<engine::ResourcePut>(event.body) ||
             std::holds_alternative<engine::ResourceRemoved>(event.body)) {
    change.resources = true;
  }
}

}  // namespace slipway::server
