#include <gtest/gtest.h>

#include <algorithm>

#include "core/workflow/submit.h"

namespace slipway::workflow {
namespace {

using Texts = std::vector<std::string>;

json::object parse(std::string_view text) { return parse_json(text).value().get_object(); }

Texts check(std::string_view spec, const manifest::Catalog& catalog = {},
            std::string_view kind = "Workflow") {
  const json::object workflow{
      {"kind", kind}, {"metadata", {{"name", "wf"}, {"namespace", "ci"}}}, {"spec", parse(spec)}};
  return validate(workflow, catalog, {});
}

// The templates of a workflow that starts at `main`.
Texts check_templates(std::string_view templates, std::string_view rest = "") {
  return check(R"({"entrypoint": "main", "templates": [)" + std::string(templates) + "]" +
               (rest.empty() ? "" : ", ") + std::string(rest) + "}");
}

bool says(const Texts& problems, std::string_view text) {
  return std::any_of(problems.begin(), problems.end(),
                     [&](const std::string& p) { return p.find(text) != p.npos; });
}

constexpr std::string_view kEcho =
    R"({"name": "echo", "container": {"image": "a"}, "inputs": {"parameters": [{"name": "m"}]},
        "outputs": {"parameters": [{"name": "o", "valueFrom": {"path": "/o"}}]}})";

std::string steps(std::string_view groups, std::string_view rest = "") {
  return R"({"name": "main", "steps": [)" + std::string(groups) + "]" + std::string(rest) + "}, " +
         std::string(kEcho);
}

std::string dag(std::string_view tasks, std::string_view rest = "") {
  return R"({"name": "main", "dag": {"tasks": [)" + std::string(tasks) + "]" + std::string(rest) +
         R"(}}, {"name": "t", "container": {"image": "a", "args": ["x"]}})";
}

TEST(Validate, AGoodWorkflowHasNoProblems) {
  const Texts problems = check_templates(
      steps(R"([{"name": "a", "template": "echo", "arguments": {"parameters":
                 [{"name": "m", "value": "{{workflow.parameters.p}} {{foo}} {{item}}"}]},
                 "withItems": [1]}],
               [{"name": "b", "template": "echo", "when": "{{steps.a.outputs.result}} == 1",
                 "arguments": {"parameters": [{"name": "m",
                   "value": "{{steps.a.outputs.parameters.o}} {{=steps.zzz.x}}"}]},
                 "hooks": {"exit": {"template": "bye", "arguments": {"parameters":
                   [{"name": "s", "value": "{{steps.b.status}}"}]}}}}])",
            R"(, "outputs": {"parameters": [{"name": "r", "valueFrom":
               {"parameter": "{{steps.b.outputs.parameters.o}}"}}]})") +
          R"(, {"name": "bye", "inputs": {"parameters": [{"name": "s", "default": ""}]},
              "script": {"image": "a", "source": "{{workflow.status}} {{inputs.parameters.s}}"}})",
      R"("arguments": {"parameters": [{"name": "p", "value": "v", "enum": ["v"]}]},
         "onExit": "bye")");
  EXPECT_EQ(problems, Texts{});
}

TEST(Validate, EntrypointAndTemplates) {
  EXPECT_TRUE(says(check("{}"), "spec.entrypoint is required"));
  EXPECT_TRUE(
      says(check(R"({"entrypoint": "x", "templates": []})"), "template name 'x' undefined"));
  EXPECT_TRUE(says(check_templates(R"({"name": "main", "suspend": {}},
                                      {"name": "main", "suspend": {}})"),
                   "'main' is not unique"));
  EXPECT_TRUE(says(check_templates(R"({"name": "main"})"), "must have exactly one of"));
  EXPECT_TRUE(says(check_templates(R"({"name": "main", "suspend": {}, "http": {"url": "x"}})"),
                   "suspend and http"));
  EXPECT_TRUE(
      says(check_templates(R"({"name": "main", "container": {}})"), "container.image is required"));
  EXPECT_TRUE(says(check_templates(R"({"name": "main", "steps": [], "timeout": "1s"})"),
                   "doesn't support timeout"));
  EXPECT_TRUE(says(check_templates(R"({"name": "main", "suspend": {"duration": "soon"}})"),
                   "suspend.duration 'soon'"));
  std::string many = R"({"name": "main", "suspend": {}})";
  for (int i = 0; i < 200; ++i) {
    many += R"(, {"name": "t)" + std::to_string(i) + R"(", "suspend": {}})";
  }
  EXPECT_TRUE(says(check_templates(many), "more than 200"));
}

TEST(Validate, Names) {
  EXPECT_TRUE(says(check_templates(R"({"name": "main", "suspend": {}, "inputs": {"parameters":
                                      [{"name": "a.b", "value": "1"}]}})"),
                   "'a.b' is invalid"));
  EXPECT_TRUE(
      says(check_templates(steps(R"([{"name": "a_b", "template": "echo"}])")), "'a_b' is invalid"));
  EXPECT_TRUE(says(check_templates(steps(R"([{"name": "a", "template": "echo"}],
                                            [{"name": "a", "template": "echo"}])")),
                   "name 'a' is not unique"));
  EXPECT_TRUE(says(check_templates(R"({"name": "main", "container": {"image": "a"}, "inputs":
      {"artifacts": [{"name": "x", "raw": {"data": ""}}]}})"),
                   "inputs.artifacts.x.path is required"));
  EXPECT_TRUE(says(check_templates(R"({"name": "main", "container": {"image": "a"}, "outputs":
      {"parameters": [{"name": "x"}]}})"),
                   "neither value nor valueFrom"));
}

TEST(Validate, Arguments) {
  EXPECT_TRUE(says(check_templates(R"({"name": "main", "suspend": {}})",
                                   R"("arguments": {"parameters": [{"name": "p"}]})"),
                   "spec.arguments.p.value or spec.arguments.p.valueFrom is required"));
  EXPECT_TRUE(says(check_templates(R"({"name": "main", "suspend": {}})",
                                   R"("arguments": {"parameters": [{"name": "p", "value": "x",
                                      "enum": ["a", "b"]}]})"),
                   "should be present in spec.arguments.p.enum"));
  EXPECT_TRUE(says(check_templates(R"({"name": "main", "suspend": {}, "inputs": {"parameters":
                                      [{"name": "p"}]}})"),
                   "spec.arguments.p was not supplied"));
  EXPECT_TRUE(says(check_templates(steps(R"([{"name": "a", "template": "echo"}])")),
                   "templates.main.steps[0].a inputs.parameters.m was not supplied"));
  EXPECT_EQ(check(R"({"arguments": {"parameters": [{"name": "p"}]}, "templates":
                    [{"name": "x", "suspend": {}}]})",
                  {}, "WorkflowTemplate"),
            Texts{});
}

TEST(Validate, References) {
  const auto with_value = [](std::string_view value) {
    return check_templates(steps(R"([{"name": "a", "template": "echo", "arguments": {"parameters":
                  [{"name": "m", "value": ")" +
                                 std::string(value) + R"("}]}}])"));
  };
  EXPECT_TRUE(says(with_value("{{steps.a.outputs.result}}"),
                   "templates.main.steps[0].a failed to resolve {{steps.a.outputs.result}}"));
  EXPECT_TRUE(says(with_value("{{inputs.parameters.none}}"), "{{inputs.parameters.none}}"));
  EXPECT_TRUE(says(with_value("{{workflow.parameters.none}}"), "{{workflow.parameters.none}}"));
  EXPECT_TRUE(says(with_value("{{workflow.nmae}}"), "{{workflow.nmae}}"));
  EXPECT_EQ(with_value("{{ workflow.name }} {{workflow.labels.a}} {{custom.x}} {{retries}}"),
            Texts{});
  EXPECT_EQ(with_value("{{workflow.parameters.{{workflow.name}}}}"), Texts{});
}

TEST(Validate, Dags) {
  EXPECT_EQ(check_templates(dag(R"({"name": "a", "template": "t"},
      {"name": "b", "template": "t", "depends": "a.Failed || a", "arguments": {"parameters":
        [{"name": "x", "value": "{{tasks.a.outputs.result}}"}]}})")),
            Texts{});
  EXPECT_TRUE(says(check_templates(dag(R"({"name": "a", "template": "t", "dependencies": ["b"]},
      {"name": "b", "template": "t", "dependencies": ["a"]})")),
                   "cycle detected: a->b->a"));
  EXPECT_TRUE(
      says(check_templates(dag(R"({"name": "a", "template": "t", "depends": "a"})")), "a->a"));
  EXPECT_TRUE(says(check_templates(dag(R"({"name": "a", "template": "t", "depends": "z"})")),
                   "dependency 'z' not defined"));
  EXPECT_TRUE(says(check_templates(dag(R"({"name": "a", "template": "t", "depends": "b &&"},
      {"name": "b", "template": "t"})")),
                   "templates.main.tasks.a depends"));
  EXPECT_TRUE(says(check_templates(dag(R"({"name": "a", "template": "t", "depends": "b",
      "continueOn": {"failed": true}}, {"name": "b", "template": "t"})")),
                   "continueOn"));
  EXPECT_TRUE(says(check_templates(dag(R"({"name": "1a", "template": "t", "depends": "b"},
      {"name": "b", "template": "t"})")),
                   "can not begin with a digit"));
  EXPECT_TRUE(says(check_templates(dag(R"({"name": "a", "template": "t"},
      {"name": "b", "template": "t", "arguments": {"parameters":
        [{"name": "x", "value": "{{tasks.a.outputs.result}}"}]}})")),
                   "failed to resolve {{tasks.a.outputs.result}}"));
  EXPECT_TRUE(says(check_templates(dag(R"({"name": "a", "template": "t"})", R"(, "target": "q")")),
                   "dag.target 'q'"));
}

TEST(Validate, LongChainsAndRecursionEnd) {
  std::string tasks = R"({"name": "t0", "template": "t"})";
  for (int i = 1; i < 2000; ++i) {
    tasks += R"(, {"name": "t)" + std::to_string(i) + R"(", "template": "t", "dependencies": ["t)" +
             std::to_string(i - 1) + R"("]})";
  }
  EXPECT_EQ(check_templates(dag(tasks)), Texts{});
  EXPECT_EQ(check_templates(R"({"name": "main", "steps": [[{"name": "again",
                               "template": "main"}]]})"),
            Texts{});
}

TEST(Validate, TemplateReferences) {
  manifest::Catalog catalog;
  catalog.put({manifest::Kind::kWorkflowTemplate,
               parse(R"({"metadata": {"name": "lib", "namespace": "ci"}, "spec": {"templates": [
                 {"name": "x", "steps": [[{"name": "s", "template": "inner"}]]},
                 {"name": "inner", "suspend": {}}]}})")});
  const auto with_reference = [&](std::string_view reference) {
    return check(R"({"entrypoint": "main", "templates": [{"name": "main", "steps":
                   [[{"name": "a", "templateRef": )" +
                     std::string(reference) + "}]]}]}",
                 catalog);
  };
  EXPECT_EQ(with_reference(R"({"name": "lib", "template": "x"})"), Texts{});
  EXPECT_TRUE(says(with_reference(R"({"name": "lib", "template": "y"})"), "'y' undefined"));
  EXPECT_TRUE(says(with_reference(R"({"name": "gone", "template": "x"})"), "'gone' not found"));
  EXPECT_EQ(with_reference(R"({"name": "{{item}}", "template": "x"})"), Texts{});
  EXPECT_EQ(check(R"({"entrypoint": "x", "workflowTemplateRef": {"name": "lib"}})", catalog),
            Texts{});
  EXPECT_TRUE(says(check(R"({"workflowTemplateRef": {"name": "gone"}})", catalog), "\"gone\""));
}

TEST(Validate, ProblemsAreBounded) {
  std::string templates = R"({"name": "main", "suspend": {}})";
  for (int i = 0; i < 150; ++i) templates += R"(, {"name": "main"})";
  EXPECT_EQ(check_templates(templates).size(), 50u);
}

}  // namespace
}  // namespace slipway::workflow
