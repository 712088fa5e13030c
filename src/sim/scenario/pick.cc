#include "sim/scenario/pick.h"

namespace slipway::sim::scenario {
namespace {

const json::string* name_of(const json::value& value) {
  const json::object* object = value.if_object();
  return object != nullptr ? find_string(*object, "name") : nullptr;
}

json::array pick_list(const json::array& shape, const json::array& actual) {
  bool named = !shape.empty();
  for (const json::value& item : shape) named = named && name_of(item) != nullptr;
  json::array picked;
  if (named) {
    for (const json::value& item : shape) {
      const json::string& name = *name_of(item);
      const auto found = std::find_if(actual.begin(), actual.end(), [&](const json::value& one) {
        const json::string* other = name_of(one);
        return other != nullptr && *other == name;
      });
      picked.push_back(found != actual.end() ? pick(item, *found) : json::value(nullptr));
    }
    return picked;
  }
  for (size_t i = 0; i < actual.size(); ++i) {
    picked.push_back(i < shape.size() ? pick(shape[i], actual[i]) : actual[i]);
  }
  return picked;
}

}  // namespace

json::value pick(const json::value& shape, const json::value& actual) {
  if (shape.is_object() && actual.is_object()) {
    json::object picked;
    for (const auto& member : shape.get_object()) {
      const json::value* found = actual.get_object().if_contains(member.key());
      picked[member.key()] = found != nullptr ? pick(member.value(), *found) : json::value(nullptr);
    }
    return picked;
  }
  if (shape.is_array() && actual.is_array()) {
    return pick_list(shape.get_array(), actual.get_array());
  }
  return actual;
}

}  // namespace slipway::sim::scenario
