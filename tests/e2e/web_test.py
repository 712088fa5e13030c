#!/usr/bin/env python3
"""The web page in a real browser: what a user sees of workflows, logs and events, and what the buttons do."""
import json
import unittest

from browser import Browser
from harness import Case, free_port, wait_for
from webhook_test import CALLS, MANIFESTS, MERGED, peer

GATED = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: gated}
spec:
  entrypoint: main
  templates:
    - name: main
      steps:
        - - {name: before, template: say, arguments: {parameters: [{name: text, value: first words}]}}
        - - {name: gate, template: wait}
        - - {name: after, template: say, arguments: {parameters: [{name: text, value: last words}]}}
    - name: wait
      suspend: {}
    - name: say
      inputs: {parameters: [{name: text}]}
      container: {image: any, command: [sh, -c, 'echo "{{inputs.parameters.text}}"']}
"""
BROKEN = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: broken}
spec:
  entrypoint: main
  templates:
    - name: main
      dag:
        tasks:
          - {name: fine, template: fine}
          - {name: broken, template: broken}
    - name: fine
      container: {image: any, command: [echo, all is well]}
    - name: broken
      container: {image: any, command: [sh, -c, 'echo "<img src=x onerror=alert(1)>"; printf "\\033[31mred\\033[0m\\n"; exit 3']}
"""


class Web(Case):
    def setUp(self):
        super().setUp()
        self.browser = Browser(self.folder)
        self.addCleanup(self.browser.close)
        self.browser.open(self.server.url + "/")

    def submit(self, manifest):
        done = self.server.cli("submit", "-", stdin=manifest)
        self.assertEqual(done.returncode, 0, done.stderr)

    def assert_calm(self):
        self.assertEqual(self.browser.problems(), [])

    def test_a_workflow_is_followed_without_reloading(self):
        self.browser.shows("No workflows")
        self.submit(GATED)
        self.browser.shows("gated", "tbody tr")
        self.browser.shows("Running", "tbody tr")
        self.browser.click("//a[text()='gated']")
        self.browser.shows("gate", ".tree")
        self.browser.click("//button[span='before']")
        self.browser.shows("first words", ".log pre")
        self.browser.click("//button[text()='times']")
        self.browser.shows("Z first words", ".log pre")
        self.browser.click("//button[text()='times'][@aria-pressed='true']")
        wait_for("the log without times", lambda: self.browser.text(".log pre").startswith("first words"))
        self.browser.click("//div[@class='actions']/button[text()='resume']")
        self.browser.shows("Succeeded", "dl")
        self.browser.click("//button[span='after']")
        self.browser.shows("last words", ".log pre")
        self.assertNotIn("first words", self.browser.text(".log pre"))
        self.assert_calm()

    def test_a_failure_shows_its_log_first_and_as_text(self):
        self.submit(BROKEN)
        wait_for("the end", lambda: self.server.ended("broken"))
        self.browser.click("//a[text()='broken']")
        self.browser.shows("exit code 3", ".tree")
        self.browser.shows("<img src=x onerror=alert(1)>\nred", ".log pre")
        self.assertEqual(self.browser.count("main img"), 0)
        self.browser.click("//div[@class='actions']/button[text()='resubmit']")
        wait_for("the page of the new one", lambda: "/broken-" in self.browser.url())
        self.browser.shows("exit code 3", ".tree")
        self.assert_calm()

    def test_a_condition_says_what_else_is_wrong(self):
        self.submit(BROKEN.replace("name: broken}", "name: metered}", 1).replace("  entrypoint: main\n", (
            "  entrypoint: main\n  metrics: {prometheus: [{name: m, help: h, counter: {value: none}}]}\n")))
        wait_for("the end", lambda: self.server.ended("metered"))
        self.browser.click("//a[text()='metered']")
        self.browser.shows("MetricsError", "dl")
        self.browser.shows("none", "dl .fail")
        self.assert_calm()

    def test_the_lists_are_filtered(self):
        self.submit(BROKEN)
        self.submit(GATED)
        wait_for("the end", lambda: self.server.ended("broken"))
        wait_for("two rows", lambda: self.browser.count("tbody tr") == 2)
        self.browser.click("//select/option[@value='Failed']")
        wait_for("one row", lambda: self.browser.count("tbody tr") == 1)
        self.browser.shows("broken", "tbody tr")
        self.browser.click("//select/option[@value='']")
        wait_for("two rows", lambda: self.browser.count("tbody tr") == 2)
        self.browser.type("input[type=search]", "ga\n")
        wait_for("one row", lambda: self.browser.count("tbody tr") == 1)
        self.browser.shows("gated", "tbody tr")
        self.assert_calm()

    def test_an_event_tells_why_it_did_what_it_did(self):
        self.server.apply(MANIFESTS % free_port())
        self.assertLess(self.server.github(MERGED)[0], 300)
        self.assertLess(self.server.github({**MERGED, "action": "opened"})[0], 300)
        self.assertGreaterEqual(self.server.github(MERGED, secret="wrong")[0], 400)
        self.browser.click("//nav/a[text()='Events']")
        wait_for("three rows", lambda: self.browser.count("tbody tr") == 3)
        self.browser.click("//select/option[@value='refused']")
        wait_for("one row", lambda: self.browser.count("tbody tr") == 1)
        self.browser.click("//tbody//a")
        self.browser.shows("signature", "main")
        self.browser.click("//nav/a[text()='Events']")
        self.browser.click("//select/option[@value='accepted']")
        wait_for("no refused event", lambda: "refused" not in self.browser.text("tbody") and self.browser.count("tbody tr"))
        self.browser.click("//tbody/tr[last()]//a")
        self.browser.shows("sensor merged", ".verdict")
        self.browser.shows("fired", ".verdict")
        first = self.browser.url()
        self.browser.click("//button[text()='replay']")
        wait_for("the page of the replay", lambda: self.browser.url() != first)
        self.browser.shows("replayed", "dl")
        self.browser.shows("replay of", "dl")
        wait_for("a workflow of each", lambda: len(self.server.workflows()) == 2)
        self.browser.click("//section[@class='verdict']/a")
        self.browser.shows("title is Fix $(id)", ".log pre")
        self.assert_calm()

    def test_what_a_trigger_was_answered_comes_by_itself(self):
        self.server.apply(MANIFESTS % free_port())
        with peer() as url:
            self.server.apply(CALLS % {"url": url, "closed": free_port()})
            event = json.loads(self.server.github(MERGED)[1])["event"]
            self.browser.open(f"{self.server.url}/#/events/{event}")
            self.browser.shows("answer: HTTP 200 at 20", ".verdict .pass")
            self.browser.shows("answer: HTTP 503 at 20", "#page")
            self.browser.shows("sensor calls, dependency pull, trigger bad: failed", "#page")
        self.assert_calm()

    def test_a_server_that_comes_back_is_found_again(self):
        self.submit(GATED)
        self.browser.shows("gated", "tbody tr")
        self.server.kill()
        self.browser.shows("connection lost", "#connection")
        self.server.start()
        wait_for("the connection", lambda: self.browser.text("#connection") == "")
        self.submit(BROKEN)
        self.browser.shows("broken", "tbody")


if __name__ == "__main__":
    unittest.main()
