#include <fmt/format.h>

#include "core/expr/exprlang/exprlang.h"
#include "core/workflow/leaf_part.h"
#include "core/workflow/node_context.h"
#include "core/workflow/pass.h"
#include "core/workflow/plan_artifact.h"
#include "core/workflow/read.h"
#include "core/workflow/resolve.h"

namespace slipway::workflow {
namespace {

Result<pod::InputArtifact> planned_artifact(const PlanContext& context,
                                            const json::object& artifact) {
  TRY_ASSIGN(const Repository repository, plan_repository(context));
  TRY_ASSIGN(auto planned, plan_input_artifact(context, repository, artifact));
  if (planned) return std::move(*planned);
  return plan_error(context, ErrorCode::kInvalid,
                    fmt::format("artifact '{}' says of no place", get_string(artifact, "name")));
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

std::string to_text(const Sought& sought) {
  return sought.name.empty() ? sought.ns + "?" + sought.selector : sought.ns + "/" + sought.name;
}

Sought sought_from_text(std::string_view text) {
  const size_t end = text.find_first_of("/?");
  if (end == text.npos) return {};
  const std::string rest(text.substr(end + 1));
  const std::string ns(text.substr(0, end));
  return text[end] == '/' ? Sought{ns, rest, {}} : Sought{ns, {}, rest};
}

void start_read(Node& node) {
  node.phase = Phase::kPending;
  node.reads = true;
}

void take_read(Pass& pass, const ReadResult& result) {
  const Node* found = pass.draft.find(result.node);
  if (found == nullptr || found->fulfilled() || !found->reads || !found->sought.empty()) return;
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
  TRY_ASSIGN(const NodeContext planned, node_context(run, id, world));
  const PlanContext& context = planned.plan;
  if (const Node* node = run.find_node(id); !node->sought.empty()) {
    return ReadPlan{ReadPlan::What::kFinished, {}, node->sought};
  }
  if (const json::object* data = find_object(context.templ, "data")) {
    const json::object* source = find_object(*data, "source");
    const json::object* paths = source != nullptr ? find_object(*source, "artifactPaths") : nullptr;
    if (paths == nullptr) {
      return Error{ErrorCode::kInvalid, "data.source.artifactPaths is missing", {}};
    }
    TRY_ASSIGN(auto below, planned_artifact(context, *paths));
    if (below.location.type != pod::ArtifactLocation::Type::kStore &&
        below.location.type != pod::ArtifactLocation::Type::kS3) {
      return plan_error(context, ErrorCode::kUnsupported,
                        "data.source.artifactPaths: only an s3 artifact has keys to list");
    }
    return ReadPlan{ReadPlan::What::kKeys, std::move(below), {}};
  }
  const json::object* resource = find_object(context.templ, "resource");
  const json::value* name =
      resource != nullptr ? find_path(*resource, {"manifestFrom", "artifact", "name"}) : nullptr;
  const std::string wanted =
      name != nullptr && name->is_string() ? str(name->get_string()) : std::string();
  const json::object* inputs = find_object(context.templ, "inputs");
  const json::object* artifact =
      inputs != nullptr ? find_named(*inputs, "artifacts", wanted) : nullptr;
  if (artifact == nullptr) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("manifestFrom: the template has no input artifact '{}'", wanted),
                 {}};
  }
  TRY_ASSIGN(auto from, planned_artifact(context, *artifact));
  return ReadPlan{ReadPlan::What::kText, std::move(from), {}};
}

}  // namespace slipway::workflow
