"""What the servers that speak S3 have in common: processes in a folder of their own, and Swift's interface for another
look at what arrived."""
import contextlib
import pathlib
import shutil
import signal
import subprocess
import urllib.parse
import urllib.request

from harness import PATIENCE, wait_for

PAGE = 100  # of a listing: few, so that going on is tested with few


class S3Peer:
    """`endpoint`, `key` and `secret` are what a manifest names, with insecure: true."""

    name = None
    programs = ()
    how_to_get = None
    key = secret = None
    login = None  # of Swift's interface, with the same secret
    unknown_key = "InvalidAccessKeyId"  # what it says of one
    features = frozenset()  # beyond what both have

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.processes = []
        self.endpoint = None

    def start(self):
        missing = [name for name in self.programs if not shutil.which(name)]
        if missing:
            raise AssertionError(f"these tests need {self.name} and lack: {', '.join(missing)} ({self.how_to_get})")
        self.begin()
        wait_for(self.name, self.answers, patience=180)

    def begin(self):
        """Sets `endpoint` and spawns what serves it."""
        raise NotImplementedError

    def spawn(self, *command, environment=None):
        with (self.folder / "log").open("a") as log:
            self.processes.append(subprocess.Popen(command, stdout=log, stderr=log, env=environment))

    def answers(self):
        for process in self.processes:
            if process.poll() is not None:
                raise AssertionError(f"{self.name} ended: " + (self.folder / "log").read_text()[-3000:])
        with contextlib.suppress(OSError):
            return self.authorize()
        return None

    def stop(self):
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            process.kill()
            process.wait()

    def authorize(self):
        """The address of what is stored, and the header that opens it."""
        request = urllib.request.Request(f"http://{self.endpoint}/auth/v1.0",
                                         headers={"X-Auth-User": self.login, "X-Auth-Key": self.secret})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.headers["X-Storage-Url"], {"X-Auth-Token": answer.headers["X-Auth-Token"]}

    def ask(self, method, path, body=None):
        url, headers = self.authorize()
        request = urllib.request.Request(url + urllib.parse.quote(path), body, headers, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.read()

    def keys(self, bucket):
        return self.ask("GET", f"/{bucket}").decode().splitlines()

    def content(self, bucket, key):
        return self.ask("GET", f"/{bucket}/{key}")

    def put(self, bucket, key, content):
        self.ask("PUT", f"/{bucket}/{key}", content)
