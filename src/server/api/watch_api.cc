// Watching workflows: one JSON object a line (or as server-sent events), from the present on.
#include "server/api/api.h"
#include "server/api/push.h"
#include "server/api/reply.h"
#include "server/api/workflow_find.h"

namespace slipway::server {
namespace {

struct Watch : Push {
  std::string ns, name;
};

void write(const Watch& watch, std::string_view type, json::object object) {
  json::object result;
  result["type"] = json::string_view(type.data(), type.size());
  result["object"] = std::move(object);
  json::object line;
  line["result"] = std::move(result);
  watch.responder->write(watch.framed(line));
}

bool concerns(const Watch& watch, const std::string& ns, const std::string& name) {
  return (watch.ns.empty() || ns == watch.ns) && (watch.name.empty() || name == watch.name);
}

bool concerns(const Watch& watch, const workflow::Run& run) {
  return concerns(watch, run.ns(), run.name());
}

// What is left to say of a workflow that is gone: who it was.
json::object remains(const WorkflowUid& uid, const WorkflowName& name) {
  return {{"apiVersion", "argoproj.io/v1alpha1"},
          {"kind", "Workflow"},
          {"metadata", {{"namespace", name.ns}, {"name", name.name}, {"uid", uid.value}}}};
}

// "metadata.name=x" of a field selector; empty when it selects nothing by name.
std::string name_in(std::string_view selector) {
  static constexpr std::string_view kName = "metadata.name=";
  const size_t at = selector.find(kName);
  if (at == std::string_view::npos) return {};
  std::string_view name = selector.substr(at + kName.size());
  if (name.starts_with('=')) name.remove_prefix(1);
  return std::string(name.substr(0, name.find(',')));
}

void heed(const ApiContext& context, const std::shared_ptr<Watch>& watch, const Change& change,
          const engine::Engine& engine) {
  for (const WorkflowUid& uid : change.workflows) {
    const workflow::Run* run = engine.find_run(uid);
    if (run != nullptr) {
      if (concerns(*watch, *run)) write(*watch, "MODIFIED", run->to_object());
      continue;
    }
    // It has finished: its last state is in the store.
    context.background([watch, uid, &store = context.store] {
      Result<std::optional<port::WorkflowRow>> row = store.find_workflow(uid);
      if (!row.ok() || !row->has_value()) return;
      if (!concerns(*watch, (*row)->ns, (*row)->name)) return;
      Result<json::value> object = parse_json((*row)->object);
      if (object.ok() && object->is_object()) write(*watch, "MODIFIED", object->get_object());
    });
  }
  for (const auto& [uid, name] : change.removed) {
    if (engine.find_run(uid) != nullptr || !concerns(*watch, name.ns, name.name)) continue;
    write(*watch, "DELETED", remains(uid, name));
  }
}

void start_watch(const ApiContext& context, Exchange exchange) {
  auto watch = std::make_shared<Watch>();
  watch->ns = exchange.path.contains("ns") ? exchange.at("ns") : "";
  watch->name = name_in(exchange.parameter("listOptions.fieldSelector"));
  begin_push(*watch, exchange);
  heed_until_gone(context, watch,
                  [context, watch](const Change& change, const engine::Engine& engine) {
                    heed(context, watch, change, engine);
                  });
  // The state at the start, so that nobody has to list and watch in two steps. Asked for after the
  // subscription: what ends in between is then told of by one of the two.
  context.access.query([watch](const engine::Engine& engine) {
    engine.for_each_run([&](const workflow::Run& run) {
      if (concerns(*watch, run)) write(*watch, "ADDED", run.to_object());
    });
  });
  if (!watch->name.empty()) {
    find_workflow(context, watch->ns, watch->name, [watch](Result<json::object> found) {
      if (found.ok()) write(*watch, "ADDED", std::move(*found));
    });
  }
}

}  // namespace

void add_watch_routes(Router& router, const ApiContext& context) {
  const auto handler = [context](Exchange exchange) { start_watch(context, std::move(exchange)); };
  router.add("GET", "/api/v1/workflow-events", handler);
  router.add("GET", "/api/v1/workflow-events/{ns}", handler);
}

}  // namespace slipway::server
