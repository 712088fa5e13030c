// The language can fail, and says where and why.
#include "sim/scenario/player.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/scenario/picture.h"

namespace slipway::sim::scenario {
namespace {

constexpr std::string_view kHello = R"(# A container is the workflow.
submit
  apiVersion: argoproj.io/v1alpha1
  kind: Workflow
  metadata: {name: hello}
  spec:
    entrypoint: main
    templates:
    - name: main
      container: {image: busybox, args: [hi]}
)";

std::string play(const std::string& text) {
  const auto script = read_script("x.txt", text);
  if (!script.ok()) return script.error().text();
  std::string all;
  for (const auto& stage : {make_engine_stage({}, false), make_server_stage({})}) {
    std::string failures;
    for (const std::string& failure : Player(*script, *stage).play().failures) {
      std::string said = failure;
      const std::string where = fmt::format(" on {}:", stage->name());
      said.replace(said.find(where), where.size(), "");
      failures += said + "\n";
    }
    if (all.empty()) all = failures;
    EXPECT_EQ(all, failures);
  }
  return all;
}

std::string play_hello(const std::string& rest) { return play(std::string(kHello) + rest); }

TEST(Player, WhatIsExpectedAndHappensIsNoFailure) {
  EXPECT_EQ(play_hello("pods hello\npod hello succeeds\nworkflow Succeeded\n"), "");
}

TEST(Player, AnotherPhaseIsAFailureWithItsLine) {
  const std::string said = play_hello("pod hello fails 3\nworkflow hello Succeeded\n");
  EXPECT_NE(said.find("x.txt:12:"), std::string::npos) << said;
  EXPECT_NE(said.find("workflow hello Succeeded"), std::string::npos) << said;
  EXPECT_NE(said.find("workflow hello Failed: main: Error (exit code 3)"), std::string::npos);
}

TEST(Player, MembersAreComparedAndAbsentOnesAreNull) {
  const std::string plan = "plan hello\n  containers:\n  - name: main\n    args: [hi]\n";
  EXPECT_EQ(play_hello(plan), "");
  EXPECT_NE(play_hello("plan hello\n  containers:\n  - name: main\n    args: [ho]\n"), "");
  EXPECT_EQ(play_hello("node hello\n  message: null\n"), "");
  EXPECT_NE(play_hello("node hello\n  phase: null\n"), "");
}

TEST(Player, WhatIsNotUnderstoodIsAFailure) {
  EXPECT_NE(play_hello("dance\n").find("there is no statement \"dance\""), std::string::npos);
  EXPECT_NE(play_hello("pod hello dances\n").find("can not \"dances\""), std::string::npos);
  EXPECT_NE(play_hello("pod other succeeds\n").find("wanted are: hello"), std::string::npos);
  EXPECT_NE(play_hello("pod hello ends\nworkflow Failed\n").find("nobody has asked"),
            std::string::npos);
}

TEST(Player, AnErrorThatNobodyExpectsIsAFailure) {
  const std::string wrong = "# Wrong.\napply x.yaml\n  apiVersion: v1\n  kind: Sekret\n";
  EXPECT_NE(play(wrong + "workflows none\n").find("unexpected error: x.yaml:2:1:"),
            std::string::npos);
  EXPECT_NE(play(wrong + "error none\n").find("x.yaml:2:1:"), std::string::npos);
}

TEST(Player, AScenarioThatExpectsNothingIsAFailure) {
  EXPECT_NE(play_hello("").find("expects nothing"), std::string::npos);
  EXPECT_NE(play("submit\n").find("begins with a comment"), std::string::npos);
}

TEST(Player, WhatWasGotBecomesAnEditOfThoseLines) {
  const auto script = read_script("x.txt", std::string(kHello) + "tree\n  x\n");
  const auto stage = make_engine_stage({}, false);
  const Played played = Player(*script, *stage).play();
  ASSERT_EQ(played.edits.size(), 1u);
  EXPECT_EQ(played.edits[0].line, 11);
  EXPECT_EQ(played.edits[0].lines, 2);
  EXPECT_EQ(played.edits[0].text, "tree\n  hello Pod Pending\n");
}

TEST(Script, WordsMayBeJsonStrings) {
  const auto words = split_words(R"(a "b c" d="e\nf" g=h)");
  ASSERT_TRUE(words.ok());
  EXPECT_EQ(*words, (std::vector<std::string>{"a", "b c", "d=e\nf", "g=h"}));
  EXPECT_FALSE(split_words(R"("open)").ok());
}

TEST(Script, ABlankLineInsideABlockKeepsItsPlace) {
  const auto script = read_script("x", "# t\npost a/b\n  H: v\n\n  {}\n\nworkflows none\n");
  ASSERT_TRUE(script.ok());
  ASSERT_EQ(script->statements.size(), 2u);
  EXPECT_EQ(script->statements[0].block, "H: v\n\n{}\n");
  EXPECT_EQ(script->statements[0].lines, 4);
}

TEST(Glob, AStarIsAnyText) {
  EXPECT_TRUE(glob_matches("a(*)", "a(0:x)"));
  EXPECT_TRUE(glob_matches("*", ""));
  EXPECT_FALSE(glob_matches("a*c", "ab"));
}

}  // namespace
}  // namespace slipway::sim::scenario
