#include "core/expr/jq/jq.h"

#include <gtest/gtest.h>

namespace slipway::expr {
namespace {

std::string run(std::string_view filter, std::string_view input = "{}", size_t limit = 1000) {
  const auto outputs = run_jq(filter, parse_json(input).value(), limit);
  if (!outputs.ok()) return "error: " + outputs.error().message;
  std::string text;
  for (const json::value& output : *outputs) text += (text.empty() ? "" : " ") + print_json(output);
  return text;
}

TEST(Jq, TransformsValues) {
  EXPECT_EQ(run(".body.number", R"({"body":{"number":7}})"), "7");
  EXPECT_EQ(run(".a[]", R"({"a":[1,"x",null,true,2.5]})"), R"(1 "x" null true 2.5)");
  EXPECT_EQ(run("{b: .a, c: (.a | length)}", R"({"a":[1,2]})"), R"({"b":[1,2],"c":2})");
  EXPECT_EQ(run("def f: . + 1; .n | f", R"({"n":41})"), "42");
  EXPECT_EQ(run(".s", R"({"s":"\u00e9\u0000z"})"), R"("é\u0000z")");
  EXPECT_EQ(run("empty"), "");
  EXPECT_EQ(run("range(10)", "{}", 3), "0 1 2");
}

// The words are gojq's: what users of Argo see.
TEST(Jq, ErrorsAreGojqs) {
  EXPECT_EQ(run(".a["), "error: jq: unexpected EOF");
  EXPECT_EQ(run(".a b"), "error: jq: unexpected token \"b\"");
  EXPECT_EQ(run(".a.b", R"({"a":5})"), "error: jq: expected an object but got: number (5)");
  EXPECT_EQ(run("error(\"no\")"), "error: jq: no");
  EXPECT_EQ(run("nope"), "error: jq: function not defined: nope/0");
  EXPECT_EQ(run("nope ]"), "error: jq: unexpected token \"]\"");
}

// Objects and arrays that nobody else holds change in place; nobody else sees it.
TEST(Jq, ValuesDoNotChangeUnderOthers) {
  EXPECT_EQ(run(". as $x | .a = 2 | [$x, .]", R"({"a":1})"), R"([{"a":1},{"a":2}])");
  EXPECT_EQ(run("[1] as $x | reduce range(3) as $i ($x; . + [$i]) | [$x, .]"), "[[1],[1,0,1,2]]");
  EXPECT_EQ(run("(1,2) as $x | .a += [$x]", R"({"a":[]})"), R"({"a":[1]} {"a":[2]})");
  EXPECT_EQ(run("[foreach range(3) as $i ([]; . + [$i])]"), "[[0],[0,1],[0,1,2]]");
  EXPECT_EQ(run("reduce (1,2) as $x ([0]; . + [$x], . + [$x, $x])"), "[0,1,1,2,2]");
  EXPECT_EQ(run("\"a\" as $s | [$s + \"b\", $s + \"c\", $s]"), R"(["ab","ac","a"])");
  EXPECT_EQ(run("[.[] |= (., 9)]", "[1,2]"), "[[1,2]]");
}

TEST(Jq, IsTheSameEveryTime) {
  const std::string first = run("[keys[], to_entries[].value, .[]]", R"({"b":1,"a":2})");
  EXPECT_EQ(first, R"(["a","b",2,1,2,1])");
}

TEST(Jq, SeesNothingOutside) {
  EXPECT_EQ(run("env"), "error: jq: env is not available here");
  EXPECT_EQ(run("$ENV"), "{}");
  EXPECT_EQ(run("$ENV.PATH"), "null");
  EXPECT_EQ(run("now"), "error: jq: now is not available here");
  EXPECT_EQ(run("input"), "error: jq: input is not available here");
  EXPECT_NE(run("import \"a\" as a; .").find("error"), std::string::npos);
  EXPECT_NE(run("include \"a\"; .").find("error"), std::string::npos);
  EXPECT_NE(run("\"a\" | modulemeta").find("error"), std::string::npos);
  EXPECT_EQ(run("debug | stderr", "5"), "5");
}

TEST(Jq, DeepAndOddInput) {
  json::value deep = 1;
  for (int i = 0; i < 400; ++i) deep = json::array{std::move(deep)};
  EXPECT_TRUE(run_jq(".", deep).ok());
  EXPECT_FALSE(run_jq(std::string_view(".\0a", 3), nullptr).ok());
  EXPECT_FALSE(run_jq(std::string(100'000, '['), nullptr).ok());
  EXPECT_EQ(run(" \n", "1"), "1");
}

}  // namespace
}  // namespace slipway::expr
