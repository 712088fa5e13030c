#include "core/expr/jq/machine.h"
#include "core/expr/jq/number.h"

namespace slipway::expr::jq {

Machine::Turn Machine::backtrack() {
  if (choices_.empty()) return Turn::kDone;
  Choice& choice = choices_.back();
  switch (choice.otherwise) {
    case Else::kElements:
      return element(choice);
    case Else::kRange:
      return next_of_range(choice);
    case Else::kUpdated:
      return finish_update(choice);
    case Else::kUnset:
      if (!budget_.allocate(sizeof(Value))) return fail(budget_.error());
      choice.cell->items.push_back(std::move(choice.value));
      choices_.pop_back();
      return Turn::kBacktrack;
    default:
      break;
  }
  scope_ = choice.scope;
  trail_ = choice.trail;
  next_ = choice.next;
  if (choice.otherwise == Else::kComma) {
    node_ = choice.node->children[choice.at++];
    value_ = choice.input;
    if (choice.at == choice.node->children.size()) choices_.pop_back();
    return Turn::kEvaluate;
  }
  const Choice last = std::move(choice);
  choices_.pop_back();
  switch (last.otherwise) {
    case Else::kCollected:
      return give(make_array(std::move(last.cell->items), budget_));
    case Else::kReduced:
      value_ = std::move(last.cell->value);
      trail_ = last.cell->trail;
      return Turn::kReturn;
    default:  // kAlternative
      if (last.cell->found) return Turn::kBacktrack;
      value_ = last.input;
      node_ = last.node->children[1];
      return Turn::kEvaluate;
  }
}

Machine::Turn Machine::next_of_range(Choice& choice) {
  Value &from = choice.items[0], &to = choice.items[1], &step = choice.items[2];
  const int direction = compare(step, Value(int64_t{0}), budget_);
  if (direction * compare(from, to, budget_) >= 0) return choices_.pop_back(), Turn::kBacktrack;
  scope_ = choice.scope;
  trail_ = choice.trail;
  next_ = choice.next;
  value_ = from;
  auto following = apply(Binary::kAdd, from, step, budget_);
  if (!following.ok()) return fail(std::move(following).error());
  from = std::move(following).value();
  return Turn::kReturn;
}

}  // namespace slipway::expr::jq
