#include "core/expr/label/label.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/expr/golang/golang.h"

namespace slipway::expr {
namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// A label's name or value: at most 63 of [A-Za-z0-9._-], letters or digits at both ends.
bool is_label_word(std::string_view word) {
  if (word.size() > 63 || !is_alphanumeric(word.front()) || !is_alphanumeric(word.back())) {
    return false;
  }
  return std::all_of(word.begin(), word.end(),
                     [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_key(std::string_view key) {
  const size_t slash = key.rfind('/');
  if (slash != key.npos) {
    const std::string_view prefix = key.substr(0, slash);
    const bool fits =
        !prefix.empty() && prefix.size() <= 253 &&
        std::all_of(prefix.begin(), prefix.end(), [](char c) {
          return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
        });
    if (!fits) return false;
    key.remove_prefix(slash + 1);
  }
  return !key.empty() && is_label_word(key);
}

std::optional<int64_t> to_integer(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Cuts words and the signs ! = == != > < , ( ) off a selector.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::string_view peek() {
    skip_space();
    if (at_ >= text_.size()) return "";
    if (!is_sign(text_[at_])) {
      size_t end = at_;
      while (end < text_.size() && !is_sign(text_[end]) && !is_blank(text_[end])) ++end;
      return text_.substr(at_, end - at_);
    }
    const std::string_view two = text_.substr(at_, 2);
    return two == "==" || two == "!=" ? two : text_.substr(at_, 1);
  }
  std::string_view next() {
    const std::string_view token = peek();
    at_ += token.size();
    return token;
  }
  bool take(std::string_view token) {
    if (peek() != token) return false;
    at_ += token.size();
    return true;
  }
  bool at_word() { return !peek().empty() && !is_sign(peek()[0]); }
  size_t column() {
    skip_space();
    return at_ + 1;
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
  static bool is_sign(char c) {
    return std::string_view("!=<>,()").find(c) != std::string_view::npos;
  }
  void skip_space() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }

  std::string_view text_;
  size_t at_ = 0;
};

Error fail(Lexer& lexer, std::string_view what) {
  return Error{ErrorCode::kInvalid,
               fmt::format("label selector, column {}: {}", lexer.column(), what), ""};
}

Result<std::string> take_value(Lexer& lexer) {
  if (!lexer.at_word()) return std::string();
  const std::string_view value = lexer.peek();
  if (!is_label_word(value)) {
    return fail(lexer, fmt::format("{} is not a label value: at most 63 letters, digits, '-', '_' "
                                   "and '.', with a letter or digit at both ends",
                                   go_quote(value)));
  }
  return std::string(lexer.next());
}

Result<std::string> take_key(Lexer& lexer) {
  const std::string_view key = lexer.peek();
  if (!lexer.at_word()) return fail(lexer, "expected a label key here");
  if (!is_key(key)) return fail(lexer, fmt::format("{} is not a label key", go_quote(key)));
  return std::string(lexer.next());
}

Result<std::vector<std::string>> take_set(Lexer& lexer) {
  if (!lexer.take("(")) return fail(lexer, "expected '(' here");
  std::vector<std::string> values;
  do {
    TRY_ASSIGN(std::string value, take_value(lexer));
    values.push_back(std::move(value));
  } while (lexer.take(","));
  if (!lexer.take(")")) return fail(lexer, "expected ',' or ')' here");
  return values;
}

}  // namespace

Result<LabelSelector> LabelSelector::parse(std::string_view text) {
  using Op = Requirement::Op;
  Lexer lexer(text);
  LabelSelector selector;
  if (lexer.peek().empty()) return selector;
  do {
    Requirement requirement{Op::kExists, "", {}};
    const bool absent = lexer.take("!");
    TRY_ASSIGN(requirement.key, take_key(lexer));
    const std::string_view op = absent ? "" : lexer.peek();
    if (absent) {
      requirement.op = Op::kAbsent;
    } else if (op == "=" || op == "==" || op == "!=") {
      lexer.next();
      requirement.op = op == "!=" ? Op::kNotEquals : Op::kEquals;
      TRY_ASSIGN(std::string value, take_value(lexer));
      requirement.values.push_back(std::move(value));
    } else if (op == ">" || op == "<") {
      lexer.next();
      requirement.op = op == ">" ? Op::kGreater : Op::kLess;
      if (!to_integer(lexer.peek())) return fail(lexer, "'>' and '<' want an integer here");
      requirement.values.emplace_back(lexer.next());
    } else if (op == "in" || op == "notin") {
      lexer.next();
      requirement.op = op == "in" ? Op::kIn : Op::kNotIn;
      TRY_ASSIGN(requirement.values, take_set(lexer));
    } else if (!op.empty() && op != ",") {
      return fail(lexer, "expected one of = == != > < in notin or ',' here");
    }
    selector.requirements_.push_back(std::move(requirement));
  } while (lexer.take(","));
  if (!lexer.peek().empty()) return fail(lexer, "expected ',' here");
  return selector;
}

bool LabelSelector::matches(
    const std::function<std::optional<std::string>(const std::string&)>& value) const {
  using Op = Requirement::Op;
  const auto holds = [&](const Requirement& r) {
    const std::optional<std::string> label = value(r.key);
    const auto listed = [&] {
      return label && std::find(r.values.begin(), r.values.end(), *label) != r.values.end();
    };
    switch (r.op) {
      case Op::kEquals:
      case Op::kIn:
        return listed();
      case Op::kNotEquals:
      case Op::kNotIn:
        return !listed();  // an absent label is not equal to anything
      case Op::kExists:
        return label.has_value();
      case Op::kAbsent:
        return !label.has_value();
      case Op::kGreater:
      case Op::kLess: {
        const auto number = label ? to_integer(*label) : std::nullopt;
        if (!number) return false;
        const int64_t bound = *to_integer(r.values[0]);
        return r.op == Op::kGreater ? *number > bound : *number < bound;
      }
    }
    return false;
  };
  return std::all_of(requirements_.begin(), requirements_.end(), holds);
}

}  // namespace slipway::expr
