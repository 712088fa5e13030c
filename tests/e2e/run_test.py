#!/usr/bin/env python3
"""`slipway run`: one workflow in the foreground, with no server."""
import json
import pathlib
import unittest

from harness import Case

HELLO = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: hello-}
spec:
  entrypoint: main
  arguments: {parameters: [{name: who, value: world}]}
  templates:
    - name: main
      steps:
        - - {name: greet, template: say, arguments: {parameters: [{name: text, value: "hello {{workflow.parameters.who}}"}]}}
        - - {name: again, template: say, arguments: {parameters: [{name: text, value: "{{steps.greet.outputs.result}}!"}]}}
    - name: say
      inputs: {parameters: [{name: text}]}
      container: {image: busybox, command: [echo], args: ["{{inputs.parameters.text}}"]}
"""


# A folder kept without an archive, listed, and each of its files read by its key.
SIFT = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: sift}
spec:
  entrypoint: main
  templates:
    - name: main
      steps:
        - - {name: write, template: write}
        - - {name: list, template: list}
        - - name: read
            template: read
            arguments: {artifacts: [{name: file, s3: {key: "{{item}}"}}]}
            withParam: "{{steps.list.outputs.result}}"
    - name: write
      script:
        image: any
        command: [sh]
        source: |
          mkdir -p %(folder)s/logs/deep
          echo one > %(folder)s/logs/main.log
          echo two > %(folder)s/logs/deep/main.log
          echo three > %(folder)s/logs/other
      outputs:
        artifacts: [{name: logs, path: "%(folder)s/logs", archive: {none: {}}, s3: {key: "{{workflow.name}}/logs/"}}]
    - name: list
      data:
        source: {artifactPaths: {name: logs, s3: {key: "{{workflow.name}}/"}}}
        transformation: [{expression: 'filter(data, {# endsWith "main.log"})'}]
    - name: read
      inputs: {artifacts: [{name: file, path: in/file}]}
      outputs: {parameters: [{name: text, valueFrom: {path: in/file}}]}
      container: {image: any, command: ["true"]}
"""


WATCHING = """
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {name: minutely}
spec: {schedules: ["* * * * *"], workflowSpec: {entrypoint: main, templates: [{name: main, suspend: {}}]}}
---
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: watching}
spec:
  entrypoint: main
  templates:
    - name: main
      resource:
        action: get
        manifest: "{apiVersion: argoproj.io/v1alpha1, kind: CronWorkflow, metadata: {name: minutely}}"
      outputs: {parameters: [{name: held, valueFrom: {jsonPath: "{.spec.suspend}"}}]}
"""


class Run(Case):
    options = None

    def run_file(self, text, *words):
        file = self.folder / "workflow.yaml"
        file.write_text(text)
        return self.run_cli("run", "--runtime", "host", *words, str(file))

    def test_succeeded_is_0_and_stdout_is_only_the_object(self):
        done = self.run_file(HELLO, "-o", "json", "-p", "who=you")
        self.assertEqual(done.returncode, 0, done.stderr)
        workflow = json.loads(done.stdout)
        self.assertEqual(workflow["status"]["phase"], "Succeeded")
        results = {node["displayName"]: node.get("outputs", {}).get("result")
                   for node in workflow["status"]["nodes"].values()}
        self.assertEqual(results["greet"], "hello you")
        # Nobody refers to the second one's result, so Argo does not capture it.
        self.assertIsNone(results["again"])

    def test_a_log_is_bounded_as_asked(self):
        talk = HELLO.replace("command: [echo]", "command: [sh, -c, 'head -c 300000 /dev/zero; exit 1']")
        done = self.run_cli("run", "--runtime", "host", "--log-limit", "64Ki", "-", stdin=talk)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("bytes of this log are not kept", done.stdout + done.stderr)
        done = self.run_cli("run", "--runtime", "host", "--log-limit", "lots", "-", stdin=talk)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--log-limit: no number of bytes such as 500M or 1Gi: lots", done.stderr)

    def test_a_terminal_is_refused_before_anything_runs_without_containers(self):
        done = self.run_cli("run", "--runtime", "host", "-", stdin=HELLO.replace("image: busybox", "image: busybox, tty: true"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("templates.say.container.tty is not supported: the host runtime gives no terminal", done.stderr)

    def test_a_failed_workflow_is_1_and_shows_its_log(self):
        done = self.run_file(HELLO.replace("command: [echo]", 'command: [sh, -c, "echo broken; exit 3"]'))
        self.assertEqual(done.returncode, 1)
        self.assertIn("broken", done.stdout + done.stderr)
        self.assertIn("main: Error (exit code 3)", done.stdout + done.stderr)

    def test_a_bad_manifest_is_2_and_names_the_place(self):
        done = self.run_file(HELLO.replace("entrypoint:", "entrypiont:"))
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"workflow\.yaml:6:3: error: .*entrypiont.*entrypoint")

    def test_a_template_or_schedule_of_the_files_is_run(self):
        template = HELLO.replace("kind: Workflow", "kind: WorkflowTemplate").replace("generateName: hello-", "name: hello")
        cron = ("apiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\nmetadata: {name: daily}\n"
                "spec: {schedules: ['0 2 * * *'], workflowSpec: {workflowTemplateRef: {name: hello}}}\n")
        for source in ("workflowtemplate/hello", "cronwf/daily"):
            done = self.run_file(f"{template}\n---\n{cron}", "--from", source, "-o", "json")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(json.loads(done.stdout)["metadata"]["name"].startswith(source.split("/")[1]))
        self.assertIn("--from", self.run_file(template).stderr)
        for words, said in ((("--from", "hello"), "KIND/NAME"), (("--from", "wftmpl/nobody"), "does not exist")):
            done = self.run_file(template, *words)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(said, done.stderr)
        self.assertIn("names another", self.run_file(HELLO, "--from", "wftmpl/hello").stderr)

    def test_a_schedule_beside_the_workflow_starts_nothing(self):
        done = self.run_file(WATCHING, "-o", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        [node] = json.loads(done.stdout)["status"]["nodes"].values()
        self.assertEqual(node["outputs"]["parameters"][0]["value"], "true")

    def test_a_data_template_lists_what_was_kept_here(self):
        done = self.run_file(SIFT % {"folder": self.folder}, "-o", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        nodes = json.loads(done.stdout)["status"]["nodes"].values()
        outputs = {node["displayName"]: node.get("outputs", {}) for node in nodes}
        self.assertEqual(json.loads(outputs["list"]["result"]), ["sift/logs/deep/main.log", "sift/logs/main.log"])
        for name, text in (("read(0:sift/logs/deep/main.log)", "two"), ("read(1:sift/logs/main.log)", "one")):
            self.assertEqual(outputs[name]["parameters"], [{"name": "text", "value": text, "valueFrom": {"path": "in/file"}}])

    def test_wrong_usage_is_2(self):
        self.assertEqual(self.run_cli("run").returncode, 2)
        self.assertEqual(self.run_cli("no-such-verb").returncode, 2)
        self.assertEqual(self.run_cli("run", "nowhere.yaml").returncode, 2)

    def test_every_command_has_help_with_an_example(self):
        top = self.run_cli("--help").stdout
        verbs = [line.split()[0] for line in top.split("Subcommands:")[1].splitlines() if line.startswith("  ")]
        self.assertGreater(len(verbs), 15)
        for verb in verbs:
            done = self.run_cli(verb, "--help")
            self.assertEqual(done.returncode, 0, verb)
            self.assertIn("Example:", done.stdout, verb)


if __name__ == "__main__":
    unittest.main(argv=[str(pathlib.Path(__file__).name)] + __import__("sys").argv[1:])
