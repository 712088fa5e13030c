#include "server/row.h"

#include "core/engine/effect.h"
#include "core/view/trace.h"
#include "core/view/view.h"
#include "core/workflow/artifact_gc.h"
#include "core/workflow/expiry.h"
#include "core/workflow/node.h"

namespace slipway::server {
namespace {

// The finished object with what only Slipway knows of each node (its pod above all), which retry,
// logs and deletion need when the run is no longer in memory.
port::WorkflowRow finished_row(const workflow::Run& run) {
  port::WorkflowRow row = views::workflow_row(run);
  if (workflow::is_being_deleted(run)) {
    row.expires_at = port::kDeletionAskedFor;
  } else if (const auto time = workflow::expiry(run)) {
    row.expires_at = *time;
  }
  json::object object = run.to_object();
  json::value* status = object.if_contains("status");
  json::value* nodes = status != nullptr && status->is_object()
                           ? status->get_object().if_contains("nodes")
                           : nullptr;
  if (nodes != nullptr && nodes->is_object()) {
    for (auto& member : nodes->get_object()) {
      const workflow::Node* node = run.find_node(NodeId(std::string(member.key())));
      if (node == nullptr || !member.value().is_object()) continue;
      json::object journaled = workflow::to_journal_json(*node);
      if (json::value* own = journaled.if_contains("slipway")) {
        member.value().get_object()["slipway"] = std::move(*own);
      }
    }
    row.object = print_json(object);
  }
  views::summarize(object);
  row.summary = print_json(object);
  return row;
}

}  // namespace

void add_rows(const engine::Engine& engine, const engine::Event& event,
              std::vector<port::RowChange>& rows) {
  if (const auto* received = std::get_if<engine::EventReceived>(&event.body)) {
    rows.push_back(port::PutEvent{views::event_row(*received, event.at)});
  } else if (const auto* refused = std::get_if<engine::EventRefused>(&event.body)) {
    rows.push_back(port::PutEvent{views::event_row(*refused, event.at)});
  } else if (const auto* done = std::get_if<engine::TriggerDone>(&event.body)) {
    rows.push_back(views::answer_of(*done, event.at));
  } else if (const auto* finished = std::get_if<engine::WorkflowFinished>(&event.body)) {
    if (const workflow::Run* run = engine.find_run(finished->uid)) {
      rows.push_back(port::PutWorkflow{finished_row(*run)});
    }
  } else if (const auto* recalled = std::get_if<engine::WorkflowRecalled>(&event.body)) {
    rows.push_back(port::RemoveWorkflow{recalled->uid});
  } else if (const auto* removed = std::get_if<engine::WorkflowRemoved>(&event.body)) {
    rows.push_back(port::RemoveWorkflow{removed->uid});
  }
}

void add_trace(const engine::Engine& engine, const engine::Event& event,
               std::vector<json::array>& traces) {
  const auto* finished = std::get_if<engine::WorkflowFinished>(&event.body);
  const workflow::Run* run = finished != nullptr ? engine.find_run(finished->uid) : nullptr;
  // One that could not be deleted ends twice.
  if (run == nullptr || workflow::is_being_deleted(*run)) return;
  traces.push_back(views::workflow_spans(*run));
}

void add_kube_events(const engine::Engine& engine, const engine::Event& event, uint64_t sequence,
                     std::vector<KubeEventLog::Entry>& entries) {
  const auto* advanced = std::get_if<engine::WorkflowAdvanced>(&event.body);
  const workflow::Run* run = advanced != nullptr ? engine.find_run(advanced->delta.uid) : nullptr;
  if (run == nullptr) return;
  constexpr int kPlacesBits = 20;  // a pass changes fewer than a million phases
  uint64_t place = sequence << kPlacesBits;
  for (views::KubeEvent& told : views::kube_events(*run, advanced->delta)) {
    entries.push_back({place++, std::move(told)});
  }
}

void add_change(const engine::Event& event, Change& change) {
  if (const auto* created = std::get_if<engine::WorkflowCreated>(&event.body)) {
    change.workflows.insert(created->uid);
  } else if (const auto* advanced = std::get_if<engine::WorkflowAdvanced>(&event.body)) {
    change.workflows.insert(advanced->delta.uid);
    std::vector<NodeId>& nodes = change.nodes[advanced->delta.uid];
    for (const workflow::Node& node : advanced->delta.nodes) nodes.push_back(node.id);
  } else if (const auto* finished = std::get_if<engine::WorkflowFinished>(&event.body)) {
    change.workflows.insert(finished->uid);
  } else if (const auto* removed = std::get_if<engine::WorkflowRemoved>(&event.body)) {
    change.removed[removed->uid] = {removed->ns, removed->name};
  } else if (const auto* recalled = std::get_if<engine::WorkflowRecalled>(&event.body)) {
    change.workflows.insert(recalled->uid);
  } else if (const auto* received = std::get_if<engine::EventReceived>(&event.body)) {
    change.events.insert(received->id);
  } else if (const auto* refused = std::get_if<engine::EventRefused>(&event.body)) {
    change.events.insert(refused->id);
  } else if (const auto* done = std::get_if<engine::TriggerDone>(&event.body)) {
    change.events.insert(engine::event_of_trigger(done->effect));
  } else if (std::holds_alternative<engine::ResourcePut>(event.body) ||
             std::holds_alternative<engine::ResourceRemoved>(event.body)) {
    change.resources = true;
  }
}

}  // namespace slipway::server
