#include "core/manifest/catalog.h"

#include <gtest/gtest.h>

namespace slipway::manifest {
namespace {

Resource make(Kind kind, std::string ns, std::string name, json::object more = {}) {
  json::object metadata{{"name", name}};
  if (!ns.empty()) metadata["namespace"] = ns;
  more["metadata"] = std::move(metadata);
  return {kind, std::move(more)};
}

TEST(Catalog, ListsInKeyOrderAndByNamespace) {
  Catalog catalog;
  catalog.put(make(Kind::kSecret, "b", "x"));
  catalog.put(make(Kind::kSecret, "a", "z"));
  catalog.put(make(Kind::kSecret, "a", "y"));
  catalog.put(make(Kind::kConfigMap, "a", "q"));
  catalog.put(make(Kind::kClusterWorkflowTemplate, "ignored", "c"));
  ASSERT_EQ(catalog.list(Kind::kSecret).size(), 3u);
  EXPECT_EQ(catalog.list(Kind::kSecret)[0]->name(), "y");
  EXPECT_EQ(catalog.list(Kind::kSecret, "a").size(), 2u);
  EXPECT_EQ(catalog.list(Kind::kSecret, "nope").size(), 0u);
  EXPECT_NE(catalog.find(Kind::kClusterWorkflowTemplate, "any", "c"), nullptr);
  EXPECT_EQ(catalog.list(Kind::kClusterWorkflowTemplate, "any").size(), 1u);
  EXPECT_TRUE(catalog.remove({Kind::kSecret, "a", "y"}));
  EXPECT_FALSE(catalog.remove({Kind::kSecret, "a", "y"}));
  EXPECT_EQ(catalog.size(), 4u);
}

TEST(Catalog, SecretValues) {
  Catalog catalog;
  catalog.put(make(Kind::kSecret, "", "s",
                   {{"data", {{"a", "aGk="}, {"bad", "%%"}, {"both", "aGk="}}},
                    {"stringData", {{"b", "plain"}, {"both", "wins"}}}}));
  EXPECT_EQ(catalog.secret_value("default", "s", "a").value(), "hi");
  EXPECT_EQ(catalog.secret_value("default", "s", "b").value(), "plain");
  EXPECT_EQ(catalog.secret_value("default", "s", "both").value(), "wins");
  EXPECT_EQ(catalog.secret_value("default", "s", "bad").error().code, ErrorCode::kInvalid);
  const auto missing = catalog.secret_value("default", "s", "none");
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(missing.error().message, "Secret default/s has no key \"none\"");
  EXPECT_EQ(catalog.secret_value("default", "t", "a").error().message,
            "Secret default/t does not exist");
}

TEST(Kind, NamesOfAllSorts) {
  EXPECT_EQ(parse_kind("WF"), Kind::kWorkflow);
  EXPECT_EQ(parse_kind("workflows"), Kind::kWorkflow);
  EXPECT_EQ(parse_kind("CronWorkflow"), Kind::kCronWorkflow);
  EXPECT_EQ(parse_kind("pvc"), Kind::kPersistentVolumeClaim);
  EXPECT_EQ(parse_kind("cwft"), Kind::kClusterWorkflowTemplate);
  EXPECT_EQ(parse_kind(""), std::nullopt);
  EXPECT_EQ(parse_kind("pod"), std::nullopt);
  EXPECT_EQ(plural(Kind::kEventBus), "eventbus");
  EXPECT_EQ((ResourceKey{Kind::kWorkflow, "ci", "a"}.text()), "Workflow ci/a");
  EXPECT_EQ((ResourceKey{Kind::kClusterWorkflowTemplate, "", "a"}.text()),
            "ClusterWorkflowTemplate a");
}

TEST(Diagnostic, Text) {
  Diagnostic d{.file = "a.yaml", .line = 3, .column = 7, .message = "no", .fix = "do"};
  EXPECT_EQ(d.text(), "a.yaml:3:7: error: no (do)");
  d.line = 0;
  d.severity = Severity::kNote;
  d.fix.clear();
  EXPECT_EQ(d.text(), "a.yaml: note: no");
  EXPECT_FALSE(has_errors({d}));
}

}  // namespace
}  // namespace slipway::manifest
