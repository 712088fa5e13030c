// The driver over fakes that do exactly what a test tells them.
#include "server/driver.h"

#include <gtest/gtest.h>

#include "core/pod/plan.h"
#include "core/pod/report.h"
#include "sim/journal.h"
#include "sim/manifest.h"
#include "sim/store.h"
#include "sim/world.h"

namespace slipway::sim {
namespace {

using Phase = pod::PodReport::Phase;

json::object parse(std::string_view text) { return parse_json(text).value().get_object(); }

// Passes commits on to the simulated disk, until told to fail.
class TestJournal : public SimJournal {
 public:
  using SimJournal::SimJournal;
  Status commit(const port::Commit& commit) override {
    if (fail) {
      ++refused;
      return Error{ErrorCode::kIo, "no space", "disk"};
    }
    ++good;
    return SimJournal::commit(commit);
  }
  bool fail = false;
  int good = 0, refused = 0;
};

class TestBell : public port::Bell {
 public:
  void ring() override {}
  void wait(Duration at_most) override {
    if (on_wait) on_wait(at_most);
  }
  std::function<void(Duration)> on_wait;
};

class TestPods : public port::PodRuntime {
 public:
  void start(pod::PodPlan plan) override { started.push_back(plan.id); }
  void adopt(const PodId& id) override { adopted.push_back(id); }
  void stop(const PodId& id) override { stopped.push_back(id); }
  void remove(const PodId& id) override { removed.push_back(id); }
  std::vector<PodId> list() override { return existing; }
  Status remove_claim(const std::string&, const std::string&) override { return {}; }
  std::vector<PodId> started, adopted, stopped, removed, existing;
};

class TestHttp : public port::HttpClient {
 public:
  void send(port::HttpRequest request, port::HttpDone done) override {
    requests.push_back(std::move(request));
    answers.push_back(std::move(done));
  }
  std::vector<port::HttpRequest> requests;
  std::vector<port::HttpDone> answers;
};

class DriverTest : public ::testing::Test {
 protected:
  DriverTest() : world_(1, Mutation::kNone), journal_(world_, settings_) {
    world_.calm = true;
    boot();
  }

  void boot(server::DriverOptions options = {}) {
    driver_ = std::make_unique<server::Driver>(
        server::Ports{world_, bell_, journal_, journal_, pods_, logs_, http_, artifacts_,
                      journal_.finished_store()},
        settings_, options);
    const Status status = driver_->recover();
    ASSERT_TRUE(status.ok()) << status.error().text();
  }
  void steps() {
    for (int i = 0; i < 100 && driver_->step(); ++i) {
    }
  }
  std::optional<engine::Reply> post(server::InputBody body) {
    std::optional<engine::Reply> reply;
    driver_->post(std::move(body), [&](engine::Reply got) { reply = std::move(got); });
    steps();
    return reply;
  }
  server::InputBody work(int64_t priority = 0) {
    engine::SubmitWorkflow submit;
    submit.workflow = parse_json(R"({"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow",
      "metadata":{"generateName":"job-"},"spec":{"entrypoint":"main","templates":[{"name":"main",
      "container":{"image":"busybox","command":["true"]}}]}})")
                          .value()
                          .get_object();
    submit.ns = "ci";
    submit.options.priority = priority;
    return submit;
  }
  void report(const PodId& pod, Phase phase) {
    pod::PodReport said;
    said.id = pod;
    said.phase = phase;
    said.at = said.finished_at = world_.now();
    if (phase == Phase::kSucceeded) said.exit_code = 0;
    driver_->report_sink()(said);
  }

  World world_;
  TestBell bell_;
  workflow::Settings settings_;
  TestJournal journal_;
  TestPods pods_;
  TestHttp http_;
  SimLogs logs_;
  SimArtifacts artifacts_;
  std::unique_ptr<server::Driver> driver_;
};

TEST_F(DriverTest, AWorkflowGoesFromSubmitToItsRow) {
  const auto reply = post(work());
  ASSERT_TRUE(reply.has_value());
  EXPECT_FALSE(reply->error.has_value()) << reply->message;
  ASSERT_EQ(pods_.started.size(), 1u);
  report(pods_.started[0], Phase::kRunning);
  report(pods_.started[0], Phase::kSucceeded);
  steps();
  EXPECT_EQ(driver_->engine().run_count(), 0u);
  ASSERT_EQ(journal_.finished().size(), 1u);
  const port::WorkflowRow& row = journal_.finished().begin()->second;
  EXPECT_EQ(row.phase, "Succeeded");
  EXPECT_NE(row.object.find(pods_.started[0].value), std::string::npos);
  EXPECT_EQ(pods_.removed, pods_.started);
}

TEST_F(DriverTest, AllThatIsInFlightIsOneCommit) {
  int replies = 0;
  for (int i = 0; i < 50; ++i) driver_->post(work(), [&](engine::Reply) { ++replies; });
  driver_->step();
  EXPECT_EQ(replies, 50);
  EXPECT_EQ(journal_.good, 1);
}

TEST_F(DriverTest, NothingLeavesWhenTheCommitFails) {
  int heard = 0;
  driver_->subscribe([&](const server::Change&, const engine::Engine&) { ++heard; });
  journal_.fail = true;
  const auto refused = post(work());
  ASSERT_TRUE(refused.has_value());
  ASSERT_TRUE(refused->error.has_value());
  EXPECT_EQ(refused->error->code, ErrorCode::kUnavailable);
  EXPECT_EQ(refused->http_status, 503);
  EXPECT_NE(refused->message.find("no space"), std::string::npos);
  EXPECT_TRUE(pods_.started.empty());
  EXPECT_EQ(heard, 0);
  EXPECT_EQ(driver_->engine().run_count(), 0u);

  journal_.fail = false;
  EXPECT_FALSE(post(work())->error.has_value());
  EXPECT_EQ(pods_.started.size(), 1u);
}

TEST_F(DriverTest, AFullDiskIsToldOnceAndAgainWhenItIsMended) {
  std::vector<std::string> told;
  server::DriverOptions options;
  options.tell = [&](const std::string& line) { told.push_back(line); };
  boot(options);
  journal_.fail = true;
  for (int i = 0; i < 3; ++i) post(work());
  ASSERT_EQ(told.size(), 1u);
  EXPECT_NE(told[0].find("no space"), std::string::npos);
  journal_.fail = false;
  post(work());
  ASSERT_EQ(told.size(), 2u);
  EXPECT_NE(told[1].find("again"), std::string::npos);
}

// Counts how often the loop goes to sleep; ends it when it has slept often enough.
TEST_F(DriverTest, TheLoopRestsWhileNothingCanBeWrittenAndEndsWhenAsked) {
  post(work());
  journal_.fail = true;
  report(pods_.started.at(0), Phase::kSucceeded);
  int sleeps = 0;
  bell_.on_wait = [&](Duration) {
    if (++sleeps == 3) driver_->stop();
  };
  driver_->run();  // and not for ever, although the pod's report still waits
  EXPECT_EQ(sleeps, 3);
  EXPECT_LE(journal_.refused, 4);
  bell_.on_wait = nullptr;
  journal_.fail = false;
  pods_.existing = pods_.started;
  boot();
  EXPECT_EQ(driver_->engine().run_count(), 1u);
}

TEST_F(DriverTest, WhatAPodReportedWhileTheDiskWasFullIsNotLost) {
  post(work());
  journal_.fail = true;
  report(pods_.started.at(0), Phase::kSucceeded);
  for (int i = 0; i < 3; ++i) driver_->step();
  EXPECT_EQ(driver_->engine().run_count(), 1u);
  journal_.fail = false;
  steps();
  EXPECT_EQ(driver_->engine().run_count(), 0u);
  EXPECT_EQ(pods_.started.size(), 1u);  // rebuilding the engine starts nothing twice
}

TEST_F(DriverTest, AFullMailboxRefusesAtOnceAndAnswersOfTheWorldStillGoIn) {
  boot({.mailbox = 2});
  std::vector<int> statuses;
  for (int i = 0; i < 3; ++i) {
    driver_->post(work(), [&](const engine::Reply& reply) {
      statuses.push_back(reply.error ? reply.http_status : 0);
    });
  }
  EXPECT_EQ(statuses, std::vector<int>{503});
  report(PodId("any"), Phase::kRunning);
  steps();
  EXPECT_EQ(statuses, (std::vector<int>{503, 0, 0}));
}

TEST_F(DriverTest, PodsStartByPriorityAsFarAsThereIsRoom) {
  boot({.max_parallel_pods = 1});
  post(work(0));
  ASSERT_EQ(pods_.started.size(), 1u);
  post(work(1));
  const auto urgent = post(work(7));
  EXPECT_EQ(pods_.started.size(), 1u);
  report(pods_.started[0], Phase::kSucceeded);
  steps();
  ASSERT_EQ(pods_.started.size(), 2u);
  const workflow::Run* run = driver_->engine().find_run(urgent->workflow);
  ASSERT_NE(run, nullptr);
  bool is_urgent = false;
  for (const auto& [id, node] : run->nodes()) is_urgent |= node.pod_id == pods_.started[1];
  EXPECT_TRUE(is_urgent);
}

TEST_F(DriverTest, APodThatWaitsForRoomIsStoppedWithoutEverStarting) {
  boot({.max_parallel_pods = 1});
  post(work());
  const auto second = post(work());
  post(engine::OperateWorkflow{"ci", second->name, workflow::Terminate{}});
  EXPECT_EQ(driver_->engine().find_run(second->workflow), nullptr);
  EXPECT_EQ(pods_.started.size(), 1u);
  EXPECT_TRUE(pods_.stopped.empty());
}

TEST_F(DriverTest, ARestartAdoptsWhatRunsAndRemovesWhatNobodyWants) {
  post(work());
  const PodId pod = pods_.started.at(0);
  report(pod, Phase::kRunning);
  steps();
  pods_.existing = {pod, PodId("left-behind")};
  pods_.started.clear();
  boot();
  EXPECT_TRUE(pods_.started.empty());
  EXPECT_EQ(pods_.adopted, std::vector<PodId>{pod});
  EXPECT_EQ(pods_.removed, std::vector<PodId>{PodId("left-behind")});
  report(pod, Phase::kSucceeded);
  steps();
  EXPECT_EQ(journal_.finished().begin()->second.phase, "Succeeded");
}

TEST_F(DriverTest, APodThatRunsNeedsItsSecretNoMore) {
  const manifest::ResourceKey token{manifest::Kind::kSecret, "ci", "token"};
  ASSERT_FALSE(post(engine::ApplyResource{{token.kind, parse(R"({"apiVersion":"v1","kind":"Secret",
    "metadata":{"name":"token","namespace":"ci"},"stringData":{"key":"hush"}})")},
                                          false,
                                          ""})
                   ->error.has_value());
  engine::SubmitWorkflow submit;
  submit.workflow = parse(R"({"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow",
    "metadata":{"name":"job"},"spec":{"entrypoint":"main","templates":[{"name":"main",
    "container":{"image":"busybox","command":["true"],"env":[{"name":"T","valueFrom":
    {"secretKeyRef":{"name":"token","key":"key"}}}]}}]}})");
  submit.ns = "ci";
  post(submit);
  ASSERT_EQ(pods_.started.size(), 1u);
  const PodId pod = pods_.started[0];
  report(pod, Phase::kRunning);
  ASSERT_FALSE(post(engine::DeleteResource{token})->error.has_value());
  pods_.existing = {pod};
  boot();
  steps();
  EXPECT_EQ(pods_.adopted, std::vector<PodId>{pod});
  EXPECT_EQ(driver_->engine().run_count(), 1u);
  post(engine::OperateWorkflow{"ci", "job", workflow::Terminate{}});
  EXPECT_EQ(pods_.stopped, std::vector<PodId>{pod});
  report(pod, Phase::kSucceeded);
  steps();
  EXPECT_EQ(driver_->engine().run_count(), 0u);
}

TEST_F(DriverTest, APodThatRanAndIsGoneAfterARestartIsNotRunAgain) {
  post(work());
  report(pods_.started.at(0), Phase::kRunning);
  steps();
  pods_.started.clear();
  boot();  // the machine was rebooted: no pod exists
  steps();
  EXPECT_TRUE(pods_.started.empty());
  ASSERT_EQ(journal_.finished().size(), 1u);
  EXPECT_NE(journal_.finished().begin()->second.phase, "Succeeded");
}

TEST_F(DriverTest, ACleanStopLeavesASnapshotThatCarriesOn) {
  post(work());
  driver_->shut_down();
  const auto snapshot = journal_.load_snapshot();
  EXPECT_EQ(snapshot.value().sequence, journal_.last_sequence());
  EXPECT_GT(snapshot.value().sequence, 0u);
  pods_.existing = pods_.started;
  boot();
  EXPECT_EQ(driver_->engine().run_count(), 1u);
  report(pods_.started.at(0), Phase::kSucceeded);
  steps();
  EXPECT_EQ(driver_->engine().run_count(), 0u);
}

TEST_F(DriverTest, WatchersHearWhatWasCommittedUntilTheyLeave) {
  std::set<WorkflowUid> heard;
  const uint64_t subscription =
      driver_->subscribe([&](const server::Change& change, const engine::Engine&) {
        heard.insert(change.workflows.begin(), change.workflows.end());
      });
  const auto reply = post(work());
  EXPECT_TRUE(heard.contains(reply->workflow));
  driver_->unsubscribe(subscription);
  heard.clear();
  post(work());
  EXPECT_TRUE(heard.empty());
}

TEST_F(DriverTest, AQuerySeesOnlyWhatIsDurable) {
  size_t seen = 99;
  journal_.fail = true;
  driver_->post(work(), [](const engine::Reply&) {});
  driver_->query([&](const engine::Engine& engine) { seen = engine.run_count(); });
  driver_->step();
  EXPECT_EQ(seen, 0u);
}

TEST_F(DriverTest, RunGoesOnUntilItIsStoppedAndLeavesASnapshot) {
  driver_->post(work(), [this](const engine::Reply& reply) {
    EXPECT_FALSE(reply.error.has_value());
    driver_->stop();
  });
  driver_->run();
  EXPECT_EQ(pods_.started.size(), 1u);
  EXPECT_EQ(journal_.load_snapshot().value().sequence, journal_.last_sequence());
}

TEST_F(DriverTest, WithoutSnapshotsEveryRecordIsKept) {
  boot({.snapshot_records = SIZE_MAX});
  post(work());
  driver_->shut_down();
  EXPECT_EQ(journal_.load_snapshot().value().sequence, 0u);
  EXPECT_GT(journal_.last_sequence(), 0u);
}

TEST_F(DriverTest, AReportAfterTheDriverIsGoneGoesNowhere) {
  const port::PodReportSink sink = driver_->report_sink();
  driver_.reset();
  sink({});
}

TEST_F(DriverTest, ARequestIsSentOnceAndItsAnswerEndsTheNode) {
  engine::SubmitWorkflow submit;
  submit.workflow = workflows().at(1);
  submit.workflow["spec"].as_object().erase("onExit");
  submit.ns = "ci";
  const auto reply = post(submit);
  ASSERT_FALSE(reply->error.has_value()) << reply->message;
  steps();
  ASSERT_EQ(http_.requests.size(), 1u);
  EXPECT_EQ(http_.requests[0].url, "http://api.example/" + reply->name);
  port::HttpResponse response;
  response.status = 200;
  http_.answers[0](response);
  steps();
  EXPECT_EQ(driver_->engine().run_count(), 0u);
  EXPECT_EQ(journal_.finished().begin()->second.phase, "Succeeded");
}

TEST_F(DriverTest, ARequestThatCanNeverBeMadeEndsItsNodeAtOnce) {
  engine::SubmitWorkflow submit;
  submit.workflow = parse_json(R"({"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow",
      "metadata":{"name":"tell"},"spec":{"entrypoint":"main","templates":[{"name":"main",
      "plugin":{"slack":{"chanel":"C1","status":"Succeeded","title":"x"}}}]}})")
                        .value()
                        .get_object();
  submit.ns = "ci";
  ASSERT_FALSE(post(submit)->error.has_value());
  EXPECT_TRUE(http_.requests.empty());
  ASSERT_EQ(journal_.finished().size(), 1u);
  const port::WorkflowRow& row = journal_.finished().begin()->second;
  EXPECT_EQ(row.phase, "Error");
  EXPECT_NE(row.object.find("did you mean channel?"), std::string::npos) << row.object;
  EXPECT_EQ(row.object.find("attempt"), std::string::npos) << row.object;
}

TEST_F(DriverTest, ARequestWithoutAnAnswerIsMadeAgainAndOneThatIsMalformedIsNot) {
  using Live = std::pair<ErrorCode, size_t>;  // what is answered; workflows that then go on
  for (const auto& [code, live] : {Live{ErrorCode::kTimeout, 1}, Live{ErrorCode::kUnavailable, 2},
                                   Live{ErrorCode::kInvalid, 2}, Live{ErrorCode::kLimit, 2}}) {
    engine::SubmitWorkflow submit;
    submit.workflow = workflows().at(1);
    submit.workflow["spec"].as_object().erase("onExit");
    submit.ns = "ci";
    ASSERT_FALSE(post(submit)->error.has_value());
    http_.answers.back()(Error{code, "no luck", "http://api.example"});
    steps();
    EXPECT_EQ(driver_->engine().run_count(), live);
  }
  EXPECT_EQ(journal_.finished().size(), 2u);
}

server::InputBody short_lived(std::string_view ttl) {
  engine::SubmitWorkflow submit;
  submit.workflow = parse_json(R"({"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow",
    "metadata":{"generateName":"job-"},"spec":{"entrypoint":"main","ttlStrategy":)" +
                               std::string(ttl) + R"(,"templates":[{"name":"main",
    "container":{"image":"busybox","command":["true"]}}]}})")
                        .value()
                        .get_object();
  submit.ns = "ci";
  return submit;
}

TEST_F(DriverTest, AFinishedWorkflowGoesWhenItsTimeIsOver) {
  post(short_lived(R"({"secondsAfterCompletion":60})"));
  ASSERT_EQ(pods_.started.size(), 1u);
  report(pods_.started[0], Phase::kSucceeded);
  steps();
  EXPECT_EQ(journal_.finished().size(), 1u);
  boot();  // a restart forgets nothing
  steps();
  ASSERT_TRUE(driver_->next_wake().has_value());
  world_.advance(Duration::seconds(59));
  steps();
  EXPECT_EQ(journal_.finished().size(), 1u);
  world_.advance(Duration::seconds(2));
  steps();
  EXPECT_TRUE(journal_.finished().empty());
  EXPECT_EQ(driver_->next_wake(), std::nullopt);
  EXPECT_NE(std::find(pods_.removed.begin(), pods_.removed.end(), pods_.started[0]),
            pods_.removed.end());
}

TEST_F(DriverTest, KeepsNoMoreFinishedWorkflowsThanItWasTold) {
  server::DriverOptions options;
  options.keep.succeeded = 1;
  boot(options);
  for (int i = 0; i < 3; ++i) {
    post(work());
    report(pods_.started.back(), Phase::kSucceeded);
    world_.advance(Duration::seconds(1));
    steps();
  }
  EXPECT_EQ(journal_.finished().size(), 1u);
}

TEST_F(DriverTest, ARemovalWhoseCommitFailedIsMadeAgain) {
  post(short_lived(R"({"secondsAfterCompletion":1})"));
  report(pods_.started[0], Phase::kSucceeded);
  steps();
  world_.advance(Duration::seconds(2));
  journal_.fail = true;
  driver_->step();
  EXPECT_EQ(journal_.finished().size(), 1u);
  journal_.fail = false;
  steps();
  EXPECT_TRUE(journal_.finished().empty());
}

// Answers removals when the test says so, as a network does.
class SlowArtifacts : public SimArtifacts {
 public:
  void remove(const pod::ArtifactLocation&, std::function<void(Status)> done) override {
    waiting.push_back(std::move(done));
  }
  void answer(Status status) {
    for (const auto& done : std::exchange(waiting, {})) done(status);
  }
  std::vector<std::function<void(Status)>> waiting;
};

TEST_F(DriverTest, AWorkflowWaitsForItsArtifactsAndOneThatCanNotGoStays) {
  SlowArtifacts slow;
  std::vector<std::string> told;
  server::DriverOptions options;
  options.keep.succeeded = 0;
  options.tell = [&](const std::string& text) { told.push_back(text); };
  driver_ =
      std::make_unique<server::Driver>(server::Ports{world_, bell_, journal_, journal_, pods_,
                                                     logs_, http_, slow, journal_.finished_store()},
                                       settings_, options);
  ASSERT_TRUE(driver_->recover().ok());
  engine::SubmitWorkflow submit;
  submit.workflow = parse_json(R"({"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow",
    "metadata":{"name":"job"},"spec":{"entrypoint":"main",
    "artifactGC":{"strategy":"OnWorkflowCompletion"},"ttlStrategy":{"secondsAfterCompletion":60},
    "templates":[{"name":"main","container":{"image":"busybox"},
    "outputs":{"artifacts":[{"name":"a","path":"/a"}]}}]}})")
                        .value()
                        .get_object();
  submit.ns = "ci";
  post(submit);
  pod::PodReport said;
  said.id = pods_.started.at(0);
  said.phase = Phase::kSucceeded;
  said.exit_code = 0;
  said.finished_at = world_.now();
  said.artifacts = {{"a", "job/a.tgz"}};
  driver_->report_sink()(said);
  steps();
  ASSERT_EQ(slow.waiting.size(), 1u);
  EXPECT_TRUE(journal_.finished().empty()) << "it waits for its artifact";
  slow.answer(Error{ErrorCode::kIo, "access denied", ""});
  steps();
  // keep.succeeded asks for its deletion at once; that tries once more, and then it stays.
  ASSERT_EQ(slow.waiting.size(), 1u);
  slow.answer(Error{ErrorCode::kIo, "access denied", ""});
  steps();
  EXPECT_TRUE(slow.waiting.empty());
  ASSERT_EQ(journal_.finished().size(), 1u);
  EXPECT_NE(journal_.finished().begin()->second.object.find("ArtifactGCError"), std::string::npos);
  EXPECT_EQ(told.size(), 2u);
  world_.advance(Duration::seconds(3600));
  EXPECT_FALSE(driver_->step()) << "nothing tries again by itself";
  EXPECT_EQ(driver_->engine().run_count(), 0u);
}

TEST_F(DriverTest, ASlowStoreIsGivenOnlySoMuchToDelete) {
  SlowArtifacts slow;
  server::DriverOptions options;
  options.max_recalled = 0;
  const auto start = [&] {
    driver_ = std::make_unique<server::Driver>(
        server::Ports{world_, bell_, journal_, journal_, pods_, logs_, http_, slow,
                      journal_.finished_store()},
        settings_, options);
    ASSERT_TRUE(driver_->recover().ok());
  };
  start();
  engine::SubmitWorkflow submit;
  submit.workflow = parse(R"({"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow",
    "metadata":{"name":"job"},"spec":{"entrypoint":"main",
    "artifactGC":{"strategy":"OnWorkflowDeletion"},"ttlStrategy":{"secondsAfterCompletion":1},
    "templates":[{"name":"main","container":{"image":"busybox"},
    "outputs":{"artifacts":[{"name":"a","path":"/a"}]}}]}})");
  submit.ns = "ci";
  post(submit);
  pod::PodReport said;
  said.id = pods_.started.at(0);
  said.phase = Phase::kSucceeded;
  said.finished_at = world_.now();
  said.artifacts = {{"a", "job/a.tgz"}};
  driver_->report_sink()(said);
  steps();
  world_.advance(Duration::seconds(5));
  EXPECT_FALSE(driver_->step());
  EXPECT_EQ(driver_->next_wake(), std::nullopt) << "it does not ask again and again";
  options.max_recalled = 1;
  start();
  steps();
  ASSERT_EQ(slow.waiting.size(), 1u);
  EXPECT_EQ(driver_->engine().recalled_count(), 1u);
  slow.answer({});
  steps();
  EXPECT_EQ(driver_->engine().recalled_count(), 0u);
  EXPECT_TRUE(journal_.finished().empty());
}

TEST_F(DriverTest, ACronWorkflowKeepsAsManyRunsAsItSays) {
  json::object cron = parse_json(R"({"apiVersion":"argoproj.io/v1alpha1","kind":"CronWorkflow",
    "metadata":{"name":"c","namespace":"ci"},"spec":{"schedules":["* * * * *"],
    "successfulJobsHistoryLimit":2,"workflowSpec":{"entrypoint":"main","templates":[{"name":"main",
    "container":{"image":"busybox","command":["true"]}}]}}})")
                          .value()
                          .get_object();
  const auto reply = post(engine::ApplyResource{{manifest::Kind::kCronWorkflow, cron}, false, ""});
  ASSERT_FALSE(reply->error.has_value()) << reply->message;
  for (int i = 0; i < 4; ++i) {
    world_.advance(*driver_->next_wake() - world_.now());
    steps();
    ASSERT_EQ(pods_.started.size(), static_cast<size_t>(i + 1));
    report(pods_.started.back(), Phase::kSucceeded);
    steps();
  }
  EXPECT_EQ(journal_.finished().size(), 2u);
}

}  // namespace
}  // namespace slipway::sim
