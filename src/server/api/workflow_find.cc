#include "server/api/workflow_find.h"

#include <fmt/format.h>

namespace slipway::server {
namespace {

Result<json::object> object_in(const port::WorkflowRow& row) {
  TRY_ASSIGN(json::value object, parse_json(row.object));
  if (!object.is_object()) {
    return Error{ErrorCode::kIo, "the stored object of this workflow is damaged",
                 row.ns + "/" + row.name};
  }
  return std::move(object.get_object());
}

Result<json::object> find_finished(port::Store& store, const std::string& ns,
                                   const std::string& name) {
  TRY_ASSIGN(const std::optional<port::WorkflowRow> row, store.find_workflow(ns, name));
  if (row) return object_in(*row);
  return Error{ErrorCode::kNotFound,
               fmt::format("there is no workflow {} in namespace {}", name, ns), ""};
}

struct Live {
  Time created_at;
  json::object object;
};

Result<json::object> find_newest(port::Store& store, const std::string& ns,
                                 std::optional<Live> live) {
  port::WorkflowQuery query;
  query.ns = ns;
  query.limit = 1;
  query.with_object = true;
  TRY_ASSIGN(const port::WorkflowPage page, store.list_workflows(query));
  const bool older = live && (page.rows.empty() || page.rows[0].created_at <= live->created_at);
  if (older) return std::move(live->object);
  if (!page.rows.empty()) return object_in(page.rows[0]);
  return Error{ErrorCode::kNotFound, "there is no workflow in namespace " + ns, ""};
}

std::optional<Live> newest_run(const engine::Engine& engine, const std::string& ns) {
  const workflow::Run* newest = nullptr;
  engine.for_each_run([&](const workflow::Run& run) {
    if (run.ns() != ns) return;
    if (newest == nullptr || newest->created_at() < run.created_at()) newest = &run;
  });
  if (newest == nullptr) return std::nullopt;
  return Live{newest->created_at(), newest->to_object()};
}

}  // namespace

void find_workflow(const ApiContext& context, const std::string& ns, const std::string& name,
                   std::function<void(Result<json::object>)> use) {
  context.access.query([context, ns, name, use = std::move(use)](const engine::Engine& engine) {
    if (name == kLatest) {
      return context.background(
          [&store = context.store, ns, use, live = newest_run(engine, ns)]() mutable {
            use(find_newest(store, ns, std::move(live)));
          });
    }
    // What comes of it, such as printing, is not for the driver's time.
    if (const workflow::Run* run = engine.find_run(ns, name)) {
      return context.background(
          [use, object = run->to_object()]() mutable { use(std::move(object)); });
    }
    context.background(
        [&store = context.store, ns, name, use] { use(find_finished(store, ns, name)); });
  });
}

}  // namespace slipway::server
