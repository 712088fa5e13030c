#include "core/expr/jq/machine.h"
#include "core/expr/jq/number.h"

namespace slipway::expr::jq {

Machine::Turn Machine::resume() {
  const FramePtr held = std::move(next_);
  next_ = held->next;
  alone_ = held.use_count() == 1;
  Frame& frame = *held;
  switch (frame.then) {
    case Then::kPipe: {
      const Node& node = *frame.node;
      scope_ = frame.scope;
      if (frame.at + 1 < node.children.size()) {
        node_ = &node;
        push(Then::kPipe).at = frame.at + 1;
      }
      node_ = node.children[frame.at];
      return Turn::kEvaluate;
    }
    case Then::kCollect:
      if (!budget_.allocate(sizeof(Value))) return fail(budget_.error());
      frame.cell->items.push_back(std::move(value_));
      return Turn::kBacktrack;
    case Then::kIndexKey:
    case Then::kIndex:
    case Then::kSliceFrom:
    case Then::kSliceTo:
    case Then::kSlice:
    case Then::kIterate:
    case Then::kGetPath:
      return resume_step(frame);
    case Then::kAssign:
    case Then::kAssignPath:
    case Then::kUpdatePath:
    case Then::kUpdated:
    case Then::kCalculate:
      return resume_assign(frame);
    default:
      return resume_operator(frame);
  }
}

Machine::Turn Machine::resume_operator(Frame& frame) {
  const Node& node = *frame.node;
  switch (frame.then) {
    case Then::kObjectKey:
      return object_key(frame);
    case Then::kObjectValue:
      return object_value(frame);
    case Then::kSign:
      trail_ = frame.trail;
      return give(apply_sign(node.binary, value_));
    case Then::kRight: {
      Value right = std::move(value_);
      restore(frame);
      Frame& left = push(Then::kLeft);
      left.trail = std::move(trail_);
      left.value = std::move(right);
      trail_ = nullptr;
      node_ = node.children[0];
      return Turn::kEvaluate;
    }
    case Then::kLeft:
      trail_ = frame.trail;
      return give(apply(node.binary, std::move(value_), frame.value, budget_));
    case Then::kAnd:
    case Then::kOr: {
      const bool truth = value_.truthy();
      restore(frame);
      if (truth == (frame.then == Then::kAnd)) return enter(node.children[1], Then::kTruth);
      value_ = truth;
      return Turn::kReturn;
    }
    case Then::kTruth:
      trail_ = frame.trail;
      value_ = value_.truthy();
      return Turn::kReturn;
    case Then::kAlternative:
      if (!value_.truthy()) return Turn::kBacktrack;
      frame.cell->found = true;
      return Turn::kReturn;
    case Then::kArgument:
      return native_argument(frame);
    case Then::kRange:
      return range_bound(frame);
    case Then::kPathEnd: {
      auto keys = trail_keys();
      trail_ = frame.trail;
      return give(std::move(keys));
    }
    default:
      return resume_control(frame);
  }
}

Machine::Turn Machine::resume_control(Frame& frame) {
  const Node& node = *frame.node;
  switch (frame.then) {
    case Then::kIf: {
      const bool truth = value_.truthy();
      restore(frame);
      node_ = node.children[truth ? 1 : 2];
      return Turn::kEvaluate;
    }
    case Then::kReduceStart:
      return reduce_start(frame);
    case Then::kItem:
      return item(frame);
    case Then::kStore:
      frame.cell->value = std::move(value_);
      frame.cell->trail = trail_;
      return Turn::kBacktrack;
    case Then::kEmit:
      frame.cell->value = value_;
      trail_ = frame.trail;
      if (node.children.size() == 1) return Turn::kReturn;
      scope_ = frame.scope;
      node_ = node.children[1];
      return Turn::kEvaluate;
    case Then::kBind: {
      Value bound = std::move(value_);
      restore(frame);
      bind().value = std::move(bound);
      node_ = node.children[1];
      return Turn::kEvaluate;
    }
    case Then::kError:
      failure_ = std::move(value_);
      return Turn::kRaise;
    default:  // the end of a try or of an alternative: the output goes on
      return Turn::kReturn;
  }
}

// The keys and values of an object, in turn; each output of one is another object.
Machine::Turn Machine::object_key(Frame& frame) {
  const Node& node = *frame.node;
  Value key = std::move(value_);
  Value object = taken(frame.value);
  restore(frame);
  Frame& next = push(Then::kObjectValue);
  next.input = value_;
  next.trail = std::move(trail_);
  next.value = std::move(object);
  next.other = std::move(key);
  next.at = frame.at;
  trail_ = nullptr;
  node_ = node.children[2 * frame.at + 1];
  return Turn::kEvaluate;
}

Machine::Turn Machine::object_value(Frame& frame) {
  const Node& node = *frame.node;
  if (frame.other.if_string() == nullptr) {
    return fail(
        invalid("expected a string for object key but got: " + preview_with_type(frame.other)));
  }
  const std::string& key = *frame.other.if_string();
  if (!budget_.allocate(key.size() + 96)) return fail(budget_.error());
  Value item = std::move(value_);
  Value made = taken(frame.value);
  Object& object = made.own_object(budget_);
  object.grow(item);
  object.members.insert_or_assign(key, std::move(item));
  const size_t at = frame.at + 1;
  restore(frame);
  if (2 * at == node.children.size()) return give(checked(std::move(made), budget_));
  Frame& next = push(Then::kObjectKey);
  next.input = value_;
  next.trail = std::move(trail_);
  next.value = std::move(made);
  next.at = at;
  trail_ = nullptr;
  node_ = node.children[2 * at];
  return Turn::kEvaluate;
}

// The last argument is the outermost loop.
Machine::Turn Machine::native_argument(Frame& frame) {
  const Node& node = *frame.node;
  Items arguments = alone_ ? std::move(frame.items) : frame.items;
  arguments[frame.at] = std::move(value_);
  restore(frame);
  if (frame.at == 0) return run_native(node, arguments);
  Frame& next = push(Then::kArgument);
  next.input = value_;
  next.trail = std::move(trail_);
  next.items = std::move(arguments);
  next.at = frame.at - 1;
  trail_ = nullptr;
  node_ = node.children[next.at];
  return Turn::kEvaluate;
}

Machine::Turn Machine::run_native(const Node& node, const Items& arguments) {
  return give(node.native->run({node.native->name, value_, arguments, context_}));
}

// The start of a reduce or foreach came: run the source over the same input.
Machine::Turn Machine::reduce_start(Frame& frame) {
  const Node& node = *frame.node;
  const CellPtr cell = std::make_shared<Cell>();
  cell->value = std::move(value_);
  cell->trail = std::move(trail_);
  restore(frame);
  if (node.op == Op::kReduce) choose(Else::kReduced).cell = cell;
  push(Then::kItem).cell = cell;
  node_ = node.children[1];
  return Turn::kEvaluate;
}

Machine::Turn Machine::item(Frame& frame) {
  node_ = frame.node;
  scope_ = frame.scope;
  push(Then::kState).cell = frame.cell;
  bind().value = std::move(value_);
  value_ = Value();
  node_ = frame.node->children[2];
  return Turn::kEvaluate;
}

Machine::Turn Machine::range_bound(Frame& frame) {
  const Node& node = *frame.node;
  Items bounds = frame.items;
  bounds.push_back(std::move(value_));
  restore(frame);
  if (bounds.size() < node.children.size()) {
    const size_t at = bounds.size();
    enter(node.children[at], Then::kRange);
    next_->items = std::move(bounds);
    return Turn::kEvaluate;
  }
  for (const Value& bound : bounds) {
    if (!bound.is_number()) {
      return fail(invalid("range cannot be applied to: " + preview_with_type(bound)));
    }
  }
  choose(Else::kRange).items = std::move(bounds);
  return Turn::kBacktrack;
}

}  // namespace slipway::expr::jq
