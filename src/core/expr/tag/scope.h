// What {{names}} stand for at one place of a workflow.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace slipway::expr {

// A layer of names over an optional parent. Names are dotted ("steps.a.outputs.result"). Lookups go
// outward; a name set here hides the parent's. The parent is borrowed and must outlive this.
class Scope {
 public:
  Scope() = default;
  explicit Scope(const Scope* parent) : parent_(parent) {}

  struct Value {
    // nullopt: the name exists and is nil, as the output of a skipped step is (spec rule 46).
    std::optional<std::string> text;
    bool untrusted = false;  // came from outside (design, "Untrusted values")
  };

  void set(std::string name, std::string text, bool untrusted = false);
  void set_nil(std::string name);
  const Value* find(std::string_view name) const;  // nullptr: unknown
  // Every visible name once, in name order.
  void for_each(const std::function<void(const std::string&, const Value&)>& visit) const;

 private:
  std::map<std::string, Value, std::less<>> values_;
  const Scope* parent_ = nullptr;
};

// The nested objects that an expression sees: "a.b" and "a.c" become {"a": {"b":…, "c":…}}; where
// both "a.b" and "a.b.c" exist the scalar is lost (spec rule 41). Nil is null.
json::object nested(const Scope& scope);

}  // namespace slipway::expr
