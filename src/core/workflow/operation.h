// What a user asks of a workflow after it was submitted, with argo's verbs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace slipway::workflow {

struct Stop {
  std::string message, node_field_selector;
};
struct Terminate {};
struct Suspend {};
struct Resume {
  std::string message, node_field_selector;
};
struct SetNode {
  std::string node_field_selector, phase, message;
  std::map<std::string, std::string> output_parameters;
};
// A patch of the workflow's own labels or annotations; each map is given whole.
struct SetMetadata {
  json::object labels, annotations;
};

using Operation = std::variant<Stop, Terminate, Suspend, Resume, SetNode, SetMetadata>;

struct RetryOptions {
  bool restart_successful = false;
  std::string node_field_selector;
  std::vector<std::pair<std::string, std::string>> parameters;
};

struct ResubmitOptions {
  bool memoized = false;
  std::vector<std::pair<std::string, std::string>> parameters;
  std::optional<int64_t> priority;
};

}  // namespace slipway::workflow
