#include "core/expr/exprlang/exprlang.h"

#include <fmt/format.h>

#include "core/expr/exprlang/evaluator.h"
#include "core/expr/exprlang/parser.h"
#include "core/expr/exprlang/reference.h"

namespace slipway::expr {

struct Program::Code {
  std::string source;
  lang::NodePtr root;
  std::vector<Reference> references;
};

Result<Program> Program::compile(std::string_view source) {
  auto code = std::make_shared<Code>();
  code->source = source;
  TRY_ASSIGN(code->root, lang::parse(code->source));
  code->references = lang::find_references(*code->root);
  Program program;
  program.code_ = std::move(code);
  return program;
}

Result<json::value> Program::run(const json::object& env, std::optional<Time> now) const {
  lang::Fuel fuel;
  lang::Evaluator evaluator(code_->source, env, fuel, now);
  TRY_ASSIGN(const lang::Value value, evaluator.eval(*code_->root));
  return lang::to_json(value, fuel);
}

const std::vector<Program::Reference>& Program::references() const { return code_->references; }

Result<json::value> evaluate(std::string_view source, const json::object& env) {
  TRY_ASSIGN(const Program program, Program::compile(source));
  return program.run(env);
}

Result<bool> evaluate_bool(std::string_view source, const json::object& env) {
  TRY_ASSIGN(const json::value value, evaluate(source, env));
  if (const bool* truth = value.if_bool()) return *truth;
  return Error{ErrorCode::kInvalid,
               fmt::format("unable to cast expression result '{}' to bool: the expression has to "
                           "be true or false",
                           to_text(value)),
               ""};
}

std::string to_text(const json::value& value) {
  if (const auto* text = value.if_string()) return str(*text);
  return print_json(value, {.sort_keys = true, .escape_html = false});
}

}  // namespace slipway::expr
