#include "app/worker_pool.h"

#include <gtest/gtest.h>

#include <future>

namespace slipway::app {
namespace {

TEST(WorkerPool, RunsWorkAndTimersInOrderOfTime) {
  std::promise<void> late;
  std::atomic<int> order{0};
  int soon_at = 0, late_at = 0;
  WorkerPool pool(1);
  pool.run_later(Duration::milliseconds(30), [&] { late_at = ++order, late.set_value(); });
  pool.run([&] { soon_at = ++order; });
  late.get_future().wait();
  EXPECT_EQ(soon_at, 1);
  EXPECT_EQ(late_at, 2);
}

TEST(WorkerPool, DropsTimersWhenItEnds) {
  auto held = std::make_shared<int>(1);
  {
    WorkerPool(2).run_later(Duration::seconds(3600), [held] { FAIL(); });
  }
  EXPECT_EQ(held.use_count(), 1);
}

TEST(WorkerPool, StoppedItKeepsNothing) {
  auto held = std::make_shared<int>(1);
  WorkerPool pool(1);
  pool.run_later(Duration::seconds(3600), [held] { FAIL(); });
  pool.stop();
  pool.run([held] { FAIL(); });
  EXPECT_EQ(held.use_count(), 1);
  pool.stop();
}

}  // namespace
}  // namespace slipway::app
