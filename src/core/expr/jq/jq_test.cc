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

TEST(Jq, ErrorsAreJqs) {
  EXPECT_NE(run(".a[").find("error: jq: syntax error"), std::string::npos) << run(".a[");
  EXPECT_EQ(run(".a.b", R"({"a":5})"), "error: jq: Cannot index number with string \"b\"");
  EXPECT_EQ(run("error(\"no\")"), "error: jq: no");
  EXPECT_NE(run("nope").find("nope/0 is not defined"), std::string::npos);
}

TEST(Jq, SeesNothingOutside) {
  EXPECT_EQ(run("env"), "error: jq: env is not available here");
  EXPECT_EQ(run("$ENV"), "{}");
  EXPECT_EQ(run("$ENV.PATH"), "null");
  EXPECT_EQ(run("now"), "error: jq: now is not available here");
  EXPECT_NE(run("input").find("error"), std::string::npos);
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
