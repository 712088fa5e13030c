#include "base/limit.h"
#include "core/expr/gjson/gjson.h"
#include "core/expr/gjson/lookup.h"

namespace slipway::expr {
namespace {

struct Part {
  std::string key;
  bool forced = false;  // ":0": a key even though it is digits

  bool appends() const { return !forced && key == "-1"; }
  std::optional<size_t> index() const { return forced ? std::nullopt : gjson::as_index(key); }
  // An empty part counts as a number for sjson.
  bool makes_array() const { return index().has_value() || appends() || (key.empty() && !forced); }
};

// nullopt: the path has a wildcard, query, pipe or modifier, and can only update what is there.
std::optional<std::vector<Part>> split(std::string_view path) {
  std::vector<Part> parts(1);
  bool start = true;
  for (size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    if (start && c == ':') {
      parts.back().forced = true;
    } else if (c == '.') {
      parts.emplace_back();
      start = true;
      continue;
    } else if (c == '\\' && i + 1 < path.size()) {
      parts.back().key += path[++i];
    } else if (std::string_view("|#@*?").find(c) != std::string_view::npos) {
      return std::nullopt;
    } else {
      parts.back().key += c;
    }
    start = false;
  }
  return parts;
}

Error refuse(std::string_view path, std::string text, ErrorCode code = ErrorCode::kInvalid) {
  return {code, "can not set '" + std::string(path) + "': " + std::move(text)};
}

// The element of `value` that `part` names, made when it is missing.
Result<json::value*> enter(json::value& value, const Part& part, std::string_view path) {
  if (!value.is_object() && !value.is_array()) {
    value = part.makes_array() ? json::value(json::array()) : json::value(json::object());
  }
  if (value.is_object()) return &value.get_object()[part.key];
  json::array& array = value.get_array();
  // Like gjson, a forced key still finds an element that is there.
  const std::optional<size_t> digits = gjson::as_index(part.key);
  if (digits && *digits < array.size()) return &array[*digits];
  if (part.appends() || part.makes_array() == !part.index().has_value()) {
    return &array.emplace_back(nullptr);
  }
  if (!part.index()) {
    return refuse(path, "cannot set array element for non-numeric key '" + part.key + "'");
  }
  if (*digits >= limit::kFanOut) {
    return refuse(path, "index " + part.key + " is above " + std::to_string(limit::kFanOut),
                  ErrorCode::kLimit);
  }
  array.resize(*digits + 1);
  return &array.back();
}

}  // namespace

Status sjson_set(json::value& value, std::string_view path, json::value to) {
  if (path.empty()) return refuse(path, "path cannot be empty");
  const std::optional<std::vector<Part>> parts = split(path);
  if (!parts) {
    const gjson::Hit hit = gjson::Lookup(value).run(path);
    if (!hit.exists()) return {};
    for (const json::value* place : hit.places()) {
      if (place != &value) const_cast<json::value&>(*place) = to;  // inside `value`, which is ours
    }
    return {};
  }
  if (parts->size() > limit::kJsonDepth) {
    return refuse(path, "it is deeper than " + std::to_string(limit::kJsonDepth) + " levels",
                  ErrorCode::kLimit);
  }
  // That a path is refused may only be known at its end; then nothing has changed.
  json::value* here = &value;
  json::value backup = value;
  for (const Part& part : *parts) {
    Result<json::value*> next = enter(*here, part, path);
    if (!next.ok()) {
      value = std::move(backup);
      return std::move(next).error();
    }
    here = *next;
  }
  *here = std::move(to);
  return {};
}

}  // namespace slipway::expr
