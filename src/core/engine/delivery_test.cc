#include "core/engine/delivery.h"

#include <gtest/gtest.h>

#include <vector>

namespace slipway::engine {
namespace {

Time day(int64_t number) { return Time{} + Duration::seconds(number * 86'400); }

std::vector<std::string> keys(const DeliveryMemory& memory) {
  std::vector<std::string> all;
  memory.each([&](const DeliveryMemory::Entry& entry) { all.push_back(entry.key); });
  return all;
}

TEST(DeliveryMemory, FindsTheEventOfADelivery) {
  DeliveryMemory memory;
  for (int i = 0; i < 1000; ++i) {
    memory.remember(day(1), delivery_key("ns", "hook", std::to_string(i)),
                    EventId("e" + std::to_string(i)));
  }
  const EventId* found = memory.find("ns/hook/617");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->value, "e617");
  EXPECT_EQ(memory.find("ns/hook/1000"), nullptr);
  EXPECT_EQ(memory.find("ns/other/617"), nullptr);
}

TEST(DeliveryMemory, WhatComesAnewCountsFromThen) {
  DeliveryMemory memory;
  memory.remember(day(1), "a", EventId("first"));
  memory.remember(day(2), "b", EventId("other"));
  memory.remember(day(3), "a", EventId("second"));
  EXPECT_EQ(memory.find("a")->value, "second");
  EXPECT_EQ(keys(memory), (std::vector<std::string>{"b", "a"}));
  memory.forget_before(day(3));
  EXPECT_EQ(memory.find("b"), nullptr);
  ASSERT_NE(memory.find("a"), nullptr);
  EXPECT_EQ(memory.find("a")->value, "second");
  memory.forget_before(day(4));
  EXPECT_EQ(memory.find("a"), nullptr);
  EXPECT_TRUE(keys(memory).empty());
}

TEST(DeliveryMemory, AClockThatGoesBackForgetsNothingTooSoon) {
  DeliveryMemory memory;
  memory.remember(day(9), "late", EventId("1"));
  memory.remember(day(2), "early", EventId("2"));
  memory.forget_before(day(5));
  EXPECT_NE(memory.find("late"), nullptr);
  EXPECT_NE(memory.find("early"), nullptr);
}

TEST(DeliveryMemory, MovesWhole) {
  DeliveryMemory memory;
  memory.remember(day(1), "a", EventId("1"));
  memory.remember(day(1), "b", EventId("2"));
  const DeliveryMemory moved = std::move(memory);
  EXPECT_EQ(moved.find("a")->value, "1");
  EXPECT_EQ(keys(moved), (std::vector<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace slipway::engine
