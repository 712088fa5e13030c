// What the driver does with what comes in, and when what goes out.
#include "sim/driver_fixture.h"

namespace slipway::sim {
namespace {

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

}  // namespace
}  // namespace slipway::sim
