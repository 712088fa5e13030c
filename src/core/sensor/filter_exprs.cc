#include "core/expr/gjson/gjson.h"
#include "core/expr/govaluate/govaluate.h"
#include "core/sensor/filter.h"

namespace slipway::sensor {
namespace {

FilterResult broken(const std::string& subject, std::string_view expected, std::string message) {
  return {false, true, false, failed("exprs", subject, expected, "", std::move(message))};
}

FilterResult evaluate_one(const json::object& filter, const json::value& data) {
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
  FilterResult one;
  if (parameters.empty()) {
    one.skipped = true;
    one.step = passed("exprs", expression, "true", "not evaluated: it names no fields");
    return one;
  }
  const std::string actual = print_json(parameters);
  const Result<json::value> result = expr::evaluate_govaluate(expression, parameters);
  if (!result.ok()) {
    FilterResult out = broken(expression, "true", result.error().message);
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
  return combine(filters, logic,
                 [&](const json::object& filter) { return evaluate_one(filter, data); });
}

}  // namespace slipway::sensor
