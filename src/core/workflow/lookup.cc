#include "core/workflow/lookup.h"

#include <fmt/format.h>

#include "core/workflow/merge.h"
#include "core/workflow/run_index.h"

namespace slipway::workflow {
namespace {

const json::object* template_in(const json::object& spec, std::string_view name) {
  const json::array* templates = find_array(spec, "templates");
  if (templates == nullptr) return nullptr;
  for (const json::value& item : *templates) {
    const json::object* candidate = item.if_object();
    if (candidate == nullptr) continue;
    const json::string* own = find_string(*candidate, "name");
    if (own != nullptr && view(*own) == name) return candidate;
  }
  return nullptr;
}

Error missing(std::string_view name, std::string_view where) {
  return {ErrorCode::kNotFound, fmt::format("template name '{}' not found in {}", name, where), {}};
}

// The spec of the object that a scope names; live, for templates not stored yet.
Result<const json::object*> scope_spec(const Draft& draft, const manifest::Catalog& catalog,
                                       std::string_view scope) {
  const size_t slash = scope.find('/');
  const std::string_view kind = scope.substr(0, slash);
  const std::string_view name = slash == scope.npos ? std::string_view{} : scope.substr(slash + 1);
  const bool cluster = kind == "cluster";
  const manifest::Resource* found =
      cluster ? catalog.find(manifest::Kind::kClusterWorkflowTemplate, "", name)
              : catalog.find(manifest::Kind::kWorkflowTemplate, draft.run().ns(), name);
  if (found == nullptr) {
    return Error{ErrorCode::kNotFound,
                 cluster ? fmt::format("ClusterWorkflowTemplate '{}' not found", name)
                         : fmt::format("WorkflowTemplate '{}' not found in namespace '{}'", name,
                                       draft.run().ns()),
                 {}};
  }
  return &found->spec();
}

Result<FoundTemplate> with_defaults(const Draft& draft, const json::object& raw) {
  FoundTemplate found;
  TRY_ASSIGN(json::object merged, with_template_defaults(raw, draft.effective_spec()));
  // spec.retryStrategy is the default of every template without one of its own (rule 32).
  const json::object* retry = find_object(draft.effective_spec(), "retryStrategy");
  if (retry != nullptr && find(merged, "retryStrategy") == nullptr) {
    merged["retryStrategy"] = *retry;
  }
  found.body = std::make_shared<const json::object>(std::move(merged));
  return found;
}

Result<FoundTemplate> find_named(const Draft& draft, const manifest::Catalog& catalog,
                                 std::string_view name, std::string_view scope) {
  auto& cache = draft.run().index().templates;
  const std::string key = fmt::format("{}/{}", scope, name);
  if (const auto cached = cache.find(key); cached != cache.end()) {
    return FoundTemplate{cached->second, std::string(scope), std::string(name), {}, nullptr};
  }
  const json::object* raw = nullptr;
  std::string to_store;
  if (scope.starts_with("local/")) {
    raw = template_in(draft.effective_spec(), name);
    if (raw == nullptr) return missing(name, "the workflow");
  } else {
    const json::value* stored = draft.status("storedTemplates");
    const json::value* snapshot =
        stored != nullptr && stored->is_object() ? stored->get_object().if_contains(key) : nullptr;
    if (snapshot != nullptr && snapshot->is_object()) {
      raw = &snapshot->get_object();
    } else {
      TRY_ASSIGN(const json::object* spec, scope_spec(draft, catalog, scope));
      raw = template_in(*spec, name);
      if (raw == nullptr) return missing(name, scope);
      to_store = key;
    }
  }
  TRY_ASSIGN(FoundTemplate found, with_defaults(draft, *raw));
  found.scope = scope;
  found.name = name;
  if (!to_store.empty()) {
    found.stored_key = to_store;
    found.raw = std::make_shared<const json::object>(*raw);
  } else {
    cache.emplace(key, found.body);
  }
  return found;
}

Result<FoundTemplate> find_inline(const Draft& draft, const json::object& body,
                                  std::string_view scope) {
  TRY_ASSIGN(FoundTemplate found, with_defaults(draft, body));
  found.scope = scope;
  return found;
}

std::string reference_scope(const json::object& reference) {
  return (get_bool(reference, "clusterScope") ? "cluster/" : "namespaced/") +
         get_string(reference, "name");
}

}  // namespace

Result<FoundTemplate> find_template(const Draft& draft, const manifest::Catalog& catalog,
                                    const json::object& holder, std::string_view scope) {
  if (const json::object* body = find_object(holder, "inline")) {
    return find_inline(draft, *body, scope);
  }
  if (const json::object* reference = find_object(holder, "templateRef")) {
    return find_named(draft, catalog, get_string(*reference, "template"),
                      reference_scope(*reference));
  }
  const std::string name = get_string(holder, "template");
  if (name.empty()) {
    return Error{ErrorCode::kInvalid, "neither template, templateRef nor inline is set", {}};
  }
  return find_named(draft, catalog, name, scope);
}

Result<FoundTemplate> find_template(const Draft& draft, const manifest::Catalog& catalog,
                                    const Node& node) {
  if (!node.inline_template.empty()) {
    return find_inline(draft, node.inline_template, node.template_scope);
  }
  if (!node.template_ref.empty()) {
    return find_named(draft, catalog, get_string(node.template_ref, "template"),
                      reference_scope(node.template_ref));
  }
  return find_named(draft, catalog, node.template_name, node.template_scope);
}

}  // namespace slipway::workflow
