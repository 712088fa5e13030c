#include "core/expr/jq/value.h"

#include <cmath>
#include <limits>

namespace slipway::expr::jq {
namespace {

template <class Container>
size_t depth_below(const Container& items) {
  size_t depth = 0;
  for (const auto& item : items) {
    if constexpr (std::is_same_v<Container, Items>) {
      depth = std::max(depth, item.depth());
    } else {
      depth = std::max(depth, item.second.depth());
    }
  }
  return depth;
}

constexpr size_t kMemberBytes = 96;  // a node of the map, without a long key

// Ours alone: a copy if others hold it too.
template <class T>
T& own(std::shared_ptr<T>& held, size_t bytes, Budget& budget) {
  if (held.use_count() > 1) {
    budget.allocate(bytes);
    held = std::make_shared<T>(*held);
  }
  return *held;
}

}  // namespace

Value::Value(Items items) {
  const size_t depth = 1 + depth_below(items);
  data_ = std::make_shared<Array>(Array{std::move(items), depth});
}

Value::Value(Members members) {
  const size_t depth = 1 + depth_below(members);
  data_ = std::make_shared<Object>(Object{std::move(members), depth});
}

Kind Value::kind() const {
  switch (data_.index()) {
    case 1:
      return *if_bool() ? Kind::kTrue : Kind::kFalse;
    case 2:
    case 3:
      return Kind::kNumber;
    case 4:
      return Kind::kString;
    case 5:
      return Kind::kArray;
    case 6:
      return Kind::kObject;
    default:
      return Kind::kNull;
  }
}

std::string_view Value::type() const {
  constexpr std::string_view kNames[] = {"null",   "boolean", "boolean", "number",
                                         "string", "array",   "object"};
  return kNames[static_cast<size_t>(kind())];
}

double Value::number() const {
  return if_int() != nullptr ? static_cast<double>(*if_int()) : *if_float();
}

int64_t Value::integer() const {
  if (if_int() != nullptr) return *if_int();
  constexpr double kEdge = 9223372036854775808.0;
  const double number = *if_float();
  if (number >= -kEdge && number < kEdge) return static_cast<int64_t>(number);
  return number > 0 ? std::numeric_limits<int64_t>::max() : std::numeric_limits<int64_t>::min();
}

const std::string* Value::if_string() const {
  const auto* held = std::get_if<std::shared_ptr<std::string>>(&data_);
  return held != nullptr ? held->get() : nullptr;
}

const Items* Value::if_array() const {
  const auto* held = std::get_if<std::shared_ptr<Array>>(&data_);
  return held != nullptr ? &(*held)->items : nullptr;
}

const Members* Value::if_object() const {
  const auto* held = std::get_if<std::shared_ptr<Object>>(&data_);
  return held != nullptr ? &(*held)->members : nullptr;
}

size_t Value::depth() const {
  if (const auto* array = std::get_if<std::shared_ptr<Array>>(&data_)) return (*array)->depth;
  if (const auto* object = std::get_if<std::shared_ptr<Object>>(&data_)) return (*object)->depth;
  return 0;
}

bool Value::holed() const {
  if (const auto* array = std::get_if<std::shared_ptr<Array>>(&data_)) return (*array)->holed;
  const auto* object = std::get_if<std::shared_ptr<Object>>(&data_);
  return object != nullptr && (*object)->holed;
}

std::string& Value::own_string(Budget& budget) {
  auto& held = std::get<std::shared_ptr<std::string>>(data_);
  return own(held, held->size(), budget);
}

Array& Value::own_array(Budget& budget) {
  auto& held = std::get<std::shared_ptr<Array>>(data_);
  return own(held, held->items.size() * sizeof(Value), budget);
}

Object& Value::own_object(Budget& budget) {
  auto& held = std::get<std::shared_ptr<Object>>(data_);
  return own(held, held->members.size() * kMemberBytes, budget);
}

bool Value::same(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) {
    if (a.if_int() != nullptr && b.if_int() != nullptr) return *a.if_int() == *b.if_int();
    return a.number() == b.number() || (std::isnan(a.number()) && std::isnan(b.number()));
  }
  if (a.data_.index() != b.data_.index()) return false;
  if (a.if_string() != nullptr) return *a.if_string() == *b.if_string();
  if (a.if_bool() != nullptr) return *a.if_bool() == *b.if_bool();
  if (a.if_array() != nullptr) return a.if_array() == b.if_array();
  if (a.if_object() != nullptr) return a.if_object() == b.if_object();
  return true;
}

Result<Value> checked(Value value, Budget& budget) {
  if (value.depth() > limit::kJsonDepth) budget.refuse(kTooDeep);
  if (budget.exhausted()) return budget.error();
  return value;
}

Result<Value> make_array(Items items, Budget& budget) {
  if (!budget.allocate(items.size() * sizeof(Value)) || !budget.spend(items.size() / 8)) {
    return budget.error();
  }
  return checked(Value(std::move(items)), budget);
}

Result<Value> make_object(Members members, Budget& budget) {
  if (!budget.allocate(members.size() * kMemberBytes) || !budget.spend(members.size() / 8)) {
    return budget.error();
  }
  return checked(Value(std::move(members)), budget);
}

Result<Value> make_string(std::string text, Budget& budget) {
  if (!budget.allocate(text.size())) return budget.error();
  return Value(std::move(text));
}

Error invalid(std::string message) { return {ErrorCode::kInvalid, std::move(message)}; }

}  // namespace slipway::expr::jq
