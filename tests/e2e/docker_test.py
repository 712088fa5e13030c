#!/usr/bin/env python3
"""Image builds with a Docker daemon as a sidecar, the way Argo's sidecar-dind example has it."""
import glob
import json
import pathlib
import subprocess
import tempfile
import unittest

from harness import BINARY, ROOT, Case, wait_for


def in_quotes(script):
    return json.dumps(script)[1:-1]


BUILD = in_quotes(r"""set -e; mkdir /build; cd /build
mkdir -p context/bin && cp /bin/busybox context/bin/ && ln -s busybox context/bin/sh && ln -s busybox context/bin/cat
tar -C context -c bin | docker import - base:1
printf 'FROM base:1\nRUN echo built inside > /made\nCMD ["cat", "/made"]\n' >Dockerfile
docker build -t built:1 . >&2
docker run --rm built:1""")

# What Argo's example says, with a build after it.
OVER_TCP = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: tcp}
spec:
  entrypoint: main
  templates:
    - name: main
      volumes: [{name: work, emptyDir: {}}]
      container:
        image: docker:dind
        command: [sh, -c]
        args: ["until docker ps; do sleep 0.2; done; echo $POD >/scratch/pod; %s; docker run --rm -v /scratch:/mirror built:1 cat /mirror/pod"]
        env:
          - {name: DOCKER_HOST, value: 127.0.0.1}
          - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.uid}}}
        volumeMounts: [{name: work, mountPath: /scratch}]
      outputs: {parameters: [{name: pod, valueFrom: {path: /scratch/pod}}]}
      sidecars:
        - name: dind
          image: docker:dind
          command: [dockerd-entrypoint.sh]
          env: [{name: DOCKER_TLS_CERTDIR, value: ""}]
          securityContext: {privileged: true}
          mirrorVolumeMounts: true
"""

# A socket that both see, and a probe instead of a loop.
OVER_SOCKET = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: socket}
spec:
  entrypoint: main
  templates:
    - name: main
      volumes: [{name: run, emptyDir: {}}]
      container:
        image: docker:dind
        command: [sh, -c]
        args: ["%s"]
        volumeMounts: [{name: run, mountPath: /var/run}]
      sidecars:
        - name: dind
          image: docker:dind
          securityContext: {privileged: true}
          mirrorVolumeMounts: true
          readinessProbe: {exec: {command: [docker, info]}, timeoutSeconds: 5}
"""


class Docker(Case):
    options = None

    @classmethod
    def setUpClass(cls):
        subprocess.run([ROOT / "tools/image/build.sh", "docker"], check=True, timeout=600)
        cls.images = tempfile.TemporaryDirectory(prefix="slipway-e2e-")
        cls.addClassCleanup(cls.images.cleanup)
        subprocess.run([BINARY, "image", "import", "--data-dir", cls.images.name, "docker:dind",
                        ROOT / "build/image/docker.tar"], check=True, capture_output=True)

    def run_text(self, text, *words):
        file = self.folder / "workflow.yaml"
        file.write_text(text)
        return self.run_cli("run", "--data-dir", self.images.name, *words, str(file))

    def test_builds_and_runs_an_image(self):
        done = self.run_text(OVER_TCP % BUILD, "--allow-privileged", "-o", "json", "--keep")
        self.assertEqual(done.returncode, 0, done.stderr)
        [node] = json.loads(done.stdout)["status"]["nodes"].values()
        pod = node["outputs"]["parameters"][0]["value"]
        [log] = pathlib.Path(self.images.name).glob("runs/**/main.log")
        self.assertIn(f"built inside\n{pod}\n", log.read_text())
        # Containers of the daemon live in its pod's group, and go with it.
        wait_for("no group left", lambda: not glob.glob(f"/sys/fs/cgroup/**/{pod}", recursive=True))

    def test_a_shared_socket_and_a_readiness_probe_do_too(self):
        done = self.run_text(OVER_SOCKET % BUILD, "--allow-privileged")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_where_it_is_not_allowed_the_flag_is_named(self):
        done = self.run_text(OVER_SOCKET % BUILD)
        self.assertEqual(done.returncode, 1)
        self.assertIn("container dind asks for privileged: true", done.stdout + done.stderr)
        self.assertIn("--allow-privileged", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
