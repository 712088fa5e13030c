// Pods given ahead of a free slot.
#include "adapter/pod/start_queue.h"

#include "adapter/pod/pod_fixture.h"

namespace slipway::adapter {
namespace {

class StartQueueTest : public PodTest {
 protected:
  StartQueueTest() { options_.max_running = 1; }

  // Holds the only slot until let_go().
  void hold(const std::string& id) {
    runtime_->start(shell(id, "until [ -e " + folder_ + "/go ]; do sleep 0.01; done", kHost));
    EXPECT_EQ(inbox_.running(PodId(id)).phase, Phase::kRunning);
  }
  void let_go() { std::ofstream(folder_ + "/go") << ""; }
  pod::PodPlan noting(const std::string& id) {
    return shell(id, "echo " + id + " >> " + folder_ + "/ran", kHost);
  }
  // One that has a supervisor of its own.
  static pod::PodPlan supervised(pod::PodPlan plan) {
    plan.containers[0].tries = 2;
    return plan;
  }
  std::string ran() { return read_file(folder_ + "/ran"); }

  static constexpr auto kHost = pod::RuntimeKind::kHost;
};

TEST_F(StartQueueTest, WhatWaitsStartsInOrderWhenASlotIsFree) {
  hold("q0");
  runtime_->start(noting("q1"));
  runtime_->start(supervised(noting("q2")));
  runtime_->start(supervised(noting("q3")));
  runtime_->start(noting("q4"));
  let_go();
  for (const char* id : {"q1", "q2", "q3", "q4"}) {
    EXPECT_EQ(inbox_.end(PodId(id)).phase, Phase::kSucceeded) << id;
  }
  EXPECT_EQ(ran(), "q1\nq2\nq3\nq4\n");
}

TEST_F(StartQueueTest, WhatIsStoppedWhileItWaitsNeverRuns) {
  hold("q0");
  runtime_->start(noting("q1"));
  runtime_->start(noting("q2"));
  runtime_->stop(PodId("q1"));
  const auto report = inbox_.end(PodId("q1"));
  EXPECT_EQ(report.phase, Phase::kFailed);
  EXPECT_EQ(report.reason, "Stopped");
  let_go();
  EXPECT_EQ(inbox_.end(PodId("q2")).phase, Phase::kSucceeded);
  EXPECT_EQ(ran(), "q2\n");
}

TEST_F(StartQueueTest, WhatIsRemovedWhileItWaitsNeverRuns) {
  hold("q0");
  runtime_->start(noting("q1"));
  runtime_->start(noting("q2"));
  runtime_->remove(PodId("q1"));
  let_go();
  EXPECT_EQ(inbox_.end(PodId("q2")).phase, Phase::kSucceeded);
  EXPECT_EQ(ran(), "q2\n");
  EXPECT_EQ(inbox_.count(PodId("q1")), 0u);
}

TEST_F(StartQueueTest, AnotherServerIsToldOfWhatStillWaits) {
  hold("q0");
  runtime_->start(noting("q1"));
  connect();
  runtime_->start(noting("q1"));
  let_go();
  EXPECT_EQ(inbox_.end(PodId("q1")).phase, Phase::kSucceeded);
  EXPECT_EQ(ran(), "q1\n");
}

TEST_F(StartQueueTest, WhatWaitsGoesWithItsServer) {
  hold("q0");
  runtime_->start(noting("q1"));
  connect();
  runtime_->adopt(PodId("q0"));
  runtime_->start(noting("q2"));
  let_go();
  EXPECT_EQ(inbox_.end(PodId("q2")).phase, Phase::kSucceeded);
  EXPECT_EQ(ran(), "q2\n");
}

TEST_F(StartQueueTest, APodThatCanNotStartGivesItsSlotToTheNext) {
  hold("q0");
  auto broken = noting("q1");
  broken.containers[0].command = {"no-such-program"};
  runtime_->start(broken);
  runtime_->start(noting("q2"));
  let_go();
  EXPECT_EQ(inbox_.end(PodId("q1")).exit_code, 64);
  EXPECT_EQ(inbox_.end(PodId("q2")).phase, Phase::kSucceeded);
}

}  // namespace
}  // namespace slipway::adapter
