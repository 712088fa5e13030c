#!/usr/bin/env python3
"""The API as pods see it: a service account's token, what it allows, and what pods get without one."""
import json
import ssl
import unittest
import urllib.error
import urllib.request

from container import ContainerCase
from harness import wait_for

# With this machine's curl.
WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: %(name)s}
spec:
  entrypoint: main
  serviceAccountName: builder
  volumes:
    - {name: usr, hostPath: {path: /usr}}
    - {name: lib, hostPath: {path: /lib}}
    - {name: lib64, hostPath: {path: /lib64}}
  templates:
    - name: main
%(more)s
      script:
        image: busybox
        command: [sh]
        volumeMounts: [{name: usr, mountPath: /usr, readOnly: true}, {name: lib, mountPath: /lib, readOnly: true}, {name: lib64, mountPath: /lib64, readOnly: true}]
        source: |
          account=/var/run/secrets/kubernetes.io/serviceaccount
          api=https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT
          code() { /usr/bin/curl -s -o /dev/null -w '%%{http_code}\\n' "$@"; }
          ask() { code --cacert $account/ca.crt -H "Authorization: Bearer $(cat $account/token)" "$@"; }
          %(script)s
"""


class PodApiCase(ContainerCase):
    def printed(self, name, script, more=""):
        """What the script prints, line by line, in a workflow that succeeds."""
        workflow = self.run_to_end(WORKFLOW % {"name": name, "script": "\n          ".join(script), "more": more})
        lines = self.server.cli("logs", name, "--no-prefix").stdout.splitlines()
        self.assertEqual(workflow["status"]["phase"], "Succeeded", (workflow["status"].get("message"), lines))
        return lines


class PodApi(PodApiCase):
    server_options = ("--allow-host-path", "--pod-role", "view")
    address = "0.0.0.0"

    def test_a_pod_reads_its_namespace_and_nothing_else(self):
        main = self.server.url.rsplit(":", 1)[1]
        self.assertEqual(self.printed("view", [
            "cat $account/namespace; echo",
            "ask $api/api/v1/workflows/default/view",
            "ask https://kubernetes.default.svc:$KUBERNETES_SERVICE_PORT/apis/argoproj.io/v1alpha1/namespaces/default/workflows",
            "ask $api/api/v1/namespaces/default/secrets",
            "ask $api/api/v1/workflows/other",
            "ask $api/api/v1/workflows",
            "ask -X POST -d '{}' $api/api/v1/workflows/default",
            "code --cacert $account/ca.crt $api/api/v1/workflows/default",
            "code --cacert $account/ca.crt -H 'Authorization: Bearer a.b.c' $api/api/v1/workflows/default",
            # The server's own port is no way around it.
            f"code http://$KUBERNETES_SERVICE_HOST:{main}/api/v1/workflows/default",
            f"ask http://$KUBERNETES_SERVICE_HOST:{main}/api/v1/workflows/default",
            f"code http://$KUBERNETES_SERVICE_HOST:{main}/healthz",
        ]), ["default", "200", "200", "403", "403", "403", "403", "401", "401", "401", "200", "200"])

    def test_a_token_ends_with_its_pod(self):
        token, port = self.printed("gone", ["cat $account/token; echo", "echo $KUBERNETES_SERVICE_PORT"])
        context = ssl.create_default_context(cafile=self.data / "pod-api/server.crt")
        request = urllib.request.Request(f"https://10.89.0.1:{port}/api/v1/workflows/default",
                                         headers={"Authorization": "Bearer " + token})
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, context=context, timeout=30)
        self.assertEqual(refused.exception.code, 401)
        self.assertIn("does not run any more", json.load(refused.exception)["message"])

    def test_whoever_wants_no_token_gets_none(self):
        self.assertEqual(self.printed("none", ["ls $account 2>/dev/null || echo nothing"],
                                        "      automountServiceAccountToken: false"), ["nothing"])

    def test_a_restarted_server_knows_the_tokens_of_pods_that_go_on(self):
        name = self.submit(WORKFLOW % {"name": "adopted", "more": "", "script": "\n          ".join([
            "until [ $(ask $api/api/v1/workflows/default/adopted) = 200 ]; do sleep 0.1; done; echo before",
            "until [ $(ask $api/api/v1/namespaces/default/configmaps/go) = 200 ]; do sleep 0.1; done; echo after"])})
        wait_for("the first answer", lambda: "before" in self.server.cli("logs", name).stdout)
        self.server.stop()
        self.server.start()
        self.server.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: go}, data: {}}")
        wait_for("the end", lambda: self.server.ended(name))
        self.assertEqual(self.server.cli("logs", name, "--no-prefix").stdout, "before\nafter\n")


class PodApiEdit(PodApiCase):
    server_options = ("--allow-host-path", "--pod-role", "edit")

    def test_a_pod_writes_in_its_namespace(self):
        made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "made"}, "data": {"by": "a pod"}}
        self.assertEqual(self.printed("edit", [
            f"ask -d '{json.dumps(made)}' $api/api/v1/namespaces/default/configmaps",
            "ask -d '{}' $api/api/v1/namespaces/other/configmaps"]), ["201", "403"])
        self.assertIn("by: a pod", self.server.cli("get", "configmap", "made", "-o", "yaml").stdout)


class PodApiDefault(PodApiCase):
    server_options = ("--allow-host-path",)

    def test_without_a_role_a_pod_may_do_nothing(self):
        self.assertEqual(self.printed("plain", ["ask $api/api/v1/workflows/default", "ask $api/version"]), ["403", "200"])


if __name__ == "__main__":
    unittest.main()
