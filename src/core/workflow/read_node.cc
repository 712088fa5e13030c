#include <fmt/format.h>

#include "core/expr/exprlang/exprlang.h"
#include "core/workflow/leaf_part.h"
#include "core/workflow/pass.h"
#include "core/workflow/read.h"
#include "core/workflow/resolve.h"

namespace slipway::workflow {
namespace {

// Where in the embedded store an artifact is. The store has no bucket, so `bucket` names nothing.
Result<std::string> stored_key(const json::object& artifact) {
  if (const json::object* s3 = find_object(artifact, "s3")) return get_string(*s3, "key");
  return Error{ErrorCode::kUnsupported,
               fmt::format("artifact '{}' is not in the embedded store (s3 with a key); other "
                           "places are not read here yet",
                           get_string(artifact, "name")),
               {}};
}

// The transformations, one after the other, on the listed keys.
Result<json::value> transformed(const json::object& data, const std::vector<std::string>& keys) {
  json::array list;
  for (const std::string& key : keys) list.emplace_back(key);
  json::value value(std::move(list));
  const json::array* steps = find_array(data, "transformation");
  for (const json::value& step : steps != nullptr ? *steps : json::array{}) {
    const std::string source =
        step.is_object() ? get_string(step.get_object(), "expression") : std::string();
    auto next = expr::evaluate(source, {{"data", value}});
    if (!next.ok()) {
      return Error{next.error().code,
                   fmt::format("transformation '{}': {}", source, next.error().message),
                   {}};
    }
    value = std::move(*next);
  }
  return value;
}

void end(Pass& pass, const NodeId& id, Phase phase, std::string message, json::object outputs) {
  pass.update(id, [&](Node& node) {
    node.phase = phase;
    node.message = std::move(message);
    node.outputs = std::move(outputs);
    node.reads = false;
  });
}

}  // namespace

void start_read(Node& node) {
  node.phase = Phase::kPending;
  node.reads = true;
}

void take_read(Pass& pass, const ReadResult& result) {
  const Node* found = pass.draft.find(result.node);
  if (found == nullptr || found->fulfilled() || !found->reads) return;
  const auto part = template_part(pass, *found, {"data", "resource"});
  std::string error = part.ok() ? result.error : part.error().message;
  const json::object* data = part.ok() ? find_object(*part, "data") : nullptr;
  if (error.empty() && data == nullptr) {
    return pass.update(result.node, [&](Node& node) {
      node.reads = false;
      node.acts = true;
      node.manifest = result.text;
    });
  }
  if (error.empty()) {
    auto value = transformed(*data, result.keys);
    if (value.ok()) {
      return end(pass, result.node, Phase::kSucceeded, "",
                 {{"result", print_json(*value)}, {"exitCode", "0"}});
    }
    error = value.error().message;
  }
  end(pass, result.node, Phase::kFailed, "main: Error (exit code 64): " + error,
      {{"exitCode", "64"}});
}

Result<ReadPlan> plan_read(const Run& run, const NodeId& id, const World& world) {
  const Node* node = run.find_node(id);
  if (node == nullptr) {
    return Error{
        ErrorCode::kNotFound, fmt::format("workflow {} has no node {}", run.name(), id.value), {}};
  }
  TRY_ASSIGN(const Resolved resolved, resolve_node(run, *node, world));
  if (const json::object* data = find_object(resolved.templ, "data")) {
    const json::object* source = find_object(*data, "source");
    const json::object* paths = source != nullptr ? find_object(*source, "artifactPaths") : nullptr;
    if (paths == nullptr) {
      return Error{ErrorCode::kInvalid, "data.source.artifactPaths is missing", {}};
    }
    TRY_ASSIGN(std::string prefix, stored_key(*paths));
    return ReadPlan{true, std::move(prefix)};
  }
  const json::object* resource = find_object(resolved.templ, "resource");
  const json::value* name =
      resource != nullptr ? find_path(*resource, {"manifestFrom", "artifact", "name"}) : nullptr;
  const std::string wanted =
      name != nullptr && name->is_string() ? str(name->get_string()) : std::string();
  const json::object* inputs = find_object(resolved.templ, "inputs");
  const json::object* artifact =
      inputs != nullptr ? find_named(*inputs, "artifacts", wanted) : nullptr;
  if (artifact == nullptr) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("manifestFrom: the template has no input artifact '{}'", wanted),
                 {}};
  }
  TRY_ASSIGN(std::string key, stored_key(*artifact));
  return ReadPlan{false, std::move(key)};
}

}  // namespace slipway::workflow
