#include "core/expr/exprlang/exprlang.h"

#include <gtest/gtest.h>

namespace slipway::expr {
namespace {

ErrorCode code_of(std::string_view source) {
  const auto result = evaluate(source, {});
  EXPECT_FALSE(result.ok()) << source.substr(0, 60);
  return result.ok() ? ErrorCode::kIo : result.error().code;
}

std::string times(std::string_view piece, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += piece;
  return out;
}

TEST(ExprLang, ShowsWhereAnErrorIs) {
  EXPECT_EQ(Program::compile("1 +\n  é ) 2").error().message,
            "unexpected token Bracket(\")\") (2:5)\n |   é ) 2\n | ....^");
}

TEST(ExprLang, ProgramsAreReusable) {
  const Program program = *Program::compile("a + 1");
  const Program copy = program;
  EXPECT_EQ(*program.run({{"a", 1}}), json::value(2));
  EXPECT_EQ(*copy.run({{"a", 2}}), json::value(3));
}

TEST(ExprLang, EnvironmentHidesFunctions) {
  const json::object env = {{"len", "x"}};
  EXPECT_EQ(*evaluate("len", env), json::value("x"));
  EXPECT_FALSE(evaluate("len('abc')", env).ok());
  EXPECT_EQ(*evaluate("::len('abc')", env), json::value(3));
}

TEST(ExprLang, WantsABoolean) {
  EXPECT_TRUE(*evaluate_bool("1 < 2", {}));
  const auto text = evaluate_bool("'yes'", {});
  ASSERT_FALSE(text.ok());
  EXPECT_NE(text.error().message.find("'yes' to bool"), std::string::npos);
}

TEST(ExprLang, PrintsTexts) {
  EXPECT_EQ(to_text("a\nb"), "a\nb");
  EXPECT_EQ(to_text(nullptr), "null");
  EXPECT_EQ(to_text(json::object{{"b", 1}, {"a", "<"}}), R"({"a":"<","b":1})");
}

std::string references(std::string_view source) {
  std::string out;
  const Program program = *Program::compile(source);
  for (const auto& reference : program.references()) {
    out += (out.empty() ? "" : " ") + reference.name + (reference.guarded ? "?" : "");
  }
  return out;
}

TEST(ExprLang, FindsReferences) {
  EXPECT_EQ(references("steps.a.outputs.result + inputs.parameters['my-x']"),
            "steps.a.outputs.result inputs.parameters.my-x");
  EXPECT_EQ(references("a?.b.c"), "a.b.c?");
  EXPECT_EQ(references("a.b ?? c"), "a.b? c");
  EXPECT_EQ(references("(a.b ?? c) == a.b"), "a.b c");
  EXPECT_EQ(references("let x = a; x.y + sprig.trim(b) + len(c)"), "a b c");
  EXPECT_EQ(references("list[i].name"), "i list");
  EXPECT_EQ(references("map(list, {#.x + .y + z})"), "list z");
  EXPECT_EQ(references("$env['a'].b"), "a.b");
}

TEST(ExprLang, HostileExpressionsEndQuickly) {
  EXPECT_EQ(code_of(times("(", 20'000)), ErrorCode::kLimit);
  EXPECT_EQ(code_of(times("-", 20'000) + "1"), ErrorCode::kLimit);
  EXPECT_EQ(code_of(times("[", 20'000)), ErrorCode::kLimit);
  EXPECT_EQ(code_of("1" + times(" + 1", 20'000)), ErrorCode::kLimit);
  EXPECT_EQ(code_of("a" + times(".a", 20'000)), ErrorCode::kLimit);
  EXPECT_EQ(code_of("1" + times(" < 1", 20'000)), ErrorCode::kLimit);
  EXPECT_EQ(code_of(times("true ? ", 20'000)), ErrorCode::kLimit);
  EXPECT_EQ(code_of(times("map(1..9, ", 100) + "#" + times(")", 100)), ErrorCode::kLimit);
  EXPECT_EQ(code_of("reduce(1..100000, [#acc], 0)"), ErrorCode::kLimit);
  EXPECT_EQ(code_of("reduce(1..100, #acc + #acc, 'aaaaaaaaaaaaaaaa')"), ErrorCode::kLimit);
  EXPECT_EQ(code_of("reduce(1..64, [#acc, #acc], 0)"), ErrorCode::kLimit);
  EXPECT_EQ(code_of("map(1..100000, {'a' matches ('(a{1,100}){1,10}' + string(#))})"),
            ErrorCode::kLimit);
  EXPECT_EQ(code_of("map(1..100000, {sprig.regexMatch('(a{1,100}){1,10}', 'b')})"),
            ErrorCode::kLimit);
  EXPECT_EQ(code_of("map(1..100000, {sprig.regexMatch(string(#) + '(a{0,100}){1,10}', 'b')})"),
            ErrorCode::kLimit);
  EXPECT_EQ(code_of("sprig.indent(1000, repeat('\\n', 1000000))"), ErrorCode::kLimit);
  EXPECT_EQ(code_of("uniq(1..100000)"), ErrorCode::kLimit);
  EXPECT_EQ(code_of("let x = repeat('a', 1000000); map(1..100000, x + x)"), ErrorCode::kLimit);
  EXPECT_EQ(code_of("reduce(1..100, sprig.list(#acc, #acc), 0)"), ErrorCode::kLimit);
}

TEST(ExprLang, LongButPlainExpressionsWork) {
  EXPECT_EQ(*evaluate("1" + times(" + 1", 200), {}), json::value(201));
  EXPECT_EQ(evaluate("[" + times("1,", 10'000) + "]", {})->get_array().size(), 10'000u);
}

// As many files as a large pull request changes.
TEST(ExprLang, OnePatternIsCompiledOnceForAllThatItIsTriedOn) {
  EXPECT_EQ(*evaluate("count(1..5000, {sprig.regexMatch('7$', string(#))})", {}), json::value(500));
  EXPECT_EQ(*evaluate("let end = '7$'; count(1..5000, {string(#) matches end})", {}),
            json::value(500));
}

}  // namespace
}  // namespace slipway::expr
