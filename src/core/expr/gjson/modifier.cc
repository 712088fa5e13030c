#include <algorithm>

#include "core/expr/gjson/gjson.h"
#include "core/expr/gjson/lookup.h"

namespace slipway::expr::gjson {
namespace {

bool option(std::string_view argument, std::string_view name) {
  if (argument.empty()) return false;
  const Result<json::value> parsed = parse_json(argument);
  if (!parsed.ok() || !parsed->is_object()) return false;
  const json::value* value = parsed->get_object().if_contains(name);
  return value != nullptr && gjson_bool(*value);
}

json::value reverse(const json::value& json) {
  if (const json::array* array = json.if_array()) {
    json::array out;
    for (size_t i = array->size(); i-- > 0;) out.push_back((*array)[i]);
    return out;
  }
  const json::object* object = json.if_object();
  if (object == nullptr) return json;
  std::vector<const json::key_value_pair*> members;
  for (const auto& member : *object) members.push_back(&member);
  json::object out;
  for (size_t i = members.size(); i-- > 0;) out[members[i]->key()] = members[i]->value();
  return out;
}

void flatten(const json::array& array, bool deep, json::array& out) {
  for (const json::value& item : array) {
    const json::array* inner = item.if_array();
    if (inner == nullptr) {
      out.push_back(item);
    } else if (deep) {
      flatten(*inner, true, out);
    } else {
      for (const json::value& value : *inner) out.push_back(value);
    }
  }
}

json::value join(const json::value& json) {
  const json::array* array = json.if_array();
  if (array == nullptr) return json;
  json::object out;
  for (const json::value& item : *array) {
    const json::object* object = item.if_object();
    if (object == nullptr) continue;
    for (const auto& member : *object) out[member.key()] = member.value();
  }
  return out;
}

json::value keys(const json::value& json) {
  json::array out;
  if (const json::object* object = json.if_object()) {
    for (const auto& member : *object) out.emplace_back(member.key());
  } else {
    const json::array* array = json.if_array();
    out.resize(array != nullptr ? array->size() : 1);
  }
  return out;
}

json::value values(const json::value& json) {
  if (json.is_array()) return json;
  json::array out;
  if (const json::object* object = json.if_object()) {
    for (const auto& member : *object) out.push_back(member.value());
  } else {
    out.push_back(json);
  }
  return out;
}

std::optional<json::value> group(const json::value& json) {
  const json::object* object = json.if_object();
  if (object == nullptr) return std::nullopt;
  json::array out;
  for (const auto& member : *object) {
    const json::array* array = member.value().if_array();
    if (array == nullptr) continue;
    for (size_t i = 0; i < array->size(); ++i) {
      if (i == out.size()) out.emplace_back(json::object());
      out[i].get_object()[member.key()] = (*array)[i];
    }
  }
  return out;
}

std::optional<json::value> from_text(const json::value& json) {
  if (!json.is_string()) return std::nullopt;
  Result<json::value> parsed = parse_json(view(json.get_string()));
  if (!parsed.ok()) return std::nullopt;
  return std::move(*parsed);
}

}  // namespace

bool is_modifier(std::string_view name) {
  static constexpr std::string_view kNames[] = {"pretty",  "ugly",  "reverse", "this",   "flatten",
                                                "join",    "valid", "keys",    "values", "tostr",
                                                "fromstr", "group", "dig"};
  return std::ranges::find(kNames, name) != std::end(kNames);
}

std::optional<json::value> apply_modifier(std::string_view name, std::string_view argument,
                                          const json::value& json) {
  if (name == "reverse") return reverse(json);
  if (name == "flatten") {
    const json::array* array = json.if_array();
    if (array == nullptr) return json;
    json::array out;
    flatten(*array, option(argument, "deep"), out);
    return out;
  }
  if (name == "join") return join(json);
  if (name == "keys") return keys(json);
  if (name == "values") return values(json);
  if (name == "group") return group(json);
  if (name == "tostr") return json::value(print_json(json, {.escape_html = true}));
  if (name == "fromstr") return from_text(json);
  return json;  // this, valid, pretty, ugly: the same value
}

}  // namespace slipway::expr::gjson
