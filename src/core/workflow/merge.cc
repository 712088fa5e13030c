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

// A parameter that brings a value is taken whole.
json::object merge_parameter(const json::object& under, const json::object& over) {
  for (const std::string_view key : {"value", "valueFrom", "default"}) {
    if (find(over, key) != nullptr) return over;
  }
  json::object merged = under;
  for (const auto& member : over) merged[member.key()] = member.value();
  return merged;
}

constexpr std::string_view kBackends[] = {"artifactory", "azure", "gcs", "git", "hdfs",
                                          "http",        "oss",   "raw", "s3",  "plugin"};

// An artifact is taken whole too, but a place in the same kind of store is completed from below.
json::object merge_artifact(const json::object& under, const json::object& over) {
  json::object merged = over;
  for (const std::string_view backend : kBackends) {
    const json::object* place = find_object(over, backend);
    if (place == nullptr) continue;
    const json::object* lower = find_object(under, backend);
    if (lower == nullptr) return merged;
    merged[backend] = expr::merge_patch(*lower, *place);
    const json::value* logs = find(under, "archiveLogs");
    if (logs != nullptr && find(over, "archiveLogs") == nullptr) merged["archiveLogs"] = *logs;
    return merged;
  }
  return merged;
}

using Merge = json::object (*)(const json::object& under, const json::object& over);

json::array merge_named(const json::array& under, const json::array& over, Merge merge) {
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
    } else {
      *same = merge(*same, argument);
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
  constexpr std::pair<std::string_view, Merge> kLists[] = {{"parameters", merge_parameter},
                                                           {"artifacts", merge_artifact}};
  for (const auto& [key, merge] : kLists) {
    const json::array* upper = find_array(over, key);
    if (upper == nullptr) continue;
    const json::array* lower = find_array(under, key);
    merged[key] = lower != nullptr ? merge_named(*lower, *upper, merge) : *upper;
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
