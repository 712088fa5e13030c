#include "core/workflow/aggregate.h"

#include <fmt/format.h>

#include "core/workflow/globals.h"
#include "core/workflow/sibling.h"

namespace slipway::workflow {
namespace {

// Raw elements when every value is a JSON object or array, texts otherwise.
std::string value_list(const std::vector<std::string>& values) {
  json::array raw, texts;
  for (const std::string& value : values) {
    texts.emplace_back(value);
    auto parsed = parse_json(value);
    if (parsed.ok() && (parsed->is_object() || parsed->is_array())) raw.push_back(*parsed);
  }
  const bool structured = raw.size() == values.size();
  return print_json(json::value(structured ? raw : texts),
                    {.sort_keys = true, .escape_html = true});
}

}  // namespace

Status set_aggregates(const Pass& pass, const Call& call, const std::string& prefix,
                      bool result_wanted, expr::Scope& scope) {
  json::array results, objects;
  std::map<std::string, std::vector<std::string>> by_name;
  for (const Item& item : call.items) {
    const Node* node = pass.draft.find(item.id);
    if (node == nullptr || node->phase != Phase::kSucceeded) continue;
    const json::object& outputs = last_attempt(pass, *node).outputs;
    if (const json::string* result = find_string(outputs, "result")) {
      auto parsed = parse_json(view(*result));
      if (parsed.ok()) {
        results.push_back(std::move(*parsed));
      } else if (result_wanted) {
        return Error{ErrorCode::kInvalid,
                     fmt::format("outputs.result of {} is no JSON, and a loop's results are "
                                 "collected as JSON: print numbers, or quote texts",
                                 node->name),
                     {}};
      }
    }
    if (const json::array* parameters = find_array(outputs, "parameters")) {
      json::object all;
      for (const json::value& value : *parameters) {
        const json::object* parameter = value.if_object();
        const json::value* text = parameter != nullptr ? find(*parameter, "value") : nullptr;
        if (text == nullptr) continue;
        const std::string name = get_string(*parameter, "name");
        all[name] = any_string(*text);
        by_name[name].push_back(any_string(*text));
      }
      if (!all.empty()) objects.emplace_back(std::move(all));
    }
  }
  const JsonStyle style{.sort_keys = true, .escape_html = true};
  scope.set(prefix + ".outputs.result", print_json(json::value(results), style));
  scope.set(prefix + ".outputs.parameters", print_json(json::value(objects), style));
  for (const auto& [name, values] : by_name) {
    scope.set(fmt::format("{}.outputs.parameters.{}", prefix, name), value_list(values));
  }
  return {};
}

}  // namespace slipway::workflow
