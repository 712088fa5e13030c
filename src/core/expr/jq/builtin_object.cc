// Functions over objects and paths.
#include "core/expr/jq/builtin.h"
#include "core/expr/jq/path.h"

namespace slipway::expr::jq {
namespace {

Result<Value> keys(const Call& call) {
  Items out;
  if (const Items* items = call.input.if_array()) {
    for (size_t i = 0; i < items->size(); ++i) out.emplace_back(static_cast<int64_t>(i));
  } else if (const Members* members = call.input.if_object()) {
    for (const auto& [key, item] : *members) {
      if (!call.budget().allocate(key.size())) return call.budget().error();
      out.emplace_back(std::string_view(key));
    }
  } else {
    return call.refuse();
  }
  return make_array(std::move(out), call.budget());
}

Result<Value> has(const Call& call) {
  const Value& key = call.arguments[0];
  if (call.input.is_null()) return Value(false);
  if (call.input.if_array() != nullptr && key.is_number()) {
    const int64_t index = key.integer();
    return Value(index >= 0 && static_cast<size_t>(index) < call.input.if_array()->size());
  }
  if (call.input.if_object() == nullptr || key.if_string() == nullptr) return call.refuse();
  return Value(call.input.if_object()->contains(*key.if_string()));
}

Result<Value> to_entries(const Call& call) {
  Items out;
  const auto add = [&](Value key, const Value& value) {
    out.emplace_back(Members{{"key", std::move(key)}, {"value", value}});
    return call.budget().spend() && call.budget().allocate(200);
  };
  if (const Items* items = call.input.if_array()) {
    for (size_t i = 0; i < items->size(); ++i) {
      if (!add(static_cast<int64_t>(i), (*items)[i])) return call.budget().error();
    }
  } else if (const Members* members = call.input.if_object()) {
    for (const auto& [key, item] : *members) {
      if (!add(Value(std::string_view(key)), item)) return call.budget().error();
    }
  } else {
    return call.refuse();
  }
  return make_array(std::move(out), call.budget());
}

const Value* member(const Members& members, std::string_view key) {
  const auto found = members.find(key);
  return found != members.end() ? &found->second : nullptr;
}

// The key is the first of these that is neither null nor false.
Result<Value> from_entries(const Call& call) {
  const Items* entries = call.input.if_array();
  if (entries == nullptr) return call.refuse();
  Members out;
  for (const Value& entry : *entries) {
    if (entry.if_object() == nullptr) return call.refuse(entry);
    const Members& members = *entry.if_object();
    const Value none;
    const Value *key = &none, *value = nullptr;
    for (const std::string_view name : {"key", "Key", "name", "Name"}) {
      const Value* found = member(members, name);
      if (found == nullptr || !found->truthy()) continue;
      key = found;
      break;
    }
    if (key->if_string() == nullptr) {
      return call.because(
          invalid("expected a string for object key but got: " + preview_with_type(*key)));
    }
    value = member(members, "value");
    if (value == nullptr) value = member(members, "Value");
    if (!call.budget().spend()) return call.budget().error();
    out.insert_or_assign(*key->if_string(), value != nullptr ? *value : Value());
  }
  return make_object(std::move(out), call.budget());
}

bool contains(const Value& a, const Value& b, Budget& budget);

bool contains_members(const Members& a, const Members& b, Budget& budget) {
  for (const auto& [key, item] : b) {
    const Value* found = member(a, key);
    if (found == nullptr || !contains(*found, item, budget)) return false;
  }
  return true;
}

bool contains_items(const Items& a, const Items& b, Budget& budget) {
  for (const Value& wanted : b) {
    bool found = false;
    for (const Value& item : a) {
      if (budget.exhausted()) return false;
      if ((found = contains(item, wanted, budget))) break;
    }
    if (!found) return false;
  }
  return true;
}

// Inside of containers kinds that differ are no error.
bool contains(const Value& a, const Value& b, Budget& budget) {
  if (!budget.spend()) return false;
  if (a.if_object() && b.if_object()) {
    return contains_members(*a.if_object(), *b.if_object(), budget);
  }
  if (a.if_array() && b.if_array()) return contains_items(*a.if_array(), *b.if_array(), budget);
  if (a.if_string() && b.if_string()) {
    budget.spend(a.if_string()->size() / 64);
    return a.if_string()->find(*b.if_string()) != std::string::npos;
  }
  return a.kind() == b.kind() && compare(a, b, budget) == 0;
}

Result<Value> contains(const Call& call) {
  const Value &a = call.input, &b = call.arguments[0];
  const bool both = a.kind() == b.kind();
  if (!both) return call.refuse();
  const bool found = contains(a, b, call.budget());
  if (call.budget().exhausted()) return call.budget().error();
  return Value(found);
}

Result<Value> set_path_native(const Call& call) {
  Value target = call.input;
  TRY(set_path(target, call.arguments[0], call.arguments[1], call.context));
  return target;
}

Result<Value> delete_paths_native(const Call& call) {
  Value target = call.input;
  TRY(delete_all(target, call.arguments[0], call.context));
  return target;
}

constexpr Native kNatives[] = {
    {"keys", 0, keys},
    {"keys_unsorted", 0, keys},
    {"has", 1, has},
    {"to_entries", 0, to_entries},
    {"from_entries", 0, from_entries},
    {"contains", 1, contains},
    {"setpath", 2, set_path_native},
    {"delpaths", 1, delete_paths_native},
};

}  // namespace

Result<Value> get_path(const Value& target, const Value& path, Context& context) {
  const Call call{"getpath", target, {&path, 1}, context};
  if (path.if_array() == nullptr) return call.refuse();
  Value value = target;
  for (const Value& key : *path.if_array()) {
    if (!context.budget.spend()) return context.budget.error();
    if (!value.is_null() && value.if_array() == nullptr && value.if_object() == nullptr) {
      return call.refuse();
    }
    auto next = read_index(value, key, context.budget);
    if (!next.ok()) return call.because(next.error());
    value = std::move(next).value();
  }
  return value;
}

Status set_path(Value& target, const Value& path, Value item, Context& context) {
  const Value arguments[] = {path, item};
  if (path.if_array() == nullptr) {
    return Call{"setpath", target, {arguments, 1}, context}.refuse();
  }
  Status done = write_path(target, *path.if_array(), std::move(item), context.budget);
  if (done.ok()) return done;
  return Call{"setpath", target, arguments, context}.because(done.error());
}

Status delete_all(Value& target, const Value& paths, Context& context) {
  const Call call{"delpaths", target, {&paths, 1}, context};
  if (paths.if_array() == nullptr) return call.refuse();
  Status done = delete_paths(target, *paths.if_array(), context.budget);
  return done.ok() ? std::move(done) : Status(call.because(done.error()));
}

std::span<const Native> object_natives() { return kNatives; }

}  // namespace slipway::expr::jq
