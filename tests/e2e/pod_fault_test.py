#!/usr/bin/env python3
"""Pods whose processes are killed, will not end, or print without end."""
import os
import pathlib
import random
import re
import signal
import time
import unittest

from container import ContainerCase, containers, nurseries, supervisors
from harness import wait_for

WAITING = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: waiting-}
spec:
  entrypoint: main
  templates:
    - name: main
      steps:
        - - {name: first, template: wait}
        - - {name: second, template: note}
    - name: wait
      container:
        image: busybox
        command: [sh, -c, "echo started >> /out/ran; while [ ! -e /out/go ]; do sleep 0.05; done"]
        volumeMounts: [{name: out, mountPath: /out}]
    - name: note
      container:
        image: busybox
        command: [sh, -c, "echo second >> /out/ran"]
        volumeMounts: [{name: out, mountPath: /out}]
  volumes: [{name: out, hostPath: {path: "%s"}}]
"""

MANY = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: many-}
spec:
  entrypoint: main
  templates:
    - name: main
      steps:
        - - {name: a, template: note, withSequence: {count: "4"}}
        - - {name: b, template: note, withSequence: {count: "4"}}
        - - {name: c, template: note, withSequence: {count: "4"}}
    - name: note
      container:
        image: busybox
        command: [sh, -c, "echo {{pod.name}} >> /out/ran; sleep 0.1"]
        volumeMounts: [{name: out, mountPath: /out}]
  volumes: [{name: out, hostPath: {path: "%s"}}]
"""

STUBBORN = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: stubborn-}
spec:
  entrypoint: main
  podSpecPatch: '{"terminationGracePeriodSeconds": 2}'
  templates:
    - name: main
      container:
        image: busybox
        command: [sh, -c, "trap 'echo not me' TERM; echo deaf; while true; do sleep 0.1; done"]
"""

PRINTER = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: printer-}
spec:
  entrypoint: main
  templates:
    - name: main
      script:
        image: busybox
        command: [sh]
        source: |
          yes "a line of forty characters and its end" | head -c 1000000000
          echo the last line
"""


def peak_memory(pid):
    """Largest resident size so far, in MiB."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", text)[1]) / 1024


class PodFault(ContainerCase):
    server_options = ("--allow-host-path",)

    def prepare(self):
        self.out = self.folder / "out"
        self.out.mkdir()

    def ran(self):
        file = self.out / "ran"
        return file.read_text().split() if file.exists() else []

    def start_waiting(self):
        name = self.submit(WAITING % self.out)
        wait_for("the first step", self.ran)
        return name

    def end_of(self, name):
        return wait_for(f"end of {name}", lambda: self.server.ended(name))

    def test_a_killed_supervisor_is_named_and_takes_its_pod_along(self):
        name = self.start_waiting()
        [supervisor] = supervisors(self.data)
        os.kill(supervisor, signal.SIGKILL)
        first = self.node(self.end_of(name), "first")
        self.assertEqual(first["phase"], "Error", first)
        self.assertIn("supervisor lost", first["message"])
        self.assert_nothing_left()
        self.assertEqual(self.ran(), ["started"])

    def test_a_killed_container_is_an_exit_code(self):
        name = self.start_waiting()
        os.kill(containers(self.data)[0], signal.SIGKILL)
        done = self.end_of(name)
        self.assertEqual(done["status"]["phase"], "Failed", done["status"])
        self.assertEqual(self.node(done, "first")["message"], "main: Error (exit code 137)")
        self.assert_nothing_left()

    def test_a_killed_nursery_is_replaced_and_its_pods_are_adopted(self):
        name = self.start_waiting()
        [nursery] = nurseries(self.data)
        os.kill(nursery, signal.SIGKILL)
        wait_for("another nursery", lambda: nurseries(self.data) not in ([], [nursery]))
        (self.out / "go").touch()
        done = self.end_of(name)
        self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
        self.assertEqual(self.ran(), ["started", "second"])
        self.assert_nothing_left()

    def test_everything_killed_at_once_leaves_nothing_running(self):
        name = self.start_waiting()
        self.server.kill()
        for pid in nurseries(self.data) + supervisors(self.data):
            os.kill(pid, signal.SIGKILL)
        self.server.start()
        first = self.node(self.end_of(name), "first")
        self.assertEqual(first["phase"], "Error", first)
        self.assertEqual(self.ran(), ["started"])
        self.assert_nothing_left()

    def test_the_server_killed_again_and_again(self):
        names = [self.submit(MANY % self.out) for _ in range(4)]
        chance = random.Random(7)
        ended = set()
        for _ in range(6):
            time.sleep(chance.uniform(0.02, 0.4))  # the moment of the crash is the test's input
            self.server.kill()
            self.server.start()
            ended |= {name for name in names if self.server.ended(name)}
        for name in names:
            done = self.end_of(name)
            self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
        lines = self.ran()
        self.assertEqual(len(lines), len(set(lines)), "a step ran twice")
        self.assertEqual(len(lines), 4 * 12)
        self.assert_nothing_left()

    def test_a_container_that_ignores_sigterm_is_killed_after_its_grace(self):
        name = self.submit(STUBBORN)
        wait_for("its log", lambda: "deaf" in self.server.cli("logs", name).stdout)
        # A pod that is not known to run yet is no more waited for when it is stopped.
        wait_for("it runs", lambda: self.server.workflow(name)["status"]["nodes"][name]["phase"] == "Running")
        began = time.monotonic()
        self.assertEqual(self.server.cli("stop", name).returncode, 0)
        wait_for("SIGTERM", lambda: "not me" in self.server.cli("logs", name).stdout)
        done = self.end_of(name)
        took = time.monotonic() - began
        self.assertEqual(done["status"]["phase"], "Failed", done["status"])
        self.assertGreaterEqual(took, 2)
        self.assertLess(took, 10)
        self.assert_nothing_left()

    def test_a_gigabyte_of_output_is_kept_in_little_memory(self):
        name = self.submit(PRINTER)
        highest = 0
        while not self.server.ended(name):
            for pid in supervisors(self.data) + nurseries(self.data):
                try:
                    highest = max(highest, peak_memory(pid))
                except (OSError, TypeError):
                    pass  # it has just ended
            time.sleep(0.1)  # how often memory is looked at
        done = self.server.ended(name)
        self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
        [log] = self.data.glob("logs/*/main.log")
        self.assertEqual(log.stat().st_size, 1_000_000_000 + len("the last line\n"))
        with log.open("rb") as file:
            file.seek(-200, os.SEEK_END)
            self.assertTrue(file.read().endswith(b"the last line\n"))
        self.assertGreater(highest, 0)
        self.assertLess(highest, 64)
        self.assertLess(peak_memory(self.server.process.pid), 200)
        self.assert_nothing_left()


if __name__ == "__main__":
    unittest.main()
