#!/usr/bin/env python3
"""The flags of submit, list, delete and node set, as argo has them."""
import unittest

from harness import Case

WORKFLOW = """apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: w-}
spec:
  entrypoint: main
  arguments: {parameters: [{name: a, value: "0"}, {name: b, value: "0"}]}
  templates:
    - name: main
      container: {image: none, command: [sh, -c, "echo a={{workflow.parameters.a}} b={{workflow.parameters.b}} t={{workflow.scheduledTime}}"]}
"""
GATE = """apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: gate}
spec:
  entrypoint: main
  templates:
    - name: main
      suspend: {}
      outputs: {parameters: [{name: answer, valueFrom: {supplied: {}}}]}
"""


class Flags(Case):
    def submit(self, *words, text=WORKFLOW):
        return self.server.cli("submit", "-", *words, stdin=text)

    def names(self, *words):
        return self.server.cli("list", "-o", "name", *words).stdout.split()

    def test_submit(self):
        file = self.folder / "p.yaml"
        file.write_text("a: from-file\nb: 7\n")
        done = self.submit("-f", str(file), "-p", "b=flag", "--priority", "5", "-l", "x=1,y=2", "--scheduled-time",
                           "2026-09-21T14:00:00Z", "--name", "one", "--log")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("a=from-file b=flag t=2026-09-21T14:00:00Z", done.stdout)
        made = self.server.workflow("one")
        self.assertEqual(made["spec"]["priority"], 5)
        self.assertEqual({key: made["metadata"]["labels"][key] for key in "xy"}, {"x": "1", "y": "2"})

    def test_submit_says_what_does_not_hold(self):
        for words, told in [(("--priority", "high"), "no whole number"), (("--scheduled-time", "today"), "RFC 3339"),
                            (("-f", "/none"), "can not be read")]:
            done = self.submit(*words)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(told, done.stderr)
        unknown = WORKFLOW.replace("  entrypoint", "  entrypiont: x\n  entrypoint")
        self.assertEqual(self.submit(text=unknown).returncode, 2)
        self.assertEqual(self.submit("--strict", "false", "--wait", text=unknown).returncode, 0)
        self.assertEqual(self.submit("--server-dry-run").returncode, 0)
        self.assertEqual(len(self.names()), 1)

    def test_list_and_delete_choose_alike(self):
        for name in ("one", "two", "other"):
            self.submit("--name", name, "-l", "who=" + name[0], "--wait")
        self.submit(text=GATE)
        self.assertEqual(self.server.cli("resubmit", "one").returncode, 0)
        again = self.names("--resubmitted")
        self.assertEqual(len(again), 1)
        self.assertEqual(self.server.cli("wait", again[0].split("/")[1]).returncode, 0)
        self.assertEqual(self.names("--running"), ["workflow/gate"])
        self.assertEqual(set(self.names("--completed")), {"workflow/one", "workflow/two", "workflow/other", *again})
        self.assertEqual(self.names("-l", "who=t"), ["workflow/two"])
        self.assertEqual(set(self.names("-l", "who in (t,o)", "--chunk-size", "1")),
                         {"workflow/one", "workflow/two", "workflow/other", *again})
        self.assertEqual(self.names("--field-selector", "metadata.name=two"), ["workflow/two"])
        self.assertEqual(self.names("--older", "1h"), [])
        self.assertEqual(self.names("--since", "1h", "--prefix", "tw"), ["workflow/two"])
        self.assertEqual(len(self.names("--limit", "2")), 2)
        self.assertNotIn("NAME", self.server.cli("list", "--no-headers").stdout)
        self.assertEqual(self.server.cli("list", "--older", "soon").returncode, 2)
        self.assertEqual(self.server.cli("delete").returncode, 2)
        self.assertIn("two deleted (dry-run)", self.server.cli("delete", "--prefix", "tw", "--dry-run").stdout)
        self.assertIn("two deleted\n", self.server.cli("delete", "--prefix", "tw").stdout)
        self.server.cli("delete", "--completed", "--query-chunk-size", "1")
        self.assertEqual(self.names(), ["workflow/gate"])
        self.server.cli("delete", "--all")
        self.assertEqual(self.names(), [])

    def test_node_set(self):
        self.submit(text=GATE)
        refused = self.server.cli("resume", "gate")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("raw output parameter 'answer' has not been set", refused.stderr)
        done = self.server.cli("node set", "gate", "--node-field-selector", "displayName=gate", "-p", "answer=yes",
                               "-m", "so be it", "--phase", "Succeeded")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.server.cli("wait", "gate").returncode, 0)
        node = self.server.workflow("gate")["status"]["nodes"]["gate"]
        self.assertEqual(node["message"], "so be it")
        self.assertEqual(node["outputs"]["parameters"][0]["value"], "yes")


if __name__ == "__main__":
    unittest.main()
