#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/base64.h"
#include "core/expr/exprlang/builtin.h"
#include "core/expr/gjson/number.h"
#include "core/expr/golang/golang.h"
#include "core/expr/golang/rune.h"
#include "core/expr/jsonpath/jsonpath.h"

namespace slipway::expr::lang {
namespace {

Error invalid_call(std::string_view function, std::string_view text) {
  return Error{ErrorCode::kInvalid,
               fmt::format("invalid operation: {}({})", function, go_quote(text)), ""};
}

Result<Value> to_int(Arguments args, Context&) {
  const Value& value = args[0];
  if (value.if_int() != nullptr) return value;
  if (const auto* d = value.if_float()) {
    if (!(*d > -9.3e18 && *d < 9.2e18)) return bad_argument("int: number out of range", value);
    return Value(static_cast<int64_t>(*d));
  }
  if (const auto* duration = value.if_duration()) return Value(duration->ns);
  const std::string* text = value.if_string();
  if (text == nullptr) return bad_argument("invalid operation: int", value);
  const size_t sign = text->starts_with('+') && text->size() > 1 && (*text)[1] != '-' ? 1 : 0;
  int64_t number = 0;
  const char* end = text->data() + text->size();
  const auto [stop, code] = std::from_chars(text->data() + sign, end, number);
  if (code != std::errc{} || stop != end) return invalid_call("int", *text);
  return Value(number);
}

Result<Value> to_float(Arguments args, Context&) {
  const Value& value = args[0];
  if (value.is_number()) return Value(value.number());
  const std::string* text = value.if_string();
  if (text == nullptr) return bad_argument("invalid operation: float", value);
  const size_t sign = text->starts_with('+') && text->size() > 1 && (*text)[1] != '-' ? 1 : 0;
  double number = 0;
  const char* end = text->data() + text->size();
  const auto [stop, code] = std::from_chars(text->data() + sign, end, number);
  if (code != std::errc{} || stop != end) return invalid_call("float", *text);
  return Value(number);
}

Result<Value> to_string(Arguments args, Context& context) {
  if (args[0].if_string() != nullptr) return args[0];
  TRY_ASSIGN(std::string text, go_print(args[0], context.fuel));
  return Value(std::move(text));
}

Result<Value> type(Arguments args, Context&) {
  const Value& v = args[0];
  const std::string_view name = v.is_nil()                ? "nil"
                                : v.if_float() != nullptr ? "float"
                                : v.is_array()            ? "array"
                                : v.is_map()              ? "map"
                                                          : v.go_type();
  return Value(std::string(name));
}

Result<Value> print(const Value& value, int indent, Context& context) {
  TRY_ASSIGN(const json::value plain, to_json(value, context.fuel));
  return make_string(print_json(plain, {.sort_keys = true, .escape_html = true, .indent = indent}),
                     context.fuel);
}

// expr-lang indents by two.
Result<Value> to_json_indented(Arguments args, Context& context) {
  return print(args[0], 2, context);
}
// Argo's own function does not.
Result<Value> to_json_compact(Arguments args, Context& context) {
  return print(args[0], 0, context);
}

Result<json::value> parse(std::string_view function, const Value& value, Context& context) {
  const std::string* text = value.if_string();
  if (text == nullptr) {
    return bad_argument("invalid argument for " + std::string(function) + ": want a string", value);
  }
  TRY(context.fuel.spend_text(text->size()));
  return parse_json(*text);
}

Result<Value> from_json(Arguments args, Context& context) {
  TRY_ASSIGN(const json::value parsed, parse("fromJSON", args[0], context));
  return own(parsed, context.fuel, true);
}

Result<Value> jsonpath(Arguments args, Context& context) {
  if (args[1].if_string() == nullptr) return bad_argument("jsonpath wants a path", args[1]);
  TRY(context.fuel.spend(1'000));  // a path may visit far more than it gives
  json::value document;
  if (args[0].if_string() != nullptr) {
    TRY_ASSIGN(document, parse("jsonpath", args[0], context));
  } else {
    TRY_ASSIGN(document, to_json(args[0], context.fuel));
  }
  TRY_ASSIGN(const json::value found, query_jsonpath(*args[1].if_string(), document));
  return own(found, context.fuel, true);
}

Result<Value> to_base64(Arguments args, Context& context) {
  if (args[0].if_string() == nullptr) return bad_argument("toBase64 wants a string", args[0]);
  return make_string(encode_base64(*args[0].if_string()), context.fuel);
}

Result<Value> from_base64(Arguments args, Context& context) {
  if (args[0].if_string() == nullptr) return bad_argument("fromBase64 wants a string", args[0]);
  auto text = decode_base64(*args[0].if_string());
  if (!text.ok()) return Error{ErrorCode::kInvalid, "illegal base64 data", ""};
  return make_string(std::move(*text), context.fuel);
}

constexpr Builtin kTable[] = {
    {"int", 1, 1, to_int},
    {"float", 1, 1, to_float},
    {"string", 1, 1, to_string},
    {"type", 1, 1, type},
    {"toJSON", 1, 1, to_json_indented},
    {"fromJSON", 1, 1, from_json},
    {"toBase64", 1, 1, to_base64},
    {"fromBase64", 1, 1, from_base64},
    {"asInt", 1, 1, to_int},
    {"asFloat", 1, 1, to_float},
    {"toJson", 1, 1, to_json_compact},
    {"jsonpath", 2, 2, jsonpath},
};

}  // namespace

std::span<const Builtin> conversion_builtins() { return kTable; }

Result<std::string> go_print(const Value& value, Fuel& fuel) {
  TRY(fuel.spend());
  if (value.is_nil()) return std::string("<nil>");
  if (const auto* b = value.if_bool()) return std::string(*b ? "true" : "false");
  if (const auto* i = value.if_int()) return std::to_string(*i);
  if (const auto* d = value.if_float()) return format_go_float(*d);
  if (const auto* s = value.if_string()) {
    TRY(fuel.spend_text(s->size()));
    return *s;
  }
  if (const auto* duration = value.if_duration()) return format_go_duration(*duration);
  if (const auto* moment = value.if_moment()) {
    return go_format_time("2006-01-02 15:04:05.999999999 -0700 MST", moment->time,
                          moment->offset_seconds);
  }
  std::string out = value.is_array() ? "[" : "map[";
  if (value.is_array()) {
    for (size_t i = 0; i < value.size(); ++i) {
      TRY_ASSIGN(const std::string item, go_print(value.item(i), fuel));
      out += (i > 0 ? " " : "") + item;
    }
  } else {
    TRY(value.each_member([&](const std::string& key, const Value& member) -> Status {
      TRY_ASSIGN(const std::string item, go_print(member, fuel));
      TRY(fuel.spend_text(key.size()));
      out += (out.size() > 4 ? " " : "") + key + ":" + item;
      return {};
    }));
  }
  return out + "]";
}

}  // namespace slipway::expr::lang
