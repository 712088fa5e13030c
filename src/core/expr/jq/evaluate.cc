#include "core/expr/jq/machine.h"

namespace slipway::expr::jq {

Machine::Turn Machine::evaluate() {
  const Node& node = *node_;
  switch (node.op) {
    case Op::kIdentity:
      return Turn::kReturn;
    case Op::kLiteral:
      value_ = node.literal;
      return Turn::kReturn;
    case Op::kVariable:
      value_ = scope_up(node.up)->value;
      return Turn::kReturn;
    case Op::kArgument:
      return argument(node);
    case Op::kCall:
      return call(node);
    case Op::kNative:
      return evaluate_native(node);
    case Op::kIndex:
      return evaluate_index(node);
    case Op::kSlice:
      return evaluate_slice(node);
    case Op::kIterate:
      if (node.children[0]->op == Op::kIdentity) return iterate(node);
      return enter(node.children[0], Then::kIterate, true);
    case Op::kPipe:
      push(Then::kPipe).at = 1;
      node_ = node.children[0];
      return Turn::kEvaluate;
    case Op::kComma: {
      Choice& choice = choose(Else::kComma);
      choice.input = value_;
      choice.at = 1;
      node_ = node.children[0];
      return Turn::kEvaluate;
    }
    case Op::kEmpty:
      return Turn::kBacktrack;
    default:
      return evaluate_operator(node);
  }
}

Machine::Turn Machine::evaluate_operator(const Node& node) {
  switch (node.op) {
    case Op::kArray:
      return collect(node);
    case Op::kObject: {
      Frame& frame = push(Then::kObjectKey);
      frame.input = value_;
      frame.trail = std::move(trail_);
      frame.value = Value(Members());
      trail_ = nullptr;
      node_ = node.children[0];
      return Turn::kEvaluate;
    }
    case Op::kSign:
      return enter(node.children[0], Then::kSign);
    case Op::kBinary:
      return enter(node.children[1], Then::kRight);
    case Op::kAnd:
      return enter(node.children[0], Then::kAnd);
    case Op::kOr:
      return enter(node.children[0], Then::kOr);
    case Op::kAlternative:
      return alternative(node);
    case Op::kAssign:
      return enter(node.children[1], Then::kAssign);
    case Op::kUpdate:
      return update(node, Value());
    case Op::kCalculate:
      return enter(node.children[1], Then::kCalculate);
    case Op::kPath:
      return follow_path(node);
    case Op::kGetPath:
      return enter(node.children[0], Then::kGetPath);
    case Op::kRange:
      return enter(node.children[0], Then::kRange);
    default:
      return evaluate_control(node);
  }
}

Machine::Turn Machine::evaluate_control(const Node& node) {
  switch (node.op) {
    case Op::kIf:
      return enter(node.children[0], Then::kIf);
    case Op::kTry: {
      Frame& frame = push(Then::kTryEnd);
      frame.trail = trail_;
      frame.at = choices_.size();
      node_ = node.children[0];
      return Turn::kEvaluate;
    }
    case Op::kReduce:
    case Op::kForeach:
      return enter(node.children[0], Then::kReduceStart, true);
    case Op::kTake:
      return take(node);
    case Op::kLabel:
      bind().choices = choices_.size();
      node_ = node.children[0];
      return Turn::kEvaluate;
    case Op::kBreak:
      drop_choices(scope_up(node.up)->choices);
      return Turn::kBacktrack;
    case Op::kBind:
      return enter(node.children[0], Then::kBind);
    case Op::kEither:
      return either(0);
    case Op::kRebind:
      return rebind(node);
    case Op::kError:
      if (!node.children.empty()) return enter(node.children[0], Then::kError);
      failure_ = value_;
      return Turn::kRaise;
    default:
      return fail(invalid("an operation that is not known"));
  }
}

Machine::Turn Machine::evaluate_native(const Node& node) {
  if (node.children.empty()) return run_native(node, {});
  Frame& frame = push(Then::kArgument);
  frame.input = value_;
  frame.trail = std::move(trail_);
  trail_ = nullptr;
  frame.at = node.children.size() - 1;
  frame.items.resize(node.children.size());
  node_ = node.children.back();
  return Turn::kEvaluate;
}

// The arguments are bound, not run: what they are is found when the body names them.
Machine::Turn Machine::call(const Node& node) {
  const ScopePtr around = scope_;
  const Function& function = *node.function;
  scope_ = function.global ? nullptr : scope_up(node.up);
  for (const Node* argument : node.children) {
    ScopePtr bound = std::make_shared<Scope>(census_);
    bound->outer = std::move(scope_);
    if (argument->op == Op::kArgument) {  // passed on: the chain of scopes does not grow
      const Scope* passed = around.get();
      for (size_t i = argument->up; i > 0; --i) passed = passed->outer.get();
      bound->filter = passed->filter;
      bound->around = passed->around;
    } else {
      bound->filter = argument;
      bound->around = around;
    }
    scope_ = std::move(bound);
  }
  node_ = function.body;
  return Turn::kEvaluate;
}

Machine::Turn Machine::argument(const Node& node) {
  const ScopePtr bound = scope_up(node.up);
  node_ = bound->filter;
  scope_ = bound->around;
  return Turn::kEvaluate;
}

Machine::Turn Machine::collect(const Node& node) {
  const CellPtr cell = std::make_shared<Cell>();
  choose(Else::kCollected).cell = cell;
  push(Then::kCollect).cell = cell;
  trail_ = nullptr;
  node_ = node.children[0];
  return Turn::kEvaluate;
}

Machine::Turn Machine::alternative(const Node& node) {
  const CellPtr cell = std::make_shared<Cell>();
  Choice& choice = choose(Else::kAlternative);
  choice.cell = cell;
  choice.input = value_;
  push(Then::kAlternative).cell = cell;
  node_ = node.children[0];
  return Turn::kEvaluate;
}

Machine::Turn Machine::follow_path(const Node& node) {
  push(Then::kPathEnd).trail = std::move(trail_);
  trail_ = std::make_shared<Trail>(nullptr, Value(), value_);
  node_ = node.children[0];
  return Turn::kEvaluate;
}

// The state is moved out when a new one is certain to come, so that it can change in place.
Machine::Turn Machine::take(const Node& node) {
  const FramePtr state = std::move(next_);
  const CellPtr cell = state->cell;
  next_ = state->next;
  const bool reduce = state->node->op == Op::kReduce;
  Frame& frame = push(reduce ? Then::kStore : Then::kEmit);
  frame.cell = cell;
  frame.trail = trail_;
  if (reduce) trail_ = cell->trail;
  const bool certain = node.children[0]->total;
  value_ = certain ? std::exchange(cell->value, Value()) : cell->value;
  node_ = node.children[0];
  return Turn::kEvaluate;
}

// Alternative number `alternative` of ?//; an error in all but the last leads to the next one.
Machine::Turn Machine::either(size_t alternative) {
  const Node& node = *node_;
  if (alternative + 1 < node.children.size()) {
    Frame& frame = push(Then::kEitherEnd);
    frame.input = value_;
    frame.trail = trail_;
    frame.at = choices_.size();
    frame.value = static_cast<int64_t>(alternative);
  }
  node_ = node.children[alternative];
  return Turn::kEvaluate;
}

Machine::Turn Machine::rebind(const Node& node) {
  Items values;
  for (const int slot : node.slots) {
    values.push_back(slot < 0 ? Value() : scope_up(static_cast<size_t>(slot))->value);
  }
  scope_ = scope_up(node.up);
  for (Value& value : values) bind().value = std::move(value);
  node_ = node.children[0];
  return Turn::kEvaluate;
}

}  // namespace slipway::expr::jq
