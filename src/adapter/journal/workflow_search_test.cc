// Every way through the indexes gives what looking at each row gives.
#include "adapter/journal/workflow_search.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <random>
#include <tuple>

#include "adapter/journal/sqlite_journal.h"

namespace slipway::adapter {
namespace {

using port::LabelTerm;
using port::WorkflowQuery;
using port::WorkflowRow;
using Op = LabelTerm::Op;

class WorkflowSearchTest : public testing::Test {
 protected:
  WorkflowSearchTest() {
    char folder[] = "/tmp/slipway-search-XXXXXX";
    folder_ = ::mkdtemp(folder);
    auto opened = SqliteJournal::open(folder_ / "slipway.db", {.durable = false});
    journal_ = std::move(opened.value());
  }
  ~WorkflowSearchTest() override { std::filesystem::remove_all(folder_); }

  size_t below(size_t bound) { return random_() % bound; }
  std::string pick(std::initializer_list<const char*> from) {
    return from.begin()[below(from.size())];
  }

  // Few values, so that every query finds something and most share a time.
  void fill(size_t count) {
    port::Commit commit;
    for (size_t i = 0; i < count; ++i) {
      WorkflowRow row;
      row.uid = WorkflowUid(fmt::format("{:08x}-{}", random_(), i));
      row.ns = pick({"ci", "ci", "ci", "ops"});
      row.name = pick({"build", "build-x", "test", "te%st"}) + fmt::format("-{}", below(30));
      row.phase = pick({"Succeeded", "Succeeded", "Failed", "Error"});
      row.created_at = Time::from_seconds(static_cast<int64_t>(1000 + below(count / 3)));
      row.finished_at = row.created_at + Duration::seconds(static_cast<int64_t>(below(50)));
      if (below(3) > 0) row.labels["repo"] = pick({"a", "b", "c"});
      if (below(3) > 0) row.labels["n.io/size"] = fmt::format("{}", below(5));
      row.summary = "{}";
      row.object = "{}";
      rows_.push_back(row);
      commit.rows.push_back(port::PutWorkflow{row});
    }
    ASSERT_TRUE(journal_->commit(commit).ok());
    std::sort(rows_.begin(), rows_.end(), [](const WorkflowRow& a, const WorkflowRow& b) {
      return std::tie(a.created_at.ns, a.uid.value) > std::tie(b.created_at.ns, b.uid.value);
    });
  }

  WorkflowQuery query() {
    WorkflowQuery query;
    if (below(2) == 0) query.ns = pick({"ci", "ops", "none"});
    if (below(3) == 0) {
      query.name = pick({"build-", "te%", "t", "build-x-7", "none"});
      query.name_match = static_cast<port::NameMatch>(below(3));
    }
    for (size_t i = below(3); i > 0; --i)
      query.phases.push_back(pick({"Failed", "Error", "Succeeded"}));
    for (size_t i = below(4); i > 0; --i) query.labels.push_back(term());
    if (below(4) == 0)
      query.created_after = Time::from_seconds(1000 + static_cast<int64_t>(below(100)));
    if (below(4) == 0)
      query.finished_before = Time::from_seconds(1000 + static_cast<int64_t>(below(150)));
    query.limit = 1 + below(20);
    return query;
  }
  LabelTerm term() {
    switch (below(6)) {
      case 0:
        return {Op::kIn, "repo", {pick({"a", "b", "none"})}};
      case 1:
        return {Op::kIn, "repo", {"a", pick({"a", "c"})}};
      case 2:
        return {Op::kNotIn, "repo", {"a", pick({"b", "none"})}};
      case 3:
        return {Op::kExists, pick({"repo", "n.io/size", "none"}), {}};
      case 4:
        return {Op::kAbsent, pick({"repo", "n.io/size", "none"}), {}};
      default:
        return {below(2) == 0 ? Op::kGreater : Op::kLess, "n.io/size", {"2"}};
    }
  }

  static bool has(const LabelTerm& term, const WorkflowRow& row) {
    const auto label = row.labels.find(term.key);
    const bool there = label != row.labels.end();
    const bool listed = there && std::count(term.values.begin(), term.values.end(), label->second);
    if (term.op == Op::kIn) return listed;
    if (term.op == Op::kNotIn) return !listed;
    if (term.op == Op::kExists || term.op == Op::kAbsent) return there == (term.op == Op::kExists);
    if (!there) return false;
    const int number = std::stoi(label->second), bound = std::stoi(term.values[0]);
    return term.op == Op::kGreater ? number > bound : number < bound;
  }
  static bool fits(const WorkflowQuery& query, const WorkflowRow& row) {
    if (!query.ns.empty() && row.ns != query.ns) return false;
    const size_t at = row.name.find(query.name);
    if (query.name_match == port::NameMatch::kExact && !query.name.empty() &&
        row.name != query.name) {
      return false;
    }
    if (query.name_match == port::NameMatch::kPrefix && at != 0) return false;
    if (at == std::string::npos) return false;
    if (!query.phases.empty() &&
        std::count(query.phases.begin(), query.phases.end(), row.phase) == 0) {
      return false;
    }
    if (query.created_after && row.created_at <= *query.created_after) return false;
    if (query.finished_before && row.finished_at >= *query.finished_before) return false;
    return std::all_of(query.labels.begin(), query.labels.end(),
                       [&](const LabelTerm& term) { return has(term, row); });
  }

  std::mt19937 random_{4711};
  std::filesystem::path folder_;
  std::unique_ptr<SqliteJournal> journal_;
  std::vector<WorkflowRow> rows_;
};

TEST_F(WorkflowSearchTest, EveryPageIsWhatLookingAtEachRowGives) {
  fill(400);
  for (int round = 0; round < 1000; ++round) {
    WorkflowQuery asked = query();
    std::vector<std::string> expected, got;
    for (const WorkflowRow& row : rows_) {
      if (fits(asked, row)) expected.push_back(row.uid.value);
    }
    do {
      const auto page = journal_->list_workflows(asked);
      ASSERT_TRUE(page.ok()) << page.error().text();
      ASSERT_LE(page->rows.size(), asked.limit);
      for (const WorkflowRow& row : page->rows) got.push_back(row.uid.value);
      asked.cursor = page->next;
    } while (!asked.cursor.empty());
    ASSERT_EQ(got, expected) << "round " << round;
  }
}

// Beyond what is counted, and with all that is wanted behind the newest that are looked at first.
TEST_F(WorkflowSearchTest, WhatIsFarDownIsFoundToo) {
  port::Commit commit;
  for (int i = 0; i < 45'000; ++i) {
    WorkflowRow row;
    row.uid = WorkflowUid(fmt::format("{:06}", i));
    row.ns = "ci";
    row.name = fmt::format("{}-{}", i < 15'000 ? "old" : "new", i);
    row.phase = "Succeeded";
    row.created_at = row.finished_at = Time::from_seconds(i);
    row.labels["done"] = "true";
    if (i == 5) row.labels.clear();
    row.object = "{}";
    commit.rows.push_back(port::PutWorkflow{row});
  }
  ASSERT_TRUE(journal_->commit(commit).ok());
  const auto first = [&](WorkflowQuery query) {
    query.ns = "ci";
    const auto page = journal_->list_workflows(query);
    if (!page.ok()) return page.error().text();
    return page->rows.empty() ? std::string("none") : page->rows.front().name;
  };
  EXPECT_EQ(first({.name = "old-", .name_match = port::NameMatch::kPrefix}), "old-14999");
  EXPECT_EQ(first({.name = "ld-14", .name_match = port::NameMatch::kContains}), "old-14999");
  EXPECT_EQ(first({.name = "new-", .name_match = port::NameMatch::kPrefix}), "new-44999");
  EXPECT_EQ(first({.labels = {{Op::kNotIn, "done", {"true"}}}}), "old-5");
  EXPECT_EQ(first({.labels = {{Op::kAbsent, "done", {}}}}), "old-5");
  ASSERT_TRUE(journal_->commit({{}, {port::RemoveWorkflow{WorkflowUid("000005")}}}).ok());
  EXPECT_EQ(first({.labels = {{Op::kAbsent, "done", {}}}}), "none");
  EXPECT_EQ(first({.labels = {{Op::kNotIn, "done", {"true"}}}}), "none");
}

TEST_F(WorkflowSearchTest, ARowWithoutASummaryShowsItsObject) {
  WorkflowRow row;
  row.uid = WorkflowUid("u");
  row.object = "{\"whole\":1}";
  ASSERT_TRUE(journal_->commit({{}, {port::PutWorkflow{row}}}).ok());
  WorkflowQuery query;
  query.with_summary = true;
  EXPECT_EQ(journal_->list_workflows(query)->rows.at(0).summary, row.object);
  EXPECT_EQ(journal_->list_workflows(query)->rows.at(0).object, "");
}

}  // namespace
}  // namespace slipway::adapter
