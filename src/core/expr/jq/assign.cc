// The assignments: =, |= and the operators that calculate, like +=.
#include "core/expr/jq/machine.h"
#include "core/expr/jq/number.h"
#include "core/expr/jq/path.h"

namespace slipway::expr::jq {

Machine::Turn Machine::resume_assign(Frame& frame) {
  switch (frame.then) {
    case Then::kAssign:
      return assign(frame);
    case Then::kAssignPath:
      return assign_path(frame);
    case Then::kUpdatePath:
      return update_path(frame);
    case Then::kUpdated:
      return updated(frame);
    default:
      return calculate(frame);
  }
}

void Machine::add_fixed_steps(const Node& node, Items& path) const {
  if (node.op == Op::kPipe) {
    for (const Node* child : node.children) add_fixed_steps(*child, path);
  } else if (node.op == Op::kSlice) {
    add_fixed_steps(*node.children[0], path);
    const auto end = [&](size_t i) {
      return node.children[i] != nullptr ? node.children[i]->literal : Value();
    };
    path.emplace_back(Members{{"start", end(1)}, {"end", end(2)}});
  } else if (node.op == Op::kIndex) {
    add_fixed_steps(*node.children[0], path);
    const Node* key = node.children.size() == 2 ? node.children[1] : nullptr;
    if (key == nullptr) {
      path.push_back(node.literal);
    } else {
      path.push_back(key->op == Op::kVariable ? scope_up(key->up)->value : key->literal);
    }
  }
}

// The keys of a path that needs no evaluation.
std::optional<Items> Machine::fixed_path(const Node& node) const {
  if (!node.fixed) return std::nullopt;
  Items path;
  add_fixed_steps(node, path);
  return path;
}

Machine::Turn Machine::assign(Frame& frame) {
  const Node& node = *frame.node;
  Value item = std::move(value_);
  restore(frame);
  if (auto path = fixed_path(*node.children[0])) {
    Status done = set_path(value_, Value(*std::move(path)), std::move(item), context_);
    return done.ok() ? Turn::kReturn : fail(std::move(done).error());
  }
  const CellPtr cell = std::make_shared<Cell>();
  cell->value = value_;
  cell->trail = trail_;
  choose(Else::kReduced).cell = cell;
  Frame& each = push(Then::kAssignPath);
  each.cell = cell;
  each.value = std::move(item);
  trail_ = std::make_shared<Trail>(nullptr, Value(), value_);
  node_ = node.children[0];
  return Turn::kEvaluate;
}

Machine::Turn Machine::assign_path(Frame& frame) {
  auto path = trail_keys();
  if (!path.ok()) return fail(std::move(path).error());
  value_ = Value();
  trail_ = nullptr;
  Status done = set_path(frame.cell->value, *path, frame.value, context_);
  return done.ok() ? Turn::kBacktrack : fail(std::move(done).error());
}

// |=, and += with its operand: every path in turn, on the value as it is by then.
Machine::Turn Machine::update(const Node& node, Value operand) {
  const CellPtr cell = std::make_shared<Cell>();
  cell->value = value_;
  cell->trail = trail_;
  choose(Else::kUpdated).cell = cell;
  Frame& each = push(Then::kUpdatePath);
  each.cell = cell;
  each.value = std::move(operand);
  trail_ = std::make_shared<Trail>(nullptr, Value(), value_);
  node_ = node.children[0];
  return Turn::kEvaluate;
}

Machine::Turn Machine::update_path(Frame& frame) {
  const Node& node = *frame.node;
  Cell& cell = *frame.cell;
  auto path = trail_keys();
  if (!path.ok()) return fail(std::move(path).error());
  value_ = Value();
  trail_ = nullptr;
  auto old = get_path(cell.value, *path, context_);
  if (!old.ok()) return fail(std::move(old).error());
  if (node.op == Op::kCalculate) {
    auto made = apply(node.binary, std::move(old).value(), frame.value, budget_);
    if (!made.ok()) return fail(std::move(made).error());
    Status done = set_path(cell.value, *path, std::move(made).value(), context_);
    return done.ok() ? Turn::kBacktrack : fail(std::move(done).error());
  }
  node_ = frame.node;
  scope_ = frame.scope;
  const size_t before = choices_.size();
  Choice& unset = choose(Else::kUnset);
  unset.cell = frame.cell;
  unset.value = *path;
  Frame& end = push(Then::kUpdated);
  end.cell = frame.cell;
  end.other = std::move(path).value();
  end.at = before;
  value_ = std::move(old).value();
  node_ = node.children[1];
  return Turn::kEvaluate;
}

// Only the first output of the update counts.
Machine::Turn Machine::updated(Frame& frame) {
  drop_choices(frame.at);
  Status done = set_path(frame.cell->value, frame.other, std::move(value_), context_);
  return done.ok() ? Turn::kBacktrack : fail(std::move(done).error());
}

// Paths whose update gave nothing are deleted, all at once at the end.
Machine::Turn Machine::finish_update(Choice& choice) {
  const CellPtr cell = choice.cell;
  trail_ = cell->trail;
  next_ = choice.next;
  choices_.pop_back();
  if (!cell->items.empty()) {
    const Value paths(std::move(cell->items));
    Status done = delete_all(cell->value, paths, context_);
    if (!done.ok()) return fail(std::move(done).error());
  }
  value_ = std::move(cell->value);
  return Turn::kReturn;
}

Machine::Turn Machine::calculate(Frame& frame) {
  const Node& node = *frame.node;
  Value operand = std::move(value_);
  restore(frame);
  auto path = fixed_path(*node.children[0]);
  if (!path) return update(node, std::move(operand));
  // Follow the path first: its error is another than getpath's, which reads no strings.
  auto old = read_path(value_, *path, budget_);
  if (old.ok()) old = get_path(value_, Value(*path), context_);
  if (!old.ok()) return fail(std::move(old).error());
  auto made = apply(node.binary, std::move(old).value(), operand, budget_);
  if (!made.ok()) return fail(std::move(made).error());
  Status done = set_path(value_, Value(*std::move(path)), std::move(made).value(), context_);
  return done.ok() ? Turn::kReturn : fail(std::move(done).error());
}

}  // namespace slipway::expr::jq
