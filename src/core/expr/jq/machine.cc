#include "core/expr/jq/machine.h"

namespace slipway::expr::jq {

// Each takes what only it holds apart first, so that a long chain goes one by one.
Scope::~Scope() {
  --census_;
  std::vector<ScopePtr> dead;
  const auto unlink = [&dead](ScopePtr& held) {
    if (held.use_count() == 1) dead.push_back(std::move(held));
  };
  unlink(outer);
  unlink(around);
  while (!dead.empty()) {
    const ScopePtr last = std::move(dead.back());
    dead.pop_back();
    unlink(last->outer);
    unlink(last->around);
  }
}

Frame::~Frame() {
  --census_;
  while (next.use_count() == 1) {
    FramePtr after = std::move(next->next);
    next = std::move(after);
  }
}

Trail::~Trail() {
  while (before.use_count() == 1) {
    // We hold it alone, so that taking it apart changes nothing that anybody sees.
    TrailPtr further = std::move(const_cast<Trail&>(*before).before);
    before = std::move(further);
  }
}

Machine::Machine(const Tree& tree, Value input, Budget& budget)
    : budget_(budget), context_{budget, {}}, node_(tree.root), value_(std::move(input)) {}

Result<std::optional<Value>> Machine::next() {
  while (true) {
    if (census_ + choices_.size() > kLive) budget_.refuse("recurses too deep");
    if (!budget_.spend()) return budget_.error();
    switch (turn_) {
      case Turn::kEvaluate:
        turn_ = evaluate();
        break;
      case Turn::kReturn:
        if (next_ == nullptr) {
          turn_ = Turn::kBacktrack;
          return std::optional<Value>(std::exchange(value_, Value()));
        }
        turn_ = resume();
        break;
      case Turn::kBacktrack:
        turn_ = backtrack();
        break;
      case Turn::kRaise:
        turn_ = raise();
        if (turn_ == Turn::kDone) return *fatal_;
        break;
      case Turn::kDone:
        return std::optional<Value>();
    }
  }
}

Frame& Machine::push(Then then) {
  FramePtr made = std::make_shared<Frame>(then, census_);
  made->node = node_;
  made->scope = scope_;
  made->next = std::move(next_);
  next_ = std::move(made);
  return *next_;
}

Choice& Machine::choose(Else otherwise) {
  Choice& choice = choices_.emplace_back();
  choice.otherwise = otherwise;
  choice.node = node_;
  choice.scope = scope_;
  choice.trail = trail_;
  choice.next = next_;
  return choice;
}

Machine::Turn Machine::enter(const Node* child, Then then, bool follow) {
  Frame& frame = push(then);
  frame.input = value_;
  frame.trail = trail_;
  if (!follow) trail_ = nullptr;
  node_ = child;
  return Turn::kEvaluate;
}

void Machine::restore(Frame& frame) {
  node_ = frame.node;
  scope_ = frame.scope;
  trail_ = frame.trail;
  value_ = taken(frame.input);
}

Scope& Machine::bind() {
  ScopePtr made = std::make_shared<Scope>(census_);
  made->outer = std::move(scope_);
  scope_ = std::move(made);
  return *scope_;
}

ScopePtr Machine::scope_up(size_t count) const {
  const ScopePtr* at = &scope_;
  for (; count > 0; --count) at = &(*at)->outer;
  return *at;
}

Machine::Turn Machine::give(Result<Value> result) {
  if (!result.ok()) return fail(std::move(result).error());
  value_ = std::move(result).value();
  return Turn::kReturn;
}

Machine::Turn Machine::fail(Error error) {
  if (error.code == ErrorCode::kLimit) {
    fatal_ = std::move(error);
  } else {
    failure_ = Value(std::move(error.message));
  }
  return Turn::kRaise;
}

// To the innermost try around, or out.
Machine::Turn Machine::raise() {
  while (!fatal_ && next_ != nullptr) {
    const FramePtr frame = std::move(next_);
    next_ = frame->next;
    if (!budget_.spend()) break;
    if (frame->then != Then::kTryEnd && frame->then != Then::kEitherEnd) continue;
    drop_choices(frame->at);
    node_ = frame->node;
    scope_ = frame->scope;
    trail_ = frame->trail;
    if (frame->then == Then::kEitherEnd) {
      value_ = frame->input;
      return either(static_cast<size_t>(frame->value.integer()) + 1);
    }
    node_ = node_->children[1];
    if (node_ == nullptr) return Turn::kBacktrack;
    value_ = std::move(failure_);
    return Turn::kEvaluate;
  }
  if (!fatal_ && budget_.exhausted()) fatal_ = budget_.error();
  if (!fatal_) {
    const std::string* text = failure_.if_string();
    fatal_ = invalid(text != nullptr ? *text : print(failure_, budget_));
  }
  return Turn::kDone;
}

}  // namespace slipway::expr::jq
