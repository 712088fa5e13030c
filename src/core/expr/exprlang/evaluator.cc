#include "core/expr/exprlang/evaluator.h"

#include <fmt/format.h>

#include <cmath>

#include "core/expr/exprlang/token.h"
#include "core/expr/golang/regex.h"
#include "core/expr/sprig/sprig.h"

namespace slipway::expr::lang {

Error Evaluator::fail(const Node& node, std::string_view what) const {
  return error_at(ErrorCode::kInvalid, source_, node.at, what);
}

Error Evaluator::placed(const Node& node, Error error) const {
  return error_at(error.code, source_, node.at, error.message);
}

Result<Value> Evaluator::eval(const Node& node) {
  if (Status spent = context_.fuel.spend(); !spent.ok()) return placed(node, spent.error());
  return eval_kind(node);
}

Result<Value> Evaluator::eval_kind(const Node& node) {
  switch (node.op) {
    case Op::kLiteral:
      return node.literal;
    case Op::kName:
      return name(node);
    case Op::kEnvironment:
      return Value::borrow(environment_);
    case Op::kPointer:
      return pointer(node);
    case Op::kUnary:
      return unary(node);
    case Op::kBinary:
      return binary(node);
    case Op::kAnd:
    case Op::kOr:
      return logic(node);
    case Op::kCoalesce:
      return coalesce(node);
    case Op::kConditional:
      return conditional(node);
    case Op::kMember:
      return member(node);
    case Op::kSlice:
      return slice(node);
    case Op::kChain:
      return chain(node);
    case Op::kCall:
      return call(node);
    case Op::kMethod:
      return method(node);
    case Op::kPredicate:
      return predicate(node);
    case Op::kLet:
      return let(node);
    case Op::kSequence:
      return sequence(node);
    case Op::kArray:
      return array(node);
    case Op::kMap:
      return map(node);
  }
  return Value();
}

Result<Value> Evaluator::name(const Node& node) {
  for (auto local = locals_.rbegin(); local != locals_.rend(); ++local) {
    if (local->first == node.text) return local->second;
  }
  const json::value* found = environment_.if_contains(node.text);
  return found != nullptr ? Value::borrow(*found) : Value();
}

Result<Value> Evaluator::pointer(const Node& node) {
  const Pointer& top = pointers_.back();
  if (node.text == "index") return Value(top.index);
  if (node.text == "acc") return top.accumulator;
  return top.item;
}

Result<Value> Evaluator::unary(const Node& node) {
  if (node.text == "not") {
    TRY_ASSIGN(const bool truth, condition(*node.children[0]));
    return Value(!truth);
  }
  TRY_ASSIGN(Value value, eval(*node.children[0]));
  const bool minus = node.text == "-";
  if (const auto* i = value.if_int()) {
    return minus ? Value(static_cast<int64_t>(0 - static_cast<uint64_t>(*i))) : value;
  }
  if (const auto* d = value.if_float()) return minus ? Value(-*d) : value;
  if (const auto* d = value.if_duration(); d != nullptr && d->ns != INT64_MIN) {
    return minus ? Value(Duration{-d->ns}) : value;
  }
  return fail(
      node, fmt::format("invalid operation: {} (mismatched type {})", node.text, value.go_type()));
}

Result<Value> Evaluator::binary(const Node& node) {
  TRY_ASSIGN(const Value left, eval(*node.children[0]));
  TRY_ASSIGN(const Value right, eval(*node.children[1]));
  if (node.pattern != nullptr && left.if_string() != nullptr) {
    if (Status spent = context_.fuel.spend_text(4 * left.if_string()->size()); !spent.ok()) {
      return placed(node, spent.error());
    }
    return Value(RE2::PartialMatch(*left.if_string(), *node.pattern));
  }
  auto result = apply_binary(node.binary, node.text, left, right, context_);
  if (!result.ok()) return placed(node, std::move(result).error());
  return result;
}

Result<bool> Evaluator::condition(const Node& node) {
  TRY_ASSIGN(const Value value, eval(node));
  if (value.if_bool() == nullptr) {
    return fail(node, fmt::format("expected bool, but got {}", value.go_type()));
  }
  return *value.if_bool();
}

Result<Value> Evaluator::logic(const Node& node) {
  TRY_ASSIGN(const bool left, condition(*node.children[0]));
  if (left == (node.op == Op::kOr)) return Value(left);
  TRY_ASSIGN(const bool right, condition(*node.children[1]));
  return Value(right);
}

Result<Value> Evaluator::conditional(const Node& node) {
  TRY_ASSIGN(const bool truth, condition(*node.children[0]));
  if (!truth) return eval(*node.children[2]);
  return node.children[1] != nullptr ? eval(*node.children[1]) : Result<Value>(Value(true));
}

Result<Value> Evaluator::coalesce(const Node& node) {
  TRY_ASSIGN(Value left, eval(*node.children[0]));
  if (!left.is_nil()) return left;
  return eval(*node.children[1]);
}

Result<Value> Evaluator::member(const Node& node) {
  TRY_ASSIGN(const Value object, eval(*node.children[0]));
  if (broken_) return Value();
  if (object.is_nil() && node.optional) {
    broken_ = true;
    return Value();
  }
  const Node& key_node = *node.children[1];
  TRY_ASSIGN(const Value key, eval(key_node));
  if (object.is_map()) {
    if (key.if_string() != nullptr) return object.member(*key.if_string());
    if (key.is_nil()) return Value();
  }
  const std::string* text = object.if_string();
  const double* real = key.if_float();
  const bool integral = key.if_int() != nullptr ||
                        (real != nullptr && *real == std::floor(*real) && std::fabs(*real) < 1e15);
  if ((object.is_array() || text != nullptr) && integral) {
    const auto size = static_cast<int64_t>(text != nullptr ? text->size() : object.size());
    const int64_t asked = real != nullptr ? static_cast<int64_t>(*real) : *key.if_int();
    const int64_t index = asked < 0 ? asked + size : asked;
    if (index < 0 || index >= size) {
      return fail(node, fmt::format("index out of range: {} (array length is {})", asked, size));
    }
    if (text == nullptr) return object.item(static_cast<size_t>(index));
    return Value(int64_t{static_cast<unsigned char>((*text)[static_cast<size_t>(index)])});
  }
  TRY_ASSIGN(const std::string shown, go_print(key, context_.fuel));
  return fail(node, fmt::format("cannot fetch {} from {}", shown, object.go_type()));
}

Result<Value> Evaluator::slice(const Node& node) {
  TRY_ASSIGN(const Value object, eval(*node.children[0]));
  if (broken_) return Value();
  const std::string* text = object.if_string();
  if (text == nullptr && !object.is_array()) {
    return fail(node, fmt::format("cannot slice {}", object.go_type()));
  }
  const auto size = static_cast<int64_t>(text != nullptr ? text->size() : object.size());
  int64_t bounds[2] = {0, size};
  for (size_t i = 0; i < 2; ++i) {
    if (node.children[i + 1] == nullptr) continue;
    TRY_ASSIGN(const Value bound, eval(*node.children[i + 1]));
    if (bound.if_int() == nullptr) {
      return fail(node, fmt::format("slice bound must be int, but got {}", bound.go_type()));
    }
    bounds[i] = *bound.if_int() < 0 ? *bound.if_int() + size : *bound.if_int();
    bounds[i] = std::clamp<int64_t>(bounds[i], 0, size);
  }
  const size_t from = static_cast<size_t>(bounds[0]);
  const size_t length = static_cast<size_t>(std::max<int64_t>(bounds[1] - bounds[0], 0));
  if (text != nullptr) return make_string(text->substr(from, length), context_.fuel);
  std::vector<Value> items;
  for (size_t i = 0; i < length; ++i) items.push_back(object.item(from + i));
  return make_array(std::move(items), context_.fuel);
}

Result<Value> Evaluator::chain(const Node& node) {
  const bool outer = std::exchange(broken_, false);
  auto result = eval(*node.children[0]);
  broken_ = outer;
  return result;
}

Result<std::vector<Value>> Evaluator::arguments(const Node& node, size_t from) {
  std::vector<Value> values;
  values.reserve(node.children.size());
  for (size_t i = from; i < node.children.size(); ++i) {
    TRY_ASSIGN(Value value, eval(*node.children[i]));
    values.push_back(std::move(value));
  }
  return values;
}

Result<Value> Evaluator::call(const Node& node) {
  if (!node.builtin_only && environment_.contains(node.text)) {
    return fail(node, fmt::format("{} is not a function here: a value of that name hides it, write "
                                  "::{} for the function",
                                  node.text, node.text));
  }
  TRY_ASSIGN(const std::vector<Value> values, arguments(node, 0));
  auto result = node.builtin->call(values, context_);
  if (!result.ok()) return placed(node, std::move(result).error());
  return result;
}

Result<Value> Evaluator::method(const Node& node) {
  const Node& receiver_node = *node.children[0];
  if (receiver_node.op == Op::kName && receiver_node.text == "sprig" &&
      !environment_.contains("sprig")) {
    return sprig(node);
  }
  TRY_ASSIGN(const Value receiver, eval(receiver_node));
  if (broken_) return Value();
  if (receiver.is_nil() && node.optional) {
    broken_ = true;
    return Value();
  }
  TRY_ASSIGN(const std::vector<Value> values, arguments(node, 1));
  auto result = call_method(receiver, node.text, values, context_);
  if (!result.ok()) return placed(node, std::move(result).error());
  return result;
}

Result<Value> Evaluator::sprig(const Node& node) {
  TRY_ASSIGN(const std::vector<Value> values, arguments(node, 1));
  std::vector<json::value> plain;
  for (const Value& value : values) {
    TRY_ASSIGN(json::value converted, to_json(value, context_.fuel));
    plain.push_back(std::move(converted));
  }
  if (Status spent = spend_sprig(node.text, plain); !spent.ok()) {
    return placed(node, spent.error());
  }
  auto result = call_sprig(node.text, plain, context_.regexes);
  if (!result.ok()) return placed(node, std::move(result).error());
  auto owned = own(*result, context_.fuel, false);
  if (!owned.ok()) return placed(node, std::move(owned).error());
  return owned;
}

// Sprig's functions cost more than ours and count no fuel themselves.
Status Evaluator::spend_sprig(std::string_view function, std::span<const json::value> args) {
  TRY(context_.fuel.spend(20));
  const bool regex = function.starts_with("regex") || function.starts_with("mustRegex");
  if (!regex || args.empty() || !args[0].is_string()) return {};
  const auto pattern = context_.compile(view(args[0].get_string()));
  // What is no pattern is said by the function itself.
  if (pattern.ok() || pattern.error().code == ErrorCode::kInvalid) return {};
  return pattern.error();
}

Result<Value> Evaluator::let(const Node& node) {
  TRY_ASSIGN(Value value, eval(*node.children[0]));
  locals_.emplace_back(node.text, std::move(value));
  auto result = eval(*node.children[1]);
  locals_.pop_back();
  return result;
}

Result<Value> Evaluator::sequence(const Node& node) {
  Value last;
  for (const NodePtr& child : node.children) {
    TRY_ASSIGN(last, eval(*child));
  }
  return last;
}

Result<Value> Evaluator::array(const Node& node) {
  TRY_ASSIGN(std::vector<Value> items, arguments(node, 0));
  return make_array(std::move(items), context_.fuel);
}

Result<Value> Evaluator::map(const Node& node) {
  std::map<std::string, Value, std::less<>> members;
  for (size_t i = 0; i + 1 < node.children.size(); i += 2) {
    TRY_ASSIGN(const Value key, eval(*node.children[i]));
    TRY_ASSIGN(Value value, eval(*node.children[i + 1]));
    TRY_ASSIGN(std::string text, go_print(key, context_.fuel));
    members.insert_or_assign(std::move(text), std::move(value));
  }
  return make_map(std::move(members), context_.fuel);
}

}  // namespace slipway::expr::lang
