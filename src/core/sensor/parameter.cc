#include "core/sensor/parameter.h"

#include "core/expr/gjson/gjson.h"
#include "core/expr/gotemplate/gotemplate.h"

namespace slipway::sensor {
namespace {

// Go decodes JSON numbers as float64, which is what templates see.
json::value as_go(const json::value& value) {
  if (value.is_number()) return value.to_number<double>();
  if (const json::array* array = value.if_array()) {
    json::array out;
    for (const json::value& item : *array) out.push_back(as_go(item));
    return out;
  }
  const json::object* object = value.if_object();
  if (object == nullptr) return value;
  json::object out;
  for (const auto& member : *object) out[member.key()] = as_go(member.value());
  return out;
}

// The default, as the manifest has it; numbers and bools count as their text.
std::optional<std::string> default_of(const json::object& source) {
  const json::value* value = find(source, "value");
  if (value == nullptr) return std::nullopt;
  return value->is_string() ? str(value->get_string()) : print_json(*value);
}

Resolved constant(std::string text) { return {std::move(text), std::nullopt, false}; }

struct Selected {
  std::string key, text_template;
  bool from_data = false;
};

// Any data selector wins over any context selector (b45).
Selected select(const json::object& source) {
  Selected out{get_string(source, "dataKey"), get_string(source, "dataTemplate"), true};
  if (out.key.empty() && out.text_template.empty()) {
    out = {get_string(source, "contextKey"), get_string(source, "contextTemplate"), false};
  }
  return out;
}

Resolved found(json::value value, const json::object& source, bool untrusted) {
  Resolved out;
  out.untrusted = untrusted;
  out.text = value.is_null() ? "null" : expr::gjson_string(value);
  if (!value.is_string() && get_bool(source, "useRawData")) out.raw = std::move(value);
  return out;
}

Result<Resolved> resolve_in(const json::object& source, const Event& event, Time now) {
  const std::optional<std::string> fallback = default_of(source);
  const Selected selected = select(source);
  if (selected.key.empty() && selected.text_template.empty()) {
    if (fallback) return constant(*fallback);
    return Resolved{print_json(whole_event(event), {.escape_html = true}), std::nullopt, true};
  }
  const json::value context = selected.from_data ? json::value() : json::value(context_of(event));
  const json::value& document = selected.from_data ? event.data : context;
  std::string why;
  if (!selected.text_template.empty()) {
    const json::object input{{"Input", as_go(document)}};
    Result<std::string> text = expr::render_template(selected.text_template, input, now);
    if (text.ok() && !text->empty() && *text != "<no value>") {
      return Resolved{std::move(*text), std::nullopt, selected.from_data};
    }
    why = text.ok() ? "the template evaluated to empty string or no value" : text.error().text();
  }
  if (!selected.key.empty()) {
    if (auto value = expr::gjson_get(document, selected.key)) {
      return found(std::move(*value), source, selected.from_data);
    }
    why += (why.empty() ? "" : "; ") + ("key " + selected.key + " does not exist in the event's ") +
           (selected.from_data ? "data" : "context");
  }
  if (fallback) return constant(*fallback);
  return Error{ErrorCode::kNotFound, "unable to resolve '" + get_string(source, "dependencyName") +
                                         "' parameter value: " + why};
}

std::string describe(const json::object& source) {
  const std::string dependency = get_string(source, "dependencyName");
  for (const std::string_view field :
       {"dataTemplate", "dataKey", "contextTemplate", "contextKey"}) {
    const std::string text = get_string(source, field);
    if (!text.empty()) return dependency + " " + std::string(field) + " " + text;
  }
  return dependency + (source.contains("value") ? " value" : " whole event");
}

struct Place {
  std::string dest, operation;
};

Status write(json::value& target, const Place& place, Resolved value,
             std::set<std::string>& untrusted) {
  if (place.operation == "append" || place.operation == "prepend") {
    if (const auto current = expr::gjson_get(target, place.dest)) {
      const std::string old = expr::gjson_string(*current);
      value.text = place.operation == "append" ? old + value.text : value.text + old;
      value.raw.reset();
      value.untrusted |= untrusted.contains(place.dest);
    }
  } else if (!place.operation.empty() && place.operation != "overwrite") {
    return Error{ErrorCode::kInvalid, "unsupported trigger parameter operation: " +
                                          place.operation + "; use overwrite, append or prepend"};
  }
  TRY(expr::sjson_set(target, place.dest,
                      value.raw ? std::move(*value.raw) : json::value(value.text)));
  if (value.untrusted) {
    untrusted.insert(place.dest);
  } else {
    untrusted.erase(place.dest);
  }
  return {};
}

}  // namespace

Result<std::optional<Resolved>> resolve(const json::object& source, const Firework& work) {
  const std::string dependency = get_string(source, "dependencyName");
  const auto event = work.events.find(dependency);
  std::optional<Resolved> out;
  if (event == work.events.end()) {
    if (auto fallback = default_of(source)) out = constant(std::move(*fallback));
    work.steps.push_back(
        passed("parameter", describe(source), "",
               out ? out->text : "left out: " + dependency + " has no event here"));
    return out;
  }
  Result<Resolved> resolved = resolve_in(source, *event->second, work.now);
  if (!resolved.ok()) {
    work.steps.push_back(failed("parameter", describe(source), "", "", resolved.error().text()));
    return std::move(resolved).error();
  }
  work.steps.push_back(passed("parameter", describe(source), "", resolved->text));
  out = std::move(*resolved);
  return out;
}

Status apply_parameters(const json::array* parameters, const Firework& work, json::value& target,
                        std::set<std::string>& untrusted) {
  for (const json::value& item : parameters != nullptr ? *parameters : json::array()) {
    const json::object* parameter = item.if_object();
    const json::object* source = parameter != nullptr ? find_object(*parameter, "src") : nullptr;
    if (source == nullptr) {
      return Error{ErrorCode::kInvalid, "parameter source can't be empty; write src: {...}"};
    }
    TRY_ASSIGN(std::optional<Resolved> value, resolve(*source, work));
    if (!value) continue;
    const Place place{get_string(*parameter, "dest"), get_string(*parameter, "operation")};
    TRY(write(target, place, std::move(*value), untrusted));
  }
  return {};
}

Result<std::string> build_payload(const json::array* payload, const Firework& work) {
  json::value body;
  for (const json::value& item : payload != nullptr ? *payload : json::array()) {
    const json::object* parameter = item.if_object();
    const json::object* source = parameter != nullptr ? find_object(*parameter, "src") : nullptr;
    if (source == nullptr) {
      return Error{ErrorCode::kInvalid, "payload source can't be empty; write src: {...}"};
    }
    TRY_ASSIGN(std::optional<Resolved> value, resolve(*source, work));
    if (!value) continue;
    const std::string dest = get_string(*parameter, "dest");
    if (dest.empty()) return std::move(value->text);
    TRY(expr::sjson_set(body, dest,
                        value->raw ? std::move(*value->raw) : json::value(value->text)));
  }
  return body.is_null() ? std::string() : print_json(body, {.escape_html = true});
}

}  // namespace slipway::sensor
