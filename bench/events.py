"""Webhooks: how many are accepted (B6) and how soon their step runs (B7)."""
import contextlib
import hashlib
import hmac
import json
import os
import socket
import statistics
import subprocess
import time

from container import import_busybox
from harness import free_port, wait_for
from place import RELEASE, ROOT, served
from steps import PodBench

SENSOR = """
apiVersion: v1
kind: Secret
metadata: {name: github}
stringData: {webhook: secret}
---
apiVersion: argoproj.io/v1alpha1
kind: EventSource
metadata: {name: github}
spec: {github: {main: {webhook: {endpoint: /push, method: POST}, webhookSecret: {name: github, key: webhook}, events: ["*"], repositories: [{owner: a, names: [b]}]}}}
---
apiVersion: argoproj.io/v1alpha1
kind: Sensor
metadata: {name: s}
spec:
  dependencies: [{name: d, eventSourceName: github, eventName: main, filters: {data: [{path: body.action, type: string, value: ["%s"]}]}}]
  triggers:
    - template:
        name: t
        k8s:
          operation: create
          source: {resource: {apiVersion: argoproj.io/v1alpha1, kind: Workflow, metadata: {generateName: e-}, spec: {entrypoint: m, templates: [{name: m, container: %s}]%s}}}
          parameters: %s
"""


def sensor(action, command, *mounts, parameters=()):
    """Starts the command on events with this action; `mounts` are folders of the machine it needs."""
    container = {"image": "busybox", "command": [str(word) for word in command],
                 "volumeMounts": [{"name": f"v{i}", "mountPath": str(path)} for i, path in enumerate(mounts)]}
    volumes = [{"name": f"v{i}", "hostPath": {"path": str(path)}} for i, path in enumerate(mounts)]
    return SENSOR % (action, json.dumps(container), f", volumes: {json.dumps(volumes)}" if mounts else "", json.dumps(parameters))


def payload(size):
    body = {"action": "opened", "repository": {"full_name": "a/b"}, "pull_request": {"number": 1, "title": "x"}, "files": []}
    while len(json.dumps(body)) < size:
        body["files"].append({"filename": f"src/file{len(body['files'])}.cc", "status": "modified", "additions": 12})
    return json.dumps(body).encode()


def wrk(url, body, folder, length):
    signature = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    (folder / "body").write_bytes(body)
    script = folder / "post.lua"
    script.write_text(f"""
local body = io.open("{folder}/body", "rb"):read("*a")
local n = 0
request = function()
  n = n + 1
  return wrk.format("POST", nil, {{["Content-Type"]="application/json", ["X-GitHub-Event"]="pull_request",
    ["X-GitHub-Delivery"]="{time.monotonic_ns()}-" .. n, ["X-Hub-Signature-256"]="sha256={signature}"}}, body)
end
""")
    out = subprocess.run(["wrk", "-t1", "-c32", f"-d{length}s", "-s", str(script), url], capture_output=True, text=True).stdout
    if "Non-2xx" in out:
        raise RuntimeError(out)
    return float(next(line for line in out.splitlines() if "Requests/sec" in line).split()[1])


NGINX = """
daemon off;
pid %(folder)s/nginx.pid;
error_log stderr crit;
events {}
http {
  access_log off;
  client_body_temp_path %(folder)s/body; proxy_temp_path %(folder)s/p; fastcgi_temp_path %(folder)s/f;
  uwsgi_temp_path %(folder)s/u; scgi_temp_path %(folder)s/s;
  server { listen 127.0.0.1:%(port)d; location / { return 200; } }
}
"""


@contextlib.contextmanager
def node():
    with subprocess.Popen(["node", str(ROOT / "bench/hook.js")], stdout=subprocess.PIPE, text=True) as process:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/"
        process.kill()


@contextlib.contextmanager
def nginx(folder):
    port = free_port()
    (folder / "nginx.conf").write_text(NGINX % {"folder": folder, "port": port})
    with subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]) as process:
        wait_for("nginx", lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0)
        yield f"http://127.0.0.1:{port}/"
        process.terminate()


@contextlib.contextmanager
def hook_server(place, *options):
    with served(place, *options) as server:
        server.apply(sensor("closed", ["/bin/true"]))
        yield server.url + "/events/default/github/main"


def bench_webhook(table, folder, rounds, length):
    place = folder / "hook"
    for size, label in ((8013, "8 KiB"), (23633, "24 KiB")):
        body = payload(size)
        rates = {"durable": [], "not durable": [], "node": [], "nginx": []}
        for _ in range(rounds):
            for name, serving in (("not durable", lambda: hook_server(place, "--no-durable")), ("durable", lambda: hook_server(place)),
                                  ("node", node), ("nginx", lambda: nginx(folder))):
                with serving() as url:
                    rates[name].append(wrk(url, body, folder, length))

        def row(reference, limit):
            ratio = statistics.median(ours / theirs for ours, theirs in zip(rates["durable"], rates[reference]))
            table.row("B6", f"webhooks/s, {label}, against {reference}", f"{statistics.median(rates['durable']):,.0f}",
                      f"{statistics.median(rates[reference]):,.0f}", ratio, limit, at_most=False)
        row("not durable", 0.45)
        row("node", 1.0)
        row("nginx", 0.20)


def bench_latency(table, folder, count, rounds):
    """Host steps against a server that does the least; container steps against the host's."""
    stamp = RELEASE / "bench/bench_stamp"
    place = folder / "latency"
    place.mkdir()
    fifo, body = place / "fifo", place / "body"
    os.mkfifo(fifo)
    body.write_bytes(payload(23633))

    def client(port, path):
        out = subprocess.run([str(RELEASE / "bench/event_client"), str(port), path, str(body), str(fifo), str(count)],
                             capture_output=True, text=True, timeout=600)
        if out.returncode:
            raise RuntimeError(out.stderr[-400:])
        return [float(word) for word in out.stdout.split()]

    def floor():
        with subprocess.Popen([str(RELEASE / "bench/event_floor"), str(place / "log"), str(stamp), str(fifo)],
                              stdout=subprocess.PIPE, text=True) as process:
            return client(process.stdout.readline().strip(), "/")

    def ours(runtime, *options):
        mounts = (stamp.parent, place) if runtime == "oci" else ()
        with served(place / runtime, *options, runtime=runtime) as server:
            if runtime == "oci":
                import_busybox(place / runtime / "data")
            server.apply(sensor("opened", [stamp, fifo], *mounts))
            return [(client(server.port, "/events/default/github/main"), floor()) for _ in range(rounds)]
    host = ours("host")
    p50, p99, least = (statistics.median(column) for column in zip(*((us[0], us[1], limit[0]) for us, limit in host)))
    table.row("B7", "event to first process, host, p50", f"{p50:.2f} ms", f"floor {least:.2f} ms",
              statistics.median(us[0] / limit[0] for us, limit in host), 3.0)
    table.row("B7", "event to first process, host, p99 ms", f"{p99:.2f} ms", "", p99, 10.0)
    inside = [us for us, _ in ours("oci", "--allow-host-path")]
    p50_inside, p99_inside = (statistics.median(column) for column in zip(*inside))
    with contextlib.closing(PodBench(place / "pods")) as raw:
        crun = statistics.median(raw.ask("crun", 15, 0) for _ in range(3))
    table.row("B7", "the same in a container, p50 less host's", f"{p50_inside:.2f} ms", f"rested crun {crun:.2f} ms",
              (p50_inside - p50) / crun, 1.3)
    table.row("B7", "the same in a container, p99 ms", f"{p99_inside:.2f} ms", "", p99_inside, 40.0)
