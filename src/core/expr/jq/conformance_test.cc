// Runs conformance.txt: a filter, " <- ", its input, " => ", and its outputs as JSON or "!" and the
// text of its error.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "core/expr/jq/jq.h"

namespace slipway::expr {
namespace {

std::string run(const std::string& filter, const std::string& input) {
  const auto outputs = run_jq(filter, parse_json(input).value());
  if (!outputs.ok()) return "!" + outputs.error().message.substr(4);  // without "jq: "
  std::string text;
  for (const json::value& output : *outputs) {
    text += (text.empty() ? "" : " ") + print_json(output, {.sort_keys = true});
  }
  return text;
}

TEST(Jq, Conforms) {
  std::ifstream file(SLIPWAY_SOURCE_DIR "/src/core/expr/jq/conformance.txt");
  ASSERT_TRUE(file.is_open());
  constexpr std::string_view kInput = " <- ", kOutput = " => ";
  int cases = 0, number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    const size_t input = line.rfind(kInput);
    if (line.starts_with("# ") || input == std::string::npos) continue;
    const size_t output = line.find(kOutput, input);
    ASSERT_NE(output, std::string::npos) << number;
    ++cases;
    const std::string filter = line.substr(0, input);
    EXPECT_EQ(run(filter, line.substr(input + kInput.size(), output - input - kInput.size())),
              line.substr(output + kOutput.size()))
        << number << ": " << filter;
  }
  EXPECT_GT(cases, 450);
}

}  // namespace
}  // namespace slipway::expr
