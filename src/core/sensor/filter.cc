#include "core/sensor/filter.h"

#include "core/expr/golang/calendar.h"
#include "core/expr/jq/jq.h"
#include "core/expr/lua/lua.h"

namespace slipway::sensor {
namespace {

Result<json::value> transform_with_jq(const std::string& filter, const json::value& data) {
  if (!data.is_object()) {
    return Error{ErrorCode::kInvalid, "a jq transform needs an object as event data"};
  }
  TRY_ASSIGN(std::vector<json::value> outputs, expr::run_jq(filter, data, 1));
  if (outputs.empty()) return Error{ErrorCode::kInvalid, "the jq transform gave nothing"};
  if (!outputs[0].is_object()) {
    return Error{ErrorCode::kInvalid,
                 "the jq transform must give an object, not " + shorten(print_json(outputs[0]))};
  }
  return parse_json(print_json(outputs[0], {.sort_keys = true}));
}

// Steps of a family join the trace; its result counts by the operator.
struct Families {
  bool any_of = false;
  bool all = true, any = false;
  Filtered out;

  // False when no further family is to be looked at.
  bool add(Filtered family) {
    all &= family.passed;
    any |= family.passed;
    for (Step& step : family.steps) out.steps.push_back(std::move(step));
    return any_of || !family.broken;
  }
};

}  // namespace

Result<std::optional<json::value>> transform(const json::object& dependency,
                                             const json::value& data) {
  std::optional<json::value> out;
  const json::object* rule = find_object(dependency, "transform");
  if (rule == nullptr) return out;
  if (const std::string jq = get_string(*rule, "jq"); !jq.empty()) {
    TRY_ASSIGN(out, transform_with_jq(jq, data));
  } else if (const std::string script = get_string(*rule, "script"); !script.empty()) {
    TRY_ASSIGN(out, expr::run_lua_transform(script, data));
  }
  return out;
}

Filtered filter(const json::object& dependency, const Event& event, Time now) {
  const json::object* filters = find_object(dependency, "filters");
  if (filters == nullptr) return {};
  Families families;
  families.any_of = get_string(dependency, "filtersLogicalOperator") == "or";
  bool more = true, set = false;
  if (const json::array* exprs = find_array(*filters, "exprs")) {
    set = true;
    more =
        families.add(filter_exprs(*exprs, get_string(*filters, "exprLogicalOperator"), event.data));
  }
  if (const json::array* data = find_array(*filters, "data"); more && data != nullptr) {
    set = true;
    more = families.add(
        filter_data(*data, get_string(*filters, "dataLogicalOperator"), event.data, now));
  }
  if (const json::object* context = find_object(*filters, "context"); more && context != nullptr) {
    set = true;
    more = families.add(filter_context(*context, event));
  }
  if (const json::object* time = find_object(*filters, "time"); more && time != nullptr) {
    set = true;
    more = families.add(filter_time(*time, event.time));
  }
  if (const std::string script = get_string(*filters, "script"); more && !script.empty()) {
    set = true;
    families.add(filter_script(script, event.data));
  }
  families.out.passed = !set || (families.any_of ? families.any : families.all);
  return std::move(families.out);
}

Filtered combine(const json::array& filters, std::string_view logic,
                 const std::function<FilterResult(const json::object&)>& evaluate) {
  const bool any_of = logic == "or" && !filters.empty();
  Filtered out;
  out.passed = !any_of;
  bool broken_one = false;
  for (const json::value& filter : filters) {
    if (!filter.is_object()) continue;
    FilterResult one = evaluate(filter.get_object());
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

Filtered filter_context(const json::object& wanted, const Event& event) {
  const json::object actual = context_of(event);
  Filtered out;
  for (const std::string_view field : {"type", "subject", "source", "datacontenttype"}) {
    const std::string expected = get_string(wanted, field);
    if (expected.empty()) continue;
    const std::string found = get_string(actual, field);
    if (found == expected) {
      out.steps.push_back(passed("context", std::string(field), expected, found));
    } else {
      out.passed = false;
      out.steps.push_back(failed("context", std::string(field), expected, found,
                                 std::string(field) + " is " + found + ", not " + expected));
    }
  }
  return out;
}

std::optional<int> clock_seconds(std::string_view text) {
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  int parts[3];
  constexpr int kLimits[] = {24, 60, 60};
  for (int i = 0; i < 3; ++i) {
    const char high = text[static_cast<size_t>(i) * 3], low = text[static_cast<size_t>(i) * 3 + 1];
    if (high < '0' || high > '9' || low < '0' || low > '9') return std::nullopt;
    parts[i] = (high - '0') * 10 + (low - '0');
    if (parts[i] >= kLimits[i]) return std::nullopt;
  }
  return parts[0] * 3600 + parts[1] * 60 + parts[2];
}

Filtered filter_time(const json::object& window, Time time) {
  const std::string start_text = get_string(window, "start"),
                    stop_text = get_string(window, "stop");
  const std::string zone = get_string(window, "timezone", "UTC");
  const std::string expected = start_text + " to " + stop_text + " " + zone;
  const auto broken = [&](std::string message) {
    return Filtered{false, true, {failed("time", "time", expected, "", std::move(message))}};
  };
  const auto start = clock_seconds(start_text), stop = clock_seconds(stop_text);
  if (!start || !stop) return broken("start and stop must be HH:MM:SS");
  const Result<int> offset = expr::zone_offset(zone, time);
  if (!offset.ok()) return broken(offset.error().text());
  const expr::Civil civil = expr::to_civil(time, *offset);
  const int now = civil.hour * 3600 + civil.minute * 60 + civil.second;
  const bool inside = *start < *stop ? now >= *start && now < *stop : now >= *start || now < *stop;
  const std::string actual = expr::go_format_time("15:04:05", time, *offset);
  Filtered out;
  out.passed = inside;
  out.steps.push_back(inside ? passed("time", "time", expected, actual)
                             : failed("time", "time", expected, actual,
                                      "the event came at " + actual + ", outside of " + expected));
  return out;
}

Filtered filter_script(const std::string& script, const json::value& data) {
  const auto step = [](std::string_view actual, std::string message) {
    return failed("script", "script", "true", actual, std::move(message));
  };
  if (!data.is_object()) {
    return {false, true, {step("", "the script needs an object as event data")}};
  }
  const Result<bool> result = expr::run_lua_filter(script, data);
  if (!result.ok()) return {false, true, {step("", result.error().text())}};
  if (!*result) return {false, false, {step("false", "the script did not return true")}};
  return {true, false, {passed("script", "script", "true", "true")}};
}

}  // namespace slipway::sensor
