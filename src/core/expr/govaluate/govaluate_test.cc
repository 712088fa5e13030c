#include "core/expr/govaluate/govaluate.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace slipway::expr {
namespace {

bool when(std::string_view text) {
  const Result<bool> result = evaluate_when(text);
  EXPECT_TRUE(result.ok()) << text << ": " << (result.ok() ? "" : result.error().text());
  return result.ok() && *result;
}

std::string when_error(std::string_view text) {
  const Result<bool> result = evaluate_when(text);
  EXPECT_FALSE(result.ok()) << text;
  return result.ok() ? "" : result.error().message;
}

std::string run(std::string_view text, std::string_view parameters = "{}") {
  const Result<json::value> result =
      evaluate_govaluate(text, parse_json(parameters).value().get_object());
  return result.ok() ? print_json(*result) : "error: " + result.error().message;
}

TEST(When, BarewordsAreStrings) {
  EXPECT_TRUE(when("heads == heads"));
  EXPECT_FALSE(when("heads == tails"));
  EXPECT_TRUE(when("heads != 'tails'"));
  EXPECT_TRUE(when("\"heads\" == 'heads'"));
  EXPECT_TRUE(when(""));
  EXPECT_TRUE(when("true"));
  EXPECT_TRUE(when("[a b] == 'a b'"));
  EXPECT_TRUE(when("a\\-b == 'a-b'"));
}

TEST(When, NumbersCompareAsFloats) {
  EXPECT_TRUE(when("5 == 5.0"));
  EXPECT_TRUE(when("10 > 9"));
  EXPECT_FALSE(when("'5' == 5"));
  EXPECT_TRUE(when("2 + 3 * 4 == 14"));
  EXPECT_TRUE(when("10 - 4 - 3 == 3"));
  EXPECT_TRUE(when("2 ** 3 == 8"));
  EXPECT_TRUE(when("-3 < 2"));
  EXPECT_TRUE(when("7 % 4 == 3"));
  EXPECT_TRUE(when("0x1f == 31"));
  EXPECT_TRUE(when("0xFF > 0 && 00 == 0"));
}

TEST(When, OperatorsOfTheLanguage) {
  EXPECT_TRUE(when("main =~ '^ma'"));
  EXPECT_TRUE(when("main !~ 'x'"));
  EXPECT_TRUE(when("b in (a, b)"));
  EXPECT_TRUE(when("'b' IN ('a','b')"));
  EXPECT_FALSE(when("c in ('a','b')"));
  EXPECT_TRUE(when("!(a == b) && (c == c || d == e)"));
  EXPECT_TRUE(when("(1 > 2 ? false : true)"));
  EXPECT_TRUE(when("false || true && true"));
}

TEST(When, ErrorsSayWhatArgoSays) {
  EXPECT_EQ(when_error("a b"),
            "Invalid 'when' expression 'a b': Cannot transition token types from VARIABLE [a] to "
            "VARIABLE [b]");
  EXPECT_EQ(when_error("a === b"),
            "Invalid 'when' expression 'a === b': Invalid token: '===' (hint: try wrapping the "
            "affected expression in quotes (\"))");
  EXPECT_EQ(when_error("1 + 2"), "Expected boolean evaluation for '1 + 2'. Got 3");
  EXPECT_EQ(when_error("foo"), "Expected boolean evaluation for 'foo'. Got foo");
  EXPECT_EQ(when_error("(a == b"), "Invalid 'when' expression '(a == b': Unbalanced parenthesis");
  EXPECT_EQ(when_error("a =="), "Invalid 'when' expression 'a ==': Unexpected end of expression");
  EXPECT_EQ(when_error("0xg == 1"),
            "Invalid 'when' expression '0xg == 1': Unable to parse hex value '' to uint64\n");
  EXPECT_EQ(when_error("'a"), "Invalid 'when' expression ''a': Unclosed string literal");
  EXPECT_EQ(when_error("a > 1"),
            "Failed to evaluate 'when' expresion 'a > 1': Value 'a' cannot be used with the "
            "comparator '>', it is not a number");
  EXPECT_EQ(when_error("f(a)"), "Invalid 'when' expression 'f(a)': Undefined function f");
  EXPECT_EQ(when_error("!foo"),
            "Failed to parse 'when' expression '!foo': Cannot transition token types from PREFIX "
            "[!] to STRING [foo]");
}

TEST(When, HostileInputIsBounded) {
  EXPECT_FALSE(evaluate_when(std::string(100'000, '(')).ok());
  EXPECT_FALSE(evaluate_when(std::string(5'000, '(') + "true" + std::string(5'000, ')')).ok());
  std::string sum = "1";
  for (int i = 0; i < 10'000; ++i) sum += "+1";
  EXPECT_FALSE(evaluate_when(sum + " == 1").ok());
  EXPECT_FALSE(evaluate_when("\xff\xfe == \xff").ok());
  EXPECT_FALSE(evaluate_when(std::string_view("a\0b == a", 8)).ok());
  EXPECT_FALSE(evaluate_when("a =~ '('").ok());
}

TEST(Govaluate, ReadsParameters) {
  EXPECT_EQ(run("a == 'x' && n > 3", R"({"a":"x","n":4})"), "true");
  EXPECT_EQ(run("n + 1", R"({"n":4})"), "5");
  EXPECT_EQ(run("s + n", R"({"s":"v","n":4})"), "\"v4\"");
  EXPECT_EQ(run("missing ?? 'd'", R"({"missing":null})"), "\"d\"");
  EXPECT_EQ(run("b", "{}"), "error: No parameter 'b' found.");
  EXPECT_EQ(evaluate_govaluate("b", {}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(run("x in list", R"({"x":2,"list":[1,2]})"), "true");
}

TEST(Govaluate, DateLiteralsAreTimes) {
  EXPECT_EQ(run("d == '2024-01-01'", R"({"d":"2024-01-01"})"), "false");
  EXPECT_EQ(run("'2024-01-02' > '2024-01-01'"), "true");
}

TEST(Govaluate, ShiftsOfAnySizeAreDefined) {
  EXPECT_EQ(run("1 << 3"), "8");
  EXPECT_EQ(run("1 << 1000"), "0");
  EXPECT_EQ(run("~5"), "-6");
  EXPECT_EQ(run("6 & 3"), "2");
}

}  // namespace
}  // namespace slipway::expr
