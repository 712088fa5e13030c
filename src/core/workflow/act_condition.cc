#include <fmt/format.h>

#include "core/expr/gjson/gjson.h"
#include "core/expr/label/label.h"
#include "core/workflow/act.h"

namespace slipway::workflow {
namespace {

// At the commas that no parenthesis encloses.
std::vector<std::string> requirements(std::string_view text) {
  std::vector<std::string> found;
  int depth = 0;
  size_t start = 0;
  const auto add = [&](size_t end) {
    std::string_view one = text.substr(start, end - start);
    while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
    while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
    if (!one.empty()) found.emplace_back(one);
    start = end + 1;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    if (text[i] == ',' && depth == 0) add(i);
  }
  add(text.size());
  return found;
}

Result<bool> holds(const std::string& requirement, std::string_view what,
                   const json::value& object) {
  const auto selector = expr::LabelSelector::parse(requirement);
  if (!selector.ok()) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("{} condition '{}' failed to parse: {}", what, requirement,
                             selector.error().message),
                 {}};
  }
  return selector->matches([&](const std::string& path) -> std::optional<std::string> {
    const auto value = expr::gjson_get(object, path);
    return value ? std::optional(expr::gjson_string(*value)) : std::nullopt;
  });
}

}  // namespace

Result<Condition> judge_conditions(const json::object& resource_template,
                                   const json::object& object) {
  const json::value value(object);
  for (const std::string& one : requirements(get_string(resource_template, "failureCondition"))) {
    TRY_ASSIGN(const bool failed, holds(one, "failure", value));
    if (failed) {
      return Error{
          ErrorCode::kInvalid, fmt::format("failure condition '{}' evaluated true", one), {}};
    }
  }
  for (const std::string& one : requirements(get_string(resource_template, "successCondition"))) {
    TRY_ASSIGN(const bool met, holds(one, "success", value));
    if (!met) return Condition::kOpen;
  }
  return Condition::kMet;
}

}  // namespace slipway::workflow
