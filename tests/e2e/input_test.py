#!/usr/bin/env python3
"""Payloads and manifests that are wrong, huge or deep, and ports that are taken."""
import json
import pathlib
import re
import socket
import subprocess
import unittest

from harness import BINARY, Case, wait_for

HOOK = """
apiVersion: argoproj.io/v1alpha1
kind: EventSource
metadata: {name: %(name)s}
spec: {webhook: {main: {endpoint: /%(name)s, method: POST%(more)s}}}
"""

SENSOR = """
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
              metadata: {generateName: big-}
              spec:
                entrypoint: main
                arguments: {parameters: [{name: id, value: ""}]}
                templates: [{name: main, container: {image: busybox, command: [echo, "{{workflow.parameters.id}}"]}}]
          parameters: [{src: {dependencyName: d, dataKey: body.id}, dest: spec.arguments.parameters.0.value}]
"""

MEBIBYTE = 1 << 20


def resident_mebibytes(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) / 1024


class Payload(Case):
    def setUp(self):
        super().setUp()
        self.server.apply(HOOK % {"name": "hook", "more": ""})

    def post(self, body, kind="application/json"):
        return self.server.request("POST", "/events/default/hook/main", body, {"Content-Type": kind})

    def test_what_is_no_json_is_refused_and_listed(self):
        for body in (b"", b"hello", b"{\"a\": 1,}", b"\xff\xfe", b"{\"a\": NaN}", b"{} {}"):
            status, text = self.post(body)
            self.assertEqual(status, 400, (body, text))
        events = json.loads(self.server.request("GET", "/api/v1/slipway/events?outcome=refused")[1])["items"]
        self.assertEqual(len(events), 6)
        self.assertTrue(all("JSON" in event["message"] for event in events), events)

    def test_10000_levels_are_refused_by_name(self):
        for opened, closed in (("[", "]"), ('{"a":', "}")):
            body = opened * 10_000 + "1" + closed * 10_000
            status, text = self.post(body.encode())
            self.assertEqual(status, 400, text)
            self.assertRegex(text, "deep|nest")
        self.assertLess(self.post(("[" * 500 + "]" * 500).encode())[0], 300)

    def test_25_megabytes_are_taken_and_a_workflow_comes_of_it(self):
        self.server.apply(SENSOR)

        def payload(size):
            return b'{"id": "seven", "rest": "%s"}' % (b"x" * (size - len(b'{"id": "seven", "rest": ""}')))
        largest = payload(25 * MEBIBYTE)
        self.assertEqual(len(largest), 25 * MEBIBYTE)
        status, text = self.post(largest)
        self.assertLess(status, 300, text)
        name = wait_for("workflow", self.server.workflows)[0]["metadata"]["name"]
        done = wait_for("end", lambda: self.server.ended(name))
        self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
        self.assertEqual(self.server.cli("logs", name, "--no-prefix").stdout, "seven\n")
        status, text = self.post(payload(25 * MEBIBYTE + 1))
        self.assertEqual(status, 413)
        self.assertIn(str(25 * MEBIBYTE), text)
        # Both are in the list, and the event survives a crash.
        self.server.kill()
        self.server.start()
        outcomes = [event["outcome"] for event in
                    json.loads(self.server.request("GET", "/api/v1/slipway/events")[1])["items"]]
        self.assertEqual(sorted(outcomes), ["accepted", "refused"])
        self.assertLess(resident_mebibytes(self.server.process.pid), 300)

    def test_a_connection_that_breaks_off_is_no_event(self):
        with socket.create_connection(("127.0.0.1", self.server.port)) as peer:
            peer.sendall(b"POST /events/default/hook/main HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"a\"")
        self.assertEqual(self.server.request("GET", "/readyz")[0], 200)
        self.assertEqual(json.loads(self.server.request("GET", "/api/v1/slipway/events")[1])["items"], [])


GOOD = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: good-}
spec:
  entrypoint: main
  templates:
    - name: main
      dag:
        tasks:
          - {name: a, template: work}
          - {name: b, template: work, depends: a}
    - name: work
      container: {image: busybox, command: ["true"]}
"""


class Manifest(Case):
    """Wrong in the same way to `lint`, `run`, `submit` and `apply`: exit 2 where there are only files, never a crash."""

    def refused(self, text, *expected, line=None):
        file = self.folder / "bad.yaml"
        file.write_text(text)
        as_template = self.folder / "template.yaml"
        as_template.write_text(text.replace("kind: Workflow\n", "kind: WorkflowTemplate\n").replace("generateName: good-", "name: bad"))
        for words, code in ((("lint", file), 2), (("run", "--runtime", "host", file), 2), (("lint", as_template), 2)):
            done = self.run_cli(*map(str, words))
            self.assertEqual(done.returncode, code, (words, done.stdout, done.stderr))
            said = done.stdout + done.stderr
            for part in expected:
                self.assertIn(part, said, words)
            if line:
                self.assertRegex(said, rf"{words[-1].name}:{line}:\d+: error", words)
        for words in (("submit", file), ("apply", "-f", as_template)):
            done = self.server.cli(*map(str, words))
            self.assertIn(done.returncode, (1, 2), (words, done.stdout, done.stderr))
            for part in expected:
                self.assertIn(part, done.stdout + done.stderr, words)
        self.assertEqual(self.server.workflows(), [])

    def test_a_good_one(self):
        file = self.folder / "good.yaml"
        file.write_text(GOOD)
        self.assertEqual(self.run_cli("run", "--runtime", "host", str(file)).returncode, 0)

    def test_a_cycle(self):
        self.refused(GOOD.replace("{name: a, template: work}", "{name: a, template: work, depends: b}"),
                     "cycle", "a->b->a", line=7)

    def test_a_missing_template(self):
        self.refused(GOOD.replace("depends: a}", "depends: a}\n          - {name: c, template: wrok}"), "wrok", line=12)
        self.refused(GOOD.replace("entrypoint: main", "entrypoint: mian"), "mian", line=5)

    def test_a_duplicate_name(self):
        self.refused(GOOD.replace("{name: b, template: work, depends: a}", "{name: a, template: work}"), "'a'", line=11)
        self.refused(GOOD + "    - {name: work, container: {image: busybox}}\n", "'work'", line=14)

    def test_a_tab(self):
        self.refused(GOOD.replace("  entrypoint", "\tentrypoint"), "tab", line=5)

    def test_a_template_that_calls_itself_ends_with_its_name(self):
        file = self.folder / "recursive.yaml"
        file.write_text("""\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: recursive-}
spec:
  entrypoint: again
  templates:
    - {name: again, steps: [[{name: more, template: again}]]}
""")
        done = self.run_cli("run", "--runtime", "host", str(file))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout + done.stderr, "depth|recursi")

    def test_depth_size_and_noise(self):
        file = self.folder / "bad.yaml"
        for text, expected in ((b"[" * 10_000 + b"]" * 10_000, "deep"), (b"\x00\xff" * 1000, "bad.yaml"),
                               (b"a: &a [x]\n" + b"".join(b"b%d: &b%d [*a, *a, *a, *a]\n" % (i, i) for i in range(3)), "bad.yaml"),
                               (b"x" * (17 << 20), "the limit of 16 MiB"), (b"", "bad.yaml")):
            file.write_bytes(text)
            done = self.run_cli("lint", str(file))
            self.assertIn(done.returncode, (0, 2) if not text else (2,), (text[:30], done.stderr))
            if text:
                self.assertIn(expected, done.stdout + done.stderr)


class Port(Case):
    def taken(self):
        holder = socket.socket()
        self.addCleanup(holder.close)
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        return holder, holder.getsockname()[1]

    def test_the_servers_port(self):
        _, port = self.taken()
        done = subprocess.run([BINARY, "server", "--data-dir", self.folder / "other", "--address", "127.0.0.1", "--port",
                               str(port), "--runtime", "host"], capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"127.0.0.1:{port}", done.stderr)
        self.assertIn("in use", done.stderr)

    def test_an_event_sources_port_is_named_and_taken_when_it_is_free(self):
        holder, port = self.taken()
        self.server.apply(HOOK % {"name": "hook", "more": f', port: "{port}"'})
        wait_for("complaint", lambda: re.search(rf"EventSource default/hook.*:{port}.*in use", self.server.log.read_text()))
        # Everything else works, the same event on the main port included.
        self.assertLess(self.server.request("POST", "/events/default/hook/main", b"{}")[0], 300)
        holder.close()
        main, self.server.url = self.server.url, f"http://127.0.0.1:{port}"

        def answered():
            try:
                return self.server.request("POST", "/hook", b"{}", {"Content-Type": "application/json"})[0] < 300
            except OSError:
                return False
        wait_for("the port", answered)
        self.server.url = main


if __name__ == "__main__":
    unittest.main()
