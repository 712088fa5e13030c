#include <fmt/format.h>

#include "core/workflow/advance.h"
#include "core/workflow/request_http.h"
#include "core/workflow/resolve.h"
#include "core/workflow/template_type.h"

namespace slipway::workflow {

Result<PlannedRequest> plan_request(const Run& run, const NodeId& id, const World& world) {
  const Node* node = run.find_node(id);
  if (node == nullptr) {
    return Error{
        ErrorCode::kNotFound, fmt::format("workflow {} has no node {}", run.name(), id.value), {}};
  }
  TRY_ASSIGN(const Resolved resolved, resolve_node(run, *node, world));
  const std::optional<TemplateType> type = template_type(resolved.templ);
  const std::string key = fmt::format("{}/{}", run.uid().value, id.value);
  Result<PlannedRequest> request =
      Error{ErrorCode::kInvalid,
            fmt::format("it is a {} template and makes no request",
                        type ? to_string(*type) : std::string_view("typeless")),
            {}};
  if (type == TemplateType::kHttp) {
    if (const json::object* http = find_object(resolved.templ, "http")) {
      request = build_http_request(*http, world.catalog, run.ns(), key);
    }
  } else if (type == TemplateType::kPlugin) {
    if (const json::object* plugin = find_object(resolved.templ, "plugin")) {
      request = build_plugin_request(*plugin, world.catalog, run.ns(), key);
    }
  }
  if (!request.ok() && request.error().where.empty()) {
    Error error = std::move(request).error();
    error.where = "template " + node->template_name;
    return error;
  }
  return request;
}

}  // namespace slipway::workflow
