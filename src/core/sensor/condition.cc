#include "core/sensor/condition.h"

#include <algorithm>

#include "base/limit.h"

namespace slipway::sensor {

class ConditionParser {
 public:
  ConditionParser(std::string_view text, const std::vector<std::string>& known, Condition& out)
      : rest_(text), whole_(text), known_(known), out_(out) {}

  Status run() {
    TRY(any(0));
    skip();
    if (!rest_.empty()) return wrong("unexpected \"" + std::string(rest_.substr(0, 20)) + "\"");
    return {};
  }

 private:
  Status any(size_t depth) {
    if (depth > limit::kExpressionDepth) return wrong("too many nested parentheses");
    TRY(all(depth));
    while (take("||")) {
      TRY(all(depth));
      out_.postfix_.emplace_back("||");
    }
    return {};
  }

  Status all(size_t depth) {
    TRY(one(depth));
    while (take("&&")) {
      TRY(one(depth));
      out_.postfix_.emplace_back("&&");
    }
    return {};
  }

  Status one(size_t depth) {
    if (take("(")) {
      TRY(any(depth + 1));
      return take(")") ? Status() : wrong("a closing parenthesis is missing");
    }
    skip();
    const size_t end = std::min(rest_.find_first_of("()&|! \t\r\n"), rest_.size());
    std::string name(rest_.substr(0, end));
    rest_.remove_prefix(end);
    if (name.empty()) return wrong("a dependency name is missing");
    if (std::ranges::find(known_, name) == known_.end()) {
      return wrong("there is no dependency \"" + name + "\"");
    }
    out_.names_.insert(name);
    out_.postfix_.push_back(std::move(name));
    return {};
  }

  void skip() {
    while (!rest_.empty() && std::string_view(" \t\r\n").find(rest_[0]) != std::string_view::npos) {
      rest_.remove_prefix(1);
    }
  }
  bool take(std::string_view token) {
    skip();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  Error wrong(std::string why) const {
    return {ErrorCode::kInvalid, "conditions \"" + std::string(whole_) + "\": " + std::move(why)};
  }

  std::string_view rest_, whole_;
  const std::vector<std::string>& known_;
  Condition& out_;
};

Result<Condition> Condition::parse(std::string_view text, const std::vector<std::string>& known) {
  Condition condition;
  std::string joined;
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    for (const std::string& name : known) joined += (joined.empty() ? "" : " && ") + name;
    text = joined;
  }
  condition.text_ = text;
  condition.keeps_ = text.find('&') != std::string_view::npos;
  TRY(ConditionParser(text, known, condition).run());
  return condition;
}

bool Condition::holds(const std::set<std::string>& satisfied) const {
  std::vector<bool> stack;
  for (const std::string& token : postfix_) {
    if (token != "&&" && token != "||") {
      stack.push_back(satisfied.contains(token));
      continue;
    }
    const bool right = stack.back();
    stack.pop_back();
    stack.back() = token == "&&" ? stack.back() && right : stack.back() || right;
  }
  return !stack.empty() && stack.back();
}

}  // namespace slipway::sensor
