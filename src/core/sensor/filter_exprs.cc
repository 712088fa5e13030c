#include "core/expr/gjson/gjson.h"
#include "core/expr/govaluate/govaluate.h"
#include "core/sensor/filter.h"

namespace slipway::sensor {
namespace {

struct One {
  bool passed = false, broken = false, skipped = false;
  Step step;
};

One broken(const std::string& subject, std::string_view expected, std::string message) {
  return {false, true, false, failed("exprs", subject, expected, "", std::move(message))};
}

One evaluate_one(const json::object& filter, const json::value& data) {
  const std::string expression = get_string(filter, "expr");
  json::object parameters;
  const json::array* fields = find_array(filter, "fields");
  for (const json::value& field : fields != nullptr ? *fields : json::array()) {
    const json::object* object = field.if_object();
    if (object == nullptr) continue;
    const std::string path = get_string(*object, "path");
    std::optional<json::value> value = expr::gjson_get(data, path);
    if (!value) return broken(path, expression, "path '" + path + "' does not exist");
    parameters[get_string(*object, "name")] = std::move(*value);
  }
  One one;
  if (parameters.empty()) {
    one.skipped = true;
    one.step = passed("exprs", expression, "true", "not evaluated: it names no fields");
    return one;
  }
  const std::string actual = print_json(parameters);
  const Result<json::value> result = expr::evaluate_govaluate(expression, parameters);
  if (!result.ok()) {
    One out = broken(expression, "true", result.error().message);
    out.step.actual = shorten(actual);
    return out;
  }
  one.passed = result->is_bool() && result->get_bool();
  one.step = one.passed ? passed("exprs", expression, "true", actual)
                        : failed("exprs", expression, "true", actual,
                                 "the expression gave " + shorten(print_json(*result)));
  return one;
}

}  // namespace

Filtered filter_exprs(const json::array& filters, std::string_view logic, const json::value& data) {
  const bool any_of = logic == "or";
  Filtered out;
  out.passed = !any_of;
  bool broken_one = false;
  for (const json::value& filter : filters) {
    if (!filter.is_object()) continue;
    One one = evaluate_one(filter.get_object(), data);
    out.steps.push_back(std::move(one.step));
    if (one.skipped) continue;
    broken_one |= one.broken;
    if (any_of && one.passed) return out.passed = true, out;
    if (!any_of && !one.passed) {
      out.passed = false;
      out.broken = one.broken;
      return out;
    }
  }
  out.broken = any_of && !out.passed && broken_one;
  return out;
}

}  // namespace slipway::sensor
