#!/usr/bin/env python3
"""The flags of the verbs on workflows, as argo has them."""
import json
import time
import unittest

from harness import Case, wait_for

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

    def test_what_has_finished_is_not_ended_again(self):
        self.submit("--name", "over", "--wait")
        for verb, status, told in [("stop", 409, "cannot shutdown a completed workflow"),
                                   ("terminate", 409, "cannot shutdown a completed workflow"),
                                   ("suspend", 409, "cannot suspend completed workflows"), ("resume", 200, None)]:
            done = self.server.cli(verb, "over")
            answered, body = self.server.request("PUT", f"/api/v1/workflows/default/over/{verb}", b"{}")
            self.assertEqual(answered, status, body)
            self.assertEqual(done.returncode, 0 if told is None else 1, done.stderr)
            if told:
                self.assertIn(told, done.stderr)
                self.assertIn(told, json.loads(body)["message"])
            self.assertEqual(self.server.request("PUT", f"/api/v1/workflows/default/none/{verb}", b"{}")[0], 404)
        self.assertEqual(self.server.cli("resume", "none").returncode, 1)

    def test_selectors_choose_what_is_operated_on(self):
        for name, group in [("one", "a"), ("two", "a"), ("three", "b")]:
            self.submit("--name", name, "-l", "group=" + group, text=GATE)
        dry = self.server.cli("stop", "-l", "group=a", "one", "--dry-run")
        self.assertEqual(sorted(dry.stdout.splitlines()),
                         ["workflow one stopped (dry-run)", "workflow two stopped (dry-run)"])
        self.assertEqual(set(self.names("--running")), {"workflow/one", "workflow/two", "workflow/three"})
        self.assertEqual(self.server.cli("stop", "-l", "group=a").returncode, 0)
        self.assertEqual(self.server.cli("terminate", "--field-selector", "metadata.name=three").returncode, 0)
        self.assertEqual(self.names("--running"), [])
        self.assertEqual(self.server.cli("stop").returncode, 2)
        again = self.server.cli("resubmit", "-l", "group=b", "--priority", "7", "-o", "json")
        self.assertEqual(json.loads(again.stdout)["spec"]["priority"], 7)
        self.assertEqual(self.server.cli("resubmit", "one", "--priority", "much").returncode, 2)
        self.assertEqual(self.server.cli("stop", "@latest").returncode, 0)
        self.assertEqual(self.server.cli("wait", "@latest").returncode, 1)

    def test_retry_and_resubmit_look_on(self):
        flaky = self.folder / "flaky"
        text = WORKFLOW.replace('"echo a=', f'"test -e {flaky} || exit 3; echo a=')
        self.assertEqual(self.submit("--name", "flaky", "--wait", text=text).returncode, 1)
        self.assertEqual(self.server.cli("retry", "flaky", "--wait").returncode, 1)
        flaky.touch()
        done = self.server.cli("retry", "flaky", "--log")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("a=0 b=0", done.stdout)
        self.assertEqual(self.server.cli("resubmit", "flaky", "--watch").returncode, 0)

    def test_nodes_that_are_shown_can_be_chosen(self):
        two = WORKFLOW.replace("- name: main", """- name: main
      steps: [[{name: good, template: echo}], [{name: bad, template: fail}]]
    - name: fail
      container: {image: none, command: [sh, -c, "exit 3"]}
    - name: echo""")
        watched = self.submit("--name", "two", "--watch", "--status", "Failed", text=two)
        self.assertEqual(watched.returncode, 1, watched.stderr)
        self.assertIn("bad", watched.stdout)
        self.assertNotIn("good", watched.stdout)
        shown = self.server.cli("get", "two", "--node-field-selector", "displayName=good").stdout
        self.assertIn("✔ good", shown)
        self.assertNotIn("bad", shown)
        self.assertIn("Succeeded good", self.server.cli("get", "two", "--no-utf8").stdout)
        self.assertTrue(self.server.cli("get", "two", "--no-utf8").stdout.split("STEP")[1].isascii())
        self.assertIn("good", self.server.cli("watch", "two", "--status", "Succeeded").stdout)
        both = self.submit("--name", "three", "--status", "Failed", "--node-field-selector", "phase=Failed", text=two)
        self.assertEqual(both.returncode, 2)
        self.assertEqual(self.server.cli("wait", "none", "--ignore-not-found").returncode, 0)

    def test_logs_can_be_cut(self):
        text = WORKFLOW.replace('"echo a=', '"seq 1 20; echo a=')
        self.submit("--name", "long", "--wait", text=text)
        lines = self.server.cli("logs", "@latest", "--no-prefix", "--tail", "2").stdout.splitlines()
        self.assertEqual([lines[0], len(lines)], ["20", 2])
        lines = self.server.cli("logs", "long", "--no-prefix", "--grep", "^1[0-9]$", "--follow").stdout.splitlines()
        self.assertEqual(lines, [str(n) for n in range(10, 20)])
        two = WORKFLOW.replace("- name: main", """- name: main
      steps: [[{name: a, template: blue}, {name: b, template: echo}]]
    - name: blue
      metadata: {labels: {colour: blue}}
      container: {image: none, command: [sh, -c, "echo it is blue"]}
    - name: echo""")
        self.submit("--name", "two", "--wait", text=two)
        self.assertEqual(self.server.cli("logs", "two", "--no-prefix", "-l", "colour=blue").stdout, "it is blue\n")
        self.assertEqual(self.server.cli("logs", "two", "--no-prefix", "-l", "!colour", "-f").stdout.count("a=0"), 1)
        self.assertEqual(self.server.cli("logs", "two", "-l", "workflows.argoproj.io/completed=false").stdout, "")
        stamped = self.server.cli("logs", "long", "--no-prefix", "--timestamps", "--tail", "1", "-f").stdout
        self.assertRegex(stamped, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z a=0 .*\n$")
        self.assertEqual(self.server.cli("logs", "long", "--previous").returncode, 1)
        self.assertEqual(self.server.cli("logs", "long", "--since", "1m", "--since-time", "2026-01-01T00:00:00Z").returncode, 2)
        self.assertEqual(self.server.cli("logs", "long", "--since", "soon").returncode, 2)
        self.assertIn("sinceTime", self.server.cli("logs", "long", "--since-time", "soon").stderr)
        self.assertIn("error parsing regexp", self.server.cli("logs", "long", "--grep", "(").stderr)

    def test_objects_of_other_kinds_can_be_chosen(self):
        for name, ns in [("one", "default"), ("two", "default"), ("three", "ci")]:
            self.server.apply(f"""apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {{name: {name}, namespace: {ns}, labels: {{who: {name}}}}}
spec:
  schedules: ["0 0 1 1 *"]
  workflowSpec: {{entrypoint: main, templates: [{{name: main, suspend: {{}}}}]}}
""")
        self.assertEqual(self.server.cli("get", "cronworkflow", "-l", "who=two", "-o", "name").stdout.split(),
                         ["cronworkflow/two"])
        self.assertIn("three", self.server.cli("cron list", "-A", "-l", "who!=one").stdout)
        self.assertNotIn("one", self.server.cli("get", "cronworkflow", "-A", "-l", "who!=one").stdout)
        self.assertEqual(self.server.cli("delete", "cronworkflow", "--completed").returncode, 2)
        self.assertEqual(self.server.cli("delete", "cronworkflow", "--all").returncode, 0)
        self.assertEqual(self.server.cli("get", "cronworkflow", "-A", "-o", "name").stdout.split(), ["cronworkflow/three"])

    def test_a_live_workflow_wins_over_a_finished_one_of_its_name(self):
        failing = WORKFLOW.replace('"echo a=', '"exit 3; echo a=')
        self.submit("--name", "gate", "--wait", text=failing)
        old = self.server.workflow("gate")
        made = old["metadata"]["creationTimestamp"]
        wait_for("another second", lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()) > made)
        self.submit(text=GATE)
        live = self.server.workflow("gate")
        self.assertEqual([old["status"]["phase"], live["status"]["phase"]], ["Failed", "Running"])
        listed = self.server.cli("list", "--no-headers").stdout.splitlines()
        self.assertEqual(sorted(line.split()[1] for line in listed), ["Failed", "Running"])
        refused = self.server.cli("retry", "gate")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("has not finished", refused.stderr)
        self.assertEqual(self.server.cli("terminate", "gate").returncode, 0)
        self.assertEqual(self.server.cli("delete", "gate").returncode, 0)
        self.assertEqual(self.server.workflow("gate")["metadata"]["uid"], old["metadata"]["uid"])
        self.assertEqual(self.server.cli("retry", "gate", "--wait").returncode, 1)


if __name__ == "__main__":
    unittest.main()
