#!/usr/bin/env python3
"""A clock that jumps, forward and back, under the real server (libfaketime moves its wall clock alone)."""
import glob
import time
import unittest

from harness import Case, Server, wait_for

LONG = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: %(name)s}
spec:
  entrypoint: main
  templates:
    - name: main
      steps:
        - - {name: a, template: wait}
        - - {name: b, template: flaky}
        - - {name: c, template: pause}
    - name: wait
      container: {image: busybox, command: [sh, -c, "touch %(folder)s/began; while [ ! -e %(folder)s/go ]; do sleep 0.02; done"]}
    - name: flaky
      retryStrategy: {limit: "3", backoff: {duration: "1", factor: "2"}}
      container: {image: busybox, command: [sh, -c, "echo x >> %(folder)s/tries; [ $(wc -l < %(folder)s/tries) -ge 2 ]"]}
    - name: pause
      suspend: {duration: "1"}
"""

DEADLINE = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: %(name)s}
spec:
  entrypoint: main
  templates:
    - name: main
      activeDeadlineSeconds: 120
      container: {image: busybox, command: [sh, -c, "touch %(folder)s/began; while [ ! -e %(folder)s/go ]; do sleep 0.02; done"]}
"""

CRON = """
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {name: minutely}
spec:
  schedules: ["* * * * *"]
  startingDeadlineSeconds: 30
  concurrencyPolicy: Allow
  workflowSpec:
    entrypoint: main
    templates: [{name: main, container: {image: busybox, command: ["true"]}}]
"""


class Clock(Case):
    options = None

    def setUp(self):
        super().setUp()
        [library] = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1") or self.fail("this test needs faketime: make setup")
        self.offset = self.folder / "offset"
        self.jump(0)
        self.server = Server(self.folder, "--runtime", "host")
        self.server.environment = {
            "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(self.offset), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        self.server.start()
        self.addCleanup(self.server.stop)

    def jump(self, seconds):
        fresh = self.offset.with_suffix(".new")
        fresh.write_text(f"{seconds:+d}\n")
        fresh.rename(self.offset)

    def through(self, *offsets):
        """A workflow that waits, retries and pauses, while the clock jumps under it."""
        name = f"long{len(self.server.workflows())}"
        for file in ("began", "go", "tries"):
            (self.folder / file).unlink(missing_ok=True)
        done = self.server.cli("submit", "-", stdin=LONG % {"name": name, "folder": self.folder})
        self.assertEqual(done.returncode, 0, done.stderr)
        wait_for("the first step", (self.folder / "began").exists)
        for offset in offsets:
            self.jump(offset)
        (self.folder / "go").touch()
        done = wait_for("end", lambda: self.server.ended(name))
        self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
        self.assertEqual((self.folder / "tries").read_text(), "x\nx\n")
        for node in done["status"]["nodes"].values():
            self.assertLessEqual(node["startedAt"], node["finishedAt"], node)

    def test_forward_and_back(self):
        began = time.monotonic()
        self.through(3600)
        self.through(-3600)
        self.through(86400, 0)
        self.assertLess(time.monotonic() - began, 40)

    def test_back_while_a_retry_and_a_pause_wait(self):
        self.jump(4)
        done = self.server.cli("submit", "-", stdin=LONG % {"name": "long", "folder": self.folder})
        self.assertEqual(done.returncode, 0, done.stderr)
        (self.folder / "go").touch()
        wait_for("the first try", (self.folder / "tries").exists)
        self.jump(0)  # what waits for a time waits for it: four seconds longer, and then goes on
        done = wait_for("end", lambda: self.server.ended("long"))
        self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])

    def test_a_steps_deadline_is_in_time_that_has_passed(self):
        for offset in (3600, -3600):
            (self.folder / "began").unlink(missing_ok=True)
            (self.folder / "go").unlink(missing_ok=True)
            name = f"deadline{abs(offset)}{'b' if offset < 0 else 'f'}"
            self.jump(0)
            done = self.server.cli("submit", "-", stdin=DEADLINE % {"name": name, "folder": self.folder})
            self.assertEqual(done.returncode, 0, done.stderr)
            wait_for("the step", (self.folder / "began").exists)
            self.jump(offset)
            (self.folder / "go").touch()
            done = wait_for("end", lambda: self.server.ended(name))
            self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])

    def test_a_schedule_runs_once_for_each_time_and_not_again_after_a_jump_back(self):
        self.server.apply(CRON)
        now = time.time()
        self.jump(int(60 - now % 60) + 1)
        names = wait_for("the first run", lambda: {workflow["metadata"]["name"] for workflow in self.server.workflows()})
        self.jump(0)
        self.jump(int(60 - now % 60) + 2)  # the same minute again
        wait_for("the jump is seen", lambda: self.server.request("GET", "/readyz")[0] == 200)
        time.sleep(2)  # in which a second run would begin
        again = {workflow["metadata"]["name"] for workflow in self.server.workflows()}
        self.assertEqual(again, names)

    def test_a_crash_after_a_jump_back_loses_nothing(self):
        self.jump(3600)
        self.through()
        self.jump(-3600)
        self.server.kill()
        self.server.start()
        self.assertEqual(len(self.server.workflows()), 1)
        self.through()


if __name__ == "__main__":
    unittest.main()
