#include "core/manifest/lint/lint.h"

#include <gtest/gtest.h>

#include "core/manifest/lint/allowance.h"
#include "core/manifest/parse.h"

namespace slipway::manifest {
namespace {

// "line:rule" of each finding, errors marked with "!".
std::string findings(std::string_view text, std::string_view others = {}) {
  const Parsed parsed = parse(text, "f");
  EXPECT_FALSE(has_errors(parsed.diagnostics)) << to_text(parsed.diagnostics);
  Catalog catalog;
  for (Document& document : parse(others, "o").documents) catalog.put(document.resource);
  std::string out;
  for (const Diagnostic& d : lint(parsed.documents, catalog)) {
    EXPECT_FALSE(d.message.empty());
    EXPECT_FALSE(d.fix.empty());
    out += std::to_string(d.line) + ":" + d.rule + (d.severity == Severity::kError ? "! " : " ");
  }
  return out;
}

const std::string kWorkflow =
    "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: w}\n"
    "spec:\n  activeDeadlineSeconds: 60\n  entrypoint: main\n  templates:\n";

TEST(Lint, CleanWorkflowHasNoFindings) {
  EXPECT_EQ(findings(kWorkflow +
                     "  - name: main\n    steps:\n    - - {name: a, template: b}\n"
                     "  - name: b\n    inputs: {parameters: [{name: p, value: x}]}\n    script:\n"
                     "      image: r:5000/alpine:3.20\n      command: [sh]\n"
                     "      env: [{name: P, value: '{{inputs.parameters.p}}'}]\n"
                     "      source: echo \"$P\" {{workflow.name}}\n"),
            "");
}

TEST(Lint, References) {
  EXPECT_EQ(
      findings(kWorkflow +
                   "  - name: main\n    dag:\n      target: a\n      tasks:\n"
                   "      - {name: a, template: nope}\n"
                   "      - {name: b, templateRef: {name: t, template: x}, dependencies: [c]}\n"
                   "      - {name: d, templateRef: {name: gone, template: x}}\n"
                   "      - {name: e, template: '{{item}}', withItems: [q]}\n"
                   "      - {name: f, inline: {steps: [[{name: g, template: mian}]]}}\n",
               "apiVersion: argoproj.io/v1alpha1\nkind: WorkflowTemplate\n"
               "metadata: {name: t}\nspec: {templates: [{name: y, suspend: {}}]}\n"),
      "12:unknown-template-ref! 13:unreachable-task 13:unknown-template-ref! "
      "14:unreachable-task 14:unknown-template-ref "
      "15:unreachable-task 16:unreachable-task 16:unknown-template-ref! ");
  const Parsed parsed = parse(kWorkflow + "  - name: mian\n    suspend: {}\n", "f");
  EXPECT_EQ(
      to_text(lint(parsed.documents, {})),
      "f:6:3: error: there is no template \"main\" (did you mean mian?) [unknown-template-ref]\n"
      "f:8:5: warning: nothing calls the template \"mian\" (call it, or remove it) "
      "[unreachable-template]\n");
}

TEST(Lint, TemplatesOfAWorkflowTemplateRef) {
  const std::string ref =
      "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: w}\n"
      "spec:\n  entrypoint: y\n  workflowTemplateRef: {name: t}\n";
  const std::string templ =
      "apiVersion: argoproj.io/v1alpha1\nkind: WorkflowTemplate\nmetadata: {name: t}\n"
      "spec: {templates: [{name: y, suspend: {}}]}\n";
  EXPECT_EQ(findings(ref), "6:unknown-template-ref ");
  EXPECT_EQ(findings(ref, templ), "");
  EXPECT_EQ(findings(ref + "---\n" + templ), "");
}

TEST(Lint, ImagesAndTimeouts) {
  const std::string text =
      "apiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\nmetadata: {name: w}\n"
      "spec:\n  schedules: ['* * * * *']\n  workflowSpec:\n    entrypoint: a\n    templates:\n"
      "    - name: a\n      container:\n        image: r:5000/alpine\n"
      "      sidecars:\n      - {name: s, image: 'b:latest'}\n"
      "      - {name: t, image: 'b@sha256:00'}\n      - {name: u, image: '{{workflow.name}}'}\n";
  EXPECT_EQ(findings(text), "6:missing-timeout 11:image-without-tag 13:image-without-tag ");
}

TEST(Lint, Secrets) {
  EXPECT_EQ(findings("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n"
                     "  password: hunter2\n  db-token: '{{x}}'\n  secret_file: /etc/x\n"
                     "  script: |\n    curl https://u:p4ss@host/\n  key: AKIAABCDEFGHIJKLMNOP\n"
                     "---\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\n"
                     "stringData: {password: hunter2}\n"),
            "5:secret-in-plain-text 8:secret-in-plain-text 10:secret-in-plain-text ");
  const std::string text = kWorkflow +
                           "  - name: main\n    container:\n      image: a:1\n      env:\n"
                           "      - {name: MYSQL_ROOT_PASSWORD, value: hunter2}\n"
                           "      - {name: MYSQL_ALLOW_EMPTY_PASSWORD, value: 'true'}\n"
                           "      - {name: TOKEN, value: $(OTHER)}\n"
                           "      - {name: GH, value: ghp_0123456789abcdefghijABCDEFGHIJ456789}\n";
  EXPECT_EQ(findings(text), "12:secret-in-plain-text 15:secret-in-plain-text ");
  EXPECT_EQ(to_text(lint(parse(text, "f").documents, {})).find("hunter2"), std::string::npos);
}

const std::string kSensor = R"(apiVersion: argoproj.io/v1alpha1
kind: Sensor
metadata: {name: merged}
spec:
  dependencies: [{name: d, eventSourceName: g, eventName: e}]
  triggers:
  - template:
      name: t
      argoWorkflow:
        source:
          resource:
            apiVersion: argoproj.io/v1alpha1
            kind: Workflow
            metadata: {generateName: x-}
            spec:
              arguments: {parameters: [{name: title}, {name: sha}, {name: id, value: x}]}
              workflowTemplateRef: {name: build}
              entrypoint: main
        parameters:
        - {src: {dependencyName: d, dataKey: body.title}, dest: spec.arguments.parameters.0.value}
        - {src: {dependencyName: d, contextKey: id}, dest: spec.arguments.parameters.2.value}
)";
const std::string kTemplate = R"(apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: build}
spec:
  activeDeadlineSeconds: 60
  templates:
  - name: main
    inputs: {parameters: [{name: title}]}
    steps:
    - - name: a
        template: say
        arguments: {parameters: [{name: text, value: 'x {{inputs.parameters.title}}'}]}
      - name: b
        template: loop
        arguments: {parameters: [{name: one, value: '{{item}}'}]}
        withParam: '{{workflow.parameters.title}}'
  - name: say
    inputs: {parameters: [{name: text}]}
    container:
      image: a:1
      command: [/bin/bash, -ec]
      args: ['echo {{inputs.parameters.text}}']
  - name: loop
    inputs: {parameters: [{name: one}]}
    script:
      image: a:1
      command: [python]
      source: |
        print("{{inputs.parameters.one}} {{workflow.parameters.sha}}")
  - name: safe
    script: {image: 'a:1', command: [sh], source: 'echo {{workflow.parameters.id}}'}
)";

TEST(Lint, UntrustedValuesAreFollowed) {
  EXPECT_EQ(findings(kTemplate),
            "22:untrusted-in-script 28:untrusted-in-script 31:untrusted-in-script ");
  const Parsed parsed = parse(kTemplate + "---\n" + kSensor, "f");
  ASSERT_EQ(parsed.documents.size(), 2u) << to_text(parsed.diagnostics);
  const Diagnostics found = lint(parsed.documents, {});
  ASSERT_EQ(found.size(), 3u) << to_text(found);
  EXPECT_EQ(found[0].text(),
            "f:22:14: error: the data of an event reaches this script by "
            "{{inputs.parameters.text}} (Sensor merged): whoever sends the event can run code here "
            "(pass it through env: {name: TEXT, value: \"{{inputs.parameters.text}}\"}, and use "
            "\"$TEXT\")");
  EXPECT_EQ(found[1].severity, Severity::kError);
  EXPECT_EQ(found[1].path, "spec.templates[2].script.source");
  EXPECT_EQ(found[2].severity, Severity::kWarning);
  EXPECT_EQ(found[2].line, 31);
}

TEST(Lint, UntrustedValuesReachAppliedTemplates) {
  EXPECT_EQ(findings(kSensor, kTemplate), "15:untrusted-in-script! 15:untrusted-in-script! ");
  std::string direct = kSensor;
  direct.replace(direct.find("spec.arguments.parameters.0.value"), 33,
                 "spec.templates.0.script.source   ");
  EXPECT_EQ(findings(direct, kTemplate), "20:untrusted-in-script! ");
}

TEST(Lint, UntrustedValuesOfABindingAreFollowed) {
  const std::string binding =
      "apiVersion: argoproj.io/v1alpha1\nkind: WorkflowEventBinding\nmetadata: {name: push}\n"
      "spec:\n  event: {selector: 'true'}\n  submit:\n    workflowTemplateRef: {name: build}\n"
      "    arguments: {parameters: [{name: title, valueFrom: {event: payload.title}}]}\n";
  std::string templ = kTemplate;
  templ.insert(templ.find("  templates:"), "  entrypoint: main\n");
  EXPECT_EQ(findings(templ + "---\n" + binding),
            "23:untrusted-in-script! 29:untrusted-in-script! 32:untrusted-in-script ");
  EXPECT_EQ(findings(binding, templ), "6:untrusted-in-script! 6:untrusted-in-script! ");
  const Diagnostics found = lint(parse(templ + "---\n" + binding, "f").documents, {});
  ASSERT_EQ(found.size(), 3u) << to_text(found);
  EXPECT_NE(found[0].message.find("(WorkflowEventBinding push)"), std::string::npos);
}

TEST(Lint, ValuesThatAreNone) {
  EXPECT_EQ(
      findings(kWorkflow + "  - name: main\n    volumes: [{name: v, emptyDir: {sizeLimit: 5Gx}}]\n"
                           "    retryStrategy:\n      limit: many\n      backoff:\n"
                           "        duration: soon\n        factor: two\n        maxDuration: 2m\n"
                           "    container:\n      image: a:1\n      resources:\n"
                           "        limits: {cpu: 500m, memory: 1GB}\n"
                           "        requests: {memory: '{{workflow.parameters.m}}'}\n"),
      "9:bad-value! 11:bad-value! 13:bad-value! 14:bad-value! 19:bad-value! ");
}

TEST(Lint, EventsThatNobodySends) {
  const std::string source =
      "apiVersion: argoproj.io/v1alpha1\nkind: EventSource\nmetadata: {name: hook}\n"
      "spec:\n  webhook:\n    push: {endpoint: /p, port: '1', method: POST}\n";
  const std::string sensor =
      "apiVersion: argoproj.io/v1alpha1\nkind: Sensor\nmetadata: {name: s}\nspec:\n"
      "  dependencies:\n  - {name: a, eventSourceName: hook, eventName: pussh}\n"
      "  - {name: b, eventSourceName: hook, eventName: push}\n"
      "  - {name: c, eventSourceName: elsewhere, eventName: x}\n"
      "  triggers: [{template: {name: t, log: {}}}]\n";
  EXPECT_EQ(findings(sensor, source), "6:unknown-event! ");
  const Parsed both = parse(sensor + "---\n" + source, "f");
  EXPECT_EQ(to_text(lint(both.documents, {})),
            "f:6:38: error: EventSource hook has no event \"pussh\" (did you mean push?) "
            "[unknown-event]\n");
}

TEST(Lint, ExpressionsThatDoNotCompile) {
  EXPECT_EQ(findings(kWorkflow +
                     "  - name: main\n    steps:\n    - - name: a\n        template: b\n"
                     "        hooks: {exit: {template: b, expression: 'steps.a.status =='}}\n"
                     "        arguments: {parameters: [{name: p, value: '{{= 1 + }}'}]}\n"
                     "  - name: b\n    inputs: {parameters: [{name: p, value: '{{=1 + 1}}'}]}\n"
                     "    retryStrategy: {expression: \"{{inputs.parameters.p}} ==\"}\n"
                     "    container: {image: 'a:1'}\n"
                     "    outputs: {parameters: [{name: o, valueFrom: {expression: 'a ? 1'}}]}\n"),
            "12:bad-expression! 13:bad-expression 18:bad-expression! ");
}

TEST(Lint, WhatAServerMustAllow) {
  const Parsed parsed = parse(kWorkflow +
                                  "  - name: main\n    volumes: [{name: v, hostPath: {path: /v}}]\n"
                                  "    container: {image: 'a:1'}\n    sidecars:\n"
                                  "    - name: d\n      image: 'd:1'\n"
                                  "      securityContext: {privileged: true}\n",
                              "f");
  EXPECT_EQ(to_text(lint(parsed.documents, {})),
            "f:9:25: note: hostPath is refused where the server does not allow it (start the "
            "server, or slipway run, with --allow-host-path) [needs-permission]\n"
            "f:14:25: note: privileged: true is refused where the server does not allow it (start "
            "the server, or slipway run, with --allow-privileged) [needs-permission]\n");
}

TEST(Lint, PermissionsOfAPatch) {
  EXPECT_EQ(findings(kWorkflow +
                     "  - name: main\n    container: {image: a:1}\n    podSpecPatch: |\n"
                     "      hostPID: true\n      volumes: [{name: v, hostPath: {path: /x}}]\n"
                     "      containers: [{name: main, securityContext: {privileged: true}}]\n"),
            "10:needs-permission 10:needs-permission 10:needs-permission ");
}

TEST(LintOutput, JsonAndSarif) {
  const Diagnostics diagnostics = {
      {Severity::kWarning, "a.yaml", 3, 0, "spec.x", "missing-timeout", "m \"q\"", "f"},
      {Severity::kError, "b", 0, 0, "", "syntax", "n", ""}};
  const auto parsed = parse_json(to_json(diagnostics));
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(get_string(parsed->at(0).get_object(), "rule"), "missing-timeout");
  const auto sarif = parse_json(to_sarif(diagnostics));
  ASSERT_TRUE(sarif.ok());
  const json::value& run = sarif->at("runs").at(0);
  const json::value& result = run.at("results").at(0);
  EXPECT_EQ(result.at("message").at("text").as_string(), "m \"q\" (f)");
  EXPECT_EQ(result.at("level").as_string(), "warning");
  const json::value& place = result.at("locations").at(0);
  EXPECT_EQ(print_json(place.at("physicalLocation").at("region")),
            "{\"startLine\":3,\"startColumn\":1}");
  EXPECT_EQ(place.at("logicalLocations").at(0).at("fullyQualifiedName").as_string(), "spec.x");
  EXPECT_EQ(run.at("tool").at("driver").at("rules").get_array().size(), 2u);
  EXPECT_FALSE(run.at("results")
                   .at(1)
                   .at("locations")
                   .at(0)
                   .at("physicalLocation")
                   .get_object()
                   .contains("region"));
  EXPECT_EQ(to_text(diagnostics),
            "a.yaml:3:1: warning: m \"q\" (f) [missing-timeout]\nb: error: n [syntax]\n");
}

TEST(Allowance, ACommentSpeaksOfItsLineOrTheNext) {
  const auto allowed = allowances_in(
      "a: 1  # slipway: allow bad-value\n"
      "  # slipway: allow image-without-tag, missing-timeout\n"
      "  # because\n"
      "b: 2\n",
      "f");
  ASSERT_EQ(allowed.size(), 3u);
  EXPECT_EQ(allowed[0].line, 1);
  EXPECT_EQ(allowed[1].rule + allowed[2].rule, "image-without-tagmissing-timeout");
  EXPECT_EQ(allowed[1].line, 4);
  EXPECT_EQ(allowed[2].line, 4);
}

TEST(Allowance, TakesWarningsOfThatRuleAndPlaceOnly) {
  const auto at = [](int line, const char* rule, Severity severity = Severity::kWarning) {
    return Diagnostic{severity, "f", line, 1, "", rule, "m", ""};
  };
  const Diagnostics found = {at(1, "bad-value"), at(2, "bad-value"), at(1, "missing-timeout"),
                             at(1, "bad-value", Severity::kError)};
  EXPECT_EQ(to_text(without_allowed(found, {{"f", 1, "bad-value"}})),
            "f:2:1: warning: m [bad-value]\nf:1:1: warning: m [missing-timeout]\n"
            "f:1:1: error: m [bad-value]\n");
  EXPECT_EQ(to_text(without_allowed(found, {{"", 0, "bad-value"}})),
            "f:1:1: warning: m [missing-timeout]\nf:1:1: error: m [bad-value]\n");
  EXPECT_EQ(without_allowed({}, {{"f", 7, "no-such"}}).at(0).rule, "unknown-rule");
}

}  // namespace
}  // namespace slipway::manifest
