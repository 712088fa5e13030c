"""Starting the real binary and talking to it as a user would."""
import contextlib
import hashlib
import hmac
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("SLIPWAY_BINARY", str(ROOT / "build/slipway"))
PATIENCE = int(os.environ.get("SLIPWAY_TEST_PATIENCE", "60"))  # seconds until a wait gives up; nothing waits that long unless it is broken


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, condition, patience=PATIENCE):
    """The first true value of condition(); fails after `patience` seconds."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {patience} s")


class Server:
    """A server with a data directory of its own."""

    def __init__(self, folder, *options):
        self.data = pathlib.Path(folder) / "data"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.options = options
        self.log = pathlib.Path(folder) / "server.log"
        self.process = None
        self.environment = {}  # added to the test's own
        self.address = "127.0.0.1"

    def start(self):
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [BINARY, "server", "--data-dir", str(self.data), "--address", self.address,
                 "--port", str(self.port), *self.options], stdout=log, stderr=log,
                env={**os.environ, **self.environment})
        wait_for("server ready", self.ready)
        return self

    def ready(self):
        if self.process.poll() is not None:
            raise AssertionError("the server ended: " + self.log.read_text())
        with contextlib.suppress(OSError):
            return self.request("GET", "/readyz")[0] == 200
        return False

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=PATIENCE)

    def request(self, method, path, body=None, headers=None):
        request = urllib.request.Request(self.url + path, body, headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def cli(self, *words, stdin=None):
        return subprocess.run([BINARY, words[0], "--server", self.url, *words[1:]] if " " not in words[0]
                              else [BINARY, *words[0].split(), "--server", self.url, *words[1:]],
                              input=stdin, capture_output=True, text=True, timeout=PATIENCE)

    def apply(self, text):
        done = self.cli("apply", "-f", "-", stdin=text)
        if done.returncode:
            raise AssertionError(done.stdout + done.stderr)

    def workflows(self):
        status, body = self.request("GET", "/apis/argoproj.io/v1alpha1/workflows?fields=*")
        assert status == 200, body
        return json.loads(body)["items"]

    def workflow(self, name):
        done = self.cli("get", name, "-o", "json")
        return json.loads(done.stdout) if done.returncode == 0 else None

    def ended(self, name):
        workflow = self.workflow(name)
        status = (workflow or {}).get("status", {})
        return workflow if status.get("phase") in ("Succeeded", "Failed", "Error") and status.get("finishedAt") else None

    def github(self, payload, *, secret="secret", delivery=None, event="pull_request", path="/events/default/github/main",
               signature=None, content_type="application/json"):
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        if signature is None:
            signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return self.request("POST", path, body, {
            "Content-Type": content_type, "X-GitHub-Event": event,
            "X-GitHub-Delivery": delivery or str(uuid.uuid4()), "X-Hub-Signature-256": signature})


class Case(unittest.TestCase):
    """A test with a folder and, when `options` is not None, a server."""

    options = ("--runtime", "host")

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="slipway-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        if self.options is not None:
            self.server = Server(self.folder, *self.options).start()
            self.addCleanup(self.server.stop)

    def run_cli(self, *words, stdin=None, environment=None):
        return subprocess.run([BINARY, *words], input=stdin, capture_output=True, text=True, timeout=PATIENCE,
                              env={**os.environ, "SLIPWAY_DATA": str(self.folder / "data"), **(environment or {})})
