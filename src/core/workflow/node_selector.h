// argo's --node-field-selector: "displayName=approve,phase!=Failed" (spec rule 59).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "core/workflow/node.h"

namespace slipway::workflow {

// Requirements joined by comma, all of which must hold. Keys: displayName, name, id, templateName,
// phase, templateRef.name, templateRef.template, inputs.parameters.NAME.value; operators =, == and
// !=. A backslash before a comma, '=' or backslash makes it part of the value.
class NodeSelector {
 public:
  static Result<NodeSelector> parse(std::string_view text);
  bool empty() const { return requirements_.empty(); }
  bool matches(const Node& node) const;
  // The same for a member of status.nodes.
  bool matches(const json::object& node) const;

 private:
  struct Requirement {
    std::string key, value;
    bool equal = true;
  };
  std::vector<Requirement> requirements_;
};

}  // namespace slipway::workflow
