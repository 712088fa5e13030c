#!/usr/bin/env python3
"""Watching workflows: over HTTP and with `slipway watch`."""
import json
import subprocess
import unittest
import urllib.request

from harness import BINARY, PATIENCE, Case, wait_for

GATED = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: gated}
spec:
  entrypoint: main
  templates:
    - name: main
      suspend: {}
"""


class Watch(Case):
    def submit(self):
        done = self.server.cli("submit", "-", stdin=GATED)
        self.assertEqual(done.returncode, 0, done.stderr)
        wait_for("the gate", lambda: self.server.workflow("gated").get("status", {}).get("phase") == "Running")

    def test_the_version_rises_with_each_change_and_a_deletion_is_told(self):
        url = self.server.url + "/api/v1/workflow-events/default?listOptions.fieldSelector=metadata.name%3Dgated"
        with urllib.request.urlopen(url, timeout=PATIENCE) as stream:
            self.submit()
            self.assertEqual(self.server.cli("suspend", "gated").returncode, 0)
            self.assertEqual(self.server.cli("resume", "gated").returncode, 0)
            wait_for("the end", lambda: self.server.ended("gated"))
            self.assertEqual(self.server.cli("retry", "gated", "--restart-successful", "--node-field-selector",
                                             "name=gated").returncode, 0)
            self.assertEqual(self.server.cli("delete", "gated").returncode, 0)
            changes = []
            while not changes or changes[-1]["type"] != "DELETED":
                changes.append(json.loads(stream.readline())["result"])
        versions = [int(change["object"]["metadata"]["resourceVersion"]) for change in changes[:-1]]
        self.assertEqual(versions, sorted(versions))
        self.assertGreater(versions[-1], versions[0] + 3)
        self.assertIn("Succeeded", [change["object"].get("status", {}).get("phase") for change in changes])
        gone = changes[-1]["object"]["metadata"]
        self.assertEqual((gone["namespace"], gone["name"]), ("default", "gated"))

    def test_a_watch_of_one_that_is_deleted_ends(self):
        self.submit()
        watch = subprocess.Popen([BINARY, "watch", "gated", "--server", self.server.url], text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertIn("gated", watch.stdout.readline())
        self.assertEqual(self.server.cli("delete", "gated").returncode, 0)
        _, problem = watch.communicate(timeout=PATIENCE)
        self.assertEqual(watch.returncode, 1)
        self.assertIn("the workflow was deleted before it ended", problem)


if __name__ == "__main__":
    unittest.main()
