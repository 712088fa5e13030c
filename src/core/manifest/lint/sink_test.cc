#include "core/manifest/lint/sink.h"

#include <gtest/gtest.h>

namespace slipway::manifest {
namespace {

// The code in the words of a command, separated by " | ".
std::string code_in(std::initializer_list<std::string_view> words) {
  json::array command(words.begin(), words.end());
  std::string out;
  for_each_code({{"command", std::move(command)}}, "c",
                [&](std::string_view code, const std::string&) {
                  out += (out.empty() ? "" : " | ") + std::string(code);
                });
  return out;
}

TEST(Sink, OfShells) {
  EXPECT_EQ(code_in({"sh", "-c", "X"}), "X");
  EXPECT_EQ(code_in({"/bin/bash", "-o", "pipefail", "-ec", "X", "name"}), "X");
  EXPECT_EQ(code_in({"env", "A=b", "sh", "-c", "X"}), "X");
  EXPECT_EQ(code_in({"python3", "wrapper.py", "sh", "-c", "X"}), "X");
  EXPECT_EQ(code_in({"sh", "script", "arg"}), "");
}

TEST(Sink, OfOtherLanguages) {
  EXPECT_EQ(code_in({"python", "-c", "X"}), "X");
  EXPECT_EQ(code_in({"/usr/bin/python3.11", "-W", "ignore", "-uc", "X", "-c", "arg"}), "X");
  EXPECT_EQ(code_in({"timeout", "5", "python3", "-cX"}), "X");
  EXPECT_EQ(code_in({"node", "--require", "ts-node/register", "-e", "X"}), "X");
  EXPECT_EQ(code_in({"node", "-pe", "X"}), "X");
  EXPECT_EQ(code_in({"node", "--eval=X"}), "X");
  EXPECT_EQ(code_in({"perl", "-MJSON", "-lane", "X", "-e", "Y", "file"}), "X | Y");
  EXPECT_EQ(code_in({"ruby", "-rjson", "-e", "X"}), "X");
  EXPECT_EQ(code_in({"php", "-d", "a=b", "-r", "X"}), "X");
  EXPECT_EQ(code_in({"pwsh", "-NoProfile", "-Command", "X"}), "X");
}

TEST(Sink, ArgumentsOfAProgramAreNoCode) {
  EXPECT_EQ(code_in({"python", "script.py", "-c", "X"}), "");
  EXPECT_EQ(code_in({"python", "-m", "pytest", "-c", "X"}), "");
  EXPECT_EQ(code_in({"node", "server.js", "-e", "X"}), "");
  EXPECT_EQ(code_in({"node", "--", "-e", "X"}), "");
  EXPECT_EQ(code_in({"perl", "-I", "-e", "X"}), "");
  EXPECT_EQ(code_in({"make", "-c", "X"}), "");
}

TEST(Sink, ArgsGoOnWhereTheCommandEnds) {
  std::string where;
  for_each_code({{"command", {"python3", "-c"}}, {"args", {"X"}}}, "c",
                [&](std::string_view, const std::string& path) { where = path; });
  EXPECT_EQ(where, "c.args[0]");
}

}  // namespace
}  // namespace slipway::manifest
