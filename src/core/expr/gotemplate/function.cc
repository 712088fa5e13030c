#include "core/expr/gotemplate/function.h"

#include <algorithm>

#include "core/expr/gjson/number.h"
#include "core/expr/sprig/sprig.h"

namespace slipway::expr::gotemplate {
namespace {

constexpr std::string_view kBuiltins[] = {
    "and", "or",       "not", "len", "index", "slice", "print", "printf", "println", "html",
    "js",  "urlquery", "eq",  "ne",  "lt",    "le",    "gt",    "ge",     "call",    "now"};

Error bad(std::string text) { return {ErrorCode::kInvalid, std::move(text)}; }

Error wrong_count(std::string_view name, std::string_view want, size_t got) {
  return bad("wrong number of args for " + std::string(name) + ": want " + std::string(want) +
             " got " + std::to_string(got));
}

std::optional<int64_t> as_integer(const json::value& value) {
  if (value.is_int64()) return value.get_int64();
  if (value.is_uint64() && value.get_uint64() <= INT64_MAX) {
    return static_cast<int64_t>(value.get_uint64());
  }
  return std::nullopt;
}

Result<Ref> length(Arguments arguments) {
  if (arguments.size() != 1) return wrong_count("len", "1", arguments.size());
  const json::value& value = *arguments[0];
  size_t size = 0;
  if (value.is_string()) {
    size = value.get_string().size();
  } else if (value.is_array()) {
    size = value.get_array().size();
  } else if (value.is_object()) {
    size = value.get_object().size();
  } else {
    return bad(value.is_null() ? "error calling len: len of nil pointer"
                               : "error calling len: len of type " + std::string(type_name(value)));
  }
  return own(static_cast<int64_t>(size));
}

Result<Ref> index_one(const Ref& from, const json::value& key) {
  const auto failed = [](std::string text) { return bad("error calling index: " + text); };
  if (from->is_object()) {
    if (!key.is_string()) {
      return failed("value has type " + std::string(type_name(key)) + "; should be string");
    }
    const json::value* found = from->get_object().if_contains(key.get_string());
    return found != nullptr ? Ref(from, found) : own(nullptr);
  }
  if (!from->is_array() && !from->is_string()) {
    return failed(from->is_null() ? "index of untyped nil"
                                  : "can't index item of type " + std::string(type_name(*from)));
  }
  const std::optional<int64_t> index = as_integer(key);
  if (!index) return failed("cannot index slice/array with type " + std::string(type_name(key)));
  const size_t size = from->is_array() ? from->get_array().size() : from->get_string().size();
  if (*index < 0 || static_cast<size_t>(*index) >= size) {
    return failed("index out of range: " + std::to_string(*index));
  }
  const auto at = static_cast<size_t>(*index);
  if (from->is_array()) return Ref(from, &from->get_array()[at]);
  return own(static_cast<int64_t>(static_cast<unsigned char>(from->get_string()[at])));
}

Result<Ref> index(Arguments arguments) {
  if (arguments.empty()) return wrong_count("index", "at least 1", 0);
  Ref value = arguments[0];
  for (const Ref& key : arguments.subspan(1)) {
    TRY_ASSIGN(value, index_one(value, *key));
  }
  return value;
}

Result<Ref> slice(Arguments arguments) {
  if (arguments.empty() || arguments.size() > 4) {
    return wrong_count("slice", "1 to 4", arguments.size());
  }
  const json::value& value = *arguments[0];
  if (!value.is_array() && !value.is_string()) {
    return bad("error calling slice: can't slice item of type " + std::string(type_name(value)));
  }
  const size_t size = value.is_array() ? value.get_array().size() : value.get_string().size();
  size_t ends[] = {0, size};
  for (size_t i = 1; i < arguments.size() && i < 3; ++i) {
    const std::optional<int64_t> end = as_integer(*arguments[i]);
    if (!end || *end < 0 || static_cast<size_t>(*end) > size) {
      return bad("error calling slice: index out of range: " + print(*arguments[i]));
    }
    ends[i - 1] = static_cast<size_t>(*end);
  }
  if (ends[0] > ends[1]) return bad("error calling slice: invalid slice index");
  if (value.is_string()) {
    return own(json::string(view(value.get_string()).substr(ends[0], ends[1] - ends[0])));
  }
  json::array out;
  for (size_t i = ends[0]; i < ends[1]; ++i) out.push_back(value.get_array()[i]);
  return own(std::move(out));
}

// html, js and urlquery take any values and print them together first.
std::string together(Arguments arguments) {
  if (arguments.size() == 1 && arguments[0]->is_string()) return str(arguments[0]->get_string());
  return sprint(arguments, false);
}

Result<Ref> from_sprig(std::string_view name, Arguments arguments) {
  std::vector<json::value> values;
  values.reserve(arguments.size());
  for (const Ref& argument : arguments) values.push_back(*argument);
  Regexes regexes;
  Result<json::value> result = call_sprig(name, values, regexes);
  if (!result.ok()) return std::move(result).error();
  return own(std::move(*result));
}

}  // namespace

bool is_function(std::string_view name) {
  return std::ranges::find(kBuiltins, name) != std::end(kBuiltins) || is_sprig(name);
}

Result<Ref> call(std::string_view name, Arguments arguments, Time now) {
  if (name == "eq" || name == "ne" || name == "lt" || name == "le" || name == "gt" ||
      name == "ge") {
    TRY_ASSIGN(const bool result, compare(name, arguments));
    return own(result);
  }
  if (name == "not") {
    if (arguments.size() != 1) return wrong_count("not", "1", arguments.size());
    return own(!is_true(*arguments[0]));
  }
  if (name == "len") return length(arguments);
  if (name == "index") return index(arguments);
  if (name == "slice") return slice(arguments);
  if (name == "print") return own(json::string(sprint(arguments, false)));
  if (name == "println") return own(json::string(sprint(arguments, true)));
  if (name == "printf") {
    TRY_ASSIGN(const std::string text, sprintf(arguments));
    return own(json::string(text));
  }
  if (name == "html") return own(json::string(escape_html(together(arguments))));
  if (name == "js") return own(json::string(escape_js(together(arguments))));
  if (name == "urlquery") return own(json::string(escape_query(together(arguments))));
  if (name == "now") return own(json::string(format_rfc3339(now)));
  if (name == "call") return bad("error calling call: there are no function values here");
  return from_sprig(name, arguments);
}

bool is_true(const json::value& value) {
  if (value.is_bool()) return value.get_bool();
  if (value.is_number()) return value.to_number<double>() != 0;
  if (value.is_string()) return !value.get_string().empty();
  if (value.is_array()) return !value.get_array().empty();
  return value.is_object() && !value.get_object().empty();
}

std::string print(const json::value& value) {
  return value.is_null() ? "<no value>" : format_go_value(value);
}

std::string_view type_name(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "<nil>";
    case json::kind::bool_:
      return "bool";
    case json::kind::double_:
      return "float64";
    case json::kind::string:
      return "string";
    case json::kind::array:
      return "[]interface {}";
    case json::kind::object:
      return "map[string]interface {}";
    default:
      return "int";
  }
}

}  // namespace slipway::expr::gotemplate
