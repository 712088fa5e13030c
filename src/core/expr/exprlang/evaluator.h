// Walks the tree of an expression over an environment.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "core/expr/exprlang/ast.h"
#include "core/expr/exprlang/builtin.h"

namespace slipway::expr::lang {

// One run. Borrows everything it is given.
class Evaluator {
 public:
  Evaluator(std::string_view source, const json::object& environment, Fuel& fuel,
            std::optional<Time> now)
      : source_(source), environment_(environment), context_{fuel, now, {}} {}

  Result<Value> eval(const Node& node);

 private:
  Result<Value> eval_kind(const Node& node);
  Result<Value> name(const Node& node);
  Result<Value> pointer(const Node& node);
  Result<Value> unary(const Node& node);
  Result<Value> binary(const Node& node);
  Result<bool> condition(const Node& node);
  Result<Value> logic(const Node& node);
  Result<Value> conditional(const Node& node);
  Result<Value> coalesce(const Node& node);
  Result<Value> member(const Node& node);
  Result<Value> slice(const Node& node);
  Result<Value> chain(const Node& node);
  Result<Value> call(const Node& node);
  Result<Value> method(const Node& node);
  Result<Value> let(const Node& node);
  Result<Value> sequence(const Node& node);
  Result<Value> array(const Node& node);
  Result<Value> map(const Node& node);
  Result<std::vector<Value>> arguments(const Node& node, size_t from);
  Result<Value> sprig(const Node& node);
  Status spend_sprig(std::string_view function, std::span<const json::value> args);

  // closure.cc
  Result<Value> predicate(const Node& node);
  Result<Value> select(const Node& node, const Value& list);
  Result<Value> search(const Node& node, const Value& list);
  Result<Value> tally(const Node& node, const Value& list);
  Result<Value> transform(const Node& node, const Value& list);
  Result<Value> group(const Node& node, const Value& list);
  Result<Value> order(const Node& node, const Value& list);
  Result<Value> reduce(const Node& node, const Value& list);
  Result<Value> apply(const Node& body, const Value& list, size_t index);
  Result<bool> holds(const Node& body, const Value& list, size_t index);

  Error fail(const Node& node, std::string_view what) const;
  // Gives an error of a function its position.
  Error placed(const Node& node, Error error) const;

  struct Pointer {
    Value item;
    int64_t index;
    Value accumulator;
  };

  std::string_view source_;
  const json::object& environment_;
  Context context_;
  std::vector<std::pair<std::string_view, Value>> locals_;
  std::vector<Pointer> pointers_;
  bool broken_ = false;  // ?. met nil: the rest of the chain is skipped
};

// The arithmetic and comparing operators (arithmetic.cc). Errors carry no position.
Result<Value> apply_binary(Binary op, std::string_view text, const Value& a, const Value& b,
                           Context& context);

}  // namespace slipway::expr::lang
