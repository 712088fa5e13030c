#!/usr/bin/env python3
"""Webhooks against the real server: what is let in, what is refused, and what becomes of it."""
import base64
import contextlib
import http.server
import json
import threading
import unittest

from harness import Case, free_port, wait_for

MANIFESTS = """
apiVersion: v1
kind: Secret
metadata: {name: github}
stringData: {webhook: secret}
---
apiVersion: argoproj.io/v1alpha1
kind: EventSource
metadata: {name: github}
spec:
  github:
    main:
      webhook: {endpoint: /push, port: "%d", method: POST}
      webhookSecret: {name: github, key: webhook}
      events: ["*"]
      repositories: [{owner: acme, names: [ride]}]
      contentType: json
---
apiVersion: argoproj.io/v1alpha1
kind: Sensor
metadata: {name: merged}
spec:
  dependencies:
    - name: pull
      eventSourceName: github
      eventName: main
      filters:
        data:
          - {path: body.action, type: string, value: [closed]}
          - {path: body.pull_request.merged, type: bool, value: ["true"]}
  triggers:
    - template:
        name: build
        k8s:
          operation: create
          source:
            resource:
              apiVersion: argoproj.io/v1alpha1
              kind: Workflow
              metadata: {generateName: build-}
              spec:
                entrypoint: main
                arguments: {parameters: [{name: title, value: none}]}
                templates:
                  - name: main
                    container:
                      image: busybox
                      command: [sh, -c, 'echo "title is $TITLE"']
                      env: [{name: TITLE, value: "{{workflow.parameters.title}}"}]
          parameters:
            - src: {dependencyName: pull, dataKey: body.pull_request.title}
              dest: spec.arguments.parameters.0.value
"""

CALLS = """
apiVersion: argoproj.io/v1alpha1
kind: Sensor
metadata: {name: calls}
spec:
  dependencies: [{name: pull, eventSourceName: github, eventName: main}]
  triggers:
    - template: {name: good, http: {url: "%(url)s/200", method: POST}}
      policy: {status: {allow: [200]}}
    - template: {name: bad, http: {url: "%(url)s/503", method: POST}}
      policy: {status: {allow: [200]}}
    - template: {name: nobody, http: {url: "http://127.0.0.1:%(closed)d/", method: POST}}
"""


class Peer(http.server.BaseHTTPRequestHandler):
    """Answers with the status that the path names."""

    def do_POST(self):
        self.send_response(int(self.path[1:]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def peer():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Peer) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


MERGED = {"action": "closed", "number": 7, "repository": {"full_name": "acme/ride"},
          "pull_request": {"merged": True, "title": "Fix $(id) `x` \"y\"", "number": 7}}


class Webhook(Case):
    def setUp(self):
        super().setUp()
        self.source_port = free_port()
        self.server.apply(MANIFESTS % self.source_port)

    def event(self, **query):
        text = "&".join(f"{key}={value}" for key, value in query.items())
        return json.loads(self.server.request("GET", "/api/v1/slipway/events?" + text)[1])["items"]

    def test_a_merged_pull_request_becomes_a_workflow(self):
        status, body = self.server.github(MERGED)
        self.assertIn(status, (200, 202), body)
        event = json.loads(body)["event"]
        workflow = wait_for("workflow", lambda: next(iter(self.server.workflows()), None))
        name = workflow["metadata"]["name"]
        self.assertTrue(name.startswith("build-"))
        self.assertEqual(workflow["metadata"]["labels"]["events.argoproj.io/sensor"], "merged")
        done = wait_for("end", lambda: self.server.ended(name))
        self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
        logs = self.server.cli("logs", name, "--no-prefix").stdout
        self.assertEqual(logs, 'title is Fix $(id) `x` "y"\n')
        explained = self.server.cli("events explain", event).stdout
        self.assertIn("body.pull_request.merged", explained)
        self.assertIn(name, explained)

    def test_what_a_trigger_was_answered_is_shown_with_the_event(self):
        with peer() as url:
            self.server.apply(CALLS % {"url": url, "closed": free_port()})
            event = json.loads(self.server.github(MERGED)[1])["event"]
            shown = wait_for("the answers", lambda: (lambda text: text if "none yet" not in text and "answer" in text else None)(
                self.server.cli("events explain", event).stdout))
        self.assertRegex(shown, r"trigger good: fired .*\n *✔ answer: HTTP 200 at 20")
        self.assertRegex(shown, r"trigger bad: failed .*\n *✖ answer: HTTP 503 at 20")
        self.assertRegex(shown, r"trigger nobody: failed .*\n *✖ answer: .*connect.* at 20")
        whole = json.loads(self.server.cli("events show", event, "-o", "json").stdout)
        answers = {verdict["trigger"]: verdict["answer"] for verdict in whole["verdicts"] if "answer" in verdict}
        self.assertEqual([answers[name]["ok"] for name in ("good", "bad", "nobody")], [True, False, False])

    def test_the_event_sources_own_port(self):
        self.server.url, main = f"http://127.0.0.1:{self.source_port}", self.server.url
        status, body = self.server.github(MERGED, path="/push")
        self.assertIn(status, (200, 202), body)
        self.server.url = main
        wait_for("workflow", self.server.workflows)

    def test_a_delivery_counts_once_and_a_replay_on_purpose_again(self):
        first = json.loads(self.server.github(MERGED, delivery="d-1")[1])
        status, body = self.server.github(MERGED, delivery="d-1")
        self.assertEqual(status, 200, body)
        self.assertIn("duplicate", body)
        self.assertEqual(len(self.server.workflows()), 1)
        done = self.server.cli("events replay", first["event"])
        self.assertEqual(done.returncode, 0, done.stderr)
        wait_for("second workflow", lambda: len(self.server.workflows()) == 2)

    def test_what_the_filter_drops_is_explained(self):
        status, body = self.server.github({**MERGED, "action": "opened"})
        self.assertIn(status, (200, 202))
        explained = self.server.cli("events explain", json.loads(body)["event"]).stdout
        self.assertIn("opened", explained)
        self.assertIn("closed", explained)
        self.assertEqual(self.server.workflows(), [])

    def test_refusals_are_listed(self):
        self.assertIn(self.server.github(MERGED, secret="wrong")[0], (400, 401))
        self.assertEqual(self.server.github(b"not json")[0], 400)
        self.assertEqual(self.server.github(b"[" * 10_000)[0], 400)
        self.assertEqual(self.server.github(b"x" * (27 << 20))[0], 413)
        self.assertEqual(self.server.request("POST", "/events/default/github/other", b"{}")[0], 404)
        refused = self.event(outcome="refused")
        self.assertGreaterEqual(len(refused), 4)
        self.assertTrue(all(event["message"] for event in refused))
        self.assertEqual(self.server.workflows(), [])

    def test_form_encoding_and_sha1(self):
        import hashlib
        import hmac
        import urllib.parse
        form = ("payload=" + urllib.parse.quote(json.dumps(MERGED))).encode()
        signature = "sha256=" + hmac.new(b"secret", form, hashlib.sha256).hexdigest()
        status, body = self.server.github(form, signature=signature,
                                          content_type="application/x-www-form-urlencoded")
        self.assertIn(status, (200, 202), body)
        text = json.dumps(MERGED).encode()
        status, body = self.server.request("POST", "/events/default/github/main", text, {
            "Content-Type": "application/json", "X-GitHub-Event": "pull_request", "X-GitHub-Delivery": "sha1",
            "X-Hub-Signature": "sha1=" + hmac.new(b"secret", text, hashlib.sha1).hexdigest()})
        self.assertIn(status, (200, 202), body)
        wait_for("two workflows", lambda: len(self.server.workflows()) == 2)

    def test_a_rotated_secret_counts_at_once(self):
        new = base64.b64encode(b"fresh").decode()
        self.server.apply(f"apiVersion: v1\nkind: Secret\nmetadata: {{name: github}}\ndata: {{webhook: {new}}}\n")
        self.assertIn(self.server.github(MERGED)[0], (400, 401))
        self.assertIn(self.server.github(MERGED, secret="fresh")[0], (200, 202))


if __name__ == "__main__":
    unittest.main()
