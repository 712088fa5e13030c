#include "core/manifest/schema/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "core/manifest/parse.h"
#include "core/manifest/schema/executor_name.h"
#include "core/manifest/schema/nearest.h"
#include "core/manifest/schema/refused.h"
#include "core/manifest/schema/schema.h"
#include "core/manifest/yaml/document.h"

namespace slipway::manifest {
namespace {

constexpr size_t kShownText = 40;  // of a value, in a message

std::string came(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return fmt::format("the boolean {}", value.get_bool());
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_:
      return fmt::format("the number {}", print_json(value));
    case json::kind::string: {
      const std::string_view text = view(value.get_string());
      return fmt::format("the text {:?}{}", text.substr(0, kShownText),
                         text.size() > kShownText ? " ..." : "");
    }
    case json::kind::array:
      return "a list";
    case json::kind::object:
      return "an object";
  }
  return "something else";
}

std::string wanted(std::string_view shape) {
  if (shape.starts_with("[]")) return "a list";
  if (shape.starts_with('~')) return "a list";
  if (shape.starts_with("{}") || shape.starts_with('@') || shape == "o") return "an object";
  if (shape == "s" || shape == "t") return "a text";
  if (shape == "b") return "true or false";
  if (shape == "i") return "a whole number";
  if (shape == "n") return "a number";
  return "a whole number or a text";
}

bool is_scalar(const json::value& value) {
  return value.is_number() || value.is_bool() || value.is_string();
}

// As Argo's AnyString has it: never with an exponent.
std::string any_text(const json::value& value) {
  if (!value.is_double()) return scalar_text(value);
  char buffer[400];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, value.get_double(), std::chars_format::fixed);
  return {buffer, end.ptr};
}

// Writes a whole double as an integer: YAML's 5.0 is 5 for a Go int.
bool make_integer(json::value& value) {
  if (value.is_int64() || value.is_uint64()) return true;
  if (!value.is_double()) return false;
  const double number = value.get_double();
  if (number != std::floor(number) || std::abs(number) > 9e15) return false;
  value = static_cast<int64_t>(number);
  return true;
}

bool same_but_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

class Checker {
 public:
  Checker(std::string_view file, const SourceMap& positions, CheckOptions options,
          Diagnostics& diagnostics)
      : file_(file), positions_(positions), options_(options), diagnostics_(diagnostics) {}

  void object(json::object& object, const SchemaType& type, const std::string& path) {
    if (!patch_) name_rightly(object, type, path);
    for (auto& member : object) {
      const std::string_view name = member.key();
      const std::string child = member_path(path, name);
      const SchemaField* field = type.find(name);
      if (field == nullptr) {
        if (!patch_ || !is_directive(name)) unknown_field(type, name, child);
        continue;
      }
      note_support(field->support, object, member.value(), child);
      for (const NamedSupport& entry : field->entries) note_entry(entry, member.value(), child);
      value(member.value(), field->shape, child);
    }
    if (lenient_depth_ == 0) required_fields(object, type, path);
  }

 private:
  enum class Patch { kPlain, kTagged };  // with tags, the types of values are not known yet

  void value(json::value& value, std::string_view shape, const std::string& path) {
    // A null is Go's zero value, whatever the type.
    if (value.is_null() || shape == "*") return;
    if (shape.starts_with('~')) {
      if (value.is_object()) value = json::array{std::move(value)};
      return list(value, shape.substr(1), path);
    }
    if (shape.starts_with("[]")) return list(value, shape.substr(2), path);
    if (shape.starts_with("{}")) return map(value, shape.substr(2), path);
    if (shape.starts_with('@')) return typed(value, shape, path);
    if (shape.starts_with('%')) return yaml_text(value, shape, path);
    if (!scalar(value, shape, path)) wrong_type(value, shape, path);
  }

  void list(json::value& value, std::string_view inner, const std::string& path) {
    json::array* items = value.if_array();
    if (items == nullptr) {
      return wrong_type(value, "[]", path,
                        is_scalar(value) ? fmt::format("write [{}]", print_json(value)) : "");
    }
    for (size_t i = 0; i < items->size(); ++i) {
      this->value((*items)[i], inner, item_path(path, i));
    }
  }

  void map(json::value& value, std::string_view inner, const std::string& path) {
    json::object* members = value.if_object();
    if (members == nullptr) return wrong_type(value, "{}", path);
    for (auto& member : *members) {
      this->value(member.value(), inner, member_path(path, member.key()));
    }
  }

  void typed(json::value& value, std::string_view shape, const std::string& path) {
    json::object* members = value.if_object();
    if (members == nullptr) return wrong_type(value, shape, path);
    // Defaults are laid under templates: they need not be whole. A status is not the user's.
    const bool lenient = path == "status" || path.ends_with(".templateDefaults");
    lenient_depth_ += lenient ? 1 : 0;
    if (const SchemaType* type = find_type(shape.substr(1))) object(*members, *type, path);
    lenient_depth_ -= lenient ? 1 : 0;
  }

  // A strategic merge patch. Where tags keep it from being YAML nothing can be told before a run.
  void yaml_text(json::value& value, std::string_view shape, const std::string& path) {
    if (!value.is_string()) {
      return wrong_type(value, "s", path,
                        value.is_object() ? "write | after its name to make it a text" : "");
    }
    const std::string_view text = view(value.get_string());
    const bool tagged = text.find("{{") != text.npos;
    Result<json::value> parsed = parse_yaml(text, path);
    if (parsed.ok() && parsed->is_null()) return;
    if (!parsed.ok() || !parsed->is_object()) {
      if (tagged) return;
      return report(Severity::kError, path, "wrong-type",
                    fmt::format("{} is no YAML of an object: {}", path,
                                parsed.ok() ? came(*parsed) : parsed.error().text()),
                    "");
    }
    Checker inner(file_, positions_, options_, diagnostics_);
    inner.patch_ = tagged ? Patch::kTagged : Patch::kPlain;
    inner.lenient_depth_ = 1;
    inner.object(parsed->get_object(), *find_type(shape.substr(1)), path);
    note_executor(parsed->get_object(), path);
  }

  void note_executor(const json::object& patch, const std::string& path) {
    for (const std::string_view key : {"containers", "initContainers"}) {
      const json::array& containers = list_of(patch, key);
      for (size_t i = 0; i < containers.size(); ++i) {
        const json::object* one = containers[i].if_object();
        if (one == nullptr || !is_executor_name(get_string(*one, "name"))) continue;
        note_support({Support::kNoEffect, "it is a container of Argo's executor"}, patch,
                     containers[i], item_path(member_path(path, key), i));
      }
    }
  }

  // Of a strategic merge patch: $patch, $retainKeys, $setElementOrder/containers. Or it is a tag.
  static bool is_directive(std::string_view name) {
    return name.starts_with('$') || name.find("{{") != name.npos;
  }

  bool scalar(json::value& value, std::string_view shape, const std::string& path) {
    switch (shape.front()) {
      case 's':
        return value.is_string() || (options_.coerce && to_text(value, path));
      case 't':
        if (value.is_number() || value.is_bool()) value = any_text(value);
        return value.is_string();
      case 'b':
        return value.is_bool();
      case 'i':
        return make_integer(value);
      case 'n':
        return value.is_number();
      case 'q':
        return value.is_number() || value.is_string();
      case 'o':
        return value.is_object();
      default:
        return true;
    }
  }

  bool to_text(json::value& value, const std::string& path) {
    if (!value.is_number() && !value.is_bool()) return false;
    std::string text = scalar_text(value);
    report(
        Severity::kWarning, path, "wrong-type",
        fmt::format("{} is {}, and a text is wanted; it is taken as {:?}", path, came(value), text),
        fmt::format("write {:?}, in quotes", text));
    value = std::move(text);
    return true;
  }

  void required_fields(const json::object& object, const SchemaType& type,
                       const std::string& path) {
    for (const SchemaField& field : type.fields) {
      if (!field.required) continue;
      const json::value* found = find(object, field.name);
      if (found != nullptr && !found->is_null()) continue;
      if (is_optional_in_practice(type.key, field.name)) continue;
      report(Severity::kError, path, "missing-field",
             fmt::format("{} lacks the field {}", path.empty() ? std::string(type.name) : path,
                         field.name),
             fmt::format("add {}: {}", field.name, wanted(field.shape)));
    }
  }

  // Go takes a field's name in any case, and so do argo's submit and lint.
  void name_rightly(json::object& object, const SchemaType& type, const std::string& path) {
    std::vector<std::pair<std::string, std::string_view>> wrong;
    for (const auto& member : object) {
      const std::string_view name = member.key();
      if (type.find(name) != nullptr) continue;
      for (const SchemaField& field : type.fields) {
        if (same_but_case(name, field.name) && !object.contains(field.name)) {
          wrong.emplace_back(name, field.name);
        }
      }
    }
    for (const auto& [given, right] : wrong) {
      report(Severity::kWarning, member_path(path, given), "unknown-field",
             fmt::format("{} has no field {:?}; it is taken as {}", type.name, given, right),
             fmt::format("write {}", right));
      json::value value = std::move(object.at(given));
      object.erase(given);
      object[right] = std::move(value);
    }
  }

  void unknown_field(const SchemaType& type, std::string_view name, const std::string& path) {
    report(options_.strict ? Severity::kError : Severity::kWarning, path, "unknown-field",
           fmt::format("{} has no field {:?}", type.name, name), field_fix(type, name));
  }

  static std::string field_fix(const SchemaType& type, std::string_view name) {
    std::vector<std::string_view> names;
    for (const SchemaField& field : type.fields) names.push_back(field.name);
    if (const std::string_view near = nearest(name, names); !near.empty()) {
      return fmt::format("did you mean {}?", near);
    }
    // The right name one level too high.
    std::string homes;
    for (const SchemaField& field : type.fields) {
      const SchemaType* inner = inner_type(field.shape);
      if (inner == nullptr || inner->find(name) == nullptr || homes.size() > kShownText) continue;
      homes += fmt::format("{}{}", homes.empty() ? "" : ", ", field.name);
    }
    if (!homes.empty()) return fmt::format("{} belongs under {}", name, homes);
    std::string all;
    for (const std::string_view right : names) {
      if (all.size() > 4 * kShownText) return fmt::format("it has {}, ...", all);
      all += fmt::format("{}{}", all.empty() ? "" : ", ", right);
    }
    return all.empty() ? "it has no fields" : fmt::format("it has {}", all);
  }

  void wrong_type(const json::value& value, std::string_view shape, const std::string& path,
                  std::string fix = {}) {
    if (patch_ == Patch::kTagged) return;
    if (fix.empty() && shape == "s" && is_scalar(value)) {
      fix = fmt::format("write {:?}, in quotes", scalar_text(value));
    }
    report(Severity::kError, path, "wrong-type",
           fmt::format("{} is {}, and {} is wanted", path, came(value), wanted(shape)),
           std::move(fix));
  }

  void note_entry(const NamedSupport& entry, const json::value& map, const std::string& path) {
    const json::object* entries = map.if_object();
    const json::value* value = entries != nullptr ? find(*entries, entry.name) : nullptr;
    if (value != nullptr)
      note_support(entry.support, *entries, *value, member_path(path, entry.name));
  }

  void note_support(const FieldSupport& field, const json::object& around, const json::value& value,
                    const std::string& path) {
    const auto& [support, reason, unless] = field;
    const bool refused = support == Support::kRefused;
    if (refused ? asks_for_nothing(value) : value.is_null()) return;
    if (path.starts_with("status.") || is_beside(around, unless)) return;
    if (support == Support::kNoEffect) {
      report(Severity::kNote, path, "not-acted-on",
             fmt::format("{} is accepted and has no effect here: {}", path, reason), "");
    } else if (support == Support::kRefused) {
      report(Severity::kWarning, path, "not-supported",
             fmt::format("{} is not supported, and what uses it is refused: {}", path, reason), "");
    }
  }

  // FieldSupport::unless
  static bool is_beside(const json::object& around, std::string_view member) {
    const size_t equals = member.find('=');
    return equals != member.npos &&
           get_string(around, member.substr(0, equals)) == member.substr(equals + 1);
  }

  void report(Severity severity, const std::string& path, std::string rule, std::string message,
              std::string fix) {
    const Position at = position(path);
    diagnostics_.push_back({severity, std::string(file_), at.line, at.column, path, std::move(rule),
                            std::move(message), std::move(fix)});
  }

  Position position(std::string_view path) const {
    const Position at = find_position(positions_, path);
    return at.line > 0 ? at : find_position(positions_, "kind");
  }

  std::string_view file_;
  const SourceMap& positions_;
  CheckOptions options_;
  Diagnostics& diagnostics_;
  int lenient_depth_ = 0;
  std::optional<Patch> patch_;  // inside of one
};

}  // namespace

void check_object(Kind kind, json::object& object, std::string_view file,
                  const SourceMap& positions, CheckOptions options, Diagnostics& diagnostics) {
  Checker(file, positions, options, diagnostics).object(object, type_of(kind), {});
}

}  // namespace slipway::manifest
