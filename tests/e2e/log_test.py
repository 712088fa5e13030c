#!/usr/bin/env python3
"""Logs: large ones, and those that are followed."""
import hashlib
import json
import subprocess
import unittest

from harness import BINARY, PATIENCE, Case, wait_for

LARGE = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: large}
spec:
  entrypoint: main
  templates:
    - name: main
      outputs: {artifacts: [{name: numbers, path: %(folder)s/numbers, archive: {none: {}}}]}
      container: {image: none, command: [sh, -c], args: ["seq 1 3000000 | tee %(folder)s/numbers"]}
"""

GATED = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: gated}
spec:
  entrypoint: main
  templates:
    - name: main
      steps:
        - - {name: early, template: say, arguments: {parameters: [{name: file, value: early}]}}
        - - {name: gate, template: gate}
        - - {name: late, template: say, arguments: {parameters: [{name: file, value: late}]}}
    - name: gate
      suspend: {}
    - name: say
      inputs: {parameters: [{name: file}]}
      container:
        image: none
        command: [sh, -c]
        args: ["echo begin {{inputs.parameters.file}}; until test -e %(folder)s/{{inputs.parameters.file}}; do sleep 0.05; done; printf end"]
"""


class Log(Case):
    def logs(self, *words):
        return subprocess.Popen([BINARY, "logs", "--server", self.server.url, *words], text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    def submit(self, text):
        done = self.server.cli("submit", "-", stdin=text % {"folder": self.folder})
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_large_log_and_a_large_artifact_come_whole(self):
        self.submit(LARGE)
        wait_for("the end", lambda: self.server.ended("large"))
        expected = subprocess.run(["seq", "1", "3000000"], capture_output=True, check=True).stdout
        status, text = self.server.request("GET", "/api/v1/workflows/default/large/log?raw=true")
        self.assertEqual((status, len(text)), (200, len(expected)))
        self.assertEqual(hashlib.md5(text.encode()).hexdigest(), hashlib.md5(expected).hexdigest())
        done = self.server.cli("logs", "large", "--no-prefix")
        self.assertEqual((done.returncode, done.stdout == expected.decode()), (0, True), done.stderr)
        status, text = self.server.request("GET", "/artifacts/default/large/large/numbers")
        self.assertEqual((status, text == expected.decode()), (200, True))

    def test_lines_know_when_they_came(self):
        self.submit(GATED)
        path = "/api/v1/workflows/default/gated/log?raw=true&logOptions.timestamps=true"
        wait_for("its first words", lambda: "begin" in self.server.request("GET", path)[1])
        (self.folder / "early").touch()
        wait_for("its last words", lambda: "end" in self.server.request("GET", path)[1])
        lines = self.server.request("GET", path)[1].splitlines()
        self.assertEqual([line.split(" ", 1)[1] for line in lines], ["begin early", "end"])
        first, last = (line.split(" ")[0] for line in lines)
        self.assertLess(first, last)
        self.assertEqual(self.server.request("GET", f"{path}&logOptions.sinceTime={last}")[1], lines[1] + "\n")
        since = ["logs", "gated", "--no-prefix", "--since-time", last]
        self.assertEqual(self.server.cli(*since).stdout, "end\n")
        wait_for("the gate", lambda: self.server.cli("resume", "gated").returncode == 0)
        (self.folder / "late").touch()
        wait_for("the end", lambda: self.server.ended("gated"))
        self.assertEqual(self.server.cli(*since).stdout, "end\nbegin late\nend\n")
        self.assertEqual(self.server.request("GET", f"{path}&logOptions.limitBytes=3&podName=late")[1].splitlines()[0][31:], "beg")
        for wrong in ("sinceSeconds=0", "tailLines=-1", "sinceTime=noon", "sinceSeconds=5&logOptions.sinceTime=" + last,
                      "sinceSeconds=99999999999", "limitBytes=x"):
            self.assertEqual(self.server.request("GET", f"{path}&logOptions.{wrong}")[0], 400, wrong)
        # A log from before times were written down.
        for times in self.server.data.glob("logs/*/*.times"):
            times.unlink()
        lines = self.server.cli(*since, "late").stdout.splitlines()
        self.assertEqual((lines[0][:18], lines[1:]), ("[slipway: the time", ["begin late", "end"]))

    def test_following_ends_with_the_pod_or_with_the_workflow(self):
        self.submit(GATED)
        one, every, waiting = self.logs("gated", "early", "-f"), self.logs("gated", "-f"), self.logs("gated", "late", "-f")
        for stream in (one, every):
            self.assertIn("begin early", stream.stdout.readline())
        (self.folder / "early").touch()
        rest, problem = one.communicate(timeout=PATIENCE)
        self.assertEqual((one.returncode, problem), (0, ""))
        self.assertTrue(rest.endswith("end\n"), rest)
        self.assertIsNone(every.poll())
        # One that has ended is shown, by Argo's name of its pod too, and nothing is waited for.
        pod = rest.split(":")[0]
        self.assertTrue(pod.startswith("gated-say-"), pod)
        again, _ = self.logs("gated", pod, "-f").communicate(timeout=PATIENCE)
        self.assertEqual(again.splitlines(), [f"{pod}: begin early", f"{pod}: end"])
        self.assertEqual(self.server.cli("resume", "gated").returncode, 0)
        self.assertIn("begin late", waiting.stdout.readline())
        self.assertIn("end", every.stdout.readline())
        self.assertIn("begin late", every.stdout.readline())
        (self.folder / "late").touch()
        for stream in (every, waiting):
            rest, problem = stream.communicate(timeout=PATIENCE)
            self.assertEqual((stream.returncode, problem, rest.split(": ")[1]), (0, "", "end\n"))

    def test_following_ends_when_the_workflow_is_deleted(self):
        self.submit(GATED)
        stream = self.logs("gated", "-f")
        self.assertIn("begin early", stream.stdout.readline())
        self.assertEqual(self.server.cli("delete", "gated").returncode, 0)
        stream.communicate(timeout=PATIENCE)
        self.assertEqual(stream.returncode, 0)
        status, text = self.server.request("GET", "/api/v1/workflows/default/gated/log")
        self.assertEqual((status, json.loads(text)["message"]), (404, "there is no workflow gated in namespace default"))


if __name__ == "__main__":
    unittest.main()
