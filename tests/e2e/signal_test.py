#!/usr/bin/env python3
"""Ending on purpose: SIGTERM and SIGINT to the server, Ctrl-C to `slipway run`."""
import json
import os
import signal
import socket
import subprocess
import threading
import time
import unittest

from container import ContainerCase, containers, import_busybox, nurseries
from harness import BINARY, Case, wait_for

WORK = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: work}
spec:
  entrypoint: main
  onExit: clean
  templates:
    - name: main
      container: {image: busybox, command: [sh, -c, "echo began >> %(folder)s/ran; %(work)s"], %(mount)s}
    - name: clean
      container: {image: busybox, command: [sh, -c, "echo cleaned >> %(folder)s/ran"], %(mount)s}
  volumes: %(volumes)s
"""

HOOK = """
apiVersion: argoproj.io/v1alpha1
kind: EventSource
metadata: {name: hook}
spec: {webhook: {main: {endpoint: /hook, method: POST}}}
"""


def work(folder, command, containers=True):
    mount = f'volumeMounts: [{{name: out, mountPath: "{folder}"}}]' if containers else "args: []"
    volumes = f'[{{name: out, hostPath: {{path: "{folder}"}}}}]' if containers else "[]"
    return WORK % {"folder": folder, "work": command, "mount": mount, "volumes": volumes}


class ServerEnd(Case):
    def end(self, number):
        began = time.monotonic()
        self.server.process.send_signal(number)
        code = self.server.process.wait(timeout=30)
        self.assertLess(time.monotonic() - began, 5)
        return code

    def test_it_ends_with_0_leaves_pods_running_and_adopts_them(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            name = f"work-{number}"
            go, ran = self.folder / f"go-{number}", self.folder / "ran"
            text = work(self.folder, f"while [ ! -e {go} ]; do sleep 0.02; done", containers=False)
            self.server.cli("submit", "-", stdin=text.replace("name: work", f"name: {name}"))
            wait_for("the step", lambda: ran.exists() and "began" in ran.read_text())
            follower = subprocess.Popen([BINARY, "logs", "-f", name, "--server", self.server.url], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
            half = socket.create_connection(("127.0.0.1", self.server.port))
            half.sendall(b"POST /events/default/hook/main HTTP/1.1\r\nContent-Length: 10\r\n\r\n{")
            self.assertEqual(self.end(number), 0)
            half.close()
            follower.wait(timeout=10)
            self.assertIn("pods go on", self.server.log.read_text())
            self.assertFalse((self.server.data / "server.json").exists())
            go.touch()
            self.server.start()
            done = wait_for("end", lambda: self.server.ended(name))
            self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
            self.assertEqual(ran.read_text(), "began\ncleaned\n")
            ran.unlink()

    def test_requests_in_flight_are_answered_or_never_happened(self):
        self.server.apply(HOOK)
        answered, broken = [], []

        def post():
            while not stop.is_set():
                try:
                    status, body = self.server.request("POST", "/events/default/hook/main", b"{}",
                                                       {"Content-Type": "application/json"})
                except OSError as error:
                    return broken.append(error)
                if status < 300:
                    answered.append(json.loads(body)["event"])
            return None

        stop = threading.Event()
        threads = [threading.Thread(target=post) for _ in range(8)]
        for thread in threads:
            thread.start()
        wait_for("some events", lambda: len(answered) > 50)
        self.assertEqual(self.end(signal.SIGTERM), 0)
        stop.set()
        for thread in threads:
            thread.join()
        self.server.start()
        events = []
        page = "/api/v1/slipway/events?outcome=accepted&limit=10000"
        events = {event["id"] for event in json.loads(self.server.request("GET", page)[1])["items"]}
        self.assertEqual(set(answered) - events, set(), "an answered event is lost")
        self.assertEqual(events - set(answered), set(), "an event was taken and not answered")


class RunEnd(ContainerCase):
    """`slipway run` in containers."""

    def setUp(self):
        Case.setUp(self)
        self.data = self.folder / "data"
        self.addCleanup(self.end_nurseries)
        import_busybox(self.data)
        self.ran = self.folder / "ran"

    def start(self, command):
        file = self.folder / "work.yaml"
        file.write_text(work(self.folder, command))
        self.process = subprocess.Popen([BINARY, "run", "--allow-host-path", file, "--data-dir", self.data], text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        self.addCleanup(self.process.stdout.close)
        self.addCleanup(self.process.kill)
        wait_for("the step", lambda: "began" in self.lines())

    def lines(self):
        return self.ran.read_text().split() if self.ran.exists() else []

    def end(self, *numbers):
        for number in numbers:
            os.killpg(self.process.pid, number)  # as a terminal does: to the whole group
            wait_for("the message", lambda: "stopping work" in self.said() or self.process.poll() is not None)
        self.output += self.process.communicate(timeout=30)[0]
        return self.process.returncode

    output = ""

    def said(self):
        os.set_blocking(self.process.stdout.fileno(), False)
        try:
            self.output += os.read(self.process.stdout.fileno(), 65536).decode()
        except BlockingIOError:
            pass
        finally:
            os.set_blocking(self.process.stdout.fileno(), True)
        return self.output

    def assert_all_gone(self):
        self.assert_nothing_left()
        self.assertEqual(containers(self.data), [])
        self.assertEqual(list(self.data.glob("runs/*")), [])
        wait_for("end of the nursery", lambda: not nurseries(self.data))

    def test_ctrl_c_stops_the_workflow_and_runs_its_exit_handler(self):
        self.start("sleep 1000")
        self.assertEqual(self.end(signal.SIGINT), 130, self.output)
        self.assertIn("stopping work; once more ends it at once", self.output)
        self.assertIn("Failed", self.output)
        self.assertEqual(self.lines(), ["began", "cleaned"])
        self.assert_all_gone()

    def test_sigterm_does_the_same(self):
        self.start("sleep 1000")
        self.assertEqual(self.end(signal.SIGTERM), 143, self.output)
        self.assertEqual(self.lines(), ["began", "cleaned"])
        self.assert_all_gone()

    def test_ctrl_c_twice_ends_everything_at_once(self):
        self.start(f"trap : TERM; echo deaf >> {self.folder}/ran; while true; do sleep 0.1; done")
        wait_for("the trap", lambda: "deaf" in self.lines())
        wait_for("it runs", lambda: "Running" in self.said())  # a pod that is not known to is ended at once
        began = time.monotonic()
        self.assertEqual(self.end(signal.SIGINT, signal.SIGINT), 130, self.output)
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual(self.lines(), ["began", "deaf"])
        self.assert_all_gone()

    def test_killed_it_leaves_nothing_running_and_the_next_run_sweeps(self):
        self.start("sleep 1000")
        self.process.kill()
        self.process.communicate()
        self.assert_nothing_left()
        self.ran.unlink()
        self.start("true")
        self.process.communicate(timeout=30)
        self.assertEqual(self.process.returncode, 0)
        self.assert_all_gone()


if __name__ == "__main__":
    unittest.main()
