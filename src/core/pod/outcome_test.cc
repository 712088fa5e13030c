#include "core/pod/outcome.h"

#include <gtest/gtest.h>

#include "base/limit.h"

namespace slipway::pod {
namespace {

using Role = Container::Role;
using State = ContainerStatus::State;

struct End {
  std::string name;
  Role role;
  int code;
  std::string reason = "Error";
};

PodReport concluded(const std::vector<End>& ends, OutcomeFacts facts = {}, bool daemon = false) {
  PodPlan plan;
  plan.daemon = daemon;
  PodReport report;
  for (const End& end : ends) {
    Container container;
    container.name = end.name;
    container.role = end.role;
    plan.containers.push_back(container);
    ContainerStatus status;
    status.name = end.name;
    status.state = State::kTerminated;
    status.exit_code = end.code;
    status.reason = end.code == 0 ? "Completed" : end.reason;
    report.containers.push_back(status);
  }
  conclude(report, plan, facts);
  return report;
}

TEST(Outcome, TheFirstInArgosOrderThatFailedIsTold) {
  const auto report = concluded({{"before", Role::kInit, 0},
                                 {"db", Role::kSidecar, 1},
                                 {"main", Role::kMain, 137, "OOMKilled"}});
  EXPECT_EQ(report.phase, PodReport::Phase::kFailed);
  EXPECT_EQ(report.message, "main: OOMKilled (exit code 137)");
  EXPECT_EQ(report.exit_code, 137);
}

TEST(Outcome, AKilledSidecarIsNoFailureWhateverKilledIt) {
  for (const int code : {137, 143}) {
    const auto report =
        concluded({{"main", Role::kMain, 0}, {"db", Role::kSidecar, code, "OOMKilled"}});
    EXPECT_EQ(report.phase, PodReport::Phase::kSucceeded) << code;
  }
  EXPECT_EQ(concluded({{"main", Role::kMain, 0}, {"db", Role::kSidecar, 2}}).message,
            "db: Error (exit code 2)");
}

TEST(Outcome, TheEndOfANativeSidecarIsNoFailure) {
  PodPlan plan;
  plan.containers = {{.name = "db", .role = Role::kSidecar}, {.name = "main"}};
  plan.containers[0].restarts = true;
  PodReport report;
  report.containers = {{.name = "db", .state = State::kTerminated, .exit_code = 3},
                       {.name = "main", .state = State::kTerminated}};
  conclude(report, plan, {});
  EXPECT_EQ(report.phase, PodReport::Phase::kSucceeded) << report.message;
}

TEST(Outcome, AMissingOutputComesBetweenMainAndSidecars) {
  OutcomeFacts facts;
  facts.output_error = "no file";
  const auto good = concluded({{"main", Role::kMain, 0}, {"db", Role::kSidecar, 2}}, facts);
  EXPECT_EQ(good.phase, PodReport::Phase::kError);
  EXPECT_EQ(good.message, "no file");
  EXPECT_EQ(concluded({{"main", Role::kMain, 1}}, facts).message, "main: Error (exit code 1)");
}

TEST(Outcome, ADeadlineIsToldBeforeAnything) {
  OutcomeFacts facts;
  facts.deadline_passed = true;
  EXPECT_EQ(concluded({{"main", Role::kMain, 137}}, facts).reason, "DeadlineExceeded");
}

TEST(Outcome, ADaemonMustNotEndUnasked) {
  EXPECT_EQ(concluded({{"main", Role::kMain, 0}}, {}, true).phase, PodReport::Phase::kFailed);
  OutcomeFacts asked;
  asked.stop_asked = true;
  EXPECT_EQ(concluded({{"main", Role::kMain, 0}}, asked, true).phase, PodReport::Phase::kSucceeded);
}

TEST(Outcome, OneNewlineAtTheEndIsNotPartOfAText) {
  EXPECT_EQ(file_text("a\n\n"), "a\n");
  EXPECT_EQ(file_text("a\r\n"), "a\r");
  EXPECT_EQ(file_text(""), "");
  EXPECT_EQ(result_of(std::string(limit::kResultBytes, 'x') + "y\n"),
            std::string(limit::kResultBytes - 1, 'x') + "y");
}

}  // namespace
}  // namespace slipway::pod
