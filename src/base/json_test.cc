#include "base/json.h"

#include <gtest/gtest.h>

namespace slipway {
namespace {

std::string reprint(std::string_view text) { return print_json(parse_json(text).value()); }

TEST(Json, PrintsNumbersAsGo) {
  EXPECT_EQ(reprint("1.5"), "1.5");
  EXPECT_EQ(reprint("1e3"), "1000");
  EXPECT_EQ(reprint("1e21"), "1e+21");
  EXPECT_EQ(reprint("0.0000001"), "1e-7");
  EXPECT_EQ(reprint("12345678901234567"), "12345678901234567");
}

TEST(Json, EscapesAsGo) {
  EXPECT_EQ(quote_json("a\"\\\n\x01<é"), "\"a\\\"\\\\\\n\\u0001<é\"");
  EXPECT_EQ(quote_json("<&>", true), "\"\\u003c\\u0026\\u003e\"");
  EXPECT_EQ(quote_json("\xff"), "\"\\ufffd\"");
}

TEST(Json, SortsKeysOnlyWhenAsked) {
  const json::value value = parse_json(R"({"b":1,"a":[{}]})").value();
  EXPECT_EQ(print_json(value), R"({"b":1,"a":[{}]})");
  EXPECT_EQ(print_json(value, {.sort_keys = true}), R"({"a":[{}],"b":1})");
  EXPECT_EQ(print_json(value, {.sort_keys = true, .indent = 2}),
            "{\n  \"a\": [\n    {}\n  ],\n  \"b\": 1\n}");
}

TEST(Json, ErrorsNameThePlace) {
  EXPECT_NE(parse_json("{\n  \"a\": tru\n}").error().message.find("line 2"), std::string::npos);
  EXPECT_FALSE(parse_json("1 2").ok());
  EXPECT_FALSE(parse_json(std::string(10'000, '[')).ok());
}

}  // namespace
}  // namespace slipway
