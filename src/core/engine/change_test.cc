// k8s triggers on objects other than new Workflows (spec events.md, b54).
#include <fmt/format.h>

#include "core/engine/engine_fixture.h"

namespace slipway::engine {
namespace {

using manifest::Kind;

class ChangeTest : public EngineFixture {
 protected:
  void SetUp() override {
    put("apiVersion: argoproj.io/v1alpha1\nkind: EventSource\nmetadata: {name: hook}\n"
        "spec: {webhook: {e: {endpoint: /e, port: '12000', method: POST}}}\n");
  }
  // A sensor whose trigger does `operation` with this object, and one event.
  std::string fire(std::string_view operation, std::string_view object,
                   std::string_view strategy = "") {
    put(fmt::format(R"(apiVersion: argoproj.io/v1alpha1
kind: Sensor
metadata: {{name: s}}
spec:
  dependencies: [{{name: d, eventSourceName: hook, eventName: e}}]
  triggers:
  - template:
      name: t
      k8s:
        operation: {}
        {}
        source: {{resource: {}}}
        parameters: [{{src: {{dependencyName: d, dataKey: body.value}}, dest: data.from}}]
)",
                    operation, strategy.empty() ? "" : fmt::format("patchStrategy: {}", strategy),
                    object));
    ReceiveEvent event{"ci", "hook", "e", {}};
    event.request.method = "POST";
    event.request.path = "/e";
    event.request.headers = {{"Content-Type", "application/json"}};
    event.request.body = R"({"value":"event"})";
    Decision decision = engine_.decide({now_, ++entropy_, event});
    std::string verdicts;
    for (const Event& fact : decision.events) {
      if (const auto* received = std::get_if<EventReceived>(&fact.body)) {
        verdicts = print_json(json::value(received->verdicts));
      }
      engine_.apply(fact);
    }
    return verdicts;
  }
  std::string data(std::string_view key) {
    const json::object* map = object(Kind::kConfigMap, "cm");
    const json::object* data = map != nullptr ? find_object(*map, "data") : nullptr;
    return data != nullptr ? get_string(*data, key, "none") : "no object";
  }
};

constexpr std::string_view kMap =
    "{apiVersion: v1, kind: ConfigMap, metadata: {name: cm}, data: {a: new, empty: ''}}";

TEST_F(ChangeTest, CreatesAnyKindWithItsLabels) {
  const std::string verdicts = fire("create", kMap);
  EXPECT_EQ(data("from"), "event") << verdicts;
  const json::object& metadata = *find_object(*object(Kind::kConfigMap, "cm"), "metadata");
  EXPECT_EQ(get_string(*find_object(metadata, "labels"), "events.argoproj.io/sensor"), "s");
  EXPECT_NE(fire("create", kMap).find("already exists"), std::string::npos);
}

TEST_F(ChangeTest, UpdateLeavesWhatIsZeroAndCreatesWhatIsAbsent) {
  put("{apiVersion: v1, kind: ConfigMap, metadata: {name: cm}, "
      "data: {a: old, b: kept, empty: full}}");
  fire("update", kMap);
  EXPECT_EQ(data("a"), "new");
  EXPECT_EQ(data("b"), "kept");
  EXPECT_EQ(data("empty"), "full");
  run(DeleteResource{{Kind::kConfigMap, "ci", "cm"}});
  fire("update", kMap);
  EXPECT_EQ(data("a"), "new");
}

TEST_F(ChangeTest, PatchMergesAndDeleteMindsNoAbsence) {
  put("{apiVersion: v1, kind: ConfigMap, metadata: {name: cm}, data: {a: old, b: kept}}");
  fire("patch", "{apiVersion: v1, kind: ConfigMap, metadata: {name: cm}, data: {a: null}}");
  EXPECT_EQ(data("a"), "none");
  EXPECT_EQ(data("b"), "kept");
  EXPECT_EQ(data("from"), "event");
  EXPECT_EQ(fire("delete", kMap).find("\"outcome\":\"failed\""), std::string::npos);
  EXPECT_EQ(data("a"), "no object");
  EXPECT_EQ(fire("delete", kMap).find("\"outcome\":\"failed\""), std::string::npos);
}

TEST_F(ChangeTest, AKindOfAClusterIsRefusedInTheVerdict) {
  EXPECT_NE(fire("create", "{apiVersion: v1, kind: Pod, metadata: {name: p}}")
                .find("there is no Kubernetes API for Pod"),
            std::string::npos);
}

}  // namespace
}  // namespace slipway::engine
