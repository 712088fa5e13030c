#!/usr/bin/env python3
"""Images that can not be had: no such image, and a registry that refuses, limits, fails or stalls."""
import base64
import json
import shutil
import subprocess
import sys
import time
import unittest

from container import ContainerCase, busybox, files_below, read
from harness import ROOT, free_port, wait_for

sys.path.insert(0, str(ROOT / "tools/standin"))
import registry  # noqa: E402
from server import start  # noqa: E402

PULLING = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: pulling-}
spec:
  entrypoint: main
  %(more)s
  templates:
    - name: main
      container: {image: "%(image)s", command: [echo, hello], imagePullPolicy: %(policy)s}
"""

LOGIN = ("builder", "s3cret word")


def pulling(image, policy="Always", more=""):
    return PULLING % {"image": image, "policy": policy, "more": more}


def pull_secret(host, login):
    config = {"auths": {host: {"username": login[0], "password": login[1],
                               "auth": base64.b64encode(":".join(login).encode()).decode()}}}
    text = base64.b64encode(json.dumps(config).encode()).decode()
    return ("apiVersion: v1\nkind: Secret\nmetadata: {name: registry}\n"
            f"type: kubernetes.io/dockerconfigjson\ndata: {{.dockerconfigjson: {text}}}\n")


class Registry(ContainerCase):
    def setUp(self):
        super().setUp()
        self.registry = registry.Registry(busybox())
        server = start(self.registry)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.host = f"127.0.0.1:{server.server_address[1]}"
        self.image = self.host + "/team/tool:1"

    def plan(self, *plans):
        with self.registry.lock:
            self.registry.planned = list(plans)

    def fails(self, *expected, image=None, **more):
        """Runs to its Error; the message names the image and what is expected."""
        done = self.run_to_end(pulling(image or self.image, **more))
        self.assertEqual(done["status"]["phase"], "Error", done["status"])
        [node] = done["status"]["nodes"].values()
        for words in (image or self.image, *expected):
            self.assertIn(words, node["message"])
        self.assert_nothing_left()
        return node["message"]

    def test_a_pull_that_works(self):
        done = self.run_to_end(pulling(self.image))
        self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])

    def test_an_image_that_does_not_exist(self):
        with self.registry.lock:
            self.registry.manifest = b"{}"
        self.registry.handle = self.unknown
        self.fails("manifest unknown")
        self.fails("not present with pull policy of Never", policy="Never")

    def unknown(self, method, path, query, headers, body):
        if path == "/v2/":
            return registry.Answer(200, {})
        raise self.registry.failing(404, "manifest unknown")

    def test_a_name_that_is_no_image(self):
        self.fails("must be lower case", image="Not/An/Image")

    def test_nobody_there(self):
        self.fails("connection refused", image=f"127.0.0.1:{free_port()}/tool:1")

    def test_401_names_the_login(self):
        self.registry.login = LOGIN
        self.fails("imagePullSecrets")
        self.server.apply(pull_secret(self.host, LOGIN))
        done = self.run_to_end(pulling(self.image, more="imagePullSecrets: [{name: registry}]"))
        self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
        secrets = [path for path in files_below(self.data) if path.suffix == ".json" and LOGIN[1] in read(path)]
        self.assertEqual(secrets, [], "a login is left on the disk")

    def test_429_is_waited_out_and_a_lasting_one_is_named(self):
        self.plan({"status": 429, "retry_after": 1}, {"status": 429, "retry_after": 1})
        done = self.run_to_end(pulling(self.image))
        self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
        self.plan(*[{"status": 429, "retry_after": 0}] * 100)
        self.fails("too many requests", "limits how often")

    def test_500_is_tried_again_and_a_lasting_one_is_named(self):
        self.plan({"status": 500})
        done = self.run_to_end(pulling(self.image))
        self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
        self.plan(*[{"status": 500}] * 100)
        self.fails("500")

    def test_a_stall_is_shown_and_can_be_stopped(self):
        self.plan(*[{"stall": 600}] * 10)
        name = self.submit(pulling(self.image))
        wait_for("what it waits for", lambda: f"pulling image {self.image}" in
                 json.dumps(self.server.workflow(name)["status"].get("nodes", {})))
        began = time.monotonic()
        self.assertEqual(self.server.cli("stop", name).returncode, 0)
        done = wait_for("end", lambda: self.server.ended(name))
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual(done["status"]["phase"], "Failed", done["status"])
        self.assert_nothing_left()

    def test_a_stall_ends_with_the_nodes_deadline(self):
        self.plan(*[{"stall": 600}] * 10)
        done = self.run_to_end(pulling(self.image).replace("- name: main", "- name: main\n      activeDeadlineSeconds: 2"))
        self.assertEqual(done["status"]["phase"], "Failed", done["status"])
        self.assertIn("deadline", done["status"]["message"])
        self.assert_nothing_left()

    def test_a_pull_survives_the_server(self):
        self.plan({"stall": 2})
        name = self.submit(pulling(self.image))
        wait_for("the pull", lambda: not self.registry.planned)
        self.server.kill()
        self.server.start()
        done = wait_for("end", lambda: self.server.ended(name))
        self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
        self.assert_nothing_left()


class RealRegistry(ContainerCase):
    """Debian's docker-registry with a password file: what the stand-in claims, the real one does."""

    def prepare(self):
        for program in ("docker-registry", "htpasswd"):
            if not shutil.which(program):
                raise AssertionError(f"this test needs {program}: make setup")
        self.host = f"127.0.0.1:{free_port()}"
        users = self.folder / "users"
        users.write_text(subprocess.run(["htpasswd", "-Bbn", *LOGIN], capture_output=True, text=True, check=True).stdout)
        config = self.folder / "registry.yml"
        config.write_text(
            f"version: 0.1\nhttp: {{addr: '{self.host}'}}\n"
            f"storage: {{filesystem: {{rootdirectory: {self.folder}/registry}}}}\n"
            f"auth: {{htpasswd: {{realm: test, path: {users}}}}}\n")
        process = subprocess.Popen(["docker-registry", "serve", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        push = ["skopeo", "--insecure-policy", "copy", "--dest-tls-verify=false", "--dest-creds", ":".join(LOGIN),
                f"docker-archive:{busybox()}", f"docker://{self.host}/team/tool:1"]
        wait_for("the image in the registry", lambda: subprocess.run(push, capture_output=True).returncode == 0)

    def test_image_pull_secrets(self):
        image = self.host + "/team/tool:1"
        refused = self.run_to_end(pulling(image))
        self.assertEqual(refused["status"]["phase"], "Error", refused["status"])
        self.assertIn("imagePullSecrets", refused["status"]["message"])
        self.server.apply(pull_secret(self.host, (LOGIN[0], "wrong")))
        more = "imagePullSecrets: [{name: registry}]"
        refused = self.run_to_end(pulling(image, more=more))
        self.assertEqual(refused["status"]["phase"], "Error", refused["status"])
        self.server.apply(pull_secret(self.host, LOGIN))
        done = self.run_to_end(pulling(image, more=more))
        self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
        absent = self.run_to_end(pulling(self.host + "/team/absent:1", more=more))
        self.assertEqual(absent["status"]["phase"], "Error", absent["status"])
        self.assertIn("/team/absent:1", absent["status"]["message"])
        self.assert_nothing_left()


if __name__ == "__main__":
    unittest.main()
