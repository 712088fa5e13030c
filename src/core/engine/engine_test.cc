#include "core/engine/engine.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace slipway::engine {
namespace {

json::object parse(std::string_view text) { return parse_json(text).value().get_object(); }

constexpr std::string_view kSource = R"({"apiVersion":"argoproj.io/v1alpha1","kind":"EventSource",
"metadata":{"name":"github","namespace":"ci"},"spec":{"github":{"push":{"webhook":{
"endpoint":"/push","port":"12000","method":"POST"},"repositories":[{"owner":"o","names":["r"]}],
"events":["push"]}}}})";

constexpr std::string_view kSensor = R"({"apiVersion":"argoproj.io/v1alpha1","kind":"Sensor",
"metadata":{"name":"build","namespace":"ci"},"spec":{"dependencies":[{"name":"push",
"eventSourceName":"github","eventName":"push"}],"triggers":[{"template":{"name":"build","k8s":{
"operation":"create","source":{"resource":{"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow",
"metadata":{"generateName":"build-","namespace":"ci"},"spec":{"entrypoint":"main",
"arguments":{"parameters":[{"name":"title","value":"x"}]},"templates":[{"name":"main",
"container":{"image":"busybox","command":["true"]}}]}}},
"parameters":[{"src":{"dependencyName":"push","dataKey":"body.title"},
"dest":"spec.arguments.parameters.0.value"}]}}}]}})";

constexpr std::string_view kWorkflow = R"({"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow",
"metadata":{"generateName":"job-"},"spec":{"entrypoint":"main","templates":[{"name":"main",
"container":{"image":"busybox","command":["true"]}}]}})";

class EngineTest : public ::testing::Test {
 protected:
  template <class Body>
  Decision decide(Body body) const {
    return engine_.decide({now_, ++entropy_, std::move(body)});
  }
  template <class Body>
  Reply run(Body body) {
    Decision decision = decide(std::move(body));
    for (const Event& event : decision.events) {
      // What goes through the journal is what counts.
      const auto back = decode(encode(event));
      EXPECT_TRUE(back.ok()) << back.error().text();
      engine_.apply(back.value());
    }
    return std::move(decision.reply);
  }
  Reply put(std::string_view text, std::string version = "") {
    json::object object = parse(text);
    const auto kind = manifest::parse_kind(get_string(object, "kind")).value();
    return run(ApplyResource{{kind, std::move(object)}, false, std::move(version)});
  }
  Reply submit(std::string_view text = kWorkflow, int64_t priority = 0) {
    SubmitWorkflow body;
    body.workflow = parse(text);
    body.ns = "ci";
    body.options.priority = priority;
    return run(std::move(body));
  }
  ReceiveEvent push(std::string delivery, std::string body = R"({"title":"hi"})") {
    ReceiveEvent receive;
    receive.ns = "ci", receive.source = "github", receive.event = "push";
    receive.request.method = "POST";
    receive.request.path = "/push";
    receive.request.headers = {{"Content-Type", "application/json"},
                               {"X-GitHub-Event", "push"},
                               {"X-GitHub-Delivery", std::move(delivery)}};
    receive.request.body = std::move(body);
    return receive;
  }
  // Everything that is due now; the number of ticks it took.
  int tick() {
    for (int i = 0; i < 1000; ++i) {
      const auto wake = engine_.next_wake();
      if (!wake || *wake > now_) return i;
      run(Tick{});
    }
    ADD_FAILURE() << "ticks never end";
    return -1;
  }
  std::vector<const Effect*> effects(Effect::Kind kind) const {
    std::vector<const Effect*> found;
    for (const Effect* effect : engine_.outstanding().after(0)) {
      if (effect->kind == kind) found.push_back(effect);
    }
    return found;
  }
  Reply report(const PodId& pod, pod::PodReport::Phase phase) {
    pod::PodReport said;
    said.id = pod;
    said.phase = phase;
    said.at = said.finished_at = now_;
    if (phase == pod::PodReport::Phase::kSucceeded) said.exit_code = 0;
    return run(PodReported{said});
  }

  Engine engine_{workflow::Settings{}};
  Time now_ = Time::from_seconds(1'790'000'000);
  mutable uint64_t entropy_ = 0;
};

TEST_F(EngineTest, AWebhookBecomesAnEventAndAWorkflowInOneDecision) {
  put(kSource);
  put(kSensor);
  const Decision decision = decide(push("guid-1"));
  EXPECT_EQ(decision.reply.http_status, 200);
  EXPECT_FALSE(decision.reply.error.has_value());
  EXPECT_EQ(decision.reply.event.value.size(), 32u);
  ASSERT_EQ(decision.events.size(), 2u);
  const auto& received = std::get<EventReceived>(decision.events[0].body);
  EXPECT_EQ(received.delivery, "guid-1");
  ASSERT_EQ(received.verdicts.size(), 1u);
  EXPECT_NE(print_json(json::value(received.verdicts)).find("Workflow ci/build-"),
            std::string::npos);
  const auto& created = std::get<WorkflowCreated>(decision.events[1].body);
  const json::object object = parse(created.object);
  EXPECT_EQ(str(find_path(object, {"metadata", "annotations", "slipway.dev/event"})->get_string()),
            received.id.value);
  const json::value* marks =
      find_path(object, {"metadata", "annotations", "slipway.dev/untrusted"});
  ASSERT_NE(marks, nullptr);
  EXPECT_NE(view(marks->get_string()).find("title"), std::string_view::npos);
  // decide() has changed nothing.
  EXPECT_EQ(engine_.run_count(), 0u);
}

TEST_F(EngineTest, TheSameDeliveryStartsThingsOnce) {
  put(kSource);
  put(kSensor);
  const Reply first = run(push("guid-1"));
  const Decision again = decide(push("guid-1"));
  EXPECT_EQ(again.reply.http_status, 200);
  EXPECT_EQ(again.reply.message, "duplicate of event " + first.event.value);
  EXPECT_EQ(again.reply.event, first.event);
  ASSERT_EQ(again.events.size(), 1u);
  EXPECT_EQ(std::get<EventRefused>(again.events[0].body).outcome, "duplicate");
  run(push("guid-2"));
  EXPECT_EQ(engine_.run_count(), 2u);
  // A delivery without an id is never a duplicate.
  run(push(""));
  run(push(""));
  EXPECT_EQ(engine_.run_count(), 4u);
}

TEST_F(EngineTest, ADeliveryThatWasRefusedMayComeAgain) {
  put(kSource);
  const Decision refused = decide(push("guid-1", "not json"));
  EXPECT_GE(refused.reply.http_status, 400);
  EXPECT_TRUE(refused.reply.error.has_value());
  ASSERT_EQ(refused.events.size(), 1u);
  EXPECT_EQ(std::get<EventRefused>(refused.events[0].body).outcome, "refused");
  run(push("guid-1", "not json"));
  EXPECT_EQ(run(push("guid-1")).message.substr(0, 8), "accepted");
}

TEST_F(EngineTest, DeliveriesAreRememberedForTwoWeeksAndThroughASnapshot) {
  put(kSource);
  put(kSensor);
  run(push("guid-1"));
  auto restored = Engine::restore(engine_.snapshot(), {});
  ASSERT_TRUE(restored.ok()) << restored.error().text();
  engine_ = std::move(restored).value();
  now_ = now_ + Duration::seconds(13 * 86'400);
  EXPECT_EQ(run(push("guid-1")).message.substr(0, 9), "duplicate");
  now_ = now_ + Duration::seconds(2 * 86'400);
  run(push("guid-2"));  // lets the old ones go
  EXPECT_EQ(run(push("guid-1")).message.substr(0, 8), "accepted");
}

TEST_F(EngineTest, ReplayingOnPurposePassesOverDeduplication) {
  put(kSource);
  put(kSensor);
  const Reply first = run(push("guid-1"));
  ReplayEvent replay{first.event, "ci", "github", "push", "github", {}, "push"};
  replay.data = json::object{{"body", json::object{{"title", "hi"}}}};
  const Reply again = run(replay);
  EXPECT_NE(again.event, first.event);
  EXPECT_EQ(engine_.run_count(), 2u);
  EXPECT_EQ(run(push("guid-1")).event, first.event);
}

TEST_F(EngineTest, AnUnknownSourceIsRefusedAndListed) {
  const Decision decision = decide(push("guid-1"));
  EXPECT_EQ(decision.reply.http_status, 404);
  EXPECT_NE(decision.reply.message.find("EventSource ci/github"), std::string::npos);
  EXPECT_EQ(decision.events.size(), 1u);
}

TEST_F(EngineTest, AResourceKeepsItsIdentityAndCountsItsVersions) {
  const Reply created = put(kSensor);
  const std::string uid = get_string(created.object.at("metadata").get_object(), "uid");
  EXPECT_FALSE(uid.empty());
  EXPECT_EQ(created.message, "Sensor ci/build created");
  const Reply same = put(kSensor);
  EXPECT_EQ(same.message, "Sensor ci/build unchanged");
  std::string changed(kSensor);
  changed.replace(changed.find("body.title"), 10, "body.other");
  const Reply updated = put(changed);
  EXPECT_EQ(updated.message, "Sensor ci/build configured");
  const json::object& metadata = updated.object.at("metadata").get_object();
  EXPECT_EQ(get_string(metadata, "uid"), uid);
  EXPECT_EQ(get_int(metadata, "generation"), 2);
  const std::string version = get_string(metadata, "resourceVersion");
  EXPECT_NE(version, get_string(created.object.at("metadata").get_object(), "resourceVersion"));

  const Reply stale = put(kSensor, "1");
  ASSERT_TRUE(stale.error.has_value());
  EXPECT_EQ(stale.error->code, ErrorCode::kConflict);
  EXPECT_FALSE(put(kSensor, version).error.has_value());
}

TEST_F(EngineTest, ImmutableDataStays) {
  const auto config_map = [](std::string_view rest) {
    return parse(R"({"metadata":{"name":"c","namespace":"ci"},)" + std::string(rest) + "}");
  };
  const auto put_map = [&](std::string_view rest) {
    return run(ApplyResource{{manifest::Kind::kConfigMap, config_map(rest)}, false, ""});
  };
  EXPECT_FALSE(put_map(R"("immutable":true,"data":{"a":"1"})").error.has_value());
  const Reply changed = put_map(R"("immutable":true,"data":{"a":"2"})");
  ASSERT_TRUE(changed.error.has_value());
  EXPECT_NE(changed.error->message.find("ConfigMap ci/c is immutable"), std::string::npos);
  EXPECT_TRUE(put_map(R"("data":{"a":"1"})").error.has_value());
  EXPECT_FALSE(put_map(R"("immutable":true,"data":{"a":"1"})").error.has_value());
}

TEST_F(EngineTest, CreateOnlyAndDeleteSayWhatIsThere) {
  put(kSensor);
  const auto kind = manifest::Kind::kSensor;
  EXPECT_EQ(run(ApplyResource{{kind, parse(kSensor)}, true, ""}).error->code,
            ErrorCode::kAlreadyExists);
  EXPECT_FALSE(run(DeleteResource{{kind, "ci", "build"}}).error.has_value());
  EXPECT_EQ(run(DeleteResource{{kind, "ci", "build"}}).error->code, ErrorCode::kNotFound);
}

TEST_F(EngineTest, TwoSourcesOnOnePathAreWarnedAbout) {
  put(kSource);
  std::string other(kSource);
  other.replace(other.find("\"github\",\"namespace\""), 8, "\"second\"");
  const Reply reply = put(other);
  ASSERT_FALSE(reply.error.has_value());
  ASSERT_FALSE(reply.warnings.empty());
  EXPECT_NE(reply.warnings.back().find("/events/ci/second/push"), std::string::npos)
      << reply.warnings.back();
}

TEST_F(EngineTest, AWorkflowRunsFromSubmitToItsRow) {
  const Reply submitted = submit();
  ASSERT_FALSE(submitted.error.has_value()) << submitted.message;
  tick();
  const auto starts = effects(Effect::Kind::kStartPod);
  ASSERT_EQ(starts.size(), 1u);
  const PodId pod = starts[0]->pod;
  EXPECT_TRUE(engine_.plan_pod(*starts[0], now_).ok());
  report(pod, pod::PodReport::Phase::kRunning);
  report(pod, pod::PodReport::Phase::kSucceeded);
  EXPECT_TRUE(effects(Effect::Kind::kStartPod).empty());
  ASSERT_EQ(effects(Effect::Kind::kRemovePod).size(), 1u);
  EXPECT_FALSE(effects(Effect::Kind::kRemovePod)[0]->with_logs);
  tick();
  EXPECT_EQ(engine_.run_count(), 0u);  // finished runs leave memory
  run(PodRemoved{pod});
  EXPECT_EQ(engine_.outstanding().size(), 0u);
  EXPECT_EQ(engine_.next_wake(), std::nullopt);
}

TEST_F(EngineTest, AReportThatIsNoLongerWaitedForChangesNothing) {
  submit();
  tick();
  const PodId pod = effects(Effect::Kind::kStartPod).at(0)->pod;
  report(pod, pod::PodReport::Phase::kSucceeded);
  const std::string before = engine_.snapshot();
  for (const PodId& id : {pod, PodId("never-was")}) {
    pod::PodReport late;
    late.id = id;
    late.phase = pod::PodReport::Phase::kFailed;
    EXPECT_TRUE(decide(PodReported{late}).events.empty());
  }
  RequestAnswered nobody;
  nobody.uid = WorkflowUid("none");
  EXPECT_TRUE(decide(nobody).events.empty());
  EXPECT_TRUE(decide(PodRemoved{PodId("none")}).events.empty());
  EXPECT_TRUE(decide(TriggerAnswered{EffectId("none"), true, 200, ""}).events.empty());
  EXPECT_EQ(engine_.snapshot(), before);
}

TEST_F(EngineTest, ParallelismLetsTheMostImportantRunFirst) {
  workflow::Settings settings;
  settings.parallelism = 2;
  engine_ = Engine(settings);
  submit(kWorkflow, 1);
  submit(kWorkflow, 1);
  const Reply urgent = submit(kWorkflow, 9);
  tick();
  const auto starts = effects(Effect::Kind::kStartPod);
  ASSERT_EQ(starts.size(), 2u);
  EXPECT_EQ(starts[0]->workflow, urgent.workflow);
  EXPECT_EQ(starts[0]->priority, 9);
  report(starts[0]->pod, pod::PodReport::Phase::kSucceeded);
  tick();
  EXPECT_EQ(effects(Effect::Kind::kStartPod).size(), 2u);
  EXPECT_EQ(engine_.run_count(), 2u);
}

TEST_F(EngineTest, NamesAreTakenOnce) {
  std::string named(kWorkflow);
  named.replace(named.find("\"generateName\":\"job-\""), 21, "\"name\":\"job\"");
  EXPECT_FALSE(submit(named).error.has_value());
  const Reply again = submit(named);
  ASSERT_TRUE(again.error.has_value());
  EXPECT_EQ(again.error->code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(engine_.run_count(), 1u);
}

TEST_F(EngineTest, AnInvalidWorkflowIsRefusedAtSubmitAndADryRunLeavesNothing) {
  std::string wrong(kWorkflow);
  wrong.replace(wrong.find("\"entrypoint\":\"main\""), 19, "\"entrypoint\":\"nope\"");
  const Reply refused = submit(wrong);
  ASSERT_TRUE(refused.error.has_value());
  EXPECT_EQ(refused.error->code, ErrorCode::kInvalid);
  SubmitWorkflow dry;
  dry.workflow = parse(kWorkflow);
  dry.dry_run = true;
  const Decision decision = decide(dry);
  EXPECT_TRUE(decision.events.empty());
  EXPECT_FALSE(decision.reply.object.empty());
}

TEST_F(EngineTest, DeletingALiveWorkflowRemovesItsPodsWithTheirLogs) {
  const Reply submitted = submit();
  tick();
  run(DeleteWorkflow{{}, "ci", submitted.name, {}, {}});
  EXPECT_EQ(engine_.run_count(), 0u);
  EXPECT_TRUE(effects(Effect::Kind::kStartPod).empty());
  ASSERT_EQ(effects(Effect::Kind::kRemovePod).size(), 1u);
  EXPECT_TRUE(effects(Effect::Kind::kRemovePod)[0]->with_logs);
  EXPECT_EQ(run(DeleteWorkflow{{}, "ci", submitted.name, {}, {}}).error->code,
            ErrorCode::kNotFound);
}

TEST_F(EngineTest, TerminatingAskForThePodsEnd) {
  const Reply submitted = submit();
  tick();
  const PodId pod = effects(Effect::Kind::kStartPod).at(0)->pod;
  report(pod, pod::PodReport::Phase::kRunning);
  EXPECT_FALSE(run(OperateWorkflow{"ci", submitted.name, workflow::Terminate{}}).error.has_value());
  tick();
  ASSERT_EQ(effects(Effect::Kind::kStopPod).size(), 1u);
  report(pod, pod::PodReport::Phase::kFailed);
  tick();
  EXPECT_EQ(engine_.run_count(), 0u);
}

TEST_F(EngineTest, ASnapshotLeadsToTheSameState) {
  put(kSource);
  put(kSensor);
  run(push("guid-1"));
  submit();
  submit();
  tick();
  report(effects(Effect::Kind::kStartPod).at(0)->pod, pod::PodReport::Phase::kRunning);
  report(effects(Effect::Kind::kStartPod).at(1)->pod, pod::PodReport::Phase::kSucceeded);
  const std::string text = engine_.snapshot();
  const auto restored = Engine::restore(text, {});
  ASSERT_TRUE(restored.ok()) << restored.error().text();
  EXPECT_EQ(restored.value().snapshot(), text);
  EXPECT_EQ(restored.value().outstanding().size(), engine_.outstanding().size());
  EXPECT_EQ(restored.value().run_count(), engine_.run_count());
  EXPECT_FALSE(Engine::restore("nonsense", {}).ok());
  EXPECT_FALSE(Engine::restore("{\"snapshot\":99}\n", {}).ok());
  EXPECT_FALSE(Engine::restore(text + "{\"v\":1,\"t\":\"x\"}\n", {}).ok());
}

constexpr std::string_view kCron = R"({"apiVersion":"argoproj.io/v1alpha1","kind":"CronWorkflow",
"metadata":{"name":"nightly","namespace":"ci"},"spec":{"schedules":["*/10 * * * *"],
"concurrencyPolicy":"POLICY","workflowSpec":{"entrypoint":"main","templates":[{"name":"main",
"container":{"image":"busybox","command":["true"]}}]}}})";

std::string cron(const std::string& policy) {
  std::string text(kCron);
  return text.replace(text.find("POLICY"), 6, policy);
}

class ScheduleTest : public EngineTest {
 protected:
  void to_next_schedule() { now_ = Time::from_seconds((now_.to_seconds() / 600 + 1) * 600); }
};

TEST_F(ScheduleTest, ACronWorkflowRunsOnTimeUnderItsScheduledName) {
  put(cron("Allow"));
  EXPECT_EQ(engine_.run_count(), 0u);
  ASSERT_TRUE(engine_.next_wake().has_value());
  EXPECT_EQ(engine_.next_wake()->to_seconds() % 600, 0);
  to_next_schedule();
  tick();
  ASSERT_EQ(engine_.run_count(), 1u);
  const std::string name = fmt::format("nightly-{}", now_.to_seconds());
  ASSERT_NE(engine_.find_run("ci", name), nullptr);
  const auto* stored = engine_.catalog().find(manifest::Kind::kCronWorkflow, "ci", "nightly");
  EXPECT_NE(find_path(stored->object, {"status", "lastScheduledTime"}), nullptr);
  to_next_schedule();
  tick();
  EXPECT_EQ(engine_.run_count(), 2u);
}

TEST_F(ScheduleTest, ForbidWaitsAndReplaceTerminates) {
  put(cron("Forbid"));
  to_next_schedule();
  tick();
  to_next_schedule();
  tick();
  EXPECT_EQ(engine_.run_count(), 1u);
  put(cron("Replace"));
  to_next_schedule();
  tick();
  EXPECT_EQ(engine_.run_count(), 2u);
  EXPECT_EQ(effects(Effect::Kind::kStopPod).size(), 1u);
}

TEST_F(ScheduleTest, AMissedScheduleIsRunOnlyWithinItsDeadline) {
  put(cron("Allow"));
  now_ = *engine_.next_wake() + Duration::seconds(300);  // the server was down
  tick();
  EXPECT_EQ(engine_.run_count(), 0u);
  std::string patient = cron("Allow");
  patient.replace(patient.find("\"concurrencyPolicy\""), 0, "\"startingDeadlineSeconds\":400,");
  put(patient);
  now_ = *engine_.next_wake() + Duration::seconds(1500);  // the last two were missed
  tick();
  EXPECT_EQ(engine_.run_count(), 1u);  // only the latest
  EXPECT_GT(*engine_.next_wake(), now_);
}

TEST_F(ScheduleTest, AWrongScheduleIsRefused) {
  std::string wrong = cron("Allow");
  wrong.replace(wrong.find("*/10"), 4, "99  ");
  const Reply reply = put(wrong);
  ASSERT_TRUE(reply.error.has_value());
  EXPECT_EQ(reply.error->code, ErrorCode::kInvalid);
  EXPECT_NE(reply.error->text().find("CronWorkflow ci/nightly"), std::string::npos);
}

TEST_F(EngineTest, PodGcTakesTheLogsOfAPodAfterItsDelay) {
  submit(R"({"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow","metadata":{"name":"gc"},
"spec":{"entrypoint":"main","podGC":{"strategy":"OnPodCompletion","deleteDelayDuration":"7s"},
"templates":[{"name":"main","container":{"image":"busybox","command":["true"]}}]}})");
  tick();
  ASSERT_EQ(effects(Effect::Kind::kStartPod).size(), 1u);
  pod::PodReport report;
  report.id = effects(Effect::Kind::kStartPod)[0]->pod;
  report.phase = pod::PodReport::Phase::kSucceeded;
  report.artifacts.push_back({"main-logs", "gc/main.log"});
  report.finished_at = now_;
  run(PodReported{report});
  tick();
  run(PodRemoved{report.id});
  EXPECT_TRUE(effects(Effect::Kind::kRemovePod).empty());
  Engine again = Engine::restore(engine_.snapshot(), {}).value();
  engine_ = std::move(again);
  EXPECT_EQ(engine_.next_wake(), now_ + Duration::seconds(7)) << "it survives a snapshot";
  now_ = now_ + Duration::seconds(7);
  tick();
  ASSERT_EQ(effects(Effect::Kind::kRemovePod).size(), 1u);
  EXPECT_TRUE(effects(Effect::Kind::kRemovePod)[0]->with_logs);
}

TEST_F(EngineTest, WhatATemplateMemoizesIsAConfigMapOfTheCatalog) {
  submit(R"({"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow","metadata":{"name":"memo"},
"spec":{"entrypoint":"main","templates":[{"name":"main","memoize":{"key":"k","cache":{"configMap":
{"name":"cache"}}},"container":{"image":"busybox","command":["true"]}}]}})");
  tick();
  pod::PodReport report;
  report.id = effects(Effect::Kind::kStartPod)[0]->pod;
  report.phase = pod::PodReport::Phase::kSucceeded;
  report.result = "42";
  report.finished_at = now_;
  run(PodReported{report});
  const manifest::Resource* map = engine_.catalog().find(manifest::Kind::kConfigMap, "ci", "cache");
  ASSERT_NE(map, nullptr);
  EXPECT_FALSE(get_string(map->metadata(), "uid").empty());
  EXPECT_EQ(
      get_string(*find_object(map->metadata(), "labels"), "workflows.argoproj.io/configmap-type"),
      "Cache");
}

TEST_F(EngineTest, AValueOfAnEventIsUntrustedUpToTheScriptThatPastesIt) {
  workflow::Settings settings;
  settings.untrusted = workflow::UntrustedPolicy::kDeny;
  engine_ = Engine(settings);
  put(kSource);
  std::string sensor(kSensor);
  const std::string_view plain = R"-("container":{"image":"busybox","command":["true"]}}])-";
  sensor.replace(sensor.find(plain), plain.size(),
                 R"-("script":{"image":"busybox","command":["sh"],)-"
                 R"-("source":"echo {{workflow.parameters.title}}"}}])-");
  put(sensor);
  run(push("guid-1", R"-({"title":"$(reboot)"})-"));
  tick();
  EXPECT_TRUE(effects(Effect::Kind::kStartPod).empty());
}

}  // namespace
}  // namespace slipway::engine
