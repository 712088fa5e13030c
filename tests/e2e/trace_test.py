#!/usr/bin/env python3
"""Finished workflows as traces at a collector, which fails first and is restarted with the server."""
import sys
import time
import unittest

from harness import ROOT, Case, Server, wait_for

sys.path.insert(0, str(ROOT / "tools/standin"))
from otlp import Collector  # noqa: E402
from server import start  # noqa: E402

BUILD = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: build-, namespace: default}
spec:
  entrypoint: main
  templates:
    - name: main
      dag:
        tasks:
          - {name: compile, template: work, arguments: {parameters: [{name: code, value: "0"}]}}
          - {name: test, template: flaky, depends: compile}
          - {name: push, template: work, depends: test, arguments: {parameters: [{name: code, value: "0"}]}}
    - name: work
      inputs: {parameters: [{name: code}]}
      container: {image: none, command: [sh, -c, "exit {{inputs.parameters.code}}"]}
    - name: flaky
      retryStrategy: {limit: 1}
      container: {image: none, command: [sh, -c, "exit 3"]}
"""


class Traces(Case):
    options = None

    def setUp(self):
        super().setUp()
        self.collector = Collector()
        self.notes = []
        self.collector.note = lambda **entry: self.notes.append(entry)
        serving = start(self.collector)
        self.addCleanup(serving.server_close)
        self.addCleanup(serving.shutdown)
        self.url = f"http://127.0.0.1:{serving.server_address[1]}"

    def serve(self, *options, **environment):
        self.server = Server(self.folder, "--runtime", "host", *options)
        self.server.environment = environment
        self.server.start()
        self.addCleanup(self.server.stop)

    def run_build(self):
        name = self.server.cli("submit", "-", "-o", "name", stdin=BUILD).stdout.strip().split("/")[1]
        return wait_for("end", lambda: self.server.ended(name))

    def test_a_workflow_is_one_trace_with_a_span_for_each_node(self):
        self.serve(OTEL_EXPORTER_OTLP_ENDPOINT=self.url, OTEL_EXPORTER_OTLP_HEADERS="api-key=s%3Dt", OTEL_SERVICE_NAME="ci")
        done = self.run_build()
        spans = {span["name"]: span for span in wait_for("spans", lambda: self.collector.spans)}
        nodes = {node["displayName"] for node in done["status"]["nodes"].values()}
        self.assertEqual(set(spans), nodes | {"RUN build"})
        self.assertEqual({span["traceId"] for span in spans.values()}, {done["metadata"]["uid"].replace("-", "")})
        self.assertEqual(spans["test(1)"]["parentSpanId"], spans["test"]["spanId"])
        self.assertEqual(spans["test(1)"]["status"], {"code": 2, "message": "main: Error (exit code 3)"})
        self.assertEqual(spans["RUN build"]["status"]["code"], 2)
        self.assertNotIn("parentSpanId", spans["RUN build"])
        self.assertEqual([note["violation"] for note in self.notes], [None])
        self.assertEqual(self.notes[0]["headers"]["api-key"], "s=t")
        self.assertIn('"ci"', self.notes[0]["body"])

    def test_what_a_collector_can_not_take_now_comes_later(self):
        self.collector.planned = [{"status": 503}, {"status": 429, "retry_after": 1}]
        self.serve("--otlp-endpoint", self.url)
        self.run_build()
        wait_for("spans", lambda: self.collector.spans)
        self.assertEqual(self.server.log.read_text().count("traces: "), 2, "each trouble is said once")

    def test_the_end_of_the_server_sends_what_waits(self):
        self.collector.planned = [{"status": 429, "retry_after": 60}]
        self.serve("--otlp-endpoint", self.url)
        self.run_build()
        wait_for("the refusal", lambda: "traces: " in self.server.log.read_text())
        self.assertEqual(self.collector.spans, [])
        self.server.stop()
        self.assertEqual(len(self.collector.spans), 7)
        self.assertNotIn("dropped", self.server.log.read_text())

    def test_a_collector_that_takes_nothing_does_not_hold_up_the_end(self):
        self.collector.planned = [{"status": 503}] * 99
        self.serve("--otlp-endpoint", self.url)
        self.run_build()
        wait_for("the refusal", lambda: "traces: " in self.server.log.read_text())
        begun = time.monotonic()
        self.server.stop()
        self.assertLess(time.monotonic() - begun, 20)
        self.assertIn("did not take 7 spans in 5 s; they are dropped", self.server.log.read_text())

    def test_an_endpoint_that_is_none_is_said_at_the_start(self):
        done = self.run_cli("server", "--otlp-endpoint", "collector:4317")
        self.assertEqual(done.returncode, 1)
        self.assertIn("collector:4317/v1/traces", done.stderr)


if __name__ == "__main__":
    unittest.main()
