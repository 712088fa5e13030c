#!/usr/bin/env python3
"""The built-in tasks and http templates against stand-ins that check what they get and fail when told."""
import json
import sys
import unittest

from harness import ROOT, Case, free_port, wait_for

sys.path.insert(0, str(ROOT / "tools/standin"))
import asana  # noqa: E402
import github  # noqa: E402
import slack  # noqa: E402
from server import Answer, StandIn, start  # noqa: E402

WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: tell-}
spec:
  entrypoint: main
  templates:
    - name: main
      %s
"""

SECRET = """
apiVersion: v1
kind: Secret
metadata: {name: keys}
stringData: {slack: "%s", asana: "%s", github: "%s", hook: "%s"}
"""


class Echo(StandIn):
    """Takes everything."""

    def handle(self, method, path, query, headers, body):
        return Answer(200, {"method": method})


class Task(Case):
    def stand_in(self, standin):
        server = start(standin)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        standin.seen = []
        standin.note = lambda **entry: standin.seen.append(entry)
        return standin, f"http://127.0.0.1:{server.server_address[1]}"

    def setUp(self):
        super().setUp()
        self.slack, self.slack_url = self.stand_in(slack.Slack())
        self.asana, self.asana_url = self.stand_in(asana.Asana())
        self.github, self.github_url = self.stand_in(github.GitHub())
        self.echo, self.echo_url = self.stand_in(Echo())
        self.server.apply(SECRET % (slack.TOKEN, asana.TOKEN, github.TOKEN, self.slack_url + slack.WEBHOOK))

    def run_task(self, body):
        done = self.server.cli("submit", "-", "-o", "name", stdin=WORKFLOW % json.dumps(body)[1:-1])
        self.assertEqual(done.returncode, 0, done.stderr)
        name = done.stdout.strip().split("/")[-1]
        workflow = wait_for(f"end of {name}", lambda: self.server.ended(name))
        [node] = workflow["status"]["nodes"].values()
        return node

    def to_slack(self, **more):
        return {"plugin": {"slack": {"tokenSecret": {"name": "keys", "key": "slack"}, "apiUrl": self.slack_url + "/api",
                                     "channel": "C1", "status": "Failed", "title": "ride", **more}}}

    def to_github(self, **more):
        return {"plugin": {"github": {"tokenSecret": {"name": "keys", "key": "github"}, "apiUrl": self.github_url,
                                      "repository": "octo/ride", "sha": "a" * 40, "status": "Succeeded", **more}}}

    def to_asana(self, **more):
        return {"plugin": {"asana": {"tokenSecret": {"name": "keys", "key": "asana"}, "apiUrl": self.asana_url + "/api/1.0",
                                     "task": asana.TASKS[0], "action": "complete", **more}}}

    def test_each_provider_takes_what_is_sent(self):
        for standin, body in ((self.slack, self.to_slack()), (self.github, self.to_github()), (self.asana, self.to_asana())):
            node = self.run_task(body)
            self.assertEqual(node["phase"], "Succeeded", node)
            [seen] = standin.seen
            self.assertIsNone(seen["violation"])
            self.assertTrue(seen["headers"]["idempotency-key"])
        self.assertTrue(self.asana.tasks[asana.TASKS[0]]["completed"])

    def test_a_wrong_argument_ends_at_once(self):
        for body, words in ((self.to_slack(chanel="C2"), "did you mean channel?"),
                            (self.to_github(sha="main"), "sha"),
                            (self.to_asana(action="delete"), "action"),
                            (self.to_slack(tokenSecret={"name": "gone", "key": "k"}), "gone"),
                            ({"http": {"url": "no-scheme://x"}}, "no-scheme")):
            node = self.run_task(body)
            self.assertEqual(node["phase"], "Error", node)
            self.assertIn(words, node["message"])
            self.assertNotIn("attempt", node["message"])
        self.assertEqual(self.slack.seen + self.github.seen + self.asana.seen, [])

    def test_a_refusal_is_final(self):
        node = self.run_task(self.to_github(tokenSecret={"name": "keys", "key": "slack"}))
        self.assertEqual(node["phase"], "Failed", node)
        self.assertIn("Bad credentials", node["message"])
        self.assertEqual(len(self.github.seen), 1)

    def test_429_is_waited_for_as_asked_and_the_key_stays_the_same(self):
        self.github.planned = [{"status": 429, "retry_after": 2}, {"status": 429, "retry_after": 1}]
        node = self.run_task(self.to_github())
        self.assertEqual(node["phase"], "Succeeded", node)
        self.assertEqual([seen["status"] for seen in self.github.seen], [429, 429, 201])
        self.assertEqual(len({seen["headers"]["idempotency-key"] for seen in self.github.seen}), 1)
        waits = [after["at"] - before["at"] for before, after in zip(self.github.seen, self.github.seen[1:])]
        self.assertGreaterEqual(waits[0], 2)
        self.assertGreaterEqual(waits[1], 1)
        self.assertLess(sum(waits), 6)

    def test_trouble_and_a_lost_reply_are_tried_again(self):
        self.slack.planned = [{"status": 503}, {"drop": True}]
        node = self.run_task(self.to_slack())
        self.assertEqual(node["phase"], "Succeeded", node)
        self.assertEqual([seen["status"] for seen in self.slack.seen], [503, 200])
        self.assertEqual(len({seen["headers"]["idempotency-key"] for seen in self.slack.seen}), 1)

    def test_a_restart_sends_nothing_twice_that_was_answered(self):
        self.slack.planned = [{"status": 429, "retry_after": 2}]
        done = self.server.cli("submit", "-", "-o", "name", stdin=WORKFLOW % json.dumps(self.to_slack())[1:-1])
        name = done.stdout.strip().split("/")[-1]
        wait_for("the first attempt", lambda: self.slack.seen)
        wait_for("the wait", lambda: "attempt 1 of 5" in json.dumps(self.server.workflow(name)))
        self.server.kill()
        self.server.start()
        wait_for("end", lambda: self.server.ended(name))
        self.assertEqual([seen["status"] for seen in self.slack.seen], [429, 200])

    def test_http_templates(self):
        post = {"http": {"url": self.echo_url + "/x", "method": "POST", "body": "hi"}}
        self.echo.planned = [{"drop": True}]
        node = self.run_task(post)
        self.assertEqual(node["phase"], "Succeeded", node)
        self.assertTrue(self.echo.seen[0]["headers"]["idempotency-key"])
        # A reply is final, as in Argo: retryStrategy says whether it is tried again.
        self.echo.planned = [{"status": 500}]
        node = self.run_task(post)
        self.assertEqual((node["phase"], node["message"]), ("Failed", "received non-2xx response code: 500"))
        self.assertEqual(len(self.echo.seen), 2)

    def test_a_server_that_is_not_there_is_named(self):
        url = f"http://127.0.0.1:{free_port()}/x"
        done = self.server.cli("submit", "-", "-o", "name", stdin=WORKFLOW % json.dumps({"http": {"url": url}})[1:-1])
        name = done.stdout.strip().split("/")[-1]
        wait_for("why it waits", lambda: url in json.dumps(self.server.workflow(name)["status"].get("nodes", {}))
                 and "attempt 1 of 5" in json.dumps(self.server.workflow(name)))
        self.assertEqual(self.server.cli("terminate", name).returncode, 0)
        done = wait_for("end", lambda: self.server.ended(name))
        self.assertEqual(done["status"]["phase"], "Failed", done["status"])


if __name__ == "__main__":
    unittest.main()
