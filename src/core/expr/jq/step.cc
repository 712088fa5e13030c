// Steps of a path: .key, [from:to], [], getpath. When a path is followed each leaves its mark.
#include "core/expr/jq/machine.h"
#include "core/expr/jq/path.h"

namespace slipway::expr::jq {

Machine::Turn Machine::evaluate_index(const Node& node) {
  if (node.children.size() == 2) return enter(node.children[1], Then::kIndexKey);
  if (node.children[0]->op == Op::kIdentity) return index(node, node.literal);
  push(Then::kIndex).value = node.literal;
  node_ = node.children[0];
  return Turn::kEvaluate;
}

Machine::Turn Machine::evaluate_slice(const Node& node) {
  if (node.children[1] != nullptr) return enter(node.children[1], Then::kSliceFrom);
  return enter(node.children[2], Then::kSliceTo);
}

Machine::Turn Machine::resume_step(Frame& frame) {
  const Node& node = *frame.node;
  switch (frame.then) {
    case Then::kIndexKey: {
      Value key = std::move(value_);
      restore(frame);
      push(Then::kIndex).value = std::move(key);
      node_ = node.children[0];
      return Turn::kEvaluate;
    }
    case Then::kIndex:
      return index(node, frame.value);
    case Then::kSliceFrom: {
      Value from = std::move(value_);
      if (node.children[2] == nullptr) return slice_target(frame, std::move(from), Value());
      restore(frame);
      enter(node.children[2], Then::kSliceTo);
      next_->value = std::move(from);
      return Turn::kEvaluate;
    }
    case Then::kSliceTo: {
      Value to = std::move(value_);
      return slice_target(frame, frame.value, std::move(to));
    }
    case Then::kSlice:
      return slice(node, frame.value, frame.other);
    case Then::kIterate:
      return iterate(node);
    default:
      return get_path_step(frame);
  }
}

Machine::Turn Machine::slice_target(Frame& frame, Value from, Value to) {
  restore(frame);
  Frame& target = push(Then::kSlice);
  target.value = std::move(from);
  target.other = std::move(to);
  node_ = frame.node->children[0];
  return Turn::kEvaluate;
}

// An error of an optional step is no output.
Machine::Turn Machine::step_failed(const Node& node, Error error) {
  if (node.optional && error.code != ErrorCode::kLimit) return Turn::kBacktrack;
  return fail(std::move(error));
}

Machine::Turn Machine::follow(Value key, Value value) {
  if (trail_ != nullptr) {
    if (trail_->length >= limit::kJsonDepth) budget_.refuse("follows a path longer than 512");
    trail_ = std::make_shared<Trail>(trail_, std::move(key), value);
  }
  value_ = std::move(value);
  return Turn::kReturn;
}

Machine::Turn Machine::index(const Node& node, const Value& key) {
  if (node.array_only && !value_.is_null() && value_.if_array() == nullptr) {
    return fail(invalid("expected an array but got: " + preview_with_type(value_)));
  }
  auto result = read_index(value_, key, budget_);
  if (!result.ok()) return step_failed(node, std::move(result).error());
  if (off_trail()) {
    return step_failed(node, invalid("invalid path against: " + preview_with_type(value_)));
  }
  return follow(key, std::move(result).value());
}

Machine::Turn Machine::slice(const Node& node, const Value& from, const Value& to) {
  auto result = read_slice(value_, from, to, budget_);
  if (!result.ok()) return step_failed(node, std::move(result).error());
  if (trail_ == nullptr) return give(std::move(result));
  if (off_trail()) {
    return step_failed(node, invalid("invalid path against: " + preview_with_type(value_)));
  }
  return follow(Value(Members{{"start", from}, {"end", to}}), std::move(result).value());
}

Machine::Turn Machine::iterate(const Node& node) {
  if (value_.if_array() == nullptr && value_.if_object() == nullptr) {
    return step_failed(node, invalid("cannot iterate over: " + preview_with_type(value_)));
  }
  if (off_trail()) {
    return step_failed(node,
                       invalid("invalid path on iterating against: " + preview_with_type(value_)));
  }
  Choice& choice = choose(Else::kElements);
  if (value_.if_object() != nullptr) choice.member = value_.if_object()->begin();
  choice.value = std::move(value_);
  return Turn::kBacktrack;
}

// The next element; the choice goes with the last one.
Machine::Turn Machine::element(Choice& choice) {
  scope_ = choice.scope;
  trail_ = choice.trail;
  next_ = choice.next;
  Value key, item;
  bool last = false;
  if (const Items* items = choice.value.if_array()) {
    if (items->empty()) return choices_.pop_back(), Turn::kBacktrack;
    key = static_cast<int64_t>(choice.at);
    item = (*items)[choice.at++];
    last = choice.at == items->size();
  } else {
    const Members& members = *choice.value.if_object();
    if (members.empty()) return choices_.pop_back(), Turn::kBacktrack;
    if (trail_ != nullptr) key = Value(choice.member->first);
    item = choice.member->second;
    last = ++choice.member == members.end();
  }
  if (last) choices_.pop_back();
  return follow(std::move(key), std::move(item));
}

Machine::Turn Machine::get_path_step(Frame& frame) {
  const Value path = std::move(value_);
  restore(frame);
  auto result = get_path(value_, path, context_);
  if (!result.ok()) return fail(std::move(result).error());
  if (trail_ == nullptr) return give(std::move(result));
  if (off_trail()) return fail(invalid("invalid path against: " + preview_with_type(value_)));
  value_ = *result;
  for (const Value& key : *path.if_array()) follow(key, *result);
  return Turn::kReturn;
}

Result<Value> Machine::trail_keys() {
  if (off_trail()) return invalid("invalid path against: " + preview_with_type(value_));
  Items keys(trail_->length);
  const Trail* at = trail_.get();
  for (size_t i = keys.size(); i > 0; --i, at = at->before.get()) keys[i - 1] = at->key;
  return make_array(std::move(keys), budget_);
}

}  // namespace slipway::expr::jq
