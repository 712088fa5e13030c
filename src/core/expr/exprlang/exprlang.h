// expr-lang (github.com/expr-lang/expr), the language of depends, hooks, retry expressions,
// valueFrom.expression, {{=...}} and event filters; with the sprig functions that Argo admits and
// its own asInt, asFloat, jsonpath, toJson. grammar.md beside this file has the grammar and the
// table of builtins.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"

namespace slipway::expr {

// A compiled expression: immutable, cheap to copy, safe to share.
class Program {
 public:
  // kInvalid with expr-lang's text, line and column; kNotFound for a function that does not exist.
  static Result<Program> compile(std::string_view source);

  // Evaluates over `env`, whose members are the top-level names (they hide builtins). Bounded by
  // limit::kExpressionFuel and kExpressionDepth (kLimit). An unknown top-level name is null, as in
  // expr-lang with AllowUndefinedVariables; a member of null without `?.` is an error. now() gives
  // `now`, and is an error without one. Times come back as RFC 3339 strings, durations as Go prints
  // them.
  Result<json::value> run(const json::object& env, std::optional<Time> now = {}) const;

  // Dotted names the expression reads from its environment, e.g. "steps.a.outputs.result";
  // `guarded` ones are only read through ?. or the left side of ?? (spec rule 42).
  struct Reference {
    std::string name;
    bool guarded = false;
  };
  const std::vector<Reference>& references() const;

 private:
  struct Code;
  std::shared_ptr<const Code> code_;
};

Result<json::value> evaluate(std::string_view source, const json::object& env);

// Must be a boolean; otherwise kInvalid, naming the type that came.
Result<bool> evaluate_bool(std::string_view source, const json::object& env);

// Text of a result as Argo inserts it: strings raw, anything else as JSON.
std::string to_text(const json::value& value);

}  // namespace slipway::expr
