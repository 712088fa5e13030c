#include "core/expr/depends/depends.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/limit.h"

namespace slipway::expr {
namespace {

struct Property {
  std::string_view name;
  bool TaskResult::*flag;
};

constexpr std::array<Property, 8> kProperties = {{
    {"Succeeded", &TaskResult::succeeded},
    {"Failed", &TaskResult::failed},
    {"Errored", &TaskResult::errored},
    {"Skipped", &TaskResult::skipped},
    {"Omitted", &TaskResult::omitted},
    {"Daemoned", &TaskResult::daemoned},
    {"AnySucceeded", &TaskResult::any_succeeded},
    {"AllFailed", &TaskResult::all_failed},
}};

const Property* find_property(std::string_view name) {
  const auto* found = std::find_if(kProperties.begin(), kProperties.end(),
                                   [&](const Property& p) { return p.name == name; });
  return found != kProperties.end() ? found : nullptr;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; }

// Recursive descent: or := and ("||" and)*; and := not ("&&" not)*; not := "!" not | "(" or ")" |
// name ["." property]. Emit() gets every term after the terms it refers to.
template <class Emit>
class Parser {
 public:
  Parser(std::string_view text, Emit emit) : text_(text), emit_(std::move(emit)) {}

  Status parse() {
    TRY_ASSIGN([[maybe_unused]] const int root, either());
    skip_space();
    if (at_ < text_.size()) return fail("expected && or || here");
    return {};
  }

 private:
  Result<int> either() {
    return chain("||", [this] { return both(); });
  }
  Result<int> both() {
    return chain("&&", [this] { return single(); });
  }

  template <class Operand>
  Result<int> chain(std::string_view op, Operand&& operand) {
    TRY_ASSIGN(int left, operand());
    while (take(op)) {
      TRY_ASSIGN(const int right, operand());
      left = emit_(op, left, right, "", "");
    }
    return left;
  }

  Result<int> single() {
    if (++depth_ > limit::kExpressionDepth) {
      return Error{ErrorCode::kLimit, "depends is nested more than 256 levels deep", ""};
    }
    auto result = prefixed();
    --depth_;
    return result;
  }

  Result<int> prefixed() {
    if (take("!")) {
      TRY_ASSIGN(const int operand, single());
      return emit_("!", operand, -1, "", "");
    }
    if (take("(")) {
      TRY_ASSIGN(const int inner, either());
      if (!take(")")) return fail("expected ')' here");
      return inner;
    }
    return task();
  }

  Result<int> task() {
    skip_space();
    const size_t start = at_;
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    const std::string_view name = text_.substr(start, at_ - start);
    if (name.empty()) return fail("expected the name of a task here");
    if (!is_letter(name[0])) {
      at_ = start;
      return fail(fmt::format("task names in depends begin with a letter, '{}' does not", name));
    }
    if (at_ >= text_.size() || text_[at_] != '.') return emit_("", -1, -1, name, "");
    const size_t dot = ++at_;
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    const std::string_view property = text_.substr(dot, at_ - dot);
    if (find_property(property) == nullptr) {
      at_ = dot;
      return fail(
          fmt::format("task result '{}' is invalid: want one of Succeeded, Failed, Errored, "
                      "Skipped, Omitted, Daemoned, AnySucceeded, AllFailed",
                      property));
    }
    return emit_("", -1, -1, name, property);
  }

  bool take(std::string_view token) {
    skip_space();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) ++at_;
  }

  Error fail(std::string_view what) const {
    return Error{ErrorCode::kInvalid, fmt::format("depends, column {}: {}", at_ + 1, what), ""};
  }

  std::string_view text_;
  Emit emit_;
  size_t at_ = 0;
  size_t depth_ = 0;
};

}  // namespace

Result<Depends> Depends::parse(std::string_view text) {
  Depends depends;
  const auto emit = [&depends](std::string_view op, int left, int right, std::string_view task,
                               std::string_view property) {
    const Term::Op kind = op == "&&"   ? Term::Op::kAnd
                          : op == "||" ? Term::Op::kOr
                          : op == "!"  ? Term::Op::kNot
                                       : Term::Op::kTask;
    depends.terms_.push_back({kind, left, right, std::string(task), std::string(property)});
    if (kind == Term::Op::kTask) {
      auto& tasks = depends.tasks_;
      if (std::find(tasks.begin(), tasks.end(), task) == tasks.end()) tasks.emplace_back(task);
    }
    return static_cast<int>(depends.terms_.size()) - 1;
  };
  TRY(Parser(text, emit).parse());
  return depends;
}

Depends Depends::all_of(const std::vector<std::string>& names) {
  Depends depends;
  for (const std::string& name : names) {
    const int left = static_cast<int>(depends.terms_.size()) - 1;
    depends.terms_.push_back({Term::Op::kTask, -1, -1, name, ""});
    if (left >= 0) depends.terms_.push_back({Term::Op::kAnd, left, left + 1, "", ""});
    auto& tasks = depends.tasks_;
    if (std::find(tasks.begin(), tasks.end(), name) == tasks.end()) tasks.push_back(name);
  }
  return depends;
}

bool Depends::evaluate(const std::function<TaskResult(const std::string&)>& result,
                       const std::function<bool(const std::string&)>& bare) const {
  if (terms_.empty()) return true;
  std::vector<bool> values;  // operands come before their operators
  values.reserve(terms_.size());
  for (const Term& term : terms_) {
    const auto left = [&] { return bool{values[static_cast<size_t>(term.left)]}; };
    const auto right = [&] { return bool{values[static_cast<size_t>(term.right)]}; };
    switch (term.op) {
      case Term::Op::kAnd:
        values.push_back(left() && right());
        break;
      case Term::Op::kOr:
        values.push_back(left() || right());
        break;
      case Term::Op::kNot:
        values.push_back(!left());
        break;
      case Term::Op::kTask:
        values.push_back(term.property.empty()
                             ? bare(term.task)
                             : result(term.task).*(find_property(term.property)->flag));
        break;
    }
  }
  return values.back();
}

}  // namespace slipway::expr
