#include "core/workflow/lock_claim.h"

#include <gtest/gtest.h>

#include "core/workflow/lock.h"
#include "core/workflow/run.h"

namespace slipway::workflow {
namespace {

using State = LockClaim::State;

json::object parse(std::string_view text) { return parse_json(text)->as_object(); }

TEST(LockClaim, FoldsIntoArgosForm) {
  json::object status;
  const auto fold = [&](std::string kind, std::string node, State state) {
    fold_claim(status, "ns/wf", {kind, "ns/" + kind, NodeId(std::move(node)), state});
    return print_json(status, {.sort_keys = true});
  };
  fold("mutex", "a", State::kHeld);
  fold("mutex", "", State::kWaiting);
  fold("semaphore", "a", State::kHeld);
  EXPECT_EQ(fold("semaphore", "b", State::kHeld),
            R"({"synchronization":{"mutex":{"holding":[{"holder":"ns/wf/a","mutex":"ns/mutex"}],)"
            R"("waiting":[{"holder":"ns/wf","mutex":"ns/mutex"}]},)"
            R"("semaphore":{"holding":[{"holders":["ns/wf/a","ns/wf/b"],)"
            R"("semaphore":"ns/semaphore"}]}}})");
  fold("mutex", "a", State::kNone);
  fold("semaphore", "b", State::kNone);
  EXPECT_EQ(fold("mutex", "", State::kHeld),
            R"({"synchronization":{"mutex":{"holding":[{"holder":"ns/wf","mutex":"ns/mutex"}]},)"
            R"("semaphore":{"holding":[{"holders":["ns/wf/a"],"semaphore":"ns/semaphore"}]}}})");
  fold("semaphore", "a", State::kNone);
  EXPECT_EQ(fold("mutex", "", State::kNone), "{}");
}

struct Journal {
  Run run{WorkflowUid("u"), R"({"metadata":{"name":"wf","namespace":"ns"},"spec":{}})"};
  LockTable table;

  void fold(std::string_view delta_text) {
    const auto delta = delta_from_json(parse(delta_text));
    ASSERT_TRUE(delta.ok()) << delta.error().message;
    std::vector<WantChange> changes;
    run.apply(*delta, changes);
    update_locks(table, run, *delta);
  }
  std::vector<NodeId> next() const { return table.next_in_line("ns/Mutex/m", 1, run.uid()); }
  bool held_by(std::string node) const {
    return table.holders("ns/Mutex/m").contains({run.uid(), NodeId(std::move(node))});
  }
};

constexpr std::string_view kBegun =
    R"({"uid":"u","status":{"phase":"Running"},"nodes":[)"
    R"({"id":"wf-1","name":"wf.a","type":"Pod","phase":"Pending"},)"
    R"({"id":"wf-2","name":"wf.b","type":"Pod","phase":"Pending"},)"
    R"({"id":"wf-3","name":"wf.c","type":"Pod","phase":"Pending"}]})";

TEST(LockClaim, TheTableFollowsTheChanges) {
  Journal journal;
  journal.fold(kBegun);
  journal.fold(
      R"({"uid":"u","locks":[["mutex","ns/Mutex/m","wf-3","held"],)"
      R"(["mutex","ns/Mutex/m","wf-2","waiting"],["mutex","ns/Mutex/m","wf-1","waiting"]]})");
  EXPECT_TRUE(journal.held_by("wf-3"));
  EXPECT_TRUE(journal.next().empty());
  journal.fold(R"({"uid":"u","locks":[["mutex","ns/Mutex/m","wf-3","none"]]})");
  EXPECT_EQ(journal.table.take_woken(), std::set<WorkflowUid>{WorkflowUid("u")});
  EXPECT_EQ(journal.next(), std::vector<NodeId>{NodeId("wf-2")}) << "first come, first served";
  EXPECT_FALSE(delta_from_json(parse(R"({"uid":"u","locks":[["mutex","m","wf-1","lost"]]})")).ok());
}

TEST(LockClaim, EarlierReleasesWroteTheWholeStatus) {
  Journal journal;
  journal.fold(kBegun);
  journal.fold(R"({"uid":"u","status":{"synchronization":{"mutex":{)"
               R"("holding":[{"mutex":"ns/Mutex/m","holder":"ns/wf/wf-1"}],)"
               R"("waiting":[{"mutex":"ns/Mutex/m","holder":"ns/wf/wf-2"},)"
               R"({"mutex":"ns/Mutex/m","holder":"ns/wf/wf-3"}]}}}})");
  EXPECT_TRUE(journal.held_by("wf-1"));
  journal.fold(R"({"uid":"u","status":{"synchronization":{"mutex":{)"
               R"("holding":[{"mutex":"ns/Mutex/m","holder":"ns/wf/wf-2"}],)"
               R"("waiting":[{"mutex":"ns/Mutex/m","holder":"ns/wf/wf-3"}]}}}})");
  EXPECT_FALSE(journal.held_by("wf-1"));
  EXPECT_TRUE(journal.held_by("wf-2"));
  journal.fold(R"({"uid":"u","locks":[["mutex","ns/Mutex/m","wf-2","none"]]})");
  EXPECT_EQ(journal.next(), std::vector<NodeId>{NodeId("wf-3")});
  journal.fold(R"({"uid":"u","status":{"synchronization":null}})");
  EXPECT_TRUE(journal.table.claims(journal.run.uid()).empty());
}

TEST(LockClaim, ASnapshotKeepsTheQueue) {
  Journal journal;
  journal.fold(kBegun);
  journal.fold(R"({"uid":"u","locks":[["mutex","ns/Mutex/m","wf-3","waiting"],)"
               R"(["mutex","ns/Mutex/m","wf-1","waiting"]]})");
  LockTable table;
  add_locks(table, journal.run);
  EXPECT_EQ(table.next_in_line("ns/Mutex/m", 2, journal.run.uid()),
            (std::vector<NodeId>{NodeId("wf-3"), NodeId("wf-1")}));
}

}  // namespace
}  // namespace slipway::workflow
