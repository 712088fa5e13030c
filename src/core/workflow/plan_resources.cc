#include <fmt/format.h>

#include "core/expr/golang/golang.h"
#include "core/workflow/plan_security.h"

namespace slipway::workflow {
namespace {

// 0 when it is not given.
Result<int64_t> millis_of(const PlanContext& context, const json::object& amounts,
                          std::string_view key) {
  const json::value* amount = find(amounts, key);
  if (amount == nullptr) return int64_t{0};
  Result<int64_t> millis = expr::parse_quantity_millis(scalar_text(*amount));
  if (!millis.ok() || *millis < 0) {
    return plan_error(context, ErrorCode::kInvalid,
                      fmt::format("resources: {} \"{}\" is not a quantity such as 500m or 1Gi", key,
                                  scalar_text(*amount)));
  }
  return millis;
}

Status check_names(const PlanContext& context, const json::object& amounts) {
  for (const auto& entry : amounts) {
    const std::string_view name = entry.key();
    if (name == "cpu" || name == "memory" || name == "ephemeral-storage") continue;
    return plan_error(context, ErrorCode::kUnsupported,
                      fmt::format("resources: {} is not available on this machine", name));
  }
  return {};
}

}  // namespace

Result<pod::Resources> plan_resources(const PlanContext& context, const json::object& container) {
  const json::object& resources = object_of(container, "resources");
  const json::object& limits = object_of(resources, "limits");
  const json::object& requests = object_of(resources, "requests");
  if (!list_of(resources, "claims").empty()) {
    return plan_error(context, ErrorCode::kUnsupported,
                      "resources: claims need a cluster's device drivers; remove them");
  }
  TRY(check_names(context, limits));
  TRY(check_names(context, requests));
  pod::Resources planned;
  TRY_ASSIGN(planned.cpu_limit_millis, millis_of(context, limits, "cpu"));
  TRY_ASSIGN(planned.cpu_request_millis, millis_of(context, requests, "cpu"));
  TRY_ASSIGN(const int64_t memory_limit, millis_of(context, limits, "memory"));
  TRY_ASSIGN(const int64_t memory_request, millis_of(context, requests, "memory"));
  planned.memory_limit_bytes = (memory_limit + 999) / 1000;
  planned.memory_request_bytes = (memory_request + 999) / 1000;
  if (planned.cpu_request_millis == 0) planned.cpu_request_millis = planned.cpu_limit_millis;
  if (planned.memory_request_bytes == 0) planned.memory_request_bytes = planned.memory_limit_bytes;
  return planned;
}

}  // namespace slipway::workflow
