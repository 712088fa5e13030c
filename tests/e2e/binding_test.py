#!/usr/bin/env python3
"""Argo Server's event endpoint and the bindings behind it, as `curl` and `argo` use them."""
import json
import unittest

from harness import Case, wait_for

MANIFESTS = """
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: greet}
spec:
  entrypoint: main
  arguments: {parameters: [{name: message, value: none}]}
  templates:
    - name: main
      container:
        image: busybox
        command: [sh, -c, 'echo "got $MESSAGE"']
        env: [{name: MESSAGE, value: "{{workflow.parameters.message}}"}]
---
apiVersion: argoproj.io/v1alpha1
kind: WorkflowEventBinding
metadata: {name: greeting}
spec:
  event:
    selector: payload.message != "" && metadata["x-kind"] == ["push"] && discriminator == "hello"
  submit:
    workflowTemplateRef: {name: greet}
    arguments: {parameters: [{name: message, valueFrom: {event: payload.message}}]}
"""


class Binding(Case):
    def setUp(self):
        super().setUp()
        self.server.apply(MANIFESTS)

    def post(self, body, path="/api/v1/events/default/hello", kind="push"):
        return self.server.request("POST", path, body.encode(), {"Content-Type": "application/json", "X-Kind": kind})

    def events(self):
        return json.loads(self.server.request("GET", "/api/v1/slipway/events")[1])["items"]

    def test_a_selected_event_becomes_a_workflow_and_is_explained(self):
        status, body = self.post('{"message": "hi $(id)"}')
        self.assertEqual((status, json.loads(body)), (200, {}))
        workflow = wait_for("the workflow", lambda: next(iter(self.server.workflows()), None))
        name = workflow["metadata"]["name"]
        self.assertEqual(workflow["metadata"]["labels"]["workflows.argoproj.io/workflow-event-binding"], "greeting")
        done = wait_for("its end", lambda: self.server.ended(name))
        self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
        self.assertEqual(self.server.cli("logs", name, "--no-prefix").stdout, "got hi $(id)\n")
        explained = self.server.cli("events explain", self.events()[0]["id"]).stdout
        self.assertIn("selector", explained)
        self.assertIn(name, explained)

    def test_what_is_not_selected_makes_nothing_and_says_why(self):
        self.assertEqual(self.post('{"message": "hi"}', kind="pull")[0], 200)
        self.assertEqual(self.post('{"message": "hi"}', path="/api/v1/events/default/other")[0], 200)
        self.assertEqual(self.post('{"message": "hi"}', path="/api/v1/events/default/")[0], 200)
        self.assertEqual(self.post('{"message": "hi"}', path="/api/v1/events/elsewhere/hello")[0], 200)
        here = [event for event in self.events() if event["namespace"] == "default"]
        self.assertEqual(len(here), 3)
        for event in here:
            self.assertIn("does not hold", self.server.cli("events explain", event["id"]).stdout)
        self.assertEqual(self.server.workflows(), [])

    def test_what_is_no_json_or_no_post_is_refused(self):
        status, body = self.post("{")
        self.assertEqual(status, 400)
        self.assertIn("no JSON", body)
        self.assertEqual(self.server.request("GET", "/api/v1/events/default/hello")[0], 405)
        self.assertEqual([event["outcome"] for event in self.events()], ["refused"])


if __name__ == "__main__":
    unittest.main()
