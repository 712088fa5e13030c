// What Argo's validation says of fields (workflow/validate/validate_test.go names the rules).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/workflow/problem.h"

namespace slipway::workflow {
namespace {

// The problems of a workflow with these templates, the first of which is called "main", one a line.
std::string problems(std::string_view templates, std::string_view rest = "",
                     std::string_view kind = "Workflow") {
  const std::string text = fmt::format(
      R"({{"kind": "{}", "metadata": {{"name": "w"}},
           "spec": {{"entrypoint": "main", {}"templates": [{}]}}}})",
      kind, rest, templates);
  const auto parsed = parse_json(text);
  if (!parsed.ok()) return text + ": " + parsed.error().text();
  std::string out;
  for (const Problem& problem : find_problems(parsed->get_object(), {}, {})) {
    out += problem.text + "\n";
  }
  return out;
}

// One container template called main with more members.
std::string leaf(std::string_view more) {
  return problems(fmt::format(R"({{"name": "main", "container": {{"image": "a"}}, {}}})", more));
}

// A dag template called main with these tasks, and a template echo with an input m.
std::string dag(std::string_view tasks, std::string_view more = "") {
  return problems(fmt::format(
      R"({{"name": "main", "dag": {{"tasks": [{}]}}{}}},
         {{"name": "echo", "container": {{"image": "a"}},
           "inputs": {{"parameters": [{{"name": "m", "default": "x"}}],
                       "artifacts": [{{"name": "f", "path": "/f", "optional": true}}]}}}})",
      tasks, more));
}

TEST(ValidateFields, PathsAreMountedOnce) {
  EXPECT_EQ(problems(R"({"name": "main",
                         "container": {"image": "a", "volumeMounts": [
                             {"name": "v", "mountPath": "/m"}, {"name": "u", "mountPath": "/m"}]},
                         "inputs": {"artifacts": [{"name": "f", "path": "/m", "raw": {"data": ""}}]}})"),
            "templates.main.container.volumeMounts.u mountPath '/m' already mounted in "
            "container.volumeMounts.v\n"
            "templates.main.inputs.artifacts.f.path '/m' already mounted in "
            "container.volumeMounts.v\n");
}

TEST(ValidateFields, ContainersHaveNamesOfTheirOwn) {
  EXPECT_EQ(
      leaf(R"("sidecars": [{"name": "wait", "image": "b"}], "initContainers": [{"image": "c"}])"),
      "templates.main.initContainers[0].name is required\n"
      "templates.main.sidecars.wait: \"wait\" is a reserved Argo container name\n");
}

TEST(ValidateFields, LeavesAndTheRest) {
  EXPECT_EQ(
      leaf(R"("parallelism": 2, "activeDeadlineSeconds": -5)"),
      "templates.main.activeDeadlineSeconds must be a positive integer > 0 or an argo variable\n"
      "templates.main.parallelism is only valid for steps and dag templates\n");
  EXPECT_EQ(leaf(R"("activeDeadlineSeconds": "{{workflow.name}}")"), "");
  EXPECT_EQ(dag(R"({"name": "a", "template": "echo"})",
                R"(, "activeDeadlineSeconds": 5, "pendingTimeout": "1m")"),
            "templates.main.activeDeadlineSeconds is only valid for leaf templates\n"
            "templates.main.pendingTimeout: a dag template doesn't support it\n");
  EXPECT_EQ(
      leaf(R"("retryStrategy": {"retryPolicy": "Sometimes"})"),
      "templates.main.retryStrategy.retryPolicy 'Sometimes' is not Always, OnError, OnFailure "
      "or OnTransientError\n");
}

TEST(ValidateFields, OutputParametersHaveOneFittingSource) {
  const auto output = [](std::string_view from) {
    return leaf(
        fmt::format(R"("outputs": {{"parameters": [{{"name": "o", "valueFrom": {}}}]}})", from));
  };
  const std::string place = "templates.main.outputs.parameters.o";
  EXPECT_EQ(output(R"({"path": "/o", "default": "x"})"), "");
  EXPECT_EQ(output(R"({"path": "/o", "parameter": "p"})"),
            place + " has multiple valueFrom types specified: path, parameter; choose one\n");
  EXPECT_EQ(output(R"({"parameter": "p"})"),
            place + ".path must be specified for container templates\n");
  EXPECT_EQ(output(R"({"default": "x"})").find(place + " valueFrom type unspecified"), 0u);
  EXPECT_EQ(dag(R"({"name": "a", "template": "echo"})",
                R"(, "outputs": {"parameters": [{"name": "o", "valueFrom": {"path": "/o"}}]})"),
            place + ".parameter or expression must be specified for dag templates\n");
  EXPECT_EQ(leaf(R"("outputs": {"parameters": [{"name": "o", "value": "1",
                                               "valueFrom": {"path": "/o"}}]})"),
            place + " has both valueFrom and value specified, choose one\n");
}

TEST(ValidateFields, ArgumentsBringSomething) {
  const std::string place = "templates.main.tasks.a.arguments.";
  EXPECT_EQ(dag(R"({"name": "a", "template": "echo",
                    "arguments": {"parameters": [{"name": "m"}], "artifacts": [{"name": "f"}]}})"),
            place + "m.value or " + place + "m.valueFrom is required\n" + place +
                "f.from, artifact location, or key is required\n");
  EXPECT_EQ(dag(R"({"name": "a", "template": "echo",
                    "arguments": {"parameters": [{"name": "m", "valueFrom": {"path": "/x"}}]}})"),
            place + "m.valueFrom only allows: default, configMapKeyRef and supplied\n");
}

TEST(ValidateFields, LoopsAndHooks) {
  EXPECT_EQ(dag(R"({"name": "a", "template": "echo", "withSequence": {"count": 1, "end": 2}})"),
            "templates.main.tasks.a only one of count or end can be defined in withSequence\n");
  EXPECT_EQ(dag(R"({"name": "a", "template": "echo", "withItems": [1], "withParam": "[]"})"),
            "templates.main.tasks.a has withItems and withParam; only one of withItems, withParam, "
            "withSequence can be specified\n");
  EXPECT_EQ(dag(R"({"name": "a", "template": "echo", "hooks": {"running": {"template": "echo"}}})"),
            "templates.main.tasks.a.hooks.running.expression is required\n");
}

TEST(ValidateFields, Dags) {
  EXPECT_EQ(dag(R"({"name": "a", "template": "echo"},
                   {"name": "b", "template": "echo", "depends": "a.AnySucceeded"})"),
            "templates.main.tasks.b dependency 'a' uses an items-based condition such as "
            ".AnySucceeded or .AllFailed but does not contain any items\n");
  EXPECT_EQ(dag(R"({"name": "a", "template": "echo", "withItems": [1, 2]},
                   {"name": "b", "template": "echo", "depends": "a.AnySucceeded"})"),
            "");
  EXPECT_EQ(dag(R"({"name": "a", "template": "echo", "continueOn": {"failed": true}},
                   {"name": "b", "template": "echo", "depends": "a"})"),
            "templates.main.tasks.a can not have continueOn in a dag with depends; write "
            "A || A.Failed instead\n");
  EXPECT_EQ(problems(R"({"name": "main", "dag": {"target": "{{inputs.parameters.t}}",
                         "tasks": [{"name": "a", "template": "e"}]}},
                        {"name": "e", "suspend": {}})"),
            "templates.main.dag.target failed to resolve {{inputs.parameters.t}}\n");
}

TEST(ValidateFields, NamesMayHoldTags) {
  EXPECT_EQ(dag(R"({"name": "run-{{inputs.parameters.d}}", "template": "echo"})",
                R"(, "inputs": {"parameters": [{"name": "d", "value": "x"}]})"),
            "");
  EXPECT_NE(dag(R"({"name": "run_{{inputs.parameters.d}}", "template": "echo"})",
                R"(, "inputs": {"parameters": [{"name": "d", "value": "x"}]})"),
            "");
}

TEST(ValidateFields, GlobalNames) {
  EXPECT_EQ(problems(R"({"name": "main", "container": {"image": "a",
                         "args": ["{{workflow.outputs.parameters.no}}", "{{workflow.failures}}"]}},
                        {"name": "bye", "container": {"image": "a",
                         "args": ["{{workflow.failures}}", "{{workflow.outputs.parameters.g}}"]},
                         "outputs": {"parameters": [{"name": "o", "globalName": "g",
                                                     "valueFrom": {"path": "/o"}}]}})",
                     R"("onExit": "bye", )"),
            "templates.main failed to resolve {{workflow.outputs.parameters.no}}\n"
            "templates.main failed to resolve {{workflow.failures}}\n");
}

}  // namespace
}  // namespace slipway::workflow
