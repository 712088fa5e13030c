#include "core/engine/effect.h"

#include <gtest/gtest.h>

namespace slipway::engine {
namespace {

Effect effect(const std::string& id) {
  Effect made;
  made.id = EffectId(id);
  return made;
}

std::vector<std::string> ids(const std::vector<const Effect*>& effects) {
  std::vector<std::string> out;
  for (const Effect* one : effects) out.push_back(one->id.value);
  return out;
}

TEST(EffectSet, GivesWhatIsNewSinceASequenceInOrder) {
  EffectSet set;
  set.add(effect("b"));
  set.add(effect("a"));
  const uint64_t seen = set.last_sequence();
  set.add(effect("c"));
  EXPECT_EQ(ids(set.after(0)), (std::vector<std::string>{"b", "a", "c"}));
  EXPECT_EQ(ids(set.after(seen)), (std::vector<std::string>{"c"}));
  EXPECT_TRUE(set.after(set.last_sequence()).empty());
}

TEST(EffectSet, AddingTwiceIsAddingOnce) {
  EffectSet set;
  set.add(effect("a"));
  const uint64_t seen = set.last_sequence();
  set.add(effect("a"));
  EXPECT_EQ(set.size(), 1u);
  EXPECT_TRUE(set.after(seen).empty());
}

TEST(EffectSet, WhatWasRemovedMayComeBackAsNew) {
  EffectSet set;
  set.add(effect("a"));
  const uint64_t seen = set.last_sequence();
  set.remove(EffectId("a"));
  set.remove(EffectId("never"));
  EXPECT_EQ(set.find(EffectId("a")), nullptr);
  EXPECT_EQ(set.size(), 0u);
  set.add(effect("a"));
  EXPECT_EQ(ids(set.after(seen)), (std::vector<std::string>{"a"}));
}

TEST(EffectIds, FollowFromWhatIsWantedAndDiffer) {
  const WorkflowUid uid("u");
  EXPECT_EQ(start_id(PodId("p")), start_id(PodId("p")));
  EXPECT_NE(start_id(PodId("p")), stop_id(PodId("p")));
  EXPECT_NE(request_id(uid, NodeId("n"), 1), request_id(uid, NodeId("n"), 2));
  EXPECT_NE(trigger_id(EventId("e"), "s", "t", 0), trigger_id(EventId("e"), "s", "t", 1));
}

}  // namespace
}  // namespace slipway::engine
