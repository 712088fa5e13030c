#include "core/workflow/artifact_argument.h"

#include <fmt/format.h>

#include "core/expr/exprlang/exprlang.h"
#include "core/expr/tag/tag.h"
#include "core/workflow/inputs.h"
#include "core/workflow/sibling.h"

namespace slipway::workflow {
namespace {

bool is_artifact_name(std::string_view name) {
  return name.find("outputs.artifacts.") != name.npos || name.starts_with("inputs.artifacts.");
}

// What a skipped step would have put out is an artifact that is nowhere.
const json::object* find_or_placeholder(const Pass& pass, const Frame& frame,
                                        std::string_view name) {
  static const json::object kNowhere;
  if (const json::object* artifact = find_artifact(pass, frame, name)) return artifact;
  return is_skipped_artifact(pass, frame, name) ? &kNowhere : nullptr;
}

// An environment for fromExpression: the names of the scope, and artifacts as objects.
json::object artifact_environment(const Pass& pass, const Frame& frame, const expr::Scope& scope,
                                  const std::set<std::string>& names) {
  json::object env = expr::nested(scope);
  for (const std::string& name : names) {
    const json::object* artifact =
        is_artifact_name(name) ? find_or_placeholder(pass, frame, name) : nullptr;
    if (artifact == nullptr) continue;
    json::object* at = &env;
    std::string_view rest = name;
    for (size_t dot = rest.find('.'); dot != rest.npos; dot = rest.find('.')) {
      json::value& child = (*at)[rest.substr(0, dot)];
      at = child.is_object() ? &child.get_object() : &child.emplace_object();
      rest.remove_prefix(dot + 1);
    }
    (*at)[rest] = *artifact;
  }
  return env;
}

Result<json::object> artifact_from_expression(const Pass& pass, const Frame& frame,
                                              const expr::Scope& scope, const std::string& source) {
  std::set<std::string> names;
  TRY_ASSIGN(const expr::Program program, expr::Program::compile(source));
  for (const auto& reference : program.references()) names.insert(reference.name);
  TRY_ASSIGN(json::value value, program.run(artifact_environment(pass, frame, scope, names)));
  if (value.is_object()) return std::move(value.get_object());
  return Error{
      ErrorCode::kInvalid, fmt::format("fromExpression '{}' gives no artifact", source), {}};
}

// The artifact that `from` names, under the argument's own name. How it was packed is its own too:
// as in Argo, an `archive` beside `from` counts for nothing (resolveArtifact() in
// workflow/controller/scope.go).
json::object taken_over(const json::object& argument, json::object artifact) {
  artifact["name"] = get_string(argument, "name");
  for (const std::string_view key : {"path", "globalName", "from", "fromExpression"}) {
    artifact.erase(key);
  }
  if (const json::value* own = find(argument, "optional")) artifact["optional"] = *own;
  if (const std::string sub = get_string(argument, "subPath"); !sub.empty()) {
    const std::string inner = get_string(artifact, "subPath");
    artifact["subPath"] = inner.empty() ? sub : inner + "/" + sub;
  }
  return artifact;
}

// One argument artifact; nullopt when it is optional and does not exist.
Result<std::optional<json::object>> resolve_artifact(const Pass& pass, const Frame& frame,
                                                     const json::object& argument,
                                                     const expr::Scope& scope) {
  const bool optional = get_bool(argument, "optional");
  if (const std::string source = get_string(argument, "fromExpression"); !source.empty()) {
    auto artifact = artifact_from_expression(pass, frame, scope, source);
    if (!artifact.ok()) {
      if (optional) return std::optional<json::object>();
      return Error{ErrorCode::kInvalid, artifact.error().message, {}};
    }
    return std::optional(taken_over(argument, std::move(*artifact)));
  }
  const std::string from = get_string(argument, "from");
  if (from.empty()) return std::optional(argument);
  TRY_ASSIGN(const std::string text, expr::substitute(from, scope));
  std::string_view name = expr::single_tag(text);
  if (name.empty()) name = text;
  if (optional && find_artifact(pass, frame, name) == nullptr) return std::optional<json::object>();
  if (const json::object* artifact = find_or_placeholder(pass, frame, name)) {
    return std::optional(taken_over(argument, *artifact));
  }
  return Error{ErrorCode::kInvalid,
               fmt::format("artifact '{}' takes {}, which does not exist",
                           get_string(argument, "name"), from),
               {}};
}

}  // namespace

Status resolve_artifacts(const Pass& pass, const Frame& frame, json::object& arguments,
                         const expr::Scope& scope) {
  json::value* list = arguments.if_contains("artifacts");
  if (list == nullptr || !list->is_array()) return {};
  json::array resolved;
  for (const json::value& item : list->get_array()) {
    if (!item.is_object()) continue;
    TRY_ASSIGN(auto artifact, resolve_artifact(pass, frame, item.get_object(), scope));
    if (artifact) resolved.emplace_back(std::move(*artifact));
  }
  *list = std::move(resolved);
  return {};
}

}  // namespace slipway::workflow
