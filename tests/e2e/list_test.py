#!/usr/bin/env python3
"""Lists of workflows: what runs and what has finished, by everything they can be chosen by."""
import json
import unittest
import urllib.parse

from harness import Case, wait_for

WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: %(name)s, labels: {team: %(team)s, size: "%(size)s"}}
spec:
  entrypoint: main
  templates:
    - name: main
      %(body)s
"""
DONE = 'container: {image: none, command: ["true"]}'
GATE = "suspend: {}"


class List(Case):
    def setUp(self):
        super().setUp()
        for name, team, size, body in (("build-1", "a", 1, DONE), ("build-2", "b", 2, DONE), ("test-1", "a", 3, DONE),
                                       ("test-2", "a", 4, DONE), ("build-live", "a", 5, GATE)):
            done = self.server.cli("submit", "-", stdin=WORKFLOW % {"name": name, "team": team, "size": size, "body": body})
            self.assertEqual(done.returncode, 0, done.stderr)
            if body == DONE:
                wait_for(name, lambda: self.server.ended(name))

    def page(self, **query):
        query = {name.replace("_", "."): value for name, value in query.items()}
        status, text = self.server.request("GET", "/api/v1/workflows/default?" + urllib.parse.urlencode(query))
        return status, json.loads(text)

    def names(self, **query):
        status, page = self.page(**query)
        self.assertEqual(status, 200, page)
        return sorted(item["metadata"]["name"] for item in page["items"])  # those of one second are in no order

    def test_by_labels_pages_are_full(self):
        status, page = self.page(listOptions_labelSelector="team=a,!gone,size in (1,3,4)", limit=2)
        first = [item["metadata"]["name"] for item in page["items"]]
        self.assertEqual((status, len(first)), (200, 2))
        rest = self.names(labelSelector="team=a,!gone,size in (1,3,4)", limit=2, listOptions_continue=page["metadata"]["continue"])
        self.assertEqual(sorted(first + rest), ["build-1", "test-1", "test-2"])
        self.assertEqual(self.names(labelSelector="team!=a"), ["build-2"])
        self.assertEqual(self.names(labelSelector="size>2"), ["build-live", "test-1", "test-2"])
        # As `argo list --running` and `--completed` ask.
        self.assertEqual(self.names(listOptions_labelSelector="workflows.argoproj.io/completed!=true"), ["build-live"])
        self.assertEqual(len(self.names(listOptions_labelSelector="workflows.argoproj.io/completed=true")), 4)
        self.assertEqual(self.page(labelSelector="team in a")[0], 422)

    def test_by_name_and_time(self):
        self.assertEqual(self.names(prefix="build-"), ["build-1", "build-2", "build-live"])
        self.assertEqual(self.names(listOptions_fieldSelector="metadata.name=test-1"), ["test-1"])
        self.assertEqual(self.names(listOptions_fieldSelector="metadata.name=test", nameFilter="Prefix"), ["test-1", "test-2"])
        self.assertEqual(self.names(listOptions_fieldSelector="metadata.name=-1", nameFilter="Contains"), ["build-1", "test-1"])
        self.assertEqual(self.names(listOptions_fieldSelector="metadata.name=nobody"), [])
        self.assertEqual(self.names(finishedBefore="2001-01-01T00:00:00Z"), [])
        self.assertEqual(len(self.names(createdAfter="2001-01-01T00:00:00Z")), 5)
        status, refusal = self.page(listOptions_fieldSelector="status.phase=Failed")
        self.assertEqual(status, 422)
        self.assertIn("workflows are selected by metadata.name=NAME", refusal["message"])

    def test_lists_leave_nodes_and_templates_out(self):
        for item in self.page()[1]["items"]:
            self.assertNotIn("nodes", item["status"])
            self.assertEqual((item["spec"]["entrypoint"], "templates" in item["spec"]), ("main", False))
        whole = self.page(fields="*", prefix="test-1")[1]["items"][0]
        self.assertIn("test-1", whole["status"]["nodes"])


if __name__ == "__main__":
    unittest.main()
