#include "core/workflow/plan_source.h"

#include <fmt/format.h>

#include <set>

#include "base/base64.h"
#include "core/workflow/plan_account.h"

namespace slipway::workflow {
namespace {

const manifest::Resource* find_source(const PlanContext& context, SourceKind kind,
                                      const std::string& name) {
  return context.catalog.find(
      kind == SourceKind::kSecret ? manifest::Kind::kSecret : manifest::Kind::kConfigMap,
      context.ns, name);
}

}  // namespace

Result<std::string> source_value(const PlanContext& context, SourceKind kind,
                                 const std::string& name, const std::string& key) {
  if (kind == SourceKind::kSecret) return context.catalog.secret_value(context.ns, name, key);
  if (const manifest::Resource* map = find_source(context, kind, name)) {
    const std::string binary = get_string(object_of(map->object, "binaryData"), key);
    if (!binary.empty()) return decode_base64(binary);
  }
  return context.catalog.config_map_value(context.ns, name, key);
}

Result<std::map<std::string, std::string>> source_values(const PlanContext& context,
                                                         SourceKind kind, const std::string& name,
                                                         bool optional) {
  std::map<std::string, std::string> values;
  const manifest::Resource* source = find_source(context, kind, name);
  const bool root_certificate = kind == SourceKind::kConfigMap && name == kRootCertificate;
  if (source == nullptr && root_certificate && context.settings.pod_api) {
    values["ca.crt"] = context.settings.pod_api->certificate_pem;
    return values;
  }
  if (source == nullptr) {
    if (optional) return values;
    return plan_error(
        context, ErrorCode::kNotFound,
        fmt::format("{} \"{}\" not found in namespace \"{}\"",
                    kind == SourceKind::kSecret ? "Secret" : "ConfigMap", name, context.ns));
  }
  for (const std::string_view member : {"data", "stringData", "binaryData"}) {
    for (const auto& entry : object_of(source->object, member)) {
      const std::string key(entry.key());
      TRY_ASSIGN(values[key], source_value(context, kind, name, key));
    }
  }
  return values;
}

}  // namespace slipway::workflow
