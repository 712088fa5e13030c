// What the driver does with workflows that have finished.
#include "sim/driver_fixture.h"

namespace slipway::sim {
namespace {

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
