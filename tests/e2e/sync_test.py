#!/usr/bin/env python3
"""slipway sync: the limits of semaphores, in ConfigMaps and in the database that the journal is."""
import json
import unittest

from harness import Case, wait_for

WORKFLOW = """apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: NAME}
spec:
  entrypoint: main
  synchronization: {semaphores: [{database: {key: builds}}]}
  templates:
    - name: main
      suspend: {}
"""


class Sync(Case):
    def sync(self, verb, *words):
        return self.server.cli("sync " + verb, *words)

    def message(self, name):
        return (self.server.workflow(name) or {}).get("status", {}).get("message", "")

    def test_a_limit_of_the_database_counts_at_once_and_outlives_the_server(self):
        made = self.sync("create", "builds", "--type", "database", "--limit", "1")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertEqual(made.stdout.splitlines(), ["Sync limit created", "Key: builds", "Type: database",
                                                    "Namespace: default", "Limit: 1"])
        for name in ("one", "two"):
            self.assertEqual(self.server.cli("submit", "-", stdin=WORKFLOW.replace("NAME", name)).returncode, 0)
        waiting = "Waiting for default/Database/builds lock. Lock status: 0/1"
        wait_for("two waits", lambda: self.message("two") == waiting)
        metrics = self.server.request("GET", "/metrics")[1]
        lock = '{type="semaphore",storage="database",lock_name="builds",namespace="default"}'
        for line in (f"argo_workflows_locks_held{lock} 1", f"argo_workflows_locks_pending{lock} 1",
                     f"argo_workflows_locks_taken_total{lock} 1", "argo_workflows_is_leader 1",
                     'argo_workflows_workflow_condition{type="PodRunning",status="false"} 1',
                     'argo_workflows_pods_gauge{phase="Running"} 0'):
            self.assertIn(line + "\n", metrics)
        self.assertRegex(metrics, r'argo_workflows_version\{version="v[0-9.]+",platform="linux/amd64"\} 1')
        self.server.kill()
        self.server.start()
        self.assertEqual(self.message("two"), waiting)
        self.assertIn("Limit: 1", self.sync("get", "builds", "--type", "database").stdout)
        self.assertEqual(self.sync("update", "builds", "--type", "database", "--limit", "2").returncode, 0)
        wait_for("two runs", lambda: self.server.workflow("two")["status"]["phase"] == "Running")
        self.assertEqual(self.sync("list", "--type", "database").stdout.split(), ["KEY", "LIMIT", "builds", "2"])
        self.assertEqual(self.sync("delete", "builds", "--type", "database").returncode, 0)
        gone = self.sync("get", "builds", "--type", "database")
        self.assertEqual(gone.returncode, 1)
        self.assertIn('Database sync limit not found in namespace "default".', gone.stderr)

    def test_a_limit_in_a_config_map(self):
        self.assertEqual(self.sync("create", "a", "--type", "configmap", "--limit", "1").returncode, 2)
        words = ["--type", "configmap", "--cm-name", "limits"]
        self.assertEqual(self.sync("create", "a", *words, "--limit", "3").returncode, 0)
        self.assertIn("already exists", self.sync("create", "a", *words, "--limit", "3").stderr)
        self.assertEqual(self.sync("update", "a", *words, "--limit", "4").returncode, 0)
        shown = json.loads(self.server.cli("get", "configmap", "limits", "-o", "json").stdout)
        self.assertEqual(shown["data"], {"a": "4"})
        self.assertEqual(json.loads(self.sync("get", "a", *words, "-o", "json").stdout)["limit"], 4)
        self.assertEqual(self.sync("delete", "a", *words).returncode, 0)
        self.assertIn("key a not found in configmap default/limits", self.sync("get", "a", *words).stderr)

    def test_argos_client_finds_what_it_asks_for(self):
        path = "/api/v1/sync/ci"
        body = json.dumps({"type": 1, "namespace": "ci", "key": "k", "limit": 2}).encode()
        status, answer = self.server.request("POST", path, body)
        self.assertEqual((status, json.loads(answer)), (200, {"namespace": "ci", "key": "k", "limit": 2, "type": 1}))
        self.assertEqual(self.server.request("POST", path, body)[0], 409)
        self.assertEqual(self.server.request("POST", path, body.replace(b"2}", b"0}"))[0], 400)
        status, answer = self.server.request("POST", path, b'{"type": 1, ')
        self.assertEqual(status, 400)
        self.assertIn("JSON", answer)
        for kind in ("1", "DATABASE"):
            self.assertEqual(json.loads(self.server.request("GET", f"{path}/k?type={kind}")[1])["limit"], 2)
        self.assertEqual(self.server.request("GET", f"{path}/k?type=7")[0], 400)
        self.assertEqual(self.server.request("GET", f"{path}/k?cmName=limits")[0], 404)
        status, answer = self.server.request("DELETE", f"{path}/k?type=1")
        self.assertEqual((status, json.loads(answer)), (200, {}))
        self.assertEqual(self.server.request("DELETE", f"{path}/k?type=1")[0], 404)


if __name__ == "__main__":
    unittest.main()
