#include "core/expr/depends/depends.h"

#include <gtest/gtest.h>

#include <map>

namespace slipway::expr {
namespace {

// "A=Succeeded,B=Failed"-like results by hand.
bool holds(std::string_view text, const std::map<std::string, TaskResult>& results) {
  const auto depends = Depends::parse(text);
  EXPECT_TRUE(depends.ok()) << text;
  if (!depends.ok()) return false;
  return depends->evaluate([&](const std::string& task) { return results.at(task); },
                           [&](const std::string& task) {
                             const TaskResult& r = results.at(task);
                             return r.succeeded || r.skipped || r.daemoned;
                           });
}

const std::map<std::string, TaskResult> kResults = {
    {"good", {.succeeded = true}},
    {"bad", {.failed = true}},
    {"task-2", {.skipped = true}},
    {"loop", {.any_succeeded = true}},
};

TEST(Depends, EvaluatesProperties) {
  EXPECT_TRUE(holds("good", kResults));
  EXPECT_FALSE(holds("bad", kResults));
  EXPECT_TRUE(holds("bad.Failed", kResults));
  EXPECT_TRUE(holds("task-2.Skipped && loop.AnySucceeded", kResults));
  EXPECT_FALSE(holds("loop.AllFailed||bad.Errored", kResults));
}

TEST(Depends, BindsAndTighterThanOr) {
  EXPECT_TRUE(holds("good || bad && bad", kResults));
  EXPECT_FALSE(holds("(good || bad) && bad", kResults));
  EXPECT_TRUE(holds("!bad && !(bad || bad)", kResults));
  EXPECT_FALSE(holds("!!bad", kResults));
}

TEST(Depends, NamesEachTaskOnceInOrder) {
  const auto depends = Depends::parse("b.Failed && (a || b.Errored) && !c-1");
  ASSERT_TRUE(depends.ok());
  EXPECT_EQ(depends->tasks(), (std::vector<std::string>{"b", "a", "c-1"}));
}

TEST(Depends, OlderListIsAnd) {
  const Depends depends = Depends::all_of({"good", "bad", "good"});
  EXPECT_EQ(depends.tasks(), (std::vector<std::string>{"good", "bad"}));
  const auto none = [](const std::string&) { return TaskResult{}; };
  EXPECT_TRUE(depends.evaluate(none, [](const std::string&) { return true; }));
  EXPECT_FALSE(depends.evaluate(none, [](const std::string& task) { return task == "good"; }));
  EXPECT_TRUE(Depends::all_of({}).evaluate(none, [](const std::string&) { return false; }));
}

TEST(Depends, RefusesWhatIsWrongAndSaysWhere) {
  const auto message = [](std::string_view text) {
    const auto depends = Depends::parse(text);
    return depends.ok() ? "" : depends.error().message;
  };
  EXPECT_NE(message("a && ").find("column 6: expected the name"), std::string::npos);
  EXPECT_NE(message("a b").find("column 3"), std::string::npos);
  EXPECT_NE(message("a.Succeded").find("'Succeded' is invalid"), std::string::npos);
  EXPECT_NE(message("2a").find("begin with a letter"), std::string::npos);
  for (const char* text :
       {"", "a &", "(a", "a)", "a.", "a..Failed", "&& a", "a = b", "a.Failed.x"}) {
    EXPECT_NE(message(text), "") << text;
  }
}

TEST(Depends, BoundsNestingButNotLength) {
  EXPECT_EQ(Depends::parse(std::string(100'000, '(')).error().code, ErrorCode::kLimit);
  EXPECT_EQ(Depends::parse(std::string(100'000, '!')).error().code, ErrorCode::kLimit);
  std::string chain = "good";
  for (int i = 0; i < 20'000; ++i) chain += " && good";
  EXPECT_TRUE(holds(chain, kResults));
}

}  // namespace
}  // namespace slipway::expr
