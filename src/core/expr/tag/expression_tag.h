// {{=expression}} tags (spec rules 41, 42).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "core/expr/tag/tag.h"

namespace slipway::expr {

// The text that the expression after "=" stands for; nullopt: the tag stays for a later pass.
// `env` is nested(scope).
Result<std::optional<std::string>> evaluate_expression_tag(std::string_view expression,
                                                           const Scope& scope,
                                                           const json::object& env,
                                                           const TagOptions& options,
                                                           TagReport* report);

// Dotted names that the expression reads; none when it does not parse.
std::vector<std::string> expression_names(std::string_view expression);

// Adds `name` unless it is there.
void add_once(std::vector<std::string>& names, std::string_view name);

}  // namespace slipway::expr
