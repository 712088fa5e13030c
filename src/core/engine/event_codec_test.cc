#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "core/engine/engine.h"
#include "core/engine/event.h"

namespace slipway::engine {
namespace {

json::object parse(std::string_view text) { return parse_json(text).value().get_object(); }

// One of each, with every member set to something of its own.
std::vector<Event> every_event() {
  const Time at{1'790'000'000'123'456'789};
  workflow::Delta delta;
  delta.uid = WorkflowUid("uid-1");
  delta.at = at;
  workflow::Node node;
  node.id = NodeId("hello-123");
  node.name = "hello[0].print";
  node.display_name = "print";
  node.template_name = "print";
  node.type = workflow::NodeType::kPod;
  node.phase = workflow::Phase::kPending;
  node.pod_id = PodId("pod-1");
  node.started_at = Time::from_seconds(1'790'000'000);
  delta.nodes.push_back(node);
  delta.status = parse(R"({"phase":"Running","startedAt":"2026-09-21T14:13:20Z"})");
  sensor::CallHttp call;
  call.method = "POST";
  call.url = "http://example.com/x?y=1";
  call.body = "{\"a\":\"\\u0000 \\\" \"}";
  call.headers = {{"X-A", "1"}, {"X-A", "2"}};
  call.timeout = Duration::milliseconds(1500);
  call.allowed_status = {200, 204};
  EventReceived received;
  received.id = EventId("0123456789abcdef0123456789abcdef");
  received.ns = "ci", received.source = "github", received.event = "push";
  received.type = "github", received.delivery = "guid-1", received.summary = "push octo/ride";
  received.replay_of = "fedc";
  EventRefused refused;
  refused.id = EventId("aa"), refused.ns = "ci", refused.source = "github";
  refused.event = "push", refused.type = "github", refused.delivery = "guid-2";
  refused.summary = "s", refused.outcome = "refused", refused.message = "wrong signature";
  refused.status = 401;
  sensor::Memory memory;
  sensor::Event kept;
  kept.id = EventId("bb"), kept.ns = "ci", kept.source = "github", kept.subject = "push";
  kept.type = "github", kept.time = at, kept.data = parse(R"({"n":1})");
  memory.kept["trigger"]["dependency"] = kept;
  const auto kind = manifest::Kind::kWorkflowTemplate;
  return {
      {at, ResourcePut{{kind, parse(R"({"apiVersion":"argoproj.io/v1alpha1",
          "kind":"WorkflowTemplate","metadata":{"name":"t","namespace":"ci","uid":"u",
          "resourceVersion":"7"},"spec":{"entrypoint":"main"}})")}}},
      {at, received},
      {at, refused},
      {at, SensorRemembered{"ci", "build", memory}},
      {at, WorkflowCreated{WorkflowUid("uid-1"), R"({"apiVersion":"argoproj.io/v1alpha1",
"kind":"Workflow","metadata":{"name":"hello","namespace":"ci","uid":"uid-1",
"creationTimestamp":"2026-09-21T14:13:20Z"},"spec":{"entrypoint":"print","templates":[
{"name":"print","container":{"image":"busybox","command":["true"]}}]}})"}},
      {at, WorkflowAdvanced{delta}},
      {at, TriggerCalled{EffectId("trigger/e/s/t/0"), call, "ci", "build", "notify"}},
      {at, TriggerDone{EffectId("trigger/e/s/t/0"), false, "HTTP 500"}},
      {at,
       WorkflowRemoved{
           WorkflowUid("uid-1"), {PodId("pod-1")}, {"ci/claim"}, {"hello/c"}, "ci", "hello"}},
      {at, PodForgotten{PodId("pod-1")}},
      {at, ClaimForgotten{"ci", "claim"}},
      {at, WorkflowFinished{WorkflowUid("uid-2")}},
      {at, ResourceRemoved{{kind, "ci", "t"}}},
      {at, PodsReleased{at + Duration::seconds(5), {PodId("pod-2"), PodId("pod-3")}}},
      {at, PodsCollected{{PodId("pod-2")}}},
      {at, ActTried{WorkflowUid("uid-1"), NodeId("hello-123")}},
      {at, ArtifactsReleased{{"hello/a.tgz", "hello/b"}}},
      {at, ArtifactForgotten{"hello/a.tgz"}},
      {at, WorkflowRecalled{WorkflowUid("uid-1"), R"({"metadata":{"name":"hello"}})"}},
      {at, TriggerCalled{EffectId("trigger/e/s/t/1"),
                         {},
                         "ci",
                         "build",
                         "again",
                         sensor::Operate{"retry", "ci", "hello", {{"ref", "main"}}, {"ref"}}}},
      {at, TriggerCalled{EffectId("trigger/e/s/t/2"),
                         {},
                         "ci",
                         "build",
                         "mark",
                         sensor::ChangeObject{
                             "patch", parse(R"({"kind":"Workflow","metadata":{"name":"x"}})"), "ci",
                             "application/merge-patch+json"}}},
  };
}

TEST(EventCodec, EachEventReadsBackAsItWasWritten) {
  std::set<size_t> variants;
  for (const Event& event : every_event()) {
    variants.insert(event.body.index());
    const std::string bytes = encode(event);
    const auto back = decode(bytes);
    ASSERT_TRUE(back.ok()) << bytes << ": " << back.error().text();
    EXPECT_EQ(back.value().at, event.at);
    EXPECT_EQ(back.value().body.index(), event.body.index()) << bytes;
    EXPECT_EQ(encode(back.value()), bytes);
    EXPECT_EQ(bytes.find('\n'), std::string::npos);
  }
  EXPECT_EQ(variants.size(), std::variant_size_v<decltype(Event::body)>) << "a variant is missing";
}

TEST(EventCodec, MembersSurvive) {
  const auto all = every_event();
  const auto received = decode(encode(all[1]));
  const auto& event = std::get<EventReceived>(received.value().body);
  EXPECT_EQ(event.delivery, "guid-1");
  EXPECT_EQ(event.replay_of, "fedc");
  const auto refused = decode(encode(all[2]));
  EXPECT_EQ(std::get<EventRefused>(refused.value().body).status, 401);
  const auto called = decode(encode(all[6]));
  const auto& call = std::get<TriggerCalled>(called.value().body).call;
  EXPECT_EQ(call.headers.size(), 2u);
  EXPECT_EQ(call.headers[1].second, "2");
  EXPECT_EQ(call.timeout, Duration::milliseconds(1500));
  EXPECT_EQ(call.allowed_status, (std::vector<int>{200, 204}));
  const auto removed = decode(encode(all[8]));
  EXPECT_EQ(std::get<WorkflowRemoved>(removed.value().body).claims,
            (std::vector<std::string>{"ci/claim"}));
  EXPECT_EQ(std::get<WorkflowRemoved>(removed.value().body).artifacts,
            (std::vector<std::string>{"hello/c"}));
  const auto released = decode(encode(all[13]));
  EXPECT_EQ(std::get<PodsReleased>(released.value().body).due, all[0].at + Duration::seconds(5));
}

TEST(EventCodec, WhatIsNotARecordIsRefusedWithAReason) {
  const char* bad[] = {"",
                       "null",
                       "[]",
                       "{",
                       "{\"v\":1}",
                       R"({"v":1,"t":"nobody_knows","at":1})",
                       R"({"v":99,"t":"pod_forgotten","at":1,"pod":"p"})",
                       R"({"v":1,"t":"resource_put","at":1,"kind":"Deployment","object":{}})",
                       R"({"v":1,"t":"resource_put","at":1,"kind":"Secret"})",
                       R"({"v":1,"t":"workflow_advanced","at":1})"};
  for (const char* text : bad) {
    const auto event = decode(text);
    ASSERT_FALSE(event.ok()) << text;
    EXPECT_EQ(event.error().code, ErrorCode::kInvalid) << text;
    EXPECT_FALSE(event.error().message.empty()) << text;
  }
  const auto newer = decode(R"({"v":99,"t":"pod_forgotten","at":1})");
  EXPECT_NE(newer.error().message.find("format 99"), std::string::npos);
  const auto unknown = decode(R"({"v":1,"t":"nobody_knows","at":1})");
  EXPECT_NE(unknown.error().message.find("nobody_knows"), std::string::npos);
}

TEST(EventCodec, AnObjectAsDeepAsAManifestMayBeIsReadBack) {
  std::string deep = "1";
  for (int i = 0; i < 500; ++i) deep = "[" + deep + "]";
  manifest::Resource resource{manifest::Kind::kConfigMap, {}};
  resource.object["metadata"] = json::object{{"name", "deep"}, {"namespace", "ci"}};
  resource.object["data"] = parse_json(deep).value();
  const auto back = decode(encode({Time{}, ResourcePut{resource}}));
  ASSERT_TRUE(back.ok()) << back.error().text();
  EXPECT_EQ(std::get<ResourcePut>(back.value().body).resource.object, resource.object);
}

void replay(const std::string& golden, Engine& engine) {
  std::ifstream file(std::string(SLIPWAY_SOURCE_DIR) + "/tests/golden/" + golden);
  ASSERT_TRUE(file.good());
  std::string line;
  while (std::getline(file, line)) {
    const auto event = decode(line);
    ASSERT_TRUE(event.ok()) << line << ": " << event.error().text();
    engine.apply(event.value());
  }
}

// Journals that were written once must replay for ever. A new kind of event gets a new line in a
// new file; lines of this one are never changed.
TEST(GoldenJournal, VersionOneReplaysToTheSameState) {
  std::ifstream file(std::string(SLIPWAY_SOURCE_DIR) + "/tests/golden/journal-v1.jsonl");
  ASSERT_TRUE(file.good());
  Engine engine{workflow::Settings{}};
  std::set<size_t> variants;
  std::string line;
  std::vector<std::string> effects;
  while (std::getline(file, line)) {
    const auto event = decode(line);
    ASSERT_TRUE(event.ok()) << line << ": " << event.error().text();
    variants.insert(event.value().body.index());
    engine.apply(event.value());
    for (const Effect* effect : engine.outstanding().after(0)) effects.push_back(effect->id.value);
  }
  EXPECT_EQ(variants.size(), 13u);
  const std::set<std::string> seen(effects.begin(), effects.end());
  EXPECT_EQ(seen, (std::set<std::string>{"start/pod-1", "trigger/e/s/t/0", "remove/pod-1",
                                         "claim/ci/claim"}));
  EXPECT_EQ(engine.outstanding().size(), 0u);
  EXPECT_EQ(engine.run_count(), 0u);
  EXPECT_EQ(engine.catalog().size(), 0u);
}

// What came with podGC, artifactGC and resource templates.
TEST(GoldenJournal, WhatIsCollectedReplaysToTheSameState) {
  Engine engine{workflow::Settings{}};
  replay("journal-v1-collect.jsonl", engine);
  std::set<std::string> effects;
  for (const Effect* effect : engine.outstanding().after(0)) effects.insert(effect->id.value);
  EXPECT_EQ(effects,
            (std::set<std::string>{"remove/pod-2", "artifact/hello/b", "artifact/hello/c"}));
  EXPECT_EQ(engine.next_wake(), Time::from_seconds(1'790'000'005)) << "pod-3 still waits";
}

// What came with deletions that wait for artifacts.
TEST(GoldenJournal, ADeletionThatWaitsReplaysToTheSameState) {
  Engine engine{workflow::Settings{}};
  replay("journal-v1-recall.jsonl", engine);
  EXPECT_EQ(engine.outstanding().size(), 1u);
  EXPECT_EQ(engine.next_wake(), std::nullopt) << "it waits for its artifact";
  const auto restored = Engine::restore(engine.snapshot(), workflow::Settings{});
  ASSERT_TRUE(restored.ok()) << restored.error().text();
  EXPECT_EQ(restored->next_wake(), std::nullopt);
  EXPECT_EQ(restored->snapshot(), engine.snapshot());
}

// What came with triggers on finished workflows.
TEST(GoldenJournal, ATriggerThatWaitsForTheStoreReplaysToTheSameState) {
  Engine engine{workflow::Settings{}};
  replay("journal-v1-seek.jsonl", engine);
  const auto waiting = engine.outstanding().after(0);
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(waiting[0]->kind, Effect::Kind::kSeekWorkflow);
  EXPECT_EQ(waiting[0]->ns + "/" + waiting[0]->name, "ci/hello");
  const auto restored = Engine::restore(engine.snapshot(), workflow::Settings{});
  ASSERT_TRUE(restored.ok()) << restored.error().text();
  EXPECT_EQ(restored->snapshot(), engine.snapshot());
}

// What came with locks that are told change by change; before, their whole status was.
TEST(GoldenJournal, LocksReplayToTheSameState) {
  Engine engine{workflow::Settings{}};
  replay("journal-v1-locks.jsonl", engine);
  const auto locks = [&](const char* uid) {
    const json::value* all =
        engine.find_run(WorkflowUid(uid))->status().if_contains("synchronization");
    return all != nullptr ? print_json(*all, {.sort_keys = true}) : "";
  };
  EXPECT_EQ(locks("uid-1"),
            R"({"mutex":{"holding":[{"holder":"ci/old/old-2","mutex":"ci/Mutex/m"}]}})");
  EXPECT_EQ(locks("uid-2"),
            R"({"mutex":{"waiting":[{"holder":"ci/new/new-1","mutex":"ci/Mutex/m"}]}})");
  const auto restored = Engine::restore(engine.snapshot(), workflow::Settings{});
  ASSERT_TRUE(restored.ok()) << restored.error().text();
  EXPECT_EQ(restored->snapshot(), engine.snapshot());
}

}  // namespace
}  // namespace slipway::engine
