#include <re2/re2.h>

#include "core/expr/gjson/gjson.h"
#include "core/expr/gjson/number.h"
#include "core/expr/gotemplate/gotemplate.h"
#include "core/sensor/filter.h"

namespace slipway::sensor {
namespace {

// Whether one listed value admits the event's value.
Result<bool> admits_bool(const std::string& wanted, const json::value& actual) {
  const std::optional<bool> parsed = expr::parse_go_bool(wanted);
  if (!parsed) return Error{ErrorCode::kInvalid, "value \"" + wanted + "\" is not a bool"};
  return *parsed == expr::gjson_bool(actual);
}

Result<bool> admits_number(const std::string& wanted, std::string_view comparator,
                           const json::value& actual) {
  const std::optional<double> parsed = expr::parse_go_float(wanted);
  if (!parsed) return Error{ErrorCode::kInvalid, "value \"" + wanted + "\" is not a number"};
  const double found = expr::gjson_number(actual);
  if (comparator == ">=") return found >= *parsed;
  if (comparator == ">") return found > *parsed;
  if (comparator == "<") return found < *parsed;
  if (comparator == "<=") return found <= *parsed;
  if (comparator == "!=") return found != *parsed;
  return (comparator.empty() || comparator == "=") && found == *parsed;
}

Result<bool> admits_string(const std::string& wanted, std::string_view comparator,
                           const json::value& actual) {
  const RE2 pattern(wanted, RE2::Quiet);
  if (!pattern.ok()) {
    return Error{ErrorCode::kInvalid,
                 "value \"" + wanted + "\" is not a regular expression: " + pattern.error()};
  }
  const bool matched = RE2::PartialMatch(expr::gjson_string(actual), pattern);
  if (comparator.empty() || comparator == "=") return matched;
  return comparator == "!=" && !matched;
}

Result<bool> admits(std::string_view type, const std::string& wanted, std::string_view comparator,
                    const json::value& actual) {
  if (type == "bool") return admits_bool(wanted, actual);
  if (type == "number") return admits_number(wanted, comparator, actual);
  if (type == "string") return admits_string(wanted, comparator, actual);
  return Error{ErrorCode::kInvalid,
               "unsupported JSON type '" + std::string(type) + "'; use bool, number or string"};
}

// The value after the filter's template, if it has one (spec events.md, b23).
Result<json::value> shape(const std::string& source, json::value value, Time now) {
  if (source.empty()) return value;
  const json::object input{{"Input", expr::gjson_string(value)}};
  TRY_ASSIGN(std::string text, expr::render_template(source, input, now));
  if (text.empty() || text == "<no value>") {
    return Error{ErrorCode::kInvalid,
                 "template '" + source + "' evaluated to empty string or no value"};
  }
  return json::value(std::move(text));
}

FilterResult evaluate_one(const json::object& filter, const json::value& data, Time now) {
  const std::string path = get_string(filter, "path"), type = get_string(filter, "type");
  const std::string comparator = get_string(filter, "comparator");
  std::vector<std::string> values;
  const json::array* listed = find_array(filter, "value");
  for (const json::value& value : listed != nullptr ? *listed : json::array()) {
    values.push_back(value.is_string() ? str(value.get_string()) : print_json(value));
  }
  std::string expected = type + (comparator.empty() ? " =" : " " + comparator);
  for (size_t i = 0; i < values.size(); ++i) expected += (i > 0 ? " | " : " ") + values[i];

  const auto broken = [&](std::string_view actual, std::string message) {
    return FilterResult{false, true, false,
                        failed("data", path, expected, actual, std::move(message))};
  };
  std::optional<json::value> found = expr::gjson_get(data, path);
  if (!found) return broken("", "path '" + path + "' does not exist");
  if (values.empty()) return broken(expr::gjson_string(*found), "no values specified");
  const Result<json::value> actual = shape(get_string(filter, "template"), std::move(*found), now);
  if (!actual.ok()) return broken("", actual.error().text());

  // A list means any of its values; with != it means none of them.
  const bool none_of = comparator == "!=" && type != "bool";
  bool any = false, all = true;
  for (const std::string& value : values) {
    const Result<bool> admitted = admits(type, value, comparator, *actual);
    if (!admitted.ok()) return broken(expr::gjson_string(*actual), admitted.error().text());
    any |= *admitted;
    all &= *admitted;
  }
  const std::string shown = expr::gjson_string(*actual);
  FilterResult one;
  one.passed = none_of ? all : any;
  one.step = one.passed ? passed("data", path, expected, shown)
                        : failed("data", path, expected, shown,
                                 path + " is \"" + shorten(shown) + "\", wanted " + expected);
  return one;
}

}  // namespace

Filtered filter_data(const json::array& filters, std::string_view logic, const json::value& data,
                     Time now) {
  return combine(filters, logic,
                 [&](const json::object& filter) { return evaluate_one(filter, data, now); });
}

}  // namespace slipway::sensor
