#include <fmt/format.h>

#include "core/expr/jq/jq.h"
#include "core/expr/jsonpath/jsonpath.h"
#include "core/workflow/act.h"
#include "core/workflow/globals.h"
#include "core/workflow/leaf.h"
#include "core/workflow/leaf_part.h"

namespace slipway::workflow {
namespace {

// kubectl also takes a path without its braces, or without the dot.
std::string with_braces(const std::string& path) {
  if (path.find('{') != path.npos) return path;
  return fmt::format("{{{}{}}}", path.starts_with('.') ? "" : ".", path);
}

Result<std::string> jq_text(const std::string& filter, const json::object& object) {
  TRY_ASSIGN(const std::vector<json::value> results, expr::run_jq(filter, json::value(object)));
  std::string text;
  for (const json::value& result : results) {
    if (!text.empty()) text += '\n';
    text += any_string(result);
  }
  return text;
}

// Its default is not for a filter that fails.
Result<std::string> output_text(const json::object& from, const json::object& object) {
  if (const std::string path = get_string(from, "jsonPath"); !path.empty()) {
    return expr::render_jsonpath(with_braces(path), json::value(object));
  }
  return jq_text(get_string(from, "jqFilter"), object);
}

Result<json::array> parameters_of(const json::object& outputs, const json::object& object) {
  json::array made;
  const json::array* declared = find_array(outputs, "parameters");
  if (declared == nullptr) return made;
  for (const json::value& item : *declared) {
    if (!item.is_object()) continue;
    json::object parameter = item.get_object();
    const json::object* from = find_object(parameter, "valueFrom");
    if (from != nullptr && (find(*from, "jsonPath") || find(*from, "jqFilter"))) {
      auto text = output_text(*from, object);
      if (!text.ok()) {
        return Error{text.error().code,
                     fmt::format("output parameter '{}': {}", get_string(parameter, "name"),
                                 text.error().message),
                     {}};
      }
      parameter["value"] = *text;
    }
    if (find(parameter, "value") != nullptr) made.emplace_back(std::move(parameter));
  }
  return made;
}

Result<json::object> outputs_of(Pass& pass, const Node& node, const json::object& object) {
  TRY_ASSIGN(const json::object part, template_part(pass, node, {"outputs"}));
  const json::object* declared = find_object(part, "outputs");
  json::object outputs;
  if (declared != nullptr) {
    TRY_ASSIGN(json::array parameters, parameters_of(*declared, object));
    if (!parameters.empty()) outputs["parameters"] = std::move(parameters);
  }
  outputs["exitCode"] = "0";
  return outputs;
}

}  // namespace

void start_act(Node& node) {
  node.phase = Phase::kPending;
  node.acts = true;
}

void take_act(Pass& pass, const ActResult& result) {
  const Node* found = pass.draft.find(result.node);
  if (found == nullptr || found->fulfilled() || !(found->acts || found->reads)) return;
  if (!result.sought.empty()) {
    return pass.update(result.node, [&](Node& node) {
      node.acts = false;
      node.reads = true;
      node.sought = result.sought;
    });
  }
  if (result.error.empty() && !result.watches.empty()) {
    pass.index.timers.clear({result.node, Timers::Purpose::kPendingTimeout});
    return pass.update(result.node, [&](Node& node) {
      node.phase = Phase::kRunning;
      node.acts = true;
      node.reads = false;
      node.watches = result.watches;
    });
  }
  std::string error = result.error;
  json::object outputs;
  if (error.empty()) {
    auto made = outputs_of(pass, *found, result.object);
    if (made.ok()) outputs = std::move(*made);
    if (!made.ok()) error = made.error().message;
  }
  if (!error.empty()) {
    outputs = {{"exitCode", "64"}};
    error = "main: Error (exit code 64): " + error;
  }
  publish_global_outputs(pass, outputs);
  pass.update(result.node, [&](Node& node) {
    node.outputs = outputs;
    node.message = error;
    node.phase = error.empty() ? Phase::kSucceeded : Phase::kFailed;
    node.reads = false;
    node.watches.clear();
  });
}

}  // namespace slipway::workflow
