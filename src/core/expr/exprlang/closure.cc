// Functions that take a closure: {# > 1}, .field, #index, #acc.
#include <fmt/format.h>

#include "core/expr/exprlang/evaluator.h"

namespace slipway::expr::lang {

using Kind = Closure::Kind;

Result<Value> Evaluator::predicate(const Node& node) {
  if (environment_.contains(node.text)) {
    return fail(node,
                fmt::format("{} is not a function here: a value of that name hides it", node.text));
  }
  TRY_ASSIGN(const Value list, eval(*node.children[0]));
  if (!list.is_array()) {
    return fail(node,
                fmt::format("builtin {} takes only array (got {})", node.text, list.go_type()));
  }
  switch (node.closure->kind) {
    case Kind::kFilter:
    case Kind::kMap:
      return transform(node, list);
    case Kind::kAll:
    case Kind::kNone:
    case Kind::kAny:
    case Kind::kOne:
      return select(node, list);
    case Kind::kFind:
    case Kind::kFindIndex:
    case Kind::kFindLast:
    case Kind::kFindLastIndex:
      return search(node, list);
    case Kind::kCount:
    case Kind::kSum:
      return tally(node, list);
    case Kind::kGroupBy:
      return group(node, list);
    case Kind::kSortBy:
      return order(node, list);
    case Kind::kReduce:
      return reduce(node, list);
  }
  return Value();
}

Result<Value> Evaluator::apply(const Node& body, const Value& list, size_t index) {
  pointers_.push_back({list.item(index), static_cast<int64_t>(index), Value()});
  const bool outer = std::exchange(broken_, false);
  auto result = eval(body);
  broken_ = outer;
  pointers_.pop_back();
  return result;
}

Result<bool> Evaluator::holds(const Node& body, const Value& list, size_t index) {
  TRY_ASSIGN(const Value value, apply(body, list, index));
  if (value.if_bool() == nullptr) {
    return fail(body, fmt::format("predicate should return boolean (got {})", value.go_type()));
  }
  return *value.if_bool();
}

Result<Value> Evaluator::select(const Node& node, const Value& list) {
  const Kind kind = node.closure->kind;
  size_t count = 0;
  for (size_t i = 0; i < list.size(); ++i) {
    TRY_ASSIGN(const bool hit, holds(*node.children[1], list, i));
    count += hit ? 1 : 0;
    if (kind == Kind::kAll && !hit) return Value(false);
    if (kind == Kind::kAny && hit) return Value(true);
    if (kind == Kind::kNone && hit) return Value(false);
  }
  if (kind == Kind::kOne) return Value(count == 1);
  return Value(kind != Kind::kAny);
}

Result<Value> Evaluator::search(const Node& node, const Value& list) {
  const Kind kind = node.closure->kind;
  const bool backward = kind == Kind::kFindLast || kind == Kind::kFindLastIndex;
  const bool wants_index = kind == Kind::kFindIndex || kind == Kind::kFindLastIndex;
  for (size_t n = 0; n < list.size(); ++n) {
    const size_t i = backward ? list.size() - 1 - n : n;
    TRY_ASSIGN(const bool hit, holds(*node.children[1], list, i));
    if (hit) return wants_index ? Value(static_cast<int64_t>(i)) : list.item(i);
  }
  return wants_index ? Value(int64_t{-1}) : Value();
}

Result<Value> Evaluator::tally(const Node& node, const Value& list) {
  const bool counting = node.closure->kind == Kind::kCount;
  int64_t count = 0;
  Value sum(int64_t{0});
  for (size_t i = 0; i < list.size(); ++i) {
    Value value = list.item(i);
    if (Status spent = context_.fuel.spend(); !spent.ok()) return placed(node, spent.error());
    if (node.children.size() > 1) {
      TRY_ASSIGN(value, apply(*node.children[1], list, i));
    }
    if (counting) {
      if (value.if_bool() == nullptr) {
        return fail(node, fmt::format("count wants booleans (got {})", value.go_type()));
      }
      count += *value.if_bool() ? 1 : 0;
    } else {
      auto added = add_numbers(sum, value);
      if (!added.ok()) return placed(node, std::move(added).error());
      sum = std::move(added).value();
    }
  }
  return counting ? Value(count) : sum;
}

Result<Value> Evaluator::transform(const Node& node, const Value& list) {
  const bool mapping = node.closure->kind == Kind::kMap;
  std::vector<Value> out;
  for (size_t i = 0; i < list.size(); ++i) {
    if (mapping) {
      TRY_ASSIGN(Value value, apply(*node.children[1], list, i));
      out.push_back(std::move(value));
    } else {
      TRY_ASSIGN(const bool hit, holds(*node.children[1], list, i));
      if (hit) out.push_back(list.item(i));
    }
  }
  return make_array(std::move(out), context_.fuel);
}

Result<Value> Evaluator::group(const Node& node, const Value& list) {
  std::map<std::string, std::vector<Value>, std::less<>> groups;
  for (size_t i = 0; i < list.size(); ++i) {
    TRY_ASSIGN(const Value key, apply(*node.children[1], list, i));
    TRY_ASSIGN(const std::string text, go_print(key, context_.fuel));
    groups[text].push_back(list.item(i));
  }
  std::map<std::string, Value, std::less<>> members;
  for (auto& [key, items] : groups) {
    TRY_ASSIGN(Value array, make_array(std::move(items), context_.fuel));
    members.emplace(key, std::move(array));
  }
  return make_map(std::move(members), context_.fuel);
}

Result<Value> Evaluator::order(const Node& node, const Value& list) {
  std::vector<std::pair<Value, Value>> keyed;
  for (size_t i = 0; i < list.size(); ++i) {
    TRY_ASSIGN(Value key, apply(*node.children[1], list, i));
    keyed.emplace_back(std::move(key), list.item(i));
  }
  bool descending = false;
  if (node.children.size() > 2) {
    TRY_ASSIGN(const Value direction, eval(*node.children[2]));
    auto wanted = is_descending(direction);
    if (!wanted.ok()) return placed(node, std::move(wanted).error());
    descending = *wanted;
  }
  auto sorted = sort_items(std::move(keyed), descending, context_);
  if (!sorted.ok()) return placed(node, std::move(sorted).error());
  return sorted;
}

Result<Value> Evaluator::reduce(const Node& node, const Value& list) {
  size_t from = 0;
  Value accumulator;
  if (node.children.size() > 2) {
    TRY_ASSIGN(accumulator, eval(*node.children[2]));
  } else {
    if (list.size() == 0) {
      return fail(node, "reduce of an empty array needs an initial value");
    }
    accumulator = list.item(0);
    from = 1;
  }
  for (size_t i = from; i < list.size(); ++i) {
    pointers_.push_back({list.item(i), static_cast<int64_t>(i), std::move(accumulator)});
    auto next = eval(*node.children[1]);
    pointers_.pop_back();
    if (!next.ok()) return std::move(next).error();
    accumulator = std::move(next).value();
  }
  return accumulator;
}

}  // namespace slipway::expr::lang
