#include "adapter/journal/sqlite_journal.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "adapter/journal/sqlite.h"

namespace slipway::adapter {
namespace {

using port::Commit;

class SqliteJournalTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/slipway-journal-XXXXXX";
    ASSERT_NE(mkdtemp(pattern), nullptr);
    folder_ = pattern;
    path_ = folder_ + "/journal.db";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<SqliteJournal> open(SqliteJournal::Options options = {}) {
    auto journal = SqliteJournal::open(path_, options);
    if (!journal.ok()) ADD_FAILURE() << journal.error().text();
    return journal.ok() ? std::move(journal).value() : nullptr;
  }
  Error open_error() {
    auto journal = SqliteJournal::open(path_);
    EXPECT_FALSE(journal.ok());
    return journal.ok() ? Error{} : journal.error();
  }
  std::vector<std::string> replayed(SqliteJournal& journal, uint64_t after = 0) {
    std::vector<std::string> all;
    const Status status = journal.replay(after, [&](uint64_t sequence, std::string_view bytes) {
      all.push_back(fmt::format("{}:{}", sequence, bytes));
      return Status();
    });
    if (!status.ok()) all.push_back("error " + status.error().text());
    return all;
  }
  void damage(const char* sql) {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &handle), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(handle);
  }

  // Of the workflows that have a label with this key; "": of all.
  int64_t tally(const std::string& key) {
    const auto database = Database::open(path_, Database::Mode::kRead);
    return *(*database)->number("SELECT coalesce(sum(rows), 0) FROM tally WHERE key = '" + key +
                                "'");
  }

  std::string folder_, path_;
};

port::PutWorkflow workflow(int number, std::string phase = "Succeeded",
                           std::map<std::string, std::string> labels = {}) {
  port::WorkflowRow row;
  row.uid = WorkflowUid(fmt::format("uid-{:04}", number));
  row.ns = number % 2 == 0 ? "ci" : "default";
  row.name = fmt::format("job-{}", number);
  row.phase = std::move(phase);
  row.created_at = Time::from_seconds(1000 + number / 2);  // pairs share a time
  row.finished_at = Time::from_seconds(2000 + number);
  row.labels = std::move(labels);
  row.summary = fmt::format("{{\"summary\":{}}}", number);
  row.object = fmt::format("{{\"number\":{}}}", number);
  return {row};
}

port::LabelTerm equal(std::string key, std::string value) {
  return {port::LabelTerm::Op::kIn, std::move(key), {std::move(value)}};
}

port::PutEvent event(int number, std::string outcome = "accepted", std::string delivery = "") {
  port::EventRow row;
  row.id = EventId(fmt::format("{:032x}", 0xabc000 + number));
  row.ns = "ci", row.source = "github", row.name = "push", row.type = "github";
  row.delivery = std::move(delivery);
  row.at = Time::from_seconds(1000 + number);
  row.status = 200;
  row.outcome = std::move(outcome);
  row.payload = "{\"a\":1}";
  row.verdicts = "[]";
  row.summary = fmt::format("push octo/ride#{} 100%_sure", number);
  return {row};
}

TEST_F(SqliteJournalTest, RecordsSurviveReopening) {
  {
    auto journal = open();
    ASSERT_TRUE(journal->commit({{{1, "one"}, {2, std::string("t\0wo", 4)}}, {}}).ok());
    ASSERT_TRUE(journal->commit({{{3, ""}}, {}}).ok());
  }
  auto journal = open();
  EXPECT_EQ(replayed(*journal),
            (std::vector<std::string>{"1:one", std::string("2:t\0wo", 6), "3:"}));
  EXPECT_EQ(replayed(*journal, 2), (std::vector<std::string>{"3:"}));
}

TEST_F(SqliteJournalTest, TheLogHasRoomAheadAndReadsBackAsACrashLeavesIt) {
  const auto journal = open({.durable = false});
  std::vector<std::string> written;
  for (uint64_t i = 1; i <= 400; ++i) {
    ASSERT_TRUE(journal->commit({{{i, std::string(5000, 'x')}}, {}}).ok());
    written.push_back(fmt::format("{}:{}", i, std::string(5000, 'x')));
  }
  const std::string log = path_ + "-wal";
  std::ifstream tail(log, std::ios::binary);
  std::string room(100'000, 'x');
  tail.seekg(-static_cast<std::streamoff>(room.size()), std::ios::end);
  tail.read(room.data(), static_cast<std::streamsize>(room.size()));
  EXPECT_EQ(room, std::string(room.size(), '\0'));
  path_ = folder_ + "/copy.db";
  std::filesystem::copy_file(folder_ + "/journal.db", path_);
  std::filesystem::copy_file(log, path_ + "-wal");
  EXPECT_EQ(replayed(*open()), written);
}

TEST_F(SqliteJournalTest, TheLogIsMovedIntoTheFileWhileItIsWritten) {
  constexpr uint64_t kRecords = 12'000;
  const auto journal = open({.durable = false});
  for (uint64_t i = 1; i <= kRecords; ++i) {
    ASSERT_TRUE(journal->commit({{{i, std::string(5000, 'x')}}, {}}).ok());
  }
  // Three times its 2,000 pages, and the room ahead: however little the mover's thread may run.
  EXPECT_LT(std::filesystem::file_size(path_ + "-wal"), 32u << 20);
  EXPECT_GT(std::filesystem::file_size(path_), 30u << 20);
  EXPECT_EQ(replayed(*journal).size(), kRecords);
}

TEST_F(SqliteJournalTest, AFailedCommitLeavesNothingBehind) {
  auto journal = open();
  ASSERT_TRUE(journal->commit({{{1, "one"}}, {}}).ok());
  // The second record's sequence is taken, so the first of this commit must not stay either.
  const Status status = journal->commit({{{2, "two"}, {1, "again"}}, {workflow(7)}});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kIo);
  EXPECT_EQ(replayed(*journal), (std::vector<std::string>{"1:one"}));
  EXPECT_FALSE(journal->find_workflow(WorkflowUid("uid-0007")).value().has_value());
  EXPECT_TRUE(journal->commit({{{2, "two"}}, {}}).ok());
}

TEST_F(SqliteJournalTest, ASnapshotReplacesItsRecords) {
  auto journal = open();
  EXPECT_EQ(journal->load_snapshot().value().sequence, 0u);
  ASSERT_TRUE(journal->commit({{{1, "a"}, {2, "b"}, {3, "c"}}, {}}).ok());
  ASSERT_TRUE(journal->save_snapshot({2, "state"}).ok());
  journal.reset();
  journal = open();
  const auto snapshot = journal->load_snapshot();
  EXPECT_EQ(snapshot.value().sequence, 2u);
  EXPECT_EQ(snapshot.value().bytes, "state");
  EXPECT_EQ(replayed(*journal, 2), (std::vector<std::string>{"3:c"}));
}

TEST_F(SqliteJournalTest, BitRotAndGapsAreFoundOnReplay) {
  ASSERT_TRUE(open()->commit({{{1, "one"}, {2, "two"}, {3, "three"}}, {}}).ok());
  damage("UPDATE record SET bytes = 'twO' WHERE sequence = 2");
  auto all = replayed(*open());
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0], "1:one");
  EXPECT_NE(all[1].find("record 2 is damaged"), std::string::npos) << all[1];
  EXPECT_NE(all[1].find(path_), std::string::npos) << all[1];
  damage("DELETE FROM record WHERE sequence = 2");
  all = replayed(*open());
  EXPECT_NE(all.back().find("record 2 is missing"), std::string::npos) << all.back();
  ASSERT_TRUE(open()->save_snapshot({3, "state"}).ok());
  damage("UPDATE snapshot SET bytes = 'stale'");
  EXPECT_FALSE(open()->load_snapshot().ok());
}

TEST_F(SqliteJournalTest, AFileThatIsNoDatabaseIsRefused) {
  std::ofstream(path_) << std::string(8192, 'x');
  const Error error = open_error();
  EXPECT_EQ(error.where, path_);
  EXPECT_NE(error.message.find("not a Slipway database"), std::string::npos) << error.text();
}

TEST_F(SqliteJournalTest, AnotherProgramsDatabaseIsRefusedAndLeftAlone) {
  damage("CREATE TABLE bookmarks (url)");
  EXPECT_NE(open_error().message.find("another program"), std::string::npos);
  damage("INSERT INTO bookmarks VALUES ('x')");  // still as it was
}

TEST_F(SqliteJournalTest, ANewerSchemaIsRefused) {
  open();
  damage("PRAGMA user_version = 99");
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  EXPECT_NE(error.message.find("newer Slipway (schema 99"), std::string::npos) << error.text();
}

TEST_F(SqliteJournalTest, TheTallyFollowsWhatIsPutAndRemoved) {
  const auto journal = open();
  const auto put = [](int number, std::map<std::string, std::string> labels) {
    return workflow(number, "Succeeded", std::move(labels));
  };
  ASSERT_TRUE(journal->commit({{}, {put(1, {{"x", "1"}}), put(2, {{"x", "2"}})}}).ok());
  ASSERT_TRUE(journal->commit({{}, {put(1, {{"y", "1"}}), put(1, {{"y", "2"}})}}).ok());
  EXPECT_EQ(tally(""), 2);
  EXPECT_EQ(tally("x"), 1);
  EXPECT_EQ(tally("y"), 1);
  ASSERT_TRUE(journal->commit({{}, {port::RemoveWorkflow{WorkflowUid("uid-0002")}}}).ok());
  EXPECT_EQ(tally(""), 1);
  EXPECT_EQ(tally("x"), 0);
}

TEST_F(SqliteJournalTest, ATruncatedFileIsRefused) {
  {
    auto journal = open();
    for (uint64_t i = 1; i <= 50; ++i) {
      ASSERT_TRUE(journal->commit({{{i, std::string(5000, 'r')}}, {}}).ok());
    }
  }
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) / 2);
  const Error error = open_error();
  EXPECT_EQ(error.where, path_);
  EXPECT_NE(error.message.find("backup"), std::string::npos) << error.text();
}

TEST_F(SqliteJournalTest, AFileWithARottenPageIsRefused) {
  {
    auto journal = open();
    for (uint64_t i = 1; i <= 50; ++i) {
      ASSERT_TRUE(journal->commit({{{i, std::string(300, 'r')}}, {}}).ok());
    }
  }
  {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);  // page 2: the root of the first table
    file << std::string(4096, '\xff');
  }
  EXPECT_NE(open_error().message.find("damaged"), std::string::npos);
}

TEST_F(SqliteJournalTest, ADirectoryThatDoesNotExistIsNamed) {
  path_ = folder_ + "/none/journal.db";
  const Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::kIo);
  EXPECT_EQ(error.where, path_);
}

TEST_F(SqliteJournalTest, AFullDiskFailsTheCommitAndTheNextOneCanSucceed) {
  auto journal = open({.max_bytes = 300 << 10});
  ASSERT_TRUE(journal->commit({{{1, "small"}}, {}}).ok());
  const Status full = journal->commit({{{2, std::string(1 << 20, 'x')}}, {}});
  ASSERT_FALSE(full.ok());
  EXPECT_EQ(full.error().code, ErrorCode::kIo);
  EXPECT_NE(full.error().message.find("full"), std::string::npos) << full.error().text();
  EXPECT_TRUE(journal->commit({{{2, "fits"}}, {}}).ok());
  EXPECT_EQ(replayed(*journal), (std::vector<std::string>{"1:small", "2:fits"}));
}

TEST_F(SqliteJournalTest, WorkflowsArePagedNewestFirst) {
  auto journal = open();
  Commit commit;
  for (int i = 0; i < 25; ++i) commit.rows.push_back(workflow(i));
  ASSERT_TRUE(journal->commit(commit).ok());
  port::WorkflowQuery query;
  query.limit = 10;
  std::vector<std::string> names;
  for (int pages = 0; pages < 5; ++pages) {
    const auto page = journal->list_workflows(query);
    ASSERT_TRUE(page.ok()) << page.error().text();
    for (const auto& row : page.value().rows) names.push_back(row.name);
    query.cursor = page.value().next;
    if (query.cursor.empty()) break;
  }
  ASSERT_EQ(names.size(), 25u);
  for (int i = 0; i < 25; ++i) EXPECT_EQ(names[i], fmt::format("job-{}", 24 - i));
  query.cursor = "nonsense";
  EXPECT_FALSE(journal->list_workflows(query).ok());
}

TEST_F(SqliteJournalTest, WorkflowsAreFoundByWhatIsKnownOfThem) {
  auto journal = open();
  ASSERT_TRUE(journal
                  ->commit({{},
                            {workflow(1, "Failed", {{"repo", "ride"}, {"branch", "main"}}),
                             workflow(2, "Succeeded", {{"repo", "ride"}}),
                             workflow(3, "Error", {{"repo", "it's \"odd\""}})}})
                  .ok());
  const auto count = [&](const port::WorkflowQuery& query) {
    const auto page = journal->list_workflows(query);
    EXPECT_TRUE(page.ok());
    return page.ok() ? page.value().rows.size() : 0;
  };
  EXPECT_EQ(count({.ns = "ci"}), 1u);
  EXPECT_EQ(count({.name = "job-", .name_match = port::NameMatch::kPrefix}), 3u);
  EXPECT_EQ(count({.name = "job_", .name_match = port::NameMatch::kPrefix}), 0u);
  EXPECT_EQ(count({.phases = {"Failed", "Error"}}), 2u);
  EXPECT_EQ(count({.labels = {equal("repo", "ride")}}), 2u);
  EXPECT_EQ(count({.labels = {equal("repo", "ride"), equal("branch", "main")}}), 1u);
  EXPECT_EQ(count({.labels = {equal("repo", "it's \"odd\"")}}), 1u);
  EXPECT_EQ(count({.finished_before = Time::from_seconds(2002)}), 1u);
  EXPECT_EQ(count({.created_after = Time::from_seconds(1000)}), 2u);
  EXPECT_EQ(journal->find_workflow("ci", "job-2").value()->object, "{\"number\":2}");
  EXPECT_FALSE(journal->find_workflow("ci", "job-1").value().has_value());

  // Replacing a row replaces its labels, and removing it leaves none.
  ASSERT_TRUE(journal->commit({{}, {workflow(1, "Succeeded", {{"repo", "boat"}})}}).ok());
  EXPECT_EQ(count({.labels = {equal("repo", "ride")}}), 1u);
  EXPECT_EQ(count({.labels = {equal("repo", "boat")}}), 1u);
  ASSERT_TRUE(journal->commit({{}, {port::RemoveWorkflow{WorkflowUid("uid-0001")}}}).ok());
  EXPECT_EQ(count({.labels = {equal("repo", "boat")}}), 0u);
  EXPECT_EQ(count({}), 2u);
}

TEST_F(SqliteJournalTest, EventsAreListedSearchedAndForgotten) {
  auto journal = open();
  Commit commit;
  for (int i = 0; i < 12; ++i) commit.rows.push_back(event(i));
  commit.rows.push_back(event(20, "accepted", "guid-1"));
  commit.rows.push_back(event(21, "duplicate", "guid-1"));
  ASSERT_TRUE(journal->commit(commit).ok());

  auto page = journal->list_events({.limit = 5});
  ASSERT_EQ(page.value().rows.size(), 5u);
  EXPECT_EQ(page.value().rows[0].outcome, "duplicate");
  EXPECT_TRUE(page.value().rows[0].payload.empty());
  EXPECT_EQ(journal->list_events({.limit = 50, .cursor = page.value().next}).value().rows.size(),
            9u);
  EXPECT_EQ(journal->list_events({.text = "ride#7"}).value().rows.size(), 1u);
  EXPECT_EQ(journal->list_events({.text = "100%_"}).value().rows.size(), 14u);
  EXPECT_EQ(journal->list_events({.text = "0_s"}).value().rows.size(), 0u);
  EXPECT_EQ(journal->list_events({.delivery = "guid-1"}).value().rows.size(), 2u);

  const auto found = journal->find_event("guid-1");
  ASSERT_TRUE(found.value().has_value());
  EXPECT_EQ(found.value()->outcome, "accepted");
  EXPECT_EQ(found.value()->payload, "{\"a\":1}");
  const std::string id = fmt::format("{:032x}", 0xabc000 + 3);
  EXPECT_EQ(journal->find_event(id).value()->id.value, id);
  EXPECT_FALSE(journal->find_event(id.substr(0, 10)).ok());  // all begin so
  EXPECT_FALSE(journal->find_event("").value().has_value());
  EXPECT_FALSE(journal->find_event("ffffff").value().has_value());

  ASSERT_TRUE(journal->commit({{}, {port::RemoveEventsBefore{Time::from_seconds(1010)}}}).ok());
  EXPECT_EQ(journal->list_events({.limit = 50}).value().rows.size(), 4u);
}

TEST_F(SqliteJournalTest, AnAnswerJoinsTheRowOfItsEvent) {
  const auto journal = open();
  const std::string call = R"(trigger/e/s/a "b"/0)";
  const EventId id = event(1).row.id;
  ASSERT_TRUE(journal->commit({{}, {event(1)}}).ok());
  ASSERT_TRUE(journal->commit({{}, {port::PutAnswer{id, call, "{}"}}}).ok());
  ASSERT_TRUE(journal->commit({{}, {port::PutAnswer{id, "other", R"({"ok":true})"}}}).ok());
  ASSERT_TRUE(journal->commit({{}, {port::PutAnswer{EventId("gone"), "other", "{}"}}}).ok());
  EXPECT_EQ(journal->find_event(id.value).value()->answers,
            (std::map<std::string, std::string>{{call, "{}"}, {"other", R"({"ok":true})"}}));
}

TEST_F(SqliteJournalTest, TheStoreReadsWhileTheJournalIsBeingWritten) {
  auto journal = open();
  ASSERT_TRUE(journal->commit({{{1, "a"}}, {workflow(1)}}).ok());
  const Status status = journal->replay(0, [&](uint64_t, std::string_view) -> Status {
    // In the middle of a read of the writer's connection.
    EXPECT_EQ(journal->list_workflows({}).value().rows.size(), 1u);
    return {};
  });
  EXPECT_TRUE(status.ok());
}

std::vector<std::string> names(const Result<std::vector<port::WorkflowRow>>& rows) {
  std::vector<std::string> all;
  if (!rows.ok()) return {rows.error().text()};
  for (const port::WorkflowRow& row : *rows) all.push_back(row.name);
  return all;
}

TEST_F(SqliteJournalTest, TellsWhichWorkflowsHaveHadTheirTime) {
  const auto journal = open();
  Commit commit;
  for (int i = 1; i <= 4; ++i) {
    port::PutWorkflow put = workflow(i, i == 4 ? "Failed" : "Succeeded");
    if (i <= 2) put.row.expires_at = Time{i * 100};
    commit.rows.push_back(put);
  }
  ASSERT_TRUE(journal->commit(commit).ok());
  using Names = std::vector<std::string>;
  EXPECT_EQ(names(journal->overdue(Time{99}, {}, 10)), Names{});
  EXPECT_EQ(names(journal->overdue(Time{100}, {}, 10)), Names{"job-1"});
  EXPECT_EQ(names(journal->overdue(Time{200}, {}, 10)), (Names{"job-1", "job-2"}));
  EXPECT_EQ(names(journal->overdue(Time{200}, {}, 1)), Names{"job-1"});
  EXPECT_EQ(*journal->next_deadline(), Time{100});
  // Two Succeeded are kept: the oldest of three goes. Of the Failed, none is.
  EXPECT_EQ(names(journal->overdue(Time{1}, {.succeeded = 2, .failed = 0}, 10)),
            (Names{"job-1", "job-4"}));
  ASSERT_TRUE(journal
                  ->commit({{},
                            {port::RemoveWorkflow{WorkflowUid("uid-0001")},
                             port::RemoveWorkflow{WorkflowUid("uid-0002")}}})
                  .ok());
  EXPECT_EQ(*journal->next_deadline(), std::nullopt);
}

TEST_F(SqliteJournalTest, TellsWhichRunsACronWorkflowKeepsNoMore) {
  const auto journal = open();
  Commit commit;
  for (int i = 1; i <= 6; ++i) {
    commit.rows.push_back(
        workflow(i * 2, i == 6 ? "Error" : "Succeeded",
                 {{"workflows.argoproj.io/cron-workflow", i == 5 ? "other" : "c"}}));
  }
  ASSERT_TRUE(journal->commit(commit).ok());
  EXPECT_EQ(names(journal->surplus({"ci", "c", {"Succeeded"}, 2}, 10)),
            (std::vector<std::string>{"job-4", "job-2"}));
  EXPECT_EQ(names(journal->surplus({"ci", "c", {"Failed", "Error"}, 0}, 10)),
            std::vector<std::string>{"job-12"});
  EXPECT_EQ(names(journal->surplus({"default", "c", {"Succeeded"}, 0}, 10)),
            std::vector<std::string>{});
}

TEST_F(SqliteJournalTest, BringsAFileOfSchema1UpToDate) {
  ASSERT_TRUE(open()->commit({{}, {workflow(1, "Succeeded", {{"x", "1"}})}}).ok());
  damage(
      "DROP INDEX workflow_expiry; ALTER TABLE workflow DROP COLUMN expires_at; "
      "ALTER TABLE event DROP COLUMN answers; "
      "DROP INDEX workflow_ns_phase; DROP INDEX workflow_name; "
      "ALTER TABLE workflow DROP COLUMN summary; "
      "CREATE INDEX workflow_name ON workflow (ns, name, created_at); "
      "DROP TRIGGER label_put; DROP TRIGGER label_dropped; DROP TRIGGER workflow_put; "
      "DROP TRIGGER workflow_dropped; DROP TABLE tally; "
      "PRAGMA user_version = 1");
  {
    const auto journal = open();
    ASSERT_NE(journal, nullptr);
    port::PutWorkflow put = workflow(2);
    put.row.expires_at = Time{5};
    ASSERT_TRUE(journal->commit({{}, {put}}).ok());
    EXPECT_EQ(names(journal->overdue(Time{5}, {}, 10)), std::vector<std::string>{"job-2"});
    EXPECT_EQ(journal->list_workflows({})->rows.size(), 2u);
    EXPECT_EQ(tally(""), 2);
    EXPECT_EQ(tally("x"), 1);
    const auto page = journal->list_workflows({.name = "job-1", .with_summary = true});
    EXPECT_EQ(page->rows.at(0).summary, R"({"number":1})") << "its whole object";
  }
  EXPECT_NE(open(), nullptr) << "a second start has nothing to do";
}

}  // namespace
}  // namespace slipway::adapter
