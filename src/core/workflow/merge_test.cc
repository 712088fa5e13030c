#include "core/workflow/merge.h"

#include <gtest/gtest.h>

namespace slipway::workflow {
namespace {

json::object parse(std::string_view text) { return parse_json(text).value().get_object(); }

manifest::Catalog catalog_with_template(std::string_view spec) {
  manifest::Catalog catalog;
  catalog.put({manifest::Kind::kWorkflowTemplate,
               {{"kind", "WorkflowTemplate"},
                {"metadata", {{"name", "build"}, {"namespace", "ci"}}},
                {"spec", parse(spec)}}});
  return catalog;
}

std::string sorted(const json::object& object) { return print_json(object, {.sort_keys = true}); }

TEST(EffectiveSpec, WorkflowOverTemplateOverDefaults) {
  const manifest::Catalog catalog = catalog_with_template(R"({
      "entrypoint": "main", "serviceAccountName": "builder", "suspend": true,
      "arguments": {"parameters": [{"name": "a", "value": "1", "enum": ["1", "2"]},
                                   {"name": "b", "value": "t", "description": "kept"}]},
      "hooks": {"exit": {"template": "bye"}, "running": {"template": "r"}},
      "nodeSelector": {"disk": "ssd"},
      "templates": [{"name": "main", "suspend": {}}]})");
  Settings settings;
  settings.workflow_defaults =
      parse(R"({"spec": {"serviceAccountName": "nobody", "activeDeadlineSeconds": 300,
                         "arguments": {"parameters": [{"name": "d", "value": "x"}]}}})");
  const json::object spec =
      effective_spec(parse(R"({"workflowTemplateRef": {"name": "build"}, "entrypoint": "other",
             "nodeSelector": {"arch": "arm"}, "hooks": {"exit": {"template": "mine"}},
             "arguments": {"parameters": [{"name": "a", "value": "9"}, {"name": "c", "value": "3"},
                                          {"name": "b", "enum": ["t"]}]}})"),
                     catalog, "ci", settings)
          .value();
  EXPECT_EQ(sorted(spec), sorted(parse(R"({
      "workflowTemplateRef": {"name": "build"}, "entrypoint": "other",
      "serviceAccountName": "builder", "activeDeadlineSeconds": 300,
      "nodeSelector": {"disk": "ssd", "arch": "arm"},
      "hooks": {"exit": {"template": "mine"}, "running": {"template": "r"}},
      "arguments": {"parameters": [{"name": "d", "value": "x"}, {"name": "a", "value": "9"},
         {"name": "b", "value": "t", "description": "kept", "enum": ["t"]},
         {"name": "c", "value": "3"}]},
      "templates": [{"name": "main", "suspend": {}}]})")));
}

TEST(EffectiveSpec, AnArtifactIsCompletedInTheSameKindOfStoreOnly) {
  const manifest::Catalog catalog = catalog_with_template(R"({"arguments": {"artifacts": [
      {"name": "same", "archive": {"none": {}},
       "s3": {"bucket": "b", "key": "old", "accessKeySecret": {"name": "s", "key": "k"}}},
      {"name": "other", "raw": {"data": "x"}}, {"name": "kept", "s3": {"key": "k"}},
      {"name": "nowhere", "s3": {"key": "k"}}]}})");
  const json::object spec =
      effective_spec(
          parse(R"({"workflowTemplateRef": {"name": "build"}, "arguments": {"artifacts": [
             {"name": "same", "s3": {"key": "new"}},
             {"name": "other", "http": {"url": "https://e"}}, {"name": "nowhere"}]}})"),
          catalog, "ci", {})
          .value();
  EXPECT_EQ(sorted(*find_object(spec, "arguments")), sorted(parse(R"({"artifacts": [
      {"name": "same",
       "s3": {"bucket": "b", "key": "new", "accessKeySecret": {"name": "s", "key": "k"}}},
      {"name": "other", "http": {"url": "https://e"}}, {"name": "kept", "s3": {"key": "k"}},
      {"name": "nowhere"}]})")));
}

TEST(EffectiveSpec, WithoutAnythingUnderItIsItself) {
  const json::object spec = parse(R"({"entrypoint": "a", "suspend": true})");
  EXPECT_EQ(effective_spec(spec, {}, "ci", {}).value(), spec);
}

TEST(EffectiveSpec, MissingTemplateIsNotFoundAndNamed) {
  const auto result =
      effective_spec(parse(R"({"workflowTemplateRef": {"name": "gone"}})"), {}, "ci", {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kNotFound);
  EXPECT_NE(result.error().message.find("\"gone\""), std::string::npos);
  // A namespaced template of that name is not a cluster-scoped one.
  EXPECT_FALSE(effective_spec(parse(R"({"workflowTemplateRef": {"name": "build",
                                        "clusterScope": true}})"),
                              catalog_with_template("{}"), "ci", {})
                   .ok());
}

TEST(TemplateDefaults, FillOnlyTheTemplatesOwnType) {
  const json::object spec = parse(R"({"templateDefaults": {
      "name": "ignored", "timeout": "10s", "container": {"image": "alpine", "imagePullPolicy":
      "Never"}, "script": {"image": "python"}, "nodeSelector": {"a": "b"}}})");
  EXPECT_EQ(
      sorted(with_template_defaults(
                 parse(R"({"name": "x", "timeout": "1s", "container": {"image": "debian"}})"), spec)
                 .value()),
      sorted(parse(R"({"name": "x", "timeout": "1s", "nodeSelector": {"a": "b"},
                             "container": {"image": "debian", "imagePullPolicy": "Never"}})")));
  EXPECT_EQ(sorted(with_template_defaults(parse(R"({"name": "s", "suspend": {}})"), spec).value()),
            sorted(parse(R"({"name": "s", "suspend": {}, "timeout": "10s",
                             "nodeSelector": {"a": "b"}})")));
}

TEST(TemplateDefaults, AbsentLeavesTheTemplateAlone) {
  const json::object templ = parse(R"({"name": "x", "container": {"image": "a"}})");
  EXPECT_EQ(with_template_defaults(templ, {}).value(), templ);
}

}  // namespace
}  // namespace slipway::workflow
