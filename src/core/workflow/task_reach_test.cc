#include "core/workflow/task_reach.h"

#include <gtest/gtest.h>

namespace slipway::workflow {
namespace {

TEST(TaskReach, OverAnyNumberOfTasks) {
  const Edges needs{{"a", {}}, {"b", {"a"}}, {"c", {"b", "gone"}}, {"d", {}}};
  TaskReach reach(needs);
  EXPECT_TRUE(reach.waits_for("b", "a"));
  EXPECT_TRUE(reach.waits_for("c", "a"));
  EXPECT_FALSE(reach.waits_for("a", "c"));
  EXPECT_FALSE(reach.waits_for("a", "a"));
  EXPECT_FALSE(reach.waits_for("d", "a"));
  EXPECT_FALSE(reach.waits_for("c", "gone"));
}

TEST(TaskReach, OverMoreTasksThanATableHolds) {
  Edges needs;
  for (int i = 0; i < 200; ++i) {
    needs["t" + std::to_string(i)] = i % 2 == 0 || i < 3
                                         ? std::vector<std::string>{}
                                         : std::vector<std::string>{"t" + std::to_string(i - 2)};
  }
  TaskReach reach(needs);
  for (int i = 0; i < 200; ++i) {
    for (int j = 0; j < 200; ++j) {
      const bool waits = i % 2 == 1 && j % 2 == 1 && j < i;
      ASSERT_EQ(reach.waits_for("t" + std::to_string(i), "t" + std::to_string(j)), waits)
          << i << " " << j;
    }
  }
}

TEST(TaskReach, ACycleIsToldElsewhere) {
  const Edges needs{{"a", {"b"}}, {"b", {"a"}}, {"c", {"b"}}, {"d", {}}};
  TaskReach reach(needs);
  EXPECT_TRUE(reach.waits_for("a", "d"));
  EXPECT_TRUE(reach.waits_for("c", "d"));
  EXPECT_FALSE(reach.waits_for("d", "a"));
}

}  // namespace
}  // namespace slipway::workflow
