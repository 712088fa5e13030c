#include "core/expr/govaluate/govaluate.h"

#include <re2/re2.h>

#include "core/expr/govaluate/token.h"

namespace slipway::expr {
namespace {

using govaluate::Kind;
using govaluate::Token;

// A constant on the right of =~ and !~ is compiled when the expression is.
Status check_patterns(const std::vector<Token>& tokens) {
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].text != "=~" && tokens[i].text != "!~") continue;
    if (tokens[i].kind != Kind::kComparator || tokens[i + 1].kind != Kind::kString) continue;
    const RE2 pattern(tokens[i + 1].text, RE2::Quiet);
    if (!pattern.ok()) {
      return Error{ErrorCode::kInvalid, "error parsing regexp: " + pattern.error()};
    }
  }
  return {};
}

Status check(const std::vector<Token>& tokens) {
  TRY(govaluate::check_order(tokens));
  return check_patterns(tokens);
}

Error reword(Error error, std::string text) {
  error.message = std::move(text);
  return error;
}

Error does_not_parse(Error error, const std::string& when) {
  std::string text = "Invalid 'when' expression '" + when + "': " + error.message;
  if (error.message.find("Invalid token") != std::string::npos) {
    text += " (hint: try wrapping the affected expression in quotes (\"))";
  }
  return reword(std::move(error), std::move(text));
}

}  // namespace

Result<bool> evaluate_when(std::string_view expression) {
  if (expression.empty()) return true;
  const std::string when(expression);
  Result<std::vector<Token>> tokens = govaluate::tokenize(expression);
  if (!tokens.ok()) return does_not_parse(std::move(tokens).error(), when);
  if (Status checked = check(*tokens); !checked.ok()) {
    return does_not_parse(std::move(checked).error(), when);
  }
  for (Token& token : *tokens) {
    if (token.kind == Kind::kVariable) token.kind = Kind::kString;
  }
  if (Status checked = check(*tokens); !checked.ok()) {
    Error error = std::move(checked).error();
    std::string text = "Failed to parse 'when' expression '" + when + "': " + error.message;
    return reword(std::move(error), std::move(text));
  }
  Result<json::value> result = govaluate::evaluate(*tokens, {});
  if (!result.ok()) {
    Error error = std::move(result).error();
    std::string text = "Failed to evaluate 'when' expresion '" + when + "': " + error.message;
    return reword(std::move(error), std::move(text));
  }
  if (!result->is_bool()) {
    return Error{ErrorCode::kInvalid, "Expected boolean evaluation for '" + when + "'. Got " +
                                          govaluate::print_value(*result)};
  }
  return result->get_bool();
}

Result<json::value> evaluate_govaluate(std::string_view expression,
                                       const json::object& parameters) {
  TRY_ASSIGN(const std::vector<Token> tokens, govaluate::tokenize(expression));
  TRY(check(tokens));
  return govaluate::evaluate(tokens, parameters);
}

}  // namespace slipway::expr
