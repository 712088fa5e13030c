#include "sim/simulation.h"

#include <gtest/gtest.h>

#include "sim/gallery.h"

namespace slipway::sim {
namespace {

bool breaks(const Outcome& outcome, int promise) {
  const std::string prefix = "promise " + std::to_string(promise) + ":";
  for (const std::string& violation : outcome.violations) {
    if (violation.starts_with(prefix)) return true;
  }
  return false;
}

// Whether any of the first seeds finds the mutation by breaking `promise`.
bool found(Mutation mutation, int promise) {
  constexpr uint64_t kSeeds = 60;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    if (breaks(simulate(seed, {.mutation = mutation}), promise)) return true;
  }
  return false;
}

TEST(Simulation, SeedsKeepThePromises) {
  Outcome total;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    const Outcome outcome = simulate(seed);
    for (const std::string& violation : outcome.violations) {
      ADD_FAILURE() << "seed " << seed << ": " << violation;
    }
    total.crashes += outcome.crashes;
    total.workflows += outcome.workflows;
    total.pods += outcome.pods;
    total.requests += outcome.requests;
    total.succeeded.insert(outcome.succeeded.begin(), outcome.succeeded.end());
  }
  // A simulation in which nothing happens keeps every promise.
  EXPECT_GT(total.crashes, 50u);
  EXPECT_GT(total.workflows, 200u);
  EXPECT_GT(total.pods, 300u);
  EXPECT_GT(total.requests, 100u);
  for (const json::object& shown : gallery()) {
    std::string name = get_string(object_of(shown, "metadata"), "generateName");
    name.pop_back();
    EXPECT_TRUE(total.succeeded.contains(name)) << name;
  }
}

// Every member of every object in `value`.
void collect(const json::value& value, std::set<std::string>& names) {
  if (const json::object* object = value.if_object()) {
    for (const auto& member : *object) {
      names.insert(std::string(member.key()));
      collect(member.value(), names);
    }
  } else if (const json::array* list = value.if_array()) {
    for (const json::value& item : *list) collect(item, names);
  }
}

TEST(Simulation, TheGalleryHasEveryTemplateTypeAndControl) {
  std::set<std::string> names;
  for (const json::object& shown : gallery()) collect(shown, names);
  for (const char* name : {"container",
                           "script",
                           "containerSet",
                           "resource",
                           "steps",
                           "dag",
                           "suspend",
                           "data",
                           "http",
                           "plugin",
                           "inline",
                           "templateRef",
                           "depends",
                           "dependencies",
                           "target",
                           "failFast",
                           "continueOn",
                           "withItems",
                           "withParam",
                           "withSequence",
                           "when",
                           "hooks",
                           "onExit",
                           "retryStrategy",
                           "backoff",
                           "expression",
                           "memoize",
                           "mutexes",
                           "semaphores",
                           "parallelism",
                           "daemon",
                           "initContainers",
                           "sidecars",
                           "timeout",
                           "activeDeadlineSeconds",
                           "supplied",
                           "volumeClaimTemplates",
                           "volumeClaimGC",
                           "podGC",
                           "artifactGC",
                           "globalName",
                           "templateDefaults",
                           "workflowMetadata",
                           "metrics"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(Simulation, TheSameSeedGivesTheSameRun) {
  for (uint64_t seed = 100; seed < 110; ++seed) {
    EXPECT_EQ(simulate(seed).fingerprint, simulate(seed).fingerprint) << seed;
  }
  EXPECT_NE(simulate(1).fingerprint, simulate(2).fingerprint);
}

TEST(Simulation, ADriverThatAnswersBeforeTheSyncIsFound) {
  EXPECT_TRUE(found(Mutation::kAckBeforeSync, 1));
}

TEST(Simulation, ADriverThatStartsPodsBeforeTheSyncIsFound) {
  EXPECT_TRUE(found(Mutation::kAckBeforeSync, 4));
}

TEST(Simulation, DeliveriesTakenForNewOnesAreFound) {
  EXPECT_TRUE(found(Mutation::kNewDelivery, 2));
}

TEST(Simulation, PodsStartedTwiceAreFound) { EXPECT_TRUE(found(Mutation::kForgetPods, 3)); }

TEST(Simulation, ALostCommitIsFound) { EXPECT_TRUE(found(Mutation::kLoseCommit, 3)); }

}  // namespace
}  // namespace slipway::sim
