#!/usr/bin/env python3
"""Artifacts and logs in S3: a whole CI run and its odd cases against a real server, and trouble against a stand-in that
checks signatures. The server is OpenStack Swift; SLIPWAY_S3_PEER=radosgw takes Ceph's instead."""
import concurrent.futures
import functools
import hashlib
import io
import json
import os
import shutil
import sys
import tarfile
import tempfile
import unittest

import s3_peer
from container import ContainerCase
from harness import ROOT, Case, wait_for
from radosgw import Radosgw
from swift import Swift

sys.path.insert(0, str(ROOT / "tools/standin"))
import s3  # noqa: E402
from server import start  # noqa: E402

PEER = {"swift": Swift, "radosgw": Radosgw}[os.environ.get("SLIPWAY_S3_PEER", "swift")]

# The default repository of the namespace, as a cluster has it.
REPOSITORY = """
apiVersion: v1
kind: Secret
metadata: {name: bucket}
stringData: {key: "%(key)s", secret: "%(secret)s"}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: artifact-repositories
  annotations: {workflows.argoproj.io/default-artifact-repository: main}
data:
  main: |
    archiveLogs: %(logs)s
    s3:
      endpoint: %(endpoint)s
      insecure: true
      bucket: ci-artifacts
      createBucketIfNotPresent: {}
      keyFormat: "runs/{{workflow.name}}/{{pod.name}}"
      accessKeySecret: {name: bucket, key: key}
      secretKeySecret: {name: bucket, key: secret}
"""

PIPELINE = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: ci-}
spec:
  entrypoint: main
  podGC: {strategy: OnPodCompletion, deleteDelayDuration: 0s}
  artifactGC: {strategy: OnWorkflowDeletion}
  templates:
    - name: main
      steps:
        - - {name: build, template: build}
        - - name: check
            template: check
            arguments:
              artifacts:
                - {name: file, from: "{{steps.build.outputs.artifacts.file}}"}
                - {name: tree, from: "{{steps.build.outputs.artifacts.tree}}"}
                - {name: large, from: "{{steps.build.outputs.artifacts.large}}"}
    - name: build
      container:
        image: busybox
        command: [sh, -c]
        args:
          - |
            echo built
            mkdir -p %(work)s/tree/deep
            echo hello > %(work)s/file
            echo a > %(work)s/tree/a
            echo b > "%(work)s/tree/deep/b c+é"
            head -c 20000000 /dev/zero > %(work)s/large
      outputs:
        artifacts:
          - {name: file, path: %(work)s/file}
          - {name: tree, path: %(work)s/tree, archive: {none: {}}}
          - {name: large, path: %(work)s/large, archive: {none: {}}}
          - {name: nothing, path: %(work)s/nothing, optional: true}
    - name: check
      inputs:
        artifacts:
          - {name: file, path: %(work)s/in/file}
          - {name: tree, path: %(work)s/in/tree}
          - {name: large, path: %(work)s/in/large}
      container:
        image: busybox
        command: [sh, -c]
        args:
          - |
            cat %(work)s/in/file %(work)s/in/tree/a "%(work)s/in/tree/deep/b c+é"
            wc -c < %(work)s/in/large
"""


def node(workflow, name):
    return next(node for node in workflow["status"]["nodes"].values() if node["displayName"] == name)


@functools.cache
def started_peer():
    """One for all cases: it takes seconds to start."""
    folder = tempfile.mkdtemp(prefix="slipway-s3-")
    unittest.addModuleCleanup(shutil.rmtree, folder, ignore_errors=True)
    peer = PEER(folder)
    unittest.addModuleCleanup(peer.stop)
    peer.start()
    return peer


class Peer:
    """A server whose namespace keeps artifacts in the peer."""

    def setUp(self):
        super().setUp()
        self.peer = started_peer()

    def apply_repository(self, logs="true"):
        self.server.apply(REPOSITORY % {"key": self.peer.key, "secret": self.peer.secret,
                                        "endpoint": self.peer.endpoint, "logs": logs})

    def run_workflow(self, text):
        done = self.server.cli("submit", "-", "-o", "name", stdin=text)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        name = done.stdout.strip().split("/")[-1]
        return wait_for(f"end of {name}", lambda: self.server.ended(name))

    def check_pipeline(self, work):
        done = self.run_workflow(PIPELINE % {"work": work})
        name = done["metadata"]["name"]
        self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
        build, check = node(done, "build"), node(done, "check")
        said = self.server.cli("logs", name, check["id"]).stdout
        self.assertEqual([line.split()[-1] for line in said.splitlines()], ["hello", "a", "b", "20000000"])

        places = {artifact["name"]: artifact["s3"] for artifact in build["outputs"]["artifacts"]}
        self.assertEqual(set(places), {"file", "tree", "large", "main-logs"})
        prefix = places["file"]["key"].removesuffix("/file.tgz")
        self.assertRegex(prefix, f"^runs/{name}/{name}-build-[0-9]+$")
        self.assertEqual(places["file"]["bucket"], "ci-artifacts")
        self.assertNotIn(self.peer.secret, json.dumps(done))

        with tarfile.open(fileobj=io.BytesIO(self.peer.content("ci-artifacts", prefix + "/file.tgz"))) as tar:
            self.assertEqual(tar.extractfile("file").read(), b"hello\n")
        self.assertEqual(self.peer.content("ci-artifacts", prefix + "/tree/a"), b"a\n")
        self.assertEqual(self.peer.content("ci-artifacts", prefix + "/main.log"), b"built\n")
        return done


class Pipeline(Peer, Case):
    def test_a_run_on_the_host(self):
        self.apply_repository()
        done = self.check_pipeline(self.folder / "work")
        name, build = done["metadata"]["name"], node(done, "build")

        # The pods are gone with their logs, so these come from the bucket.
        wait_for("pod GC", lambda: not list((self.folder / "data/logs").iterdir()))
        self.assertEqual(self.server.cli("logs", name).stdout.count("built"), 1)
        status, text = self.server.request("GET", f"/artifacts/default/{name}/{build['id']}/main-logs")
        self.assertEqual((status, text), (200, "built\n"))

        # And they go with their workflow, the folder too.
        kept = [key for key in self.peer.keys("ci-artifacts") if key.startswith(f"runs/{name}/")]
        self.assertGreater(len(kept), 4)
        self.assertEqual(self.server.cli("delete", name).returncode, 0)
        wait_for("artifact GC", lambda: not set(kept) & set(self.peer.keys("ci-artifacts")))


class Containers(Peer, ContainerCase):
    def test_a_run_in_containers(self):
        self.apply_repository()
        self.check_pipeline("/work")


ONE = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: one-}
spec:
  entrypoint: main
  %(spec)s
  templates:
    - name: main
      script:
        image: busybox
        command: [sh]
        source: "%(source)s"
      %(more)s
"""


class Places:
    """Single artifacts at places of their own, with the credentials of the Secret `bucket`."""

    def place(self, key, **more):
        return {"s3": {"endpoint": self.endpoint, "insecure": True, "bucket": "bucket", "key": key,
                       "accessKeySecret": {"name": "bucket", "key": "key"},
                       "secretKeySecret": {"name": "bucket", "key": "secret"}, **more}}

    def run_one(self, source="echo hi > out", spec=None, **more):
        text = ONE % {"source": source, "spec": json.dumps(spec or {})[1:-1] or '"suspend": false',
                      "more": json.dumps(more)[1:-1] or '"daemon": false'}
        done = self.server.cli("submit", "-", "-o", "name", stdin=text)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        name = done.stdout.strip().split("/")[-1]
        self.workflow_name = name
        workflow = wait_for(f"end of {name}", lambda: self.server.ended(name))
        return node(workflow, name)

    def log(self):
        return self.server.cli("logs", self.workflow_name).stdout.split()[-1]

    def save(self, key="k", **more):
        artifact = {"name": "out", "path": "out", "archive": {"none": {}}, **self.place(key, **more)}
        return self.run_one(outputs={"artifacts": [artifact]})

    def load(self, key, **more):
        return self.run_one("cat in/file", inputs={"artifacts": [{"name": "in", "path": "in/file", **self.place(key), **more}]})

    def listing(self, key):
        """What a data template finds below `key`, of the objects whose names end with 3."""
        text = ONE.replace("script:", "data:").replace("image: busybox", "source:").replace(
            "command: [sh]", "  artifactPaths: " + json.dumps({"name": "keys", **self.place(key)})).replace(
            'source: "%(source)s"', 'transformation: [{expression: "filter(data, {# endsWith \'3\'})"}]')
        done = self.server.cli("submit", "-", "-o", "name", stdin=text % {"spec": '"suspend": false', "more": '"daemon": false'})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        name = done.stdout.strip().split("/")[-1]
        workflow = wait_for(f"end of {name}", lambda: self.server.ended(name))
        found = node(workflow, name)
        self.assertEqual(found["phase"], "Succeeded", found)
        return json.loads(found["outputs"]["result"])


class Odd(Places, Peer, Case):
    """What a service may see otherwise than the stand-in does."""

    def setUp(self):
        super().setUp()
        self.endpoint = self.peer.endpoint
        self.server.apply(json.dumps({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "bucket"}, "stringData": {
            "key": self.peer.key, "secret": self.peer.secret, "wrong": "wrong", "password": "32byteslongsecretkeymustprovided"}}))
        self.assertEqual(self.save("first", createBucketIfNotPresent={})["phase"], "Succeeded")

    def test_keys_are_kept_as_they_are(self):
        keys = ["a b/c+d=é", "~-_.!*'()", "100%/%41 %2F", "x?y#z&q=1", "a/../b", "./c", "d//e", "日本/語", "<&\">"]
        for key in keys:
            with self.subTest(key):
                self.assertEqual(self.save(key)["phase"], "Succeeded")
                self.assertEqual(self.peer.content("bucket", key), b"hi\n")
                self.assertEqual(self.load(key)["phase"], "Succeeded")
                self.assertEqual(self.log(), "hi")
        self.assertLessEqual(set(keys), set(self.peer.keys("bucket")))

    def test_what_is_refused_is_said(self):
        for more, words in (({"secretKeySecret": {"name": "bucket", "key": "wrong"}}, "403 SignatureDoesNotMatch"),
                            ({"accessKeySecret": {"name": "bucket", "key": "wrong"}}, f"403 {self.peer.unknown_key}"),
                            ({"bucket": "gone"}, "404 NoSuchBucket"),
                            ({"bucket": "gone"}, "make the bucket, or say createBucketIfNotPresent"),
                            ({"bucket": "No_Bucket!", "createBucketIfNotPresent": {}}, "400 InvalidBucketName")):
            with self.subTest(words):
                made = self.save("k", **more)
                self.assertEqual(made["phase"], "Error", made)
                self.assertIn(words, made["message"])
        lacking = self.load("nothing")
        self.assertEqual(lacking["phase"], "Error", lacking)
        self.assertIn("s3://bucket/nothing", lacking["message"])
        self.assertEqual(self.load("nothing", optional=True)["phase"], "Failed")  # cat finds no file

    def test_a_folder_of_more_than_a_page(self):
        keys = ["many/"] + [f"many/{number}" for number in range(150)] + ["many/s/é+3", "manyx"]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda key: self.peer.put("bucket", key, key.encode()), keys))
        self.assertGreater(len(keys), s3_peer.PAGE)
        self.run_one("cd in; find . -type f | wc -l; cat s/*", inputs={"artifacts": [{"name": "in", "path": "in", **self.place("many")}]})
        self.assertEqual([line.split()[-1] for line in self.server.cli("logs", self.workflow_name).stdout.splitlines()],
                         ["151", "many/s/é+3"])
        self.assertEqual(sorted(self.listing("many/")), sorted(key for key in keys if key.endswith("3")))

    def test_a_file_in_parts_comes_back_whole(self):
        size = 40_000_001
        artifact = {"name": "out", "path": "out", "archive": {"none": {}}, **self.place("large")}
        made = self.run_one(f"yes 0123456 | head -c {size} > out", outputs={"artifacts": [artifact]})
        self.assertEqual(made["phase"], "Succeeded", made)
        content = (b"0123456\n" * (size // 8 + 1))[:size]
        self.assertEqual(self.peer.content("bucket", "large"), content)
        self.run_one("sha256sum < in/file", inputs={"artifacts": [{"name": "in", "path": "in/file", **self.place("large")}]})
        self.assertIn(hashlib.sha256(content).hexdigest(), self.server.cli("logs", self.workflow_name).stdout)

    def test_a_file_may_be_empty(self):
        artifact = {"name": "out", "path": "out", "archive": {"none": {}}, **self.place("empty")}
        self.assertEqual(self.run_one("touch out", outputs={"artifacts": [artifact]})["phase"], "Succeeded")
        self.assertEqual(self.peer.content("bucket", "empty"), b"")
        self.run_one("wc -c < in/file", inputs={"artifacts": [{"name": "in", "path": "in/file", **self.place("empty")}]})
        self.assertEqual(self.log(), "0")

    def check_encryption(self, key, **place):
        self.assertEqual(self.save(key, **place)["phase"], "Succeeded")
        self.assertEqual(self.run_one("cat in/file", inputs={"artifacts": [
            {"name": "in", "path": "in/file", **self.place(key, **place)}]})["phase"], "Succeeded")
        self.assertEqual(self.log(), "hi")

    def test_encryption(self):
        managed = {"enableEncryption": True, "kmsKeyId": "key-1"}
        if "encryption" not in self.peer.features:
            made = self.save("sealed", encryptionOptions=managed)
            self.assertEqual(made["phase"], "Error", made)
            self.assertIn("501 NotImplemented", made["message"])
            return
        self.check_encryption("sealed", encryptionOptions=managed)
        # A key of one's own goes over TLS only.
        self.server.apply(json.dumps({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "tls"},
                                      "stringData": {"ca": self.peer.certificate}}))
        place = {"endpoint": self.peer.tls_endpoint, "insecure": False, "caSecret": {"name": "tls", "key": "ca"}}
        own = {"enableEncryption": True, "serverSideCustomerKeySecret": {"name": "bucket", "key": "password"}}
        self.check_encryption("own", encryptionOptions=own, **place)
        refused = self.run_one("cat in/file", inputs={"artifacts": [
            {"name": "in", "path": "in/file", **self.place("own", **place)}]})
        self.assertEqual(refused["phase"], "Error", refused)
        self.assertIn("s3://bucket/own", refused["message"])


class Trouble(Places, Case):
    """Against the stand-in, which checks every signature and misbehaves when told."""

    def setUp(self):
        super().setUp()
        self.s3 = s3.S3()
        self.s3.buckets["bucket"] = {}
        server = start(self.s3)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.s3.seen = []
        self.s3.note = lambda **entry: self.s3.seen.append(entry)
        self.endpoint = f"127.0.0.1:{server.server_address[1]}"
        self.server.apply(json.dumps({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "bucket"},
                                      "stringData": {"key": s3.KEY, "secret": s3.SECRET, "token": s3.TOKEN, "wrong": "wrong"}}))

    def test_what_is_saved_is_what_is_loaded(self):
        self.assertEqual(self.save("a b/c+d=é")["phase"], "Succeeded")
        self.assertEqual(self.s3.buckets["bucket"], {"a b/c+d=é": b"hi\n"})
        self.assertEqual(self.load("a b/c+d=é")["phase"], "Succeeded")
        self.assertEqual(self.log(), "hi")
        # The first request learned the region, which no field named.
        self.assertEqual([seen["status"] for seen in self.s3.seen], [400, 200, 400, 200])

    def test_fields_reach_the_service(self):
        self.s3.token, self.s3.buckets = True, {}
        made = self.save(region=s3.REGION, sessionTokenSecret={"name": "bucket", "key": "token"},
                         createBucketIfNotPresent={"objectLocking": True},
                         encryptionOptions={"enableEncryption": True, "kmsKeyId": "key-1"})
        self.assertEqual(made["phase"], "Succeeded", made)
        self.assertEqual(self.s3.made_with["bucket", ""]["x-amz-bucket-object-lock-enabled"], "true")
        self.assertEqual(self.s3.made_with["bucket", "k"]["x-amz-server-side-encryption-aws-kms-key-id"], "key-1")

    def test_what_passes_is_waited_for(self):
        self.s3.planned = [{"status": 429, "retry_after": 1}, {"status": 500}, {"drop": True}]
        self.assertEqual(self.save(region=s3.REGION)["phase"], "Succeeded")
        self.assertEqual([seen["status"] for seen in self.s3.seen], [503, 500, 200])
        self.assertGreaterEqual(self.s3.seen[1]["at"] - self.s3.seen[0]["at"], 1)

    def test_what_does_not_pass_is_said(self):
        self.s3.planned = [{"status": 503}] * 9
        for made, words in ((self.save(region=s3.REGION), ["503 SlowDown", "tried 5 times"]),):
            self.s3.planned = []
            self.assertEqual(made["phase"], "Error", made)
            for word in words:
                self.assertIn(word, made["message"])
        for more, words in (({"secretKeySecret": {"name": "bucket", "key": "wrong"}}, "403 SignatureDoesNotMatch"),
                            ({"accessKeySecret": {"name": "bucket", "key": "wrong"}}, "403 InvalidAccessKeyId"),
                            ({"bucket": "gone"}, "make the bucket, or say createBucketIfNotPresent"),
                            ({"secretKeySecret": {"name": "nowhere", "key": "k"}}, "nowhere")):
            made = self.save(region=s3.REGION, **more)
            self.assertEqual(made["phase"], "Error", made)
            self.assertIn(words, made["message"])
            self.assertNotIn(s3.SECRET, made["message"])
        self.assertIn(f"PUT s3://gone/k at {self.endpoint}: 404 NoSuchBucket",
                      self.save(region=s3.REGION, bucket="gone")["message"])

    def test_what_is_missing(self):
        lacking = self.load("nothing")
        self.assertEqual(lacking["phase"], "Error", lacking)
        self.assertIn('s3://bucket/nothing', lacking["message"])
        self.assertEqual(self.load("nothing", optional=True)["phase"], "Failed")  # cat finds no file

    def test_a_folder_is_what_lies_below_its_key_page_by_page(self):
        self.s3.page = 2
        self.s3.buckets["bucket"] = {"d/": b"", "d/1": b"1", "d/2": b"2", "d/s/3": b"3", "dx": b"no"}
        self.run_one("cd in; find . -type f | sort | xargs cat",
                              inputs={"artifacts": [{"name": "in", "path": "in", **self.place("d")}]})
        self.assertEqual(self.log(), "123")
        self.assertEqual(self.listing("d/"), ["d/s/3"])

    def test_artifacts_go_at_the_end_and_what_stays_is_told(self):
        strategy = {"artifactGC": {"strategy": "OnWorkflowCompletion"}}
        artifact = {"name": "out", "path": "out", **self.place("gone.tgz", region=s3.REGION)}
        kept = {"name": "kept", "path": "out", "artifactGC": {"strategy": "Never"}, **self.place("kept.tgz", region=s3.REGION)}
        self.run_one(spec=strategy, outputs={"artifacts": [artifact, kept]})
        wait_for("artifact GC", lambda: set(self.s3.buckets["bucket"]) == {"kept.tgz"})
        self.s3.planned = [{}] * 1 + [{"status": 403}] * 9  # the PUT is taken, what removes is refused
        self.run_one(spec=strategy, outputs={"artifacts": [artifact]})
        wait_for("the line for the operator", lambda: "403 AccessDenied" in self.server.log.read_text())
        self.assertIn("gone.tgz", self.s3.buckets["bucket"])
        self.assertRegex(self.server.cli("get", self.workflow_name).stdout, r"ArtifactGCError .*403 AccessDenied.*\(artifact: out\)")

        # So it can not be deleted, until the store lets its artifact go.
        deleting = lambda: self.server.workflow(self.workflow_name)["metadata"].get("deletionTimestamp")  # noqa: E731
        self.assertIsNone(deleting())
        self.server.cli("delete", self.workflow_name)
        wait_for("the mark of the deletion", deleting)
        self.s3.planned = []
        def gone():  # a deletion that was refused once more is asked for again
            self.server.cli("delete", self.workflow_name)
            return self.server.workflow(self.workflow_name) is None
        wait_for("the end of the workflow", gone)
        self.assertEqual(set(self.s3.buckets["bucket"]), {"kept.tgz"})

        # Whoever does not care for the artifact says so.
        self.s3.planned = [{}] * 1 + [{"status": 403}] * 9
        self.run_one(spec=strategy, outputs={"artifacts": [artifact]})
        self.assertEqual(self.server.cli("delete", "--force", self.workflow_name).returncode, 0)
        self.assertIsNone(self.server.workflow(self.workflow_name))
        self.assertIn("gone.tgz", self.s3.buckets["bucket"])


class Refused(Case):
    options = None

    def test_other_storage_is_refused_with_its_place(self):
        for location, field in (({"gcs": {"bucket": "b", "key": "k"}}, "gcs.bucket"),
                                ({"azure": {"endpoint": "e", "container": "c", "blob": "k"}}, "azure.endpoint"),
                                ({"oss": {"endpoint": "e", "bucket": "b", "key": "k"}}, "oss.endpoint"),
                                ({"hdfs": {"addresses": ["a"], "path": "/p"}}, "hdfs"),
                                ({"artifactory": {"url": "http://a/b"}}, "artifactory"),
                                ({"s3": {"endpoint": "e", "bucket": "b", "key": "k", "useSDKCreds": True}}, "s3.useSDKCreds"),
                                ({"s3": {"endpoint": "e", "bucket": "b", "key": "k", "roleARN": "r"}}, "s3.roleARN")):
            path = self.folder / "workflow.yaml"
            path.write_text(ONE % {"source": "true", "spec": '"suspend": false', "more": json.dumps(
                {"outputs": {"artifacts": [{"name": "out", "path": "out", **location}]}})[1:-1]})
            linted = self.run_cli("lint", str(path))
            self.assertRegex(linted.stdout + linted.stderr, rf"workflow\.yaml:14:\d+: .*{field}.* not supported")
            run = self.run_cli("run", str(path), "--runtime", "host")
            self.assertEqual(run.returncode, 2, run.stdout + run.stderr)
            self.assertIn(f"{field} is not supported: ", run.stdout + run.stderr)


if __name__ == "__main__":
    unittest.main()
