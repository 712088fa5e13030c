// Defaults, types, JSON and flow.
#include <algorithm>

#include "core/expr/sprig/function.h"

namespace slipway::expr::sprig {
namespace {

Answer default_(Args a) { return a.size() < 2 || is_empty(a[1]) ? a[0] : a[1]; }
Answer empty(Args a) { return json::value(is_empty(a[0])); }

Answer coalesce(Args a) {
  const auto found = std::find_if_not(a.begin(), a.end(), is_empty);
  return found != a.end() ? *found : json::value(nullptr);
}

Answer all(Args a) { return json::value(std::none_of(a.begin(), a.end(), is_empty)); }
Answer any(Args a) { return json::value(!std::all_of(a.begin(), a.end(), is_empty)); }

Answer ternary(Args a) {
  if (!a[2].is_bool()) return invalid("argument 3 must be true or false");
  return a[2].get_bool() ? a[0] : a[1];
}

Answer fail(Args a) { return invalid(view_of(a[0])); }

std::string_view kind(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "invalid";
    case json::kind::bool_:
      return "bool";
    case json::kind::int64:
      return "int";
    case json::kind::uint64:
      return "uint64";
    case json::kind::double_:
      return "float64";
    case json::kind::string:
      return "string";
    case json::kind::array:
      return "slice";
    case json::kind::object:
      return "map";
  }
  return "";
}

std::string_view type(const json::value& value) {
  if (value.is_null()) return "<nil>";
  if (value.is_array()) return "[]interface {}";
  if (value.is_object()) return "map[string]interface {}";
  return kind(value);
}

Answer kind_of(Args a) { return json::value(kind(a[0])); }
Answer kind_is(Args a) { return json::value(kind(a[1]) == view_of(a[0])); }
Answer type_of(Args a) { return json::value(type(a[0])); }
Answer type_is(Args a) { return json::value(type(a[1]) == view_of(a[0])); }
Answer type_is_like(Args a) {
  std::string_view wanted = view_of(a[0]);
  if (wanted.starts_with('*')) wanted.remove_prefix(1);
  return json::value(type(a[1]) == wanted);
}
Answer deep_equal(Args a) { return json::value(same(a[0], a[1])); }
Answer deep_copy(Args a) { return a[0]; }
Answer to_string(Args a) { return json::value(text_of(a[0])); }

Answer must_from_json(Args a) { return parse_json(view_of(a[0])); }
Answer from_json(Args a) {
  auto parsed = parse_json(view_of(a[0]));
  return parsed.ok() ? parsed : Answer(json::value(nullptr));
}

Answer to_json(Args a) {
  return json::value(print_json(a[0], {.sort_keys = true, .escape_html = true}));
}
Answer to_pretty_json(Args a) {
  return json::value(print_json(a[0], {.sort_keys = true, .escape_html = true, .indent = 2}));
}
Answer to_raw_json(Args a) { return json::value(print_json(a[0], {.sort_keys = true})); }

Answer hello(Args) { return json::value("Hello!"); }

constexpr Function kTable[] = {
    {"all", 0, kMany, ".", all},
    {"any", 0, kMany, ".", any},
    {"coalesce", 0, kMany, ".", coalesce},
    {"deepCopy", 1, 1, ".", deep_copy},
    {"deepEqual", 2, 2, ".", deep_equal},
    {"default", 1, 2, ".", default_},
    {"empty", 1, 1, ".", empty},
    {"fail", 1, 1, "s", fail},
    {"fromJson", 1, 1, "s", from_json},
    {"hello", 0, 0, ".", hello},
    {"kindIs", 2, 2, "s.", kind_is},
    {"kindOf", 1, 1, ".", kind_of},
    {"mustDeepCopy", 1, 1, ".", deep_copy},
    {"mustFromJson", 1, 1, "s", must_from_json},
    {"mustToJson", 1, 1, ".", to_json},
    {"mustToPrettyJson", 1, 1, ".", to_pretty_json},
    {"mustToRawJson", 1, 1, ".", to_raw_json},
    {"ternary", 3, 3, ".", ternary},
    {"toJson", 1, 1, ".", to_json},
    {"toPrettyJson", 1, 1, ".", to_pretty_json},
    {"toRawJson", 1, 1, ".", to_raw_json},
    {"toString", 1, 1, ".", to_string},
    {"typeIs", 2, 2, "s.", type_is},
    {"typeIsLike", 2, 2, "s.", type_is_like},
    {"typeOf", 1, 1, ".", type_of},
};

}  // namespace

std::span<const Function> value_functions() { return kTable; }

}  // namespace slipway::expr::sprig
