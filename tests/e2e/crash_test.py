#!/usr/bin/env python3
"""kill -9 and restart: nothing acknowledged is lost, nothing runs twice."""
import json
import sqlite3
import subprocess
import threading
import unittest
import uuid

from harness import BINARY, Case, Server, wait_for

SLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: slow}
spec:
  entrypoint: main
  templates:
    - name: main
      steps:
        - - {name: first, template: wait}
        - - {name: second, template: note}
    - name: wait
      container: {image: busybox, command: [sh, -c, "echo started >> %(file)s; while [ ! -e %(go)s ]; do sleep 0.02; done"]}
    - name: note
      container: {image: busybox, command: [sh, -c, "echo second >> %(file)s"]}
"""

SECRET = """
apiVersion: v1
kind: Secret
metadata: {name: token}
stringData: {key: hush}
---
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: keyed}
spec:
  entrypoint: main
  templates:
    - name: main
      container:
        image: busybox
        command: [sh, -c, "echo started >> %(file)s; while [ ! -e %(go)s ]; do sleep 0.02; done; echo $TOKEN"]
        env: [{name: TOKEN, valueFrom: {secretKeyRef: {name: token, key: key}}}]
"""

COUNTER = """
apiVersion: argoproj.io/v1alpha1
kind: EventSource
metadata: {name: hook}
spec: {webhook: {main: {endpoint: /hook, method: POST}}}
---
apiVersion: argoproj.io/v1alpha1
kind: Sensor
metadata: {name: hook}
spec:
  dependencies: [{name: d, eventSourceName: hook, eventName: main}]
  triggers:
    - template:
        name: t
        k8s:
          operation: create
          source:
            resource:
              apiVersion: argoproj.io/v1alpha1
              kind: Workflow
              metadata: {generateName: count-}
              spec:
                entrypoint: main
                arguments: {parameters: [{name: id, value: ""}]}
                templates: [{name: main, container: {image: busybox, command: [sh, -c, 'echo $ID >> %s'], env: [{name: ID, value: "{{workflow.parameters.id}}"}]}}]
          parameters: [{src: {dependencyName: d, dataKey: body.id}, dest: spec.arguments.parameters.0.value}]
"""


class Crash(Case):
    def test_a_running_pod_is_adopted_and_not_started_again(self):
        file, go = self.folder / "out", self.folder / "go"
        self.server.cli("submit", "-", stdin=SLOW % {"file": file, "go": go})
        wait_for("first step", file.exists)
        self.server.kill()
        self.server.start()
        go.touch()
        done = wait_for("end", lambda: self.server.ended("slow"))
        self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
        self.assertEqual(file.read_text(), "started\nsecond\n")

    def test_a_pod_that_ends_while_the_server_is_down_is_noticed(self):
        file, go = self.folder / "out", self.folder / "go"
        self.server.cli("submit", "-", stdin=SLOW % {"file": file, "go": go})
        wait_for("first step", file.exists)
        self.server.kill()
        go.touch()
        self.server.start()
        done = wait_for("end", lambda: self.server.ended("slow"))
        self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
        self.assertEqual(file.read_text(), "started\nsecond\n")

    def test_a_pod_that_runs_is_adopted_although_its_secret_is_gone(self):
        file, go = self.folder / "out", self.folder / "go"
        self.server.apply(SECRET % {"file": file, "go": go})
        wait_for("the step", file.exists)
        self.assertEqual(self.server.cli("delete", "secret", "token").returncode, 0)
        self.server.kill()
        self.server.start()
        go.touch()
        done = wait_for("end", lambda: self.server.ended("keyed"))
        self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
        self.assertEqual(file.read_text(), "started\n")

    def test_no_acknowledged_event_is_lost_and_none_counts_twice(self):
        file = self.folder / "count"
        self.server.apply(COUNTER % file)
        acknowledged = []

        def post():
            while not stop.is_set():
                event = str(uuid.uuid4())
                try:
                    status, _ = self.server.request("POST", "/events/default/hook/main",
                                                    json.dumps({"id": event}).encode(),
                                                    {"Content-Type": "application/json"})
                    if status < 300:
                        acknowledged.append(event)
                except OSError:
                    return

        for _ in range(3):
            stop = threading.Event()
            before = len(acknowledged)
            threads = [threading.Thread(target=post) for _ in range(4)]
            for thread in threads:
                thread.start()
            wait_for("some events", lambda: len(acknowledged) > before + 20)
            self.server.kill()
            stop.set()
            for thread in threads:
                thread.join()
            self.server.start()
        ran = wait_for("all workflows", lambda: file.exists() and (
            lines := file.read_text().split()) and set(acknowledged) <= set(lines) and lines)
        self.assertEqual(len(ran), len(set(ran)), "a workflow ran twice")


class Trouble(Case):
    options = None

    def failing_start(self, server):
        done = subprocess.run([BINARY, "server", "--data-dir", str(server.data), "--address", "127.0.0.1",
                               "--port", str(server.port), "--runtime", "host"],
                              capture_output=True, text=True, timeout=30)
        self.assertNotEqual(done.returncode, 0)
        return done.stderr + done.stdout

    def test_a_port_in_use_is_named(self):
        first = Server(self.folder / "a", "--runtime", "host")
        (self.folder / "a").mkdir()
        first.start()
        self.addCleanup(first.stop)
        second = Server(self.folder / "b", "--runtime", "host")
        second.port = first.port
        self.assertIn(str(first.port), self.failing_start(second))

    def test_a_data_directory_has_one_server(self):
        server = Server(self.folder, "--runtime", "host").start()
        self.addCleanup(server.stop)
        other = Server(self.folder, "--runtime", "host")
        self.assertIn(str(server.data), self.failing_start(other))

    def test_a_corrupt_database_is_named_and_kept(self):
        server = Server(self.folder, "--runtime", "host").start()
        server.stop()
        database = next(server.data.glob("*.db"))
        with sqlite3.connect(database) as connection:
            connection.execute("pragma wal_checkpoint(truncate)")
        damaged = b"this is no database" * 500
        database.write_bytes(damaged)
        self.assertIn(str(database), self.failing_start(server))
        self.assertEqual(database.read_bytes(), damaged)


if __name__ == "__main__":
    unittest.main()
