#!/usr/bin/env python3
"""What is accepted and not acted on is said: by lint, by apply, and by the API to any client."""
import json
import unittest
import urllib.request

from harness import Case, free_port

TEMPLATE = """apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: t}
spec:
  nodeSelector: {a: b}
  entrypoint: main
  templates:
    - name: main
      container: {image: busybox, command: ["true"]}
"""
BUCKET = """apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: w}
spec:
  entrypoint: main
  templates:
    - name: main
      container: {image: busybox, command: ["true"]}
      outputs:
        artifacts:
          - {name: out, path: /tmp/out, gcs: {bucket: b, key: k}}
"""
SOURCE = """apiVersion: argoproj.io/v1alpha1
kind: EventSource
metadata: {name: NAME}
spec:
  webhook:
    push: {endpoint: /push, port: "PORT", method: POST}
"""


class Apply(Case):
    def test_apply_names_the_place_once(self):
        done = self.server.cli("apply", "-f", "-", stdin=TEMPLATE)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("-:5:3: note: spec.nodeSelector is accepted and has no effect here: ", done.stderr)
        self.assertEqual(done.stderr.count("nodeSelector"), 1, done.stderr)

    def test_any_client_of_the_api_is_told(self):
        body = json.dumps({"apiVersion": "argoproj.io/v1alpha1", "kind": "WorkflowTemplate", "metadata": {"name": "t"},
                           "spec": {"nodeSelector": {"a": "b"}, "templates": []}}).encode()
        path = "/apis/argoproj.io/v1alpha1/namespaces/default/workflowtemplates/t"
        self.assertIn("spec.nodeSelector is accepted and has no effect here",
                      self.warning(path, body))
        self.assertIsNone(self.warning(path + "?fieldValidation=Ignore", body))

    def warning(self, path, body):
        request = urllib.request.Request(self.server.url + path, body, method="PUT")
        with urllib.request.urlopen(request) as answer:
            return answer.headers.get("Warning")

    def test_what_the_server_doubts_reaches_the_terminal(self):
        port = str(free_port())
        self.server.apply(SOURCE.replace("NAME", "one").replace("PORT", port))
        done = self.server.cli("apply", "-f", "-", stdin=SOURCE.replace("NAME", "two").replace("PORT", port))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, r"slipway: warning: .*one already serves /push .* /events/default/two/push")

    def test_a_workflow_that_needs_what_is_not_there_is_refused(self):
        done = self.server.cli("submit", "-", stdin=BUCKET)
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("templates.main.outputs.artifacts[0].gcs.bucket is not supported: ", done.stderr)
        self.assertEqual(self.server.workflows(), [])


class Lint(Case):
    options = None

    def lint(self, text, *words):
        file = self.folder / "w.yaml"
        file.write_text(text)
        return self.run_cli("lint", *words, str(file))

    def test_exit_codes(self):
        clean = TEMPLATE.replace("  nodeSelector: {a: b}\n", "").replace("busybox", "busybox:1.36").replace(
            "spec:\n", "spec:\n  activeDeadlineSeconds: 60\n")
        self.assertEqual(self.lint(clean, "--strict").returncode, 0)
        self.assertEqual(self.lint(clean.replace(":1.36", "")).returncode, 0)
        self.assertEqual(self.lint(clean.replace(":1.36", ""), "--strict").returncode, 1)
        self.assertEqual(self.lint(clean.replace(":1.36", ""), "--strict", "--allow", "image-without-tag").returncode, 0)
        self.assertEqual(self.lint(clean.replace("entrypoint", "entrypiont")).returncode, 2)
        self.assertEqual(self.lint(BUCKET).returncode, 2)

    def test_forms(self):
        found = json.loads(self.lint(BUCKET, "-o", "json").stdout)
        refused = [entry for entry in found if entry["rule"] == "not-supported"]
        self.assertEqual([(entry["severity"], entry["line"], entry["column"]) for entry in refused], [("error", 11, 47)])
        log = json.loads(self.lint(BUCKET, "-o", "sarif").stdout)
        results = log["runs"][0]["results"]
        self.assertIn(("not-supported", 11), [
            (result["ruleId"], result["locations"][0]["physicalLocation"]["region"]["startLine"]) for result in results])
        self.assertTrue(set(result["ruleId"] for result in results)
                        <= set(rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]))


if __name__ == "__main__":
    unittest.main()
