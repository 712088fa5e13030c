#!/usr/bin/env python3
"""`slipway cron`: what users see and do of CronWorkflows."""
import json
import unittest

from harness import Case, wait_for

CRON = """
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {name: nightly}
spec:
  schedules: ["30 2 * * *", "0 14 * * 1"]
  timezone: Europe/Zurich
  concurrencyPolicy: Forbid
  workflowSpec:
    entrypoint: main
    arguments: {parameters: [{name: cronScheduleTime, value: none}]}
    templates:
      - name: main
        container:
          image: busybox
          command: [echo, "{{workflow.parameters.cronScheduleTime}}", "{{workflow.scheduledTime}}"]
"""


class Cron(Case):
    def setUp(self):
        super().setUp()
        self.server.apply(CRON)

    def cron(self, verb, *words, code=0):
        done = self.server.cli("cron " + verb, *words)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout if code == 0 else done.stderr

    def test_list_and_get_show_when_it_is_due(self):
        [head, row] = self.cron("list").splitlines()
        self.assertEqual(head.split("  ")[0], "NAME")
        self.assertIn("30 2 * * *, 0 14 * * 1", row)
        self.assertIn("Europe/Zurich", row)
        shown = dict(line.split(":", 1) for line in self.cron("get", "nightly").splitlines())
        self.assertEqual(shown["ConcurrencyPolicy"].strip(), "Forbid")
        self.assertEqual(shown["LastScheduledTime"].strip(), "N/A")
        self.assertRegex(shown["NextScheduledTime"], r"^ *20\d\d-.*Z$")
        self.assertEqual(json.loads(self.cron("list", "-o", "json"))["items"][0]["metadata"]["name"], "nightly")
        self.assertEqual(json.loads(self.cron("get", "nightly", "-o", "json"))["kind"], "CronWorkflow")
        self.assertIn("nobody", self.cron("get", "nobody", code=1))

    def test_a_suspended_one_is_not_due_until_it_is_resumed(self):
        self.assertIn("suspended", self.cron("suspend", "nightly"))
        shown = self.cron("get", "nightly")
        self.assertRegex(shown, r"Suspended: +true")
        self.assertRegex(shown, r"NextScheduledTime: +N/A")
        self.assertIn("resumed", self.cron("resume", "nightly"))
        self.assertRegex(self.cron("get", "nightly"), r"NextScheduledTime: +20")
        self.assertIn("nobody", self.cron("suspend", "nobody", code=1))

    def test_one_is_run_at_once(self):
        done = self.server.cli("submit", "--from", "cronwf/nightly", "--wait")
        self.assertEqual(done.returncode, 0, done.stderr)
        [workflow] = self.server.workflows()
        self.assertEqual(workflow["metadata"]["labels"]["workflows.argoproj.io/cron-workflow"], "nightly")

    def test_backfill_runs_each_time_of_the_past_one_after_the_other(self):
        said = self.cron("backfill", "nightly", "--start", "Mon, 18 May 2020 00:00:00 UTC",
                         "--end", "2020-05-19T00:00:00Z", "--name", "may")
        self.assertIn("Backfill may of nightly: 2 workflows", said)
        names = [line.split()[1] for line in said.splitlines()[:2]]
        self.assertEqual([line.split()[0] for line in said.splitlines()[:2]], ["2020-05-18T00:30:00Z", "2020-05-18T12:00:00Z"])
        for name in names:
            self.assertTrue(name.startswith("nightly-backfill-may-"), name)
            done = wait_for("the end", lambda: self.server.ended(name))
            self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
        logs = self.server.cli("logs", names[0], "--no-prefix").stdout
        self.assertEqual(logs, "2020-05-18 00:30:00 +0000 UTC 2020-05-18T00:30:00Z\n")
        runs = sorted((self.server.ended(name)["status"]["startedAt"], self.server.ended(name)["status"]["finishedAt"]) for name in names)
        self.assertLessEqual(runs[0][1], runs[1][1])

    def test_backfill_refuses_what_is_too_much_or_no_time(self):
        self.assertIn("more than 3", self.cron("backfill", "nightly", "--start", "2020-01-01T00:00:00Z",
                                               "--end", "2020-02-01T00:00:00Z", "--maxworkflowcount", "3", code=2))
        self.assertIn("yesterday", self.cron("backfill", "nightly", "--start", "yesterday", code=2))
        self.assertEqual(self.server.workflows(), [])


if __name__ == "__main__":
    unittest.main()
