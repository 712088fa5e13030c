#include <re2/re2.h>

#include <cmath>

#include "core/expr/gjson/number.h"
#include "core/expr/govaluate/tree.h"

namespace slipway::expr::govaluate {
namespace {

bool equal(const json::value& a, const json::value& b) {
  if (a.is_number() && b.is_number()) return a.to_number<double>() == b.to_number<double>();
  return a == b;
}

json::value as_float(const json::value& value) {
  return value.is_number() ? json::value(value.to_number<double>()) : value;
}

// Go's conversions from float64, without the undefined behaviour of those that do not fit.
int64_t to_int(double number) {
  if (!(number > -9.2e18 && number < 9.2e18)) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(number);
}
uint64_t to_uint(double number) {
  if (number < 0) return static_cast<uint64_t>(to_int(number));
  return number < 1.8e19 ? static_cast<uint64_t>(number) : uint64_t{1} << 63;
}

double shift(const std::string& op, double left, double right) {
  const uint64_t count = to_uint(right);
  if (count >= 64) return 0;
  return static_cast<double>(op == "<<" ? to_uint(left) << count : to_uint(left) >> count);
}

double calculate(const std::string& op, double left, double right) {
  if (op == "+") return left + right;
  if (op == "-") return left - right;
  if (op == "*") return left * right;
  if (op == "/") return left / right;
  if (op == "%") return std::fmod(left, right);
  if (op == "**") return std::pow(left, right);
  if (op == "<<" || op == ">>") return shift(op, left, right);
  if (op == "&") return static_cast<double>(to_int(left) & to_int(right));
  if (op == "|") return static_cast<double>(to_int(left) | to_int(right));
  return static_cast<double>(to_int(left) ^ to_int(right));
}

template <class T>
bool compare(const std::string& op, const T& left, const T& right) {
  if (op == "<") return left < right;
  if (op == "<=") return left <= right;
  return op == ">" ? left > right : left >= right;
}

std::string_view role(Kind kind) {
  switch (kind) {
    case Kind::kLogical:
      return "logical operator";
    case Kind::kModifier:
      return "modifier";
    case Kind::kTernary:
      return "ternary operator";
    case Kind::kPrefix:
      return "prefix";
    default:
      return "comparator";
  }
}

Error misuse(const Token& op, const json::value& value) {
  std::string text = "Value '" + print_value(value) + "' cannot be used with the " +
                     std::string(role(op.kind)) + " '" + op.text + "'";
  const bool wants_bool = op.kind == Kind::kLogical || op.kind == Kind::kTernary;
  if (op.kind != Kind::kPrefix) text += wants_bool ? ", it is not a bool" : ", it is not a number";
  return {ErrorCode::kInvalid, std::move(text)};
}

class Walker {
 public:
  explicit Walker(const json::object& parameters) : parameters_(parameters) {}

  Result<json::value> value(const Node& node) {
    if (node.operation) return operation(node);
    switch (node.token.kind) {
      case Kind::kNumeric:
      case Kind::kTime:
        return json::value(node.token.number);
      case Kind::kBoolean:
        return json::value(node.token.boolean);
      case Kind::kString:
      case Kind::kPattern:
        return json::value(node.token.text);
      case Kind::kVariable: {
        const json::value* found = parameters_.if_contains(node.token.text);
        if (found != nullptr) return as_float(*found);
        return Error{ErrorCode::kNotFound, "No parameter '" + node.token.text + "' found."};
      }
      default:
        return json::value();
    }
  }

 private:
  Result<json::value> operation(const Node& node) {
    const Token& op = node.token;
    if (op.kind == Kind::kPrefix) return prefix(op, *node.right);
    TRY_ASSIGN(json::value left, value(*node.left));
    if (op.kind == Kind::kLogical) return logical(op, left, *node.right);
    if (op.kind == Kind::kTernary) return ternary(op, std::move(left), *node.right);
    TRY_ASSIGN(json::value right, value(*node.right));
    if (op.kind == Kind::kSeparator) return list(std::move(left), std::move(right));
    if (op.kind == Kind::kModifier) return modify(op, left, right);
    return comparison(op, left, right);
  }

  Result<json::value> prefix(const Token& op, const Node& operand) {
    TRY_ASSIGN(const json::value right, value(operand));
    if (op.text == "!") {
      if (!right.is_bool()) return misuse(op, right);
      return json::value(!right.get_bool());
    }
    if (!right.is_double()) return misuse(op, right);
    if (op.text == "-") return json::value(-right.get_double());
    return json::value(static_cast<double>(~to_int(right.get_double())));
  }

  Result<json::value> logical(const Token& op, const json::value& left, const Node& operand) {
    const bool is_and = op.text == "&&";
    if (left.is_bool() && left.get_bool() != is_and) return left;
    TRY_ASSIGN(json::value right, value(operand));
    if (!left.is_bool()) return misuse(op, left);
    if (!right.is_bool()) return misuse(op, right);
    return right;
  }

  Result<json::value> ternary(const Token& op, json::value left, const Node& operand) {
    if (op.text != "?") {
      if (!left.is_null()) return left;
      return value(operand);
    }
    if (!left.is_bool()) return misuse(op, left);
    if (!left.get_bool()) return json::value();
    return value(operand);
  }

  static Result<json::value> list(json::value left, json::value right) {
    if (!left.is_array()) left = json::array{std::move(left)};
    left.get_array().push_back(std::move(right));
    return left;
  }

  static Result<json::value> modify(const Token& op, const json::value& left,
                                    const json::value& right) {
    if (op.text == "+" && (left.is_string() || right.is_string())) {
      return json::value(print_value(left) + print_value(right));
    }
    if (!left.is_double()) return misuse(op, left);
    if (!right.is_double()) return misuse(op, op.text == "+" ? left : right);
    return json::value(calculate(op.text, left.get_double(), right.get_double()));
  }

  static Result<json::value> comparison(const Token& op, const json::value& left,
                                        const json::value& right) {
    if (op.text == "==") return json::value(equal(left, right));
    if (op.text == "!=") return json::value(!equal(left, right));
    if (op.text == "in") {
      if (!right.is_array()) return misuse(op, right);
      const auto& items = right.get_array();
      return json::value(
          std::ranges::any_of(items, [&](const json::value& item) { return equal(left, item); }));
    }
    if (op.text == "=~" || op.text == "!~") return match(op, left, right);
    if (left.is_double() && right.is_double()) {
      return json::value(compare(op.text, left.get_double(), right.get_double()));
    }
    if (left.is_string() && right.is_string()) {
      return json::value(compare(op.text, view(left.get_string()), view(right.get_string())));
    }
    return misuse(op, left);
  }

  static Result<json::value> match(const Token& op, const json::value& left,
                                   const json::value& right) {
    if (!left.is_string()) return misuse(op, left);
    if (!right.is_string()) return misuse(op, right);
    const RE2 pattern(str(right.get_string()), RE2::Quiet);
    if (!pattern.ok()) {
      return Error{ErrorCode::kInvalid, "Unable to compile regexp pattern '" +
                                            str(right.get_string()) + "': " + pattern.error()};
    }
    const bool matched = RE2::PartialMatch(str(left.get_string()), pattern);
    return json::value(matched == (op.text == "=~"));
  }

  const json::object& parameters_;  // outlives the walker
};

}  // namespace

// govaluate knows no integers: all numbers are float64.
std::string print_value(const json::value& value) {
  return value.is_number() ? format_go_float(value.to_number<double>()) : format_go_value(value);
}

Result<json::value> evaluate(const std::vector<Token>& tokens, const json::object& parameters) {
  TRY_ASSIGN(const std::unique_ptr<Node> root, plan(tokens));
  return Walker(parameters).value(*root);
}

}  // namespace slipway::expr::govaluate
