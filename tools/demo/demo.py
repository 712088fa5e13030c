#!/usr/bin/env python3
"""Runs the demo: see demo.sh. Everything lives in one temporary folder; the images stay in build/demo."""
import argparse
import base64
import contextlib
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import repository
import sshd
import webhook

ROOT = pathlib.Path(__file__).resolve().parents[2]
TASK = "https://app.asana.com/0/1204500000000000/1204512345678901"
SECRET = "a webhook secret"
TITLES = {"good": "Say what a ride costs <now>", "bad": "Raise the rate `rm -rf /` $(id) <!channel>"}
IMAGES = {"ci": "slipway.dev/demo/ci:latest", "mariadb": "slipway.dev/demo/mariadb:latest"}


def say(text=""):
    print(text, flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def own_address():
    """An address of this machine that a pod can reach through its gateway."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        with contextlib.suppress(OSError):
            probe.connect(("192.0.2.1", 9))  # sends nothing; asks the routing table
            return probe.getsockname()[0]
    return "127.0.0.1"


class Demo:
    def __init__(self, options):
        self.binary = str(pathlib.Path(options.binary).resolve())
        self.cache = ROOT / "build/demo"
        self.cache.mkdir(parents=True, exist_ok=True)
        self.data = self.cache / "data"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="slipway-demo-"))
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes = []
        self.git = None

    def slipway(self, *words, **options):
        return subprocess.run([self.binary, *words], text=True, **options)

    def client(self, *words, **options):
        verb, rest = words[0].split(), words[1:]
        return self.slipway(*verb, "--server", self.url, "-n", "ci", *rest, **options)

    def start(self, name, command):
        log = (self.folder / f"{name}.log").open("w")
        process = subprocess.Popen(command, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def wait(self, what, condition, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            value = condition()
            if value:
                return value
            time.sleep(0.05)
        raise SystemExit(f"demo: {what} did not happen within {seconds} s; see {self.folder}")

    def import_images(self):
        have = self.slipway("image", "list", "-o", "name", "--data-dir", str(self.data), capture_output=True).stdout
        for name, reference in IMAGES.items():
            file = next((ROOT / "build/image").glob(f"{name}*.tar*"))
            stamp = self.cache / f"{name}.imported"
            wanted = f"{file.name} {file.stat().st_mtime_ns}"
            if reference in have and stamp.exists() and stamp.read_text() == wanted:
                continue
            say(f"   importing {reference}")
            self.slipway("image", "import", reference, str(file), "--data-dir", str(self.data), check=True,
                         stdout=subprocess.DEVNULL)
            stamp.write_text(wanted)

    def start_standins(self):
        self.standins = {}
        for name in ("github", "slack", "asana"):
            port_file = self.folder / f"{name}.port"
            self.start(name, [sys.executable, str(ROOT / f"tools/standin/{name}.py"), "--port-file", str(port_file),
                              "--record", str(self.folder / f"{name}.jsonl")])
            port = self.wait(f"stand-in {name}", lambda: port_file.exists() and port_file.read_text())
            self.standins[name] = f"http://127.0.0.1:{port}"

    def record(self, name):
        file = self.folder / f"{name}.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def start_server(self):
        # Yesterday's demo is of no interest; its images are.
        for entry in self.data.iterdir() if self.data.exists() else []:
            if entry.name != "images":
                shutil.rmtree(entry, ignore_errors=True) if entry.is_dir() else entry.unlink()
        server = self.start("server", [self.binary, "server", "--data-dir", str(self.data), "--address", "127.0.0.1",
                                       "--port", str(self.port)])

        def ready():
            if server.poll() is not None:
                raise SystemExit("demo: the server ended:\n" + (self.folder / "server.log").read_text())
            with contextlib.suppress(OSError):
                return urllib.request.urlopen(self.url + "/readyz", timeout=2).status == 200
            return False
        self.wait("the server", ready)

    def manifests(self, host):
        """catalog/demo with what only this run knows filled in."""
        target = self.folder / "manifests"
        shutil.copytree(ROOT / "catalog/demo", target)
        scripts = {path.name: path.read_text() for path in sorted((target / "scripts").iterdir())}
        shutil.rmtree(target / "scripts")

        def encode(text):
            return base64.b64encode(text.encode()).decode()
        values = {
            "@WEBHOOK_SECRET@": encode(SECRET), "@DEPLOY_KEY@": encode(self.git.key.read_text()),
            "@KNOWN_HOSTS@": encode(self.git.known_hosts(host)),
            "@SLACK_WEBHOOK@": encode(self.standins["slack"] + "/services/T000/B000/stand-in"),
            "@ASANA_TOKEN@": encode("asana-stand-in"), "@GITHUB_TOKEN@": encode("ghp_standin"),
            "@ASANA_URL@": self.standins["asana"], "@GITHUB_URL@": self.standins["github"], "@SERVER_URL@": self.url,
        }
        for file in target.glob("*.yaml"):
            text = file.read_text()
            for name, value in values.items():
                text = text.replace(name, value)
            file.write_text(text)
        (target / "scripts.json").write_text(json.dumps({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "ride-service-scripts", "namespace": "ci"},
            "data": scripts}))
        return target

    def deliver(self, which, number, commits, host):
        ssh_url = f"ssh://root@{host}:{self.git.port}/ride-service.git"
        payload = webhook.pointed_at(
            webhook.example(self.cache / "payload"), ssh_url=ssh_url, html_url="https://github.com/acme/ride-service",
            number=number, title=TITLES[which], body=f"Closes {TASK}\n\nSee the ticket.", base=commits["base"],
            head=commits[which])
        status, text = webhook.post(f"{self.url}/events/ci/github/main", payload, SECRET)
        if status // 100 != 2:
            raise SystemExit(f"demo: the webhook was answered {status}: {text}")
        return json.loads(text)["event"]

    def run_one(self, which, number, commits, host, wanted):
        say(f"\n── pull request #{number}, {TITLES[which]!r}")
        event = self.deliver(which, number, commits, host)
        say(f"   event {event[:12]} accepted; slipway events explain {event[:12]} says what became of it")
        shown = json.loads(self.client("events show", event, "-o", "json", capture_output=True).stdout)
        action = next((v["action"] for v in shown["verdicts"] if v.get("action")), None)
        if not action:
            raise SystemExit("demo: no trigger fired: " + json.dumps(shown["verdicts"], indent=1))
        name = action.split("/")[-1]
        self.client("watch", name)
        workflow = json.loads(self.client("get", name, "-o", "json", capture_output=True).stdout)
        phase = workflow["status"]["phase"]
        if phase != wanted:
            self.client("logs", name)
            raise SystemExit(f"demo: {name} ended {phase}, wanted {wanted}: {workflow['status'].get('message')}")
        return name, workflow

    def check(self, which, commits, wanted):
        """The stand-ins' records: what left the server, and that it kept to each provider's contract."""
        for name in ("slack", "asana", "github"):
            for entry in self.record(name):
                if entry["violation"]:
                    raise SystemExit(f"demo: {name} would have refused a request: {entry['violation']}\n{entry['body']}")
        message = self.record("slack")[-1]["body"]
        facts = {"the title, escaped": TITLES[which].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
                 "a commit link": f"https://github.com/acme/ride-service/commit/{commits[which]}"}
        if wanted == "Failed":
            facts["the end of the log"] = "wanted 500"
        plain = json.dumps(json.loads(message), ensure_ascii=False)
        for what, text in facts.items():
            if json.dumps(text, ensure_ascii=False)[1:-1] not in plain:
                raise SystemExit(f"demo: the Slack message lacks {what}: {text}\n{plain}")
        statuses = [json.loads(entry["body"]) for entry in self.record("github") if commits[which] in entry["path"]]
        state = "success" if wanted == "Succeeded" else "failure"
        if not statuses or statuses[-1]["state"] != state:
            raise SystemExit(f"demo: the commit status is {statuses}, wanted {state}")
        if not any("1204512345678901" in entry["path"] for entry in self.record("asana")):
            raise SystemExit("demo: the Asana task was not touched")

    def main(self):
        say("── preparing: images, stand-ins for GitHub, Slack and Asana, a git server, the Slipway server")
        self.import_images()
        self.start_standins()
        (self.folder / "git").mkdir()
        commits = repository.make(self.folder / "git")
        self.git = sshd.GitServer(self.folder / "ssh", self.folder / "git/repositories")
        self.start_server()
        host = own_address()
        self.client("apply", "-f", str(self.manifests(host)), check=True)
        say(f"   server {self.url}, everything else in {self.folder}")
        for which, number, wanted in (("good", 7, "Succeeded"), ("bad", 8, "Failed")):
            name, workflow = self.run_one(which, number, commits, host, wanted)
            self.check(which, commits, wanted)
            artifact = self.folder / f"{name}-test-log.tgz"
            with urllib.request.urlopen(f"{self.url}/artifacts/ci/{name}/test/test-log", timeout=10) as answer:
                artifact.write_bytes(answer.read())
            say(f"   as it must be: {wanted}; Slack, Asana and the commit status tell it; the log is {artifact}")
        say(f"\nThe demo went as it must. Slack got:\n{self.record('slack')[-1]['body'][:600]}…")

    def close(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            process.wait()
        if self.git:
            self.git.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", default=str(ROOT / "build/slipway"))
    demo = Demo(parser.parse_args())
    try:
        demo.main()
    finally:
        demo.close()


main()
