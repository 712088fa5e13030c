#include "core/workflow/merge.h"

#include <fmt/format.h>

#include "core/expr/patch/patch.h"
#include "core/workflow/template_type.h"

namespace slipway::workflow {
namespace {

const json::object kEmpty;

const json::object& object_or_empty(const json::object& from, std::string_view key) {
  const json::object* found = find_object(from, key);
  return found != nullptr ? *found : kEmpty;
}

bool brings_value(const json::object& argument) {
  for (const std::string_view key : {"value", "valueFrom", "from", "fromExpression"}) {
    if (find(argument, key) != nullptr) return true;
  }
  return false;
}

json::array merge_named(const json::array& under, const json::array& over) {
  json::array merged = under;
  for (const json::value& item : over) {
    if (!item.is_object()) continue;
    const json::object& argument = item.get_object();
    const std::string name = get_string(argument, "name");
    json::object* same = nullptr;
    for (json::value& candidate : merged) {
      if (candidate.is_object() && get_string(candidate.get_object(), "name") == name) {
        same = &candidate.get_object();
      }
    }
    if (same == nullptr) {
      merged.push_back(item);
    } else if (brings_value(argument)) {
      *same = argument;
    } else {
      for (const auto& member : argument) (*same)[member.key()] = member.value();
    }
  }
  return merged;
}

// `over` laid on `under`, two whole workflow specs.
Result<json::object> merge_specs(const json::object& under, const json::object& over) {
  json::object base = under;
  json::object patch = over;
  const json::object arguments =
      merge_arguments(object_or_empty(under, "arguments"), object_or_empty(over, "arguments"));
  json::object hooks = object_or_empty(under, "hooks");
  for (const auto& hook : object_or_empty(over, "hooks")) hooks[hook.key()] = hook.value();
  for (const std::string_view key : {"arguments", "hooks", "suspend"}) {
    base.erase(key);
    patch.erase(key);
  }
  TRY_ASSIGN(json::value merged, expr::strategic_merge(std::move(base), std::move(patch)));
  json::object& spec = merged.as_object();
  if (!arguments.empty()) spec["arguments"] = arguments;
  if (!hooks.empty()) spec["hooks"] = std::move(hooks);
  if (const json::value* suspend = over.if_contains("suspend")) spec["suspend"] = *suspend;
  return std::move(spec);
}

Result<const json::object*> referenced_spec(const json::object& reference,
                                            const manifest::Catalog& catalog, std::string_view ns) {
  const bool cluster = get_bool(reference, "clusterScope");
  const std::string name = get_string(reference, "name");
  const auto kind =
      cluster ? manifest::Kind::kClusterWorkflowTemplate : manifest::Kind::kWorkflowTemplate;
  const manifest::Resource* found = catalog.find(kind, cluster ? std::string_view{} : ns, name);
  if (found == nullptr) {
    return Error{ErrorCode::kNotFound,
                 cluster
                     ? fmt::format("clusterworkflowtemplates.argoproj.io \"{}\" not found", name)
                     : fmt::format("workflowtemplates.argoproj.io \"{}\" not found in namespace"
                                   " \"{}\"",
                                   name, ns),
                 {}};
  }
  return &found->spec();
}

}  // namespace

json::object merge_arguments(const json::object& under, const json::object& over) {
  json::object merged = under;
  for (const std::string_view key : {"parameters", "artifacts"}) {
    const json::array* upper = find_array(over, key);
    if (upper == nullptr) continue;
    const json::array* lower = find_array(under, key);
    merged[key] = lower != nullptr ? merge_named(*lower, *upper) : *upper;
  }
  return merged;
}

Result<json::object> effective_spec(const json::object& workflow_spec,
                                    const manifest::Catalog& catalog, std::string_view ns,
                                    const Settings& settings) {
  json::object under = object_or_empty(settings.workflow_defaults, "spec");
  if (const json::object* reference = find_object(workflow_spec, "workflowTemplateRef")) {
    TRY_ASSIGN(const json::object* spec, referenced_spec(*reference, catalog, ns));
    if (under.empty()) {
      under = *spec;
    } else {
      TRY_ASSIGN(under, merge_specs(under, *spec));
    }
  }
  if (under.empty()) return workflow_spec;
  return merge_specs(under, workflow_spec);
}

Result<json::object> with_template_defaults(const json::object& templ, const json::object& spec) {
  const json::object* found = find_object(spec, "templateDefaults");
  if (found == nullptr || found->empty()) return templ;
  json::object defaults = *found;
  defaults.erase("name");
  const std::optional<TemplateType> type = template_type(templ);
  for (const std::string_view key : kTemplateTypeKeys) {
    if (!type || key != to_string(*type)) defaults.erase(key);
  }
  TRY_ASSIGN(json::value merged, expr::strategic_merge(std::move(defaults), templ));
  return std::move(merged.as_object());
}

}  // namespace slipway::workflow
