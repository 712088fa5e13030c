#include "core/expr/tag/scope.h"

#include "base/limit.h"

namespace slipway::expr {
namespace {

void place(json::object& root, std::string_view name, const Scope::Value& value) {
  json::object* at = &root;
  size_t depth = 0;
  for (size_t dot = name.find('.'); dot != name.npos && ++depth < limit::kExpressionDepth;
       dot = name.find('.')) {
    json::value& child = (*at)[name.substr(0, dot)];
    at = child.is_object() ? &child.get_object() : &child.emplace_object();
    name.remove_prefix(dot + 1);
  }
  json::value& leaf = (*at)[name];
  if (leaf.is_object()) return;
  if (value.text) {
    leaf.emplace_string() = *value.text;
  } else {
    leaf.emplace_null();
  }
}

}  // namespace

void Scope::set(std::string name, std::string text, bool untrusted) {
  values_.insert_or_assign(std::move(name), Value{std::move(text), untrusted});
}

void Scope::set_nil(std::string name) {
  values_.insert_or_assign(std::move(name), Value{std::nullopt, false});
}

const Scope::Value* Scope::find(std::string_view name) const {
  for (const Scope* scope = this; scope != nullptr; scope = scope->parent_) {
    const auto found = scope->values_.find(name);
    if (found != scope->values_.end()) return &found->second;
  }
  return nullptr;
}

void Scope::for_each(const std::function<void(const std::string&, const Value&)>& visit) const {
  if (parent_ == nullptr) {
    for (const auto& [name, value] : values_) visit(name, value);
    return;
  }
  std::map<std::string_view, std::pair<const std::string*, const Value*>> visible;
  for (const Scope* scope = this; scope != nullptr; scope = scope->parent_) {
    for (const auto& [name, value] : scope->values_) visible.try_emplace(name, &name, &value);
  }
  for (const auto& [name, entry] : visible) visit(*entry.first, *entry.second);
}

json::object nested(const Scope& scope) {
  json::object root;
  // In name order "a.b" comes before "a.b.c", so the object is what stays.
  scope.for_each(
      [&](const std::string& name, const Scope::Value& value) { place(root, name, value); });
  return root;
}

}  // namespace slipway::expr
