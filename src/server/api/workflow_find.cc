#include "server/api/workflow_find.h"

#include <fmt/format.h>

namespace slipway::server {
namespace {

Result<json::object> find_finished(port::Store& store, const std::string& ns,
                                   const std::string& name) {
  TRY_ASSIGN(const std::optional<port::WorkflowRow> row, store.find_workflow(ns, name));
  if (!row) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("there is no workflow {} in namespace {}", name, ns), ""};
  }
  TRY_ASSIGN(json::value object, parse_json(row->object));
  if (!object.is_object()) {
    return Error{ErrorCode::kIo, "the stored object of this workflow is damaged", ns + "/" + name};
  }
  return std::move(object.get_object());
}

}  // namespace

void find_workflow(const ApiContext& context, const std::string& ns, const std::string& name,
                   std::function<void(Result<json::object>)> use) {
  context.access.query([context, ns, name, use = std::move(use)](const engine::Engine& engine) {
    if (const workflow::Run* run = engine.find_run(ns, name)) return use(run->to_object());
    context.background(
        [&store = context.store, ns, name, use] { use(find_finished(store, ns, name)); });
  });
}

}  // namespace slipway::server
