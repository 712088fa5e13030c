#!/usr/bin/env python3
"""Watching workflows: over HTTP and with `slipway watch`."""
import contextlib
import http.client
import json
import socket
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

    def test_the_server_ends_although_somebody_watches(self):
        self.submit()
        url = self.server.url + "/api/v1/workflow-events"
        urllib.request.urlopen(url, timeout=PATIENCE).close()  # has gone, and nobody has noticed
        with urllib.request.urlopen(url, timeout=PATIENCE) as stream:
            self.assertEqual(json.loads(stream.readline())["result"]["type"], "ADDED")
            self.server.stop()
            self.assertEqual(self.server.process.returncode, 0)
            with contextlib.suppress(http.client.IncompleteRead):
                self.assertEqual(stream.readline(), b"")

    def test_who_reads_slowly_is_told_the_newest_state(self):
        tasks = [{"name": f"t{i}", "template": "gate", "arguments": {"parameters": [{"name": "x", "value": "y" * 1000}]}} for i in range(300)]
        large = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": "large"},
                 "spec": {"entrypoint": "main", "templates": [
                     {"name": "main", "dag": {"tasks": tasks}},
                     {"name": "gate", "inputs": {"parameters": [{"name": "x"}]}, "container": {"image": "none", "command": ["true"]}}]}}
        with socket.socket() as peer:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
            peer.connect(("127.0.0.1", self.server.port))
            peer.sendall(b"GET /api/v1/workflow-events/default HTTP/1.1\r\nHost: slipway\r\n\r\n")
            done = self.server.cli("submit", "-", stdin=json.dumps(large))
            self.assertEqual(done.returncode, 0, done.stderr)
            wait_for("the end", lambda: self.server.ended("large"))
            answer = http.client.HTTPResponse(peer)
            answer.begin()
            states = []
            while not states or states[-1]["status"].get("phase") != "Succeeded":
                states.append(json.loads(answer.readline())["result"]["object"])
        self.assertLess(len(states), 100)

    def test_kubernetes_events_are_listed_and_streamed(self):
        url = self.server.url + "/api/v1/stream/events/default?listOptions.fieldSelector=involvedObject.kind%3DWorkflow,involvedObject.name%3Dgated"
        self.submit()
        request = urllib.request.Request(url, headers={"Accept": "text/event-stream"})
        with urllib.request.urlopen(request, timeout=PATIENCE) as stream:
            self.assertEqual(self.server.cli("stop", "gated", "--message", "enough").returncode, 0)
            events = []
            while not events or events[-1]["reason"] != "WorkflowNodeFailed":
                line = stream.readline().decode()
                if line.startswith("data: "):
                    events.append(json.loads(line[6:])["result"])
        self.assertEqual([(event["type"], event["reason"]) for event in events],
                         [("Normal", "WorkflowRunning"), ("Normal", "WorkflowNodeRunning"),
                          ("Warning", "WorkflowFailed"), ("Warning", "WorkflowNodeFailed")])
        self.assertTrue(events[3]["message"].startswith("Failed node gated: "), events[3])
        listed = json.loads(self.server.request("GET", "/api/v1/namespaces/default/events")[1])
        self.assertEqual(listed["items"], events)
        self.assertEqual(listed["metadata"]["resourceVersion"], events[-1]["metadata"]["resourceVersion"])
        after = "/api/v1/events?watch=true&resourceVersion=" + events[1]["metadata"]["resourceVersion"]
        with urllib.request.urlopen(self.server.url + after, timeout=PATIENCE) as stream:
            self.assertEqual(json.loads(stream.readline()), {"type": "ADDED", "object": events[2]})
        table = self.server.cli("get", "events", "gated").stdout.splitlines()
        self.assertEqual(table[0].split(), ["LAST", "SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"])
        self.assertEqual(len(table), 5)
        self.assertEqual(self.server.cli("get", "events", "other").stdout, "No resources found.\n")
        status, text = self.server.request("GET", "/api/v1/events?fieldSelector=spec.nodeName%3Dx")
        self.assertEqual(status, 400)
        self.assertIn("events can not be selected by spec.nodeName; use involvedObject.name", text)


if __name__ == "__main__":
    unittest.main()
