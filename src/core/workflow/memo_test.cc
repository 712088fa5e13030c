#include "core/workflow/memo.h"

#include "base/limit.h"
#include "core/workflow/story.h"

namespace slipway::workflow {
namespace {

std::string memoized(std::string_view memoize, std::string_view rest = "") {
  return "spec:\n  entrypoint: main\n  arguments: {parameters: [{name: day, value: monday}]}\n"
         "  templates:\n  - name: main\n    inputs: {parameters: [{name: day}]}\n    memoize: " +
         std::string(memoize) + "\n" + std::string(rest) +
         "    outputs: {parameters: [{name: out, valueFrom: {path: /o}}]}\n"
         "    container: {image: busybox, command: ['true']}\n";
}

constexpr std::string_view kPlain =
    "{key: 'on-{{inputs.parameters.day}}', maxAge: 1h, cache: {configMap: {name: c}}}";

// A catalog whose cache `c` has what a first run gave.
Story filled(std::string_view memoize = kPlain, std::string_view rest = "") {
  Story story(memoized(memoize, rest));
  story.answers["wf"] = story.parameter("out", "first");
  story.answers["wf(0)"] = story.answers["wf"];
  story.run_to_end();
  EXPECT_EQ(story.workflow_phase(), "Succeeded") << story.workflow_message();
  return story;
}

std::string status(const Story& story) {
  return story.node("wf") != nullptr ? print_json(story.node("wf")->memoization_status) : "absent";
}

TEST(Memo, ASecondRunTakesWhatTheFirstOneGave) {
  Story story = filled();
  EXPECT_EQ(status(story), R"({"hit":false,"key":"on-monday","cacheName":"c"})");
  const manifest::Resource* map = story.catalog.find(manifest::Kind::kConfigMap, "default", "c");
  ASSERT_NE(map, nullptr);
  const json::object& data = *find_object(map->object, "data");
  EXPECT_NE(get_string(data, "on-monday").find(R"("nodeID":"wf")"), std::string::npos);

  story.submit(memoized(kPlain));
  story.now = story.now + Duration::seconds(3590);
  story.pass();
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
  EXPECT_EQ(story.output("wf", "out"), "first");
  EXPECT_EQ(status(story), R"({"hit":true,"key":"on-monday","cacheName":"c"})");
  EXPECT_EQ(story.node("wf")->type, NodeType::kPod);
  EXPECT_TRUE(story.pods().empty());

  story.submit(memoized(kPlain));
  story.now = story.now + Duration::seconds(20);
  story.pass();
  EXPECT_EQ(story.pods().size(), 1u) << "a hit does not make an entry younger";
}

TEST(Memo, NothingIsKeptOfWhatFails) {
  Story story(memoized(kPlain));
  story.pass();
  story.fail("wf");
  EXPECT_EQ(story.catalog.find(manifest::Kind::kConfigMap, "default", "c"), nullptr);
}

TEST(Memo, ARetriedTemplateIsKeptOnce) {
  Story story = filled(kPlain, "    retryStrategy: {limit: 1}\n");
  EXPECT_EQ(story.node("wf")->type, NodeType::kRetry);
  EXPECT_TRUE(story.node("wf(0)")->memoization_status.empty());
  story.submit(memoized(kPlain, "    retryStrategy: {limit: 1}\n"));
  story.pass();
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
  EXPECT_EQ(story.output("wf", "out"), "first");
}

TEST(Memo, AMutexIsGivenBackAfterAHit) {
  const std::string_view mutex = "    synchronization: {mutexes: [{name: m}]}\n";
  Story story = filled(kPlain, mutex);
  story.submit(memoized(kPlain, mutex));
  story.pass();
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
  EXPECT_EQ(find(story.run->status(), "synchronization"), nullptr);
}

TEST(Memo, SaysWhatIsWrong) {
  const auto message = [](std::string_view memoize, std::string_view config_map = "") {
    Story story(memoized(memoize));
    if (!config_map.empty()) story.put(config_map);
    story.pass();
    EXPECT_EQ(story.phase("wf"), "Error");
    return story.message("wf");
  };
  EXPECT_NE(message("{key: 'a b', cache: {configMap: {name: c}}}").find("invalid cache key: a b"),
            std::string::npos);
  EXPECT_NE(message(kPlain, "{kind: ConfigMap, metadata: {name: c}}")
                .find("no label workflows.argoproj.io/configmap-type: Cache"),
            std::string::npos);
  EXPECT_NE(message("{key: k, maxAge: soon, cache: {configMap: {name: c}}}",
                    "{kind: ConfigMap, metadata: {name: c, labels: "
                    "{workflows.argoproj.io/configmap-type: Cache}}, "
                    "data: {k: '{\"nodeID\":\"x\"}'}}")
                .find("invalid maxAge \"soon\""),
            std::string::npos);
}

TEST(Memo, AFullCacheForgetsWhatWasHitLongestAgo) {
  json::object map;
  const auto entry = [](std::string_view hit) {
    return json::object{{"nodeID", "n"},
                        {"outputs", {{"result", std::string(limit::kConfigMapBytes / 3, 'x')}}},
                        {"lastHitTimestamp", hit}};
  };
  map = with_entries(map, {{"c", "old", entry("2020-01-01T00:00:00Z")},
                           {"c", "new", entry("2020-01-03T00:00:00Z")}});
  EXPECT_EQ(find_object(map, "data")->size(), 2u);
  map = with_entries(map, {{"c", "third", entry("2020-01-02T00:00:00Z")}});
  EXPECT_EQ(find(*find_object(map, "data"), "old"), nullptr);
  EXPECT_NE(find(*find_object(map, "data"), "new"), nullptr);
}

}  // namespace
}  // namespace slipway::workflow
