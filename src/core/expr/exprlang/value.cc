#include "core/expr/exprlang/value.h"

#include <algorithm>

#include "core/expr/golang/golang.h"

namespace slipway::expr::lang {

Value Value::borrow(const json::value& value) {
  Value out;
  switch (value.kind()) {
    case json::kind::null:
      break;
    case json::kind::bool_:
      return Value(value.get_bool());
    case json::kind::int64:
      return Value(int64_t{value.get_int64()});
    case json::kind::uint64:
      return Value(static_cast<double>(value.get_uint64()));
    case json::kind::double_:
      return Value(value.get_double());
    case json::kind::string:
      return Value(str(value.get_string()));
    case json::kind::array:
      out.data_ = &value.get_array();
      break;
    case json::kind::object:
      out.data_ = &value.get_object();
      break;
  }
  return out;
}

Value Value::borrow(const json::object& object) {
  Value out;
  out.data_ = &object;
  return out;
}

const std::string* Value::if_string() const {
  const auto* text = std::get_if<std::shared_ptr<const std::string>>(&data_);
  return text != nullptr ? text->get() : nullptr;
}

bool Value::is_array() const {
  return std::holds_alternative<std::shared_ptr<const Array>>(data_) ||
         std::holds_alternative<const json::array*>(data_);
}

bool Value::is_map() const {
  return std::holds_alternative<std::shared_ptr<const Map>>(data_) ||
         std::holds_alternative<const json::object*>(data_);
}

size_t Value::size() const {
  if (const auto* a = std::get_if<std::shared_ptr<const Array>>(&data_)) return (*a)->items.size();
  if (const auto* m = std::get_if<std::shared_ptr<const Map>>(&data_)) return (*m)->members.size();
  if (const auto* a = std::get_if<const json::array*>(&data_)) return (*a)->size();
  return std::get<const json::object*>(data_)->size();
}

Value Value::item(size_t index) const {
  if (const auto* a = std::get_if<std::shared_ptr<const Array>>(&data_)) return (*a)->items[index];
  return borrow((*std::get<const json::array*>(data_))[index]);
}

const std::vector<Value>& Value::owned_items() const {
  return std::get<std::shared_ptr<const Array>>(data_)->items;
}

bool Value::has(std::string_view key) const {
  if (const auto* m = std::get_if<std::shared_ptr<const Map>>(&data_)) {
    return (*m)->members.find(key) != (*m)->members.end();
  }
  return std::get<const json::object*>(data_)->contains(key);
}

Value Value::member(std::string_view key) const {
  if (const auto* m = std::get_if<std::shared_ptr<const Map>>(&data_)) {
    const auto found = (*m)->members.find(key);
    return found != (*m)->members.end() ? found->second : Value();
  }
  const json::value* found = std::get<const json::object*>(data_)->if_contains(key);
  return found != nullptr ? borrow(*found) : Value();
}

Status Value::each_member(
    const std::function<Status(const std::string&, const Value&)>& visit) const {
  const Value ours = expanded();
  for (const auto& [key, value] : std::get<std::shared_ptr<const Map>>(ours.data_)->members) {
    TRY(visit(key, value));
  }
  return {};
}

Value Value::expanded() const {
  if (const auto* a = std::get_if<const json::array*>(&data_)) {
    auto array = std::make_shared<Array>();
    array->items.reserve((*a)->size());
    for (const auto& item : **a) array->items.push_back(borrow(item));
    return Value(std::shared_ptr<const Array>(std::move(array)));
  }
  if (const auto* o = std::get_if<const json::object*>(&data_)) {
    auto map = std::make_shared<Map>();
    for (const auto& member : **o) map->members.emplace(member.key(), borrow(member.value()));
    return Value(std::shared_ptr<const Map>(std::move(map)));
  }
  return *this;
}

size_t Value::depth() const {
  if (const auto* a = std::get_if<std::shared_ptr<const Array>>(&data_)) return (*a)->depth;
  if (const auto* m = std::get_if<std::shared_ptr<const Map>>(&data_)) return (*m)->depth;
  return 0;
}

std::string_view Value::go_type() const {
  if (if_bool() != nullptr) return "bool";
  if (if_int() != nullptr) return "int";
  if (if_float() != nullptr) return "float64";
  if (if_string() != nullptr) return "string";
  if (if_duration() != nullptr) return "time.Duration";
  if (if_moment() != nullptr) return "time.Time";
  if (is_array()) return "[]interface {}";
  if (is_map()) return "map[string]interface {}";
  return "<nil>";
}

namespace {

Error too_deep() {
  return Error{ErrorCode::kLimit, "expression builds values nested more than 512 levels deep", ""};
}

}  // namespace

Result<Value> make_array(std::vector<Value> items, Fuel& fuel) {
  TRY(fuel.spend(1 + items.size()));
  auto array = std::make_shared<Array>();
  for (const Value& item : items) array->depth = std::max(array->depth, item.depth() + 1);
  if (array->depth > limit::kJsonDepth) return too_deep();
  array->items = std::move(items);
  return Value(std::shared_ptr<const Array>(std::move(array)));
}

Result<Value> make_map(std::map<std::string, Value, std::less<>> members, Fuel& fuel) {
  TRY(fuel.spend(1 + members.size()));
  auto map = std::make_shared<Map>();
  for (const auto& [key, value] : members) map->depth = std::max(map->depth, value.depth() + 1);
  if (map->depth > limit::kJsonDepth) return too_deep();
  map->members = std::move(members);
  return Value(std::shared_ptr<const Map>(std::move(map)));
}

Result<Value> make_string(std::string text, Fuel& fuel) {
  TRY(fuel.spend_text(text.size()));
  return Value(std::move(text));
}

Result<Value> own(const json::value& value, Fuel& fuel, bool floats) {
  if (const auto* array = value.if_array()) {
    std::vector<Value> items;
    items.reserve(array->size());
    for (const auto& item : *array) {
      TRY_ASSIGN(Value copy, own(item, fuel, floats));
      items.push_back(std::move(copy));
    }
    return make_array(std::move(items), fuel);
  }
  if (const auto* object = value.if_object()) {
    std::map<std::string, Value, std::less<>> members;
    for (const auto& member : *object) {
      TRY_ASSIGN(Value copy, own(member.value(), fuel, floats));
      members.insert_or_assign(std::string(member.key()), std::move(copy));
    }
    return make_map(std::move(members), fuel);
  }
  if (const auto* text = value.if_string()) return make_string(str(*text), fuel);
  if (floats && value.is_int64()) return Value(static_cast<double>(value.get_int64()));
  return Value::borrow(value);
}

Result<json::value> to_json(const Value& value, Fuel& fuel) {
  TRY(fuel.spend());
  if (value.is_nil()) return json::value(nullptr);
  if (const auto* b = value.if_bool()) return json::value(*b);
  if (const auto* i = value.if_int()) return json::value(*i);
  if (const auto* d = value.if_float()) return json::value(*d);
  if (const auto* s = value.if_string()) {
    TRY(fuel.spend_text(s->size()));
    return json::value(*s);
  }
  if (const auto* d = value.if_duration()) return json::value(format_go_duration(*d));
  if (const auto* m = value.if_moment()) {
    return json::value(
        go_format_time("2006-01-02T15:04:05.999999999Z07:00", m->time, m->offset_seconds));
  }
  if (value.is_array()) {
    json::array array;
    array.reserve(value.size());
    for (size_t i = 0; i < value.size(); ++i) {
      TRY_ASSIGN(json::value item, to_json(value.item(i), fuel));
      array.push_back(std::move(item));
    }
    return json::value(std::move(array));
  }
  json::object object;
  TRY(value.each_member([&](const std::string& key, const Value& member) -> Status {
    TRY_ASSIGN(json::value item, to_json(member, fuel));
    object.insert_or_assign(key, std::move(item));
    return {};
  }));
  return json::value(std::move(object));
}

Result<bool> equal(const Value& a, const Value& b, Fuel& fuel) {
  TRY(fuel.spend());
  if (a.is_nil() || b.is_nil()) return a.is_nil() && b.is_nil();
  if (const auto* x = a.if_bool()) return b.if_bool() != nullptr && *x == *b.if_bool();
  if (const auto order = compare(a, b)) return *order == 0;
  if (a.if_float() != nullptr) return false;  // NaN, or not a number at all
  if (a.is_array() && b.is_array()) {
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); ++i) {
      TRY_ASSIGN(const bool same, equal(a.item(i), b.item(i), fuel));
      if (!same) return false;
    }
    return true;
  }
  if (a.is_map() && b.is_map()) {
    if (a.size() != b.size()) return false;
    bool all = true;
    TRY(a.each_member([&](const std::string& key, const Value& member) -> Status {
      if (!all) return {};
      all = b.has(key);
      if (!all) return {};
      TRY_ASSIGN(all, equal(member, b.member(key), fuel));
      return {};
    }));
    return all;
  }
  return false;
}

std::optional<int> compare(const Value& a, const Value& b) {
  const auto order = [](const auto& x, const auto& y) { return x < y ? -1 : y < x ? 1 : 0; };
  if (a.if_int() != nullptr && b.if_int() != nullptr) return order(*a.if_int(), *b.if_int());
  if (a.is_number() && b.is_number()) {
    const double x = a.number();
    const double y = b.number();
    if (x != x || y != y) return std::nullopt;
    return order(x, y);
  }
  if (a.if_string() != nullptr && b.if_string() != nullptr) {
    return order(*a.if_string(), *b.if_string());
  }
  if (a.if_duration() != nullptr && b.if_duration() != nullptr) {
    return order(a.if_duration()->ns, b.if_duration()->ns);
  }
  if (a.if_moment() != nullptr && b.if_moment() != nullptr) {
    return order(a.if_moment()->time.ns, b.if_moment()->time.ns);
  }
  return std::nullopt;
}

}  // namespace slipway::expr::lang
