#include "core/workflow/plan_field.h"

#include <fmt/format.h>

#include "core/expr/golang/golang.h"

namespace slipway::workflow {
namespace {

// labels or annotations as a downwardAPI file shows them: key="escaped value", one on each line.
std::string print_map(const std::map<std::string, std::string>& map) {
  std::string text;
  for (const auto& [key, value] : map) {
    text += fmt::format("{}{}={}", text.empty() ? "" : "\n", key, expr::go_quote(value));
  }
  return text;
}

// "metadata.labels['a']" → "a"; nullopt when the path has another shape.
std::optional<std::string> subscript(std::string_view path, std::string_view map_name) {
  if (!path.starts_with(map_name)) return std::nullopt;
  path.remove_prefix(map_name.size());
  if (path.size() < 4 || !path.starts_with("['") || !path.ends_with("']")) return std::nullopt;
  return std::string(path.substr(2, path.size() - 4));
}

std::string lookup(const std::map<std::string, std::string>& map, const std::string& key) {
  const auto found = map.find(key);
  return found != map.end() ? found->second : std::string{};
}

const json::object* find_container(const json::object& pod_spec, const std::string& name) {
  for (const std::string_view list : {"containers", "initContainers"}) {
    for (const json::value& item : list_of(pod_spec, list)) {
      if (item.is_object() && get_string(item.get_object(), "name") == name) {
        return &item.get_object();
      }
    }
  }
  return nullptr;
}

// 0 when it is not given.
Result<int64_t> millis_of(const json::value* quantity) {
  if (quantity == nullptr) return int64_t{0};
  return expr::parse_quantity_millis(scalar_text(*quantity));
}

}  // namespace

Result<std::string> field_value(const PlanContext& context, const json::object& pod_spec,
                                const std::string& path) {
  if (path == "metadata.name") return context.pod_name;
  if (path == "metadata.namespace") return context.ns;
  if (path == "metadata.uid") return context.node.pod_id.value;
  if (path == "metadata.labels") return print_map(context.labels);
  if (path == "metadata.annotations") return print_map(context.annotations);
  if (const auto key = subscript(path, "metadata.labels")) return lookup(context.labels, *key);
  if (const auto key = subscript(path, "metadata.annotations")) {
    return lookup(context.annotations, *key);
  }
  if (path == "spec.serviceAccountName") {
    return get_string(pod_spec, "serviceAccountName", context.settings.default_service_account);
  }
  return plan_error(context, ErrorCode::kUnsupported,
                    fmt::format("fieldRef {} is not available to pods here", path));
}

Result<ResourceValue> resource_value(const PlanContext& context, const json::object& pod_spec,
                                     const json::object& container, const json::object& reference) {
  const std::string name = get_string(reference, "containerName");
  const json::object* of = name.empty() ? &container : find_container(pod_spec, name);
  if (of == nullptr) {
    return plan_error(context, ErrorCode::kInvalid,
                      fmt::format("resourceFieldRef names container {}, which is not there", name));
  }
  const std::string resource = get_string(reference, "resource");
  const size_t dot = resource.find('.');
  const std::string kind = resource.substr(0, dot);
  if (dot == std::string::npos || (kind != "limits" && kind != "requests")) {
    return plan_error(context, ErrorCode::kInvalid,
                      fmt::format("resourceFieldRef.resource \"{}\" is not limits.NAME or "
                                  "requests.NAME",
                                  resource));
  }
  TRY_ASSIGN(int64_t divisor, millis_of(find(reference, "divisor")));
  if (divisor <= 0) divisor = 1000;
  const std::string name_of = resource.substr(dot + 1);
  const json::object& resources = object_of(*of, "resources");
  const json::value* amount = find(object_of(resources, kind), name_of);
  if (amount == nullptr && kind == "requests")
    amount = find(object_of(resources, "limits"), name_of);
  TRY_ASSIGN(const int64_t millis, millis_of(amount));
  if (millis == 0 && (resource == "limits.cpu" || resource == "limits.memory")) {
    return ResourceValue{"", fmt::format("{}/{}", resource, divisor)};
  }
  return ResourceValue{fmt::format("{}", (millis + divisor - 1) / divisor), ""};
}

}  // namespace slipway::workflow
