#include "server/kube_event_log.h"

#include <gtest/gtest.h>

namespace slipway::server {
namespace {

const auto kAll = [](const views::KubeEvent&) { return true; };

KubeEventLog::Entry entry(uint64_t version, int64_t second, std::string reason = "x") {
  views::KubeEvent event;
  event.at = Time{second * 1'000'000'000};
  event.reason = std::move(reason);
  return {version, std::move(event)};
}

TEST(KubeEventLog, GivesWhatIsNewAndWanted) {
  KubeEventLog log;
  EXPECT_EQ(log.version(), 0u);
  log.add({entry(5, 100), entry(6, 100, "y"), entry(9, 101)});
  EXPECT_EQ(log.version(), 9u);
  EXPECT_EQ(log.after(5, Time{}, 10, kAll).size(), 2u);
  EXPECT_EQ(log.after(0, Time{}, 2, kAll).back().version, 6u);
  const auto chosen = log.after(0, Time{}, 10, [](const auto& one) { return one.reason == "y"; });
  ASSERT_EQ(chosen.size(), 1u);
  EXPECT_EQ(chosen[0].version, 6u);
}

TEST(KubeEventLog, ForgetsAfterAnHourAndTheOldestBeforeThat) {
  KubeEventLog log;
  log.add({entry(1, 100), entry(2, 200)});
  EXPECT_EQ(log.after(0, Time{} + Duration::seconds(3750), 10, kAll).size(), 1u);
  std::vector<KubeEventLog::Entry> many;
  for (uint64_t i = 0; i < KubeEventLog::kMost; ++i) many.push_back(entry(10 + i, 300));
  log.add(std::move(many));
  EXPECT_EQ(log.after(0, Time{}, SIZE_MAX, kAll).size(), KubeEventLog::kMost);
  EXPECT_EQ(log.after(0, Time{}, 1, kAll)[0].version, 10u);
}

}  // namespace
}  // namespace slipway::server
