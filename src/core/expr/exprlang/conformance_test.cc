// Runs conformance.txt: one expression a line, " => ", and its result as JSON or "!" and a part of
// its error.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "core/expr/exprlang/exprlang.h"

namespace slipway::expr {
namespace {

json::object environment() {
  return parse_json(R"({
    "s": "text", "n": 3, "list": [1, 2, 3, 5], "o": {"z-z": 1, "k": "v"}, "hidden": 9,
    "deep": {"a": {"b": [{"c": "found"}]}},
    "users": [{"name": "ann", "age": 30}, {"name": "bob", "age": 25}, {"name": "cy", "age": 30}]
  })")
      ->get_object();
}

TEST(ExprLang, Conforms) {
  std::ifstream file(SLIPWAY_SOURCE_DIR "/src/core/expr/exprlang/conformance.txt");
  ASSERT_TRUE(file.is_open());
  const json::object env = environment();
  constexpr std::string_view kArrow = " => ";
  int cases = 0;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    const size_t arrow = line.rfind(kArrow);
    if (line.empty() || arrow == std::string::npos) continue;
    ++cases;
    const std::string source = line.substr(0, arrow);
    const std::string want = line.substr(arrow + kArrow.size());
    const auto result = evaluate(source, env);
    if (want.starts_with('!')) {
      EXPECT_FALSE(result.ok()) << number << ": " << source;
      if (result.ok()) continue;
      EXPECT_NE(result.error().message.find(want.substr(1)), std::string::npos)
          << number << ": " << source << "\n  gave " << result.error().message;
    } else {
      EXPECT_TRUE(result.ok()) << number << ": " << source << "\n  " << result.error().message;
      if (!result.ok()) continue;
      EXPECT_EQ(print_json(*result, {.sort_keys = true}), want) << number << ": " << source;
    }
  }
  EXPECT_GT(cases, 200);
}

}  // namespace
}  // namespace slipway::expr
