#include "core/manifest/schema/refused.h"

#include "core/manifest/parse.h"
#include "core/manifest/schema/schema.h"
#include "core/manifest/yaml/document.h"

namespace slipway::manifest {
namespace {

class Finder {
 public:
  void look_at(const json::object& object, const SchemaType& type, const std::string& path) {
    for (const auto& member : object) {
      const SchemaField* field = type.find(member.key());
      if (field == nullptr || member.value().is_null()) continue;
      const std::string at = member_path(path, member.key());
      const auto& [support, reason, unless] = field->support;
      if (support == Support::kRefused && !asks_for_nothing(member.value())) {
        found.push_back({at, reason});
      }
      const SchemaType* inner = inner_type(field->shape);
      if (inner == nullptr || support != Support::kActedOn) continue;
      if (field->shape.starts_with('%')) {
        look_into(member.value(), *inner, at);
      } else {
        look_below(member.value(), *inner, field->shape.starts_with("{}"), at);
      }
    }
  }

  std::vector<RefusedField> found;

 private:
  // Text that is YAML, or will be once its tags are resolved: then it is looked at once more.
  void look_into(const json::value& value, const SchemaType& type, const std::string& path) {
    if (!value.is_string()) return;
    const Result<json::value> parsed = parse_yaml(view(value.get_string()), path);
    if (parsed.ok() && parsed->is_object()) look_at(parsed->get_object(), type, path);
  }

  void look_below(const json::value& value, const SchemaType& type, bool map,
                  const std::string& path) {
    if (const json::array* items = value.if_array()) {
      for (size_t i = 0; i < items->size(); ++i) {
        look_below((*items)[i], type, false, item_path(path, i));
      }
    } else if (const json::object* object = value.if_object()) {
      if (!map) return look_at(*object, type, path);
      for (const auto& entry : *object) {
        look_below(entry.value(), type, false, member_path(path, entry.key()));
      }
    }
  }
};

}  // namespace

bool asks_for_nothing(const json::value& value) {
  return value.is_null() || (value.is_bool() && !value.get_bool()) ||
         (value.is_string() && value.get_string().empty());
}

std::vector<RefusedField> refused_fields(const json::object& object, std::string_view type) {
  Finder finder;
  if (const SchemaType* known = find_type(type)) finder.look_at(object, *known, "");
  return std::move(finder.found);
}

}  // namespace slipway::manifest
