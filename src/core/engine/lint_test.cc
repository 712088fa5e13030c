#include "core/engine/lint.h"

#include <gtest/gtest.h>

#include "core/engine/place.h"
#include "core/manifest/parse.h"

namespace slipway::engine {
namespace {

// The report without the warnings of other rules: "line:column rule message" of each error.
std::string errors(std::string_view text, const workflow::Settings& settings = {}) {
  manifest::Parsed parsed = manifest::parse(text, "f");
  std::string out;
  for (const manifest::Diagnostic& found : manifest::merge(
           std::move(parsed.diagnostics), engine::lint(parsed.documents, {}, settings))) {
    if (found.severity != manifest::Severity::kError) continue;
    out += std::to_string(found.line) + ":" + std::to_string(found.column) + " " + found.rule +
           " " + found.message + "\n";
  }
  return out;
}

const std::string kWorkflow =
    "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: w}\nspec:\n"
    "  entrypoint: main\n  templates:\n";

TEST(EngineLint, SaysWhereSubmitWouldRefuse) {
  EXPECT_EQ(errors(kWorkflow + "  - name: main\n    dag:\n      tasks:\n"
                               "      - {name: one, template: echo, depends: two}\n"
                               "      - {name: two, template: echo, depends: onn}\n"
                               "  - name: echo\n    container:\n      image: a:1\n"
                               "      args: ['{{inputs.parameters.gone}}']\n"),
            "11:9 invalid-workflow templates.main.tasks.two dependency 'onn' not defined; did you "
            "mean one?\n"
            "12:5 invalid-workflow templates.echo failed to resolve {{inputs.parameters.gone}}\n");
}

TEST(EngineLint, ATerminalIsRefusedWhereThereIsNone) {
  const std::string text = kWorkflow +
                           "  - name: main\n    container: {image: a:1, tty: true, stdin: true}\n"
                           "    sidecars:\n    - {name: s, image: a:1, tty: true}\n";
  EXPECT_EQ(errors(text), "");
  workflow::Settings host;
  host.runtime = pod::RuntimeKind::kHost;
  const std::string why =
      ".tty is not supported: the host runtime gives no terminal; remove it, or use --runtime "
      "oci\n";
  EXPECT_EQ(errors(text, host), "8:29 not-supported templates.main.container" + why +
                                    "10:29 not-supported templates.main.sidecars[0]" + why);
}

TEST(EngineLint, WhatIsRefusedWhenUsedIsAnErrorOnceUsed) {
  EXPECT_EQ(
      errors(kWorkflow +
             "  - name: main\n    container: {image: a:1}\n    outputs:\n      artifacts:\n"
             "      - {name: x, path: /x, gcs: {bucket: b, key: k}}\n"
             "  - name: unused\n    inputs: {artifacts: [{name: y, path: /y, hdfs: {path: /p}}]}\n"
             "    container: {image: a:1}\n"),
      "11:35 not-supported spec.templates[0].outputs.artifacts[0].gcs.bucket is not supported, "
      "and what uses it is refused: artifacts are in the embedded store, s3, http, git and raw so "
      "far\n");
}

TEST(EngineLint, SensorsSchedulesAndSources) {
  EXPECT_EQ(
      errors("apiVersion: argoproj.io/v1alpha1\nkind: Sensor\nmetadata: {name: s}\nspec:\n"
             "  dependencies:\n  - {name: d, eventSourceName: q, eventName: x}\n"
             "  triggers:\n  - template:\n      name: t\n      log: {}\n"
             "    parameters: [{src: {dependencyName: dd}, dest: a}]\n"
             "---\napiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\nmetadata: {name: c}\n"
             "spec:\n  schedules: ['61 * * * *']\n  concurrencyPolicy: Never\n"
             "  workflowSpec: {entrypoint: a, templates: [{name: a, suspend: {}}]}\n"
             "---\napiVersion: argoproj.io/v1alpha1\nkind: EventSource\nmetadata: {name: e}\n"
             "spec:\n  webhook:\n    hook: {endpoint: push, port: '1', method: POST}\n"),
      "11:18 invalid-sensor spec.triggers[0].parameters[0]: there is no dependency \"dd\"\n"
      "17:3 invalid-schedule schedule '61 * * * *': minute field \"61\": must be from 0 to 59\n"
      "18:3 invalid-schedule spec.concurrencyPolicy: 'Never' is not Allow, Forbid or Replace\n"
      "26:5 invalid-event-source spec.webhook.hook: endpoint must start with /, e.g. /push\n");
}

TEST(Place, IsFollowedAsFarAsItGoes) {
  const json::object spec = parse_json(R"({"arguments": {"parameters": [{"name": "p"}]},
      "templates": [{"name": "a", "suspend": {}},
                    {"name": "m", "steps": [[{"name": "s"}, {"name": "s.t"}]],
                     "dag": {"tasks": [{"name": "q", "hooks": {"exit": {}}}]}}]})")
                                .value()
                                .get_object();
  const auto at = [&](std::string_view text) { return path_of(spec, "spec", text); };
  EXPECT_EQ(at("spec.arguments.p.value or"), "spec.arguments.parameters[0]");
  EXPECT_EQ(at("spec.templates[1].name 'm'"), "spec.templates[1].name");
  EXPECT_EQ(at("templates.m.steps[0].s when"), "spec.templates[1].steps[0][0]");
  EXPECT_EQ(at("templates.m.steps[0].s.t when"), "spec.templates[1].steps[0][0]");
  EXPECT_EQ(at("templates.m.tasks.q.hooks.exit x"), "spec.templates[1].dag.tasks[0].hooks.exit");
  EXPECT_EQ(at("templates.m: no"), "spec.templates[1]");
  EXPECT_EQ(at("templates.gone.steps[0].s"), "spec.templates");
  EXPECT_EQ(at("words only"), "spec");
}

}  // namespace
}  // namespace slipway::engine
