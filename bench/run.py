#!/usr/bin/env python3
"""The bars of speed and memory that this machine can show, each paired with its reference."""
import argparse
import contextlib
import hashlib
import hmac
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/e2e"))
from container import import_busybox, nurseries  # noqa: E402
from harness import BINARY, Server, free_port, wait_for  # noqa: E402
from measure import Table, paired, seconds  # noqa: E402

root = pathlib.Path(__file__).resolve().parents[1]
release = root / "build/release"
table = Table()


def dag(count, chain, template):
    tasks = [{"name": f"t{i}", "template": "step", **({"depends": f"t{i - 1}"} if chain and i else {})}
             for i in range(count)]
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"generateName": "bench-"},
            "spec": {"entrypoint": "main", "templates": [{"name": "main", "dag": {"tasks": tasks}},
                                                         {"name": "step", **template}]}}


TRUE = {"container": {"image": "none", "command": ["/bin/true"]}}


def ninja_file(folder, count, chain):
    lines = ["rule t", "  command = /bin/true"]
    for i in range(count):
        lines.append(f"build o{i}: t {f'o{i - 1}' if chain and i else ''}")
    (folder / "build.ninja").write_text("\n".join(lines) + "\n")


def run_workflow(folder, workflow, *options):
    file = folder / "workflow.json"
    file.write_text(json.dumps(workflow))
    data = tempfile.mkdtemp(dir=folder)
    return seconds([BINARY, "run", "-q", "-o", "name", "--runtime", "host", "--max-pods", "2", "--data-dir", data, *options, str(file)])


def bench_dag(folder, rounds):
    for bar, what, count, chain, limit in (("B4", "1,000 host steps, wide, vs ninja -j2", 1000, False, 1.25),
                                           ("B4", "300 host steps, chain, vs ninja", 300, True, 1.0)):
        ninja = folder / "ninja"

        def reference():
            shutil.rmtree(ninja, ignore_errors=True)
            ninja.mkdir()
            ninja_file(ninja, count, chain)
            return seconds(["ninja", "-C", str(ninja), "-j2"])
        ours, limit_s, ratio = paired(rounds, lambda: run_workflow(folder, dag(count, chain, TRUE)), reference)
        table.row(bar, what, f"{ours:.3f} s", f"ninja {limit_s:.3f} s", ratio, limit)


def bench_growth(folder, rounds, large):
    small, _, _ = paired(rounds, lambda: run_workflow(folder, dag(1000, False, TRUE)), lambda: 1.0)
    big = run_workflow(folder, dag(large, False, TRUE))
    table.row("B5", f"{large:,} steps against 1,000", f"{big:.2f} s", f"{small:.3f} s", big / small, 1.1 * large / 1000)


@contextlib.contextmanager
def served(place, *options, runtime="host"):
    """A server of its own, of which nothing is left."""
    place.mkdir(exist_ok=True)
    server = Server(place, "--runtime", runtime, *options)
    try:
        yield server.start()
    finally:
        server.stop()
        for pid in nurseries(server.data):
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(place)


def pod_rows(rounds):
    """What pod_bench prints: each row's line and its first number."""
    out = subprocess.run([str(release / "bench/pod_bench"), str(rounds)], capture_output=True, text=True, check=True).stdout
    return {line.split("  ")[0]: (line, float(re.search(r"([0-9.]+) (?:ms|/s)", line).group(1)))
            for line in out.splitlines() if "  " in line}


def bench_container(rounds):
    """Against the same bundle under a raw `crun run`; pod_bench takes the rounds in turn."""
    rows = pod_rows(rounds)
    _, ours = rows["container no-op, one at a time"]
    line, crun = rows["overlay + crun run, same bundle"]
    table.row("B1", "container step against overlay + crun run", f"{ours:.2f} ms", f"crun {crun:.2f} ms",
              float(line.split("ratio")[1].split()[0]), 1.3)
    _, wide = rows["container no-op, 8 at a time"]
    _, crun_wide = rows["overlay + crun run, 8 at a time"]
    table.row("B2", "container steps/s, 8 in flight, against crun", f"{wide:.0f}/s", f"crun {crun_wide:.0f}/s", wide / crun_wide, 0.70, at_most=False)


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
"""


def sensor(action, command, *mounts):
    """Starts the command on events with this action; `mounts` are folders of the machine it needs."""
    container = {"image": "busybox", "command": [str(word) for word in command],
                 "volumeMounts": [{"name": f"v{i}", "mountPath": str(path)} for i, path in enumerate(mounts)]}
    volumes = [{"name": f"v{i}", "hostPath": {"path": str(path)}} for i, path in enumerate(mounts)]
    return SENSOR % (action, json.dumps(container), f", volumes: {json.dumps(volumes)}" if mounts else "")


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
    with subprocess.Popen(["node", str(root / "bench/hook.js")], stdout=subprocess.PIPE, text=True) as process:
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


def bench_webhook(folder, rounds, length):
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


def bench_latency(folder, count, rounds):
    """Host steps against a server that does the least; container steps against the host's."""
    stamp = release / "bench/bench_stamp"
    place = folder / "latency"
    place.mkdir()
    fifo, body = place / "fifo", place / "body"
    os.mkfifo(fifo)
    body.write_bytes(payload(23633))

    def client(port, path):
        out = subprocess.run([str(release / "bench/event_client"), str(port), path, str(body), str(fifo), str(count)],
                             capture_output=True, text=True, timeout=600)
        if out.returncode:
            raise RuntimeError(out.stderr[-400:])
        return [float(word) for word in out.stdout.split()]

    def floor():
        with subprocess.Popen([str(release / "bench/event_floor"), str(place / "log"), str(stamp), str(fifo)],
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
    _, crun = pod_rows(3)["overlay + crun run, after a rest"]
    table.row("B7", "the same in a container, p50 less host's", f"{p50_inside:.2f} ms", f"rested crun {crun:.2f} ms",
              (p50_inside - p50) / crun, 1.3)
    table.row("B7", "the same in a container, p99 ms", f"{p99_inside:.2f} ms", "", p99_inside, 40.0)


def memory(server):
    for line in pathlib.Path(f"/proc/{server.process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def queue_workflows(server, count, text, folder):
    file = folder / "queue.yaml"
    file.write_text("\n---\n".join([text] * count))
    done = server.cli("submit", str(file), "-o", "name")
    if done.returncode:
        raise RuntimeError(done.stderr[-400:])


def bench_queue(folder, count):
    place = folder / "memory"
    blocker = dag(1, False, {"container": {"image": "none", "command": ["sh", "-c", f"while [ -e {place} ]; do sleep 1; done"]}})
    workflow = dag(10, False, TRUE)
    workflow["spec"]["templates"][0]["dag"]["tasks"][0]["arguments"] = {"parameters": [{"name": "x", "value": "y" * 1200}]}
    with served(place, "--parallelism", "1") as server:
        idle = memory(server)
        table.row("B10", "idle, MB resident", f"{idle:.1f} MB", "", idle, 40)
        queue_workflows(server, 1, json.dumps(blocker), place)
        before = memory(server)
        for _ in range(count // 500):
            queue_workflows(server, 500, json.dumps(workflow), place)
        grown = (memory(server) - before) * 10_000 / count
    table.row("B10", f"10,000 queued workflows, MB (from {count:,})", f"{grown:.1f} MB", "", grown, 40)


def bench_trivial(folder, count):
    place = folder / "trivial"
    with served(place, "--max-pods", "2") as server:
        started = time.monotonic()
        queue_workflows(server, count, json.dumps(dag(1, False, TRUE)), place)
        wait_for("all ended", lambda: "argo_workflows_gauge{" not in server.request("GET", "/metrics")[1])
        rate = count / (time.monotonic() - started)
    raw = count / float(subprocess.run([str(release / "bench/bench_spawn"), str(count), "2", "/bin/true"],
                                       capture_output=True, text=True, check=True).stdout)
    table.row("B9", f"{count:,} one-step workflows/s against spawn", f"{rate:,.0f}/s", f"spawn {raw:,.0f}/s", rate / raw, 0.30, at_most=False)


def bench_recovery(folder, count):
    body = payload(2000)
    got = 0.0
    with served(folder / "recovery", "--no-snapshot") as server:
        server.apply(sensor("closed", ["/bin/true"]))
        while got < count:
            got += 2 * wrk(server.url + "/events/default/github/main", body, folder, 2)
        server.kill()
        database = next(server.data.glob("*.db"))
        read = seconds(["sqlite3", str(database), "select count(*), sum(length(bytes)), sum(json_valid(bytes)) from record"])
        started = time.monotonic()
        server.start()
        took = time.monotonic() - started
    table.row("B12", f"recovery of {got:,.0f} events against reading them", f"{took:.2f} s", f"sqlite3 {read:.2f} s", took / read, 3.0)


# The same page, straight from the tables: what an index gives and nothing more.
OF_CI, IN_ORDER = "SELECT w.summary FROM workflow w WHERE w.ns = 'ci'", "ORDER BY w.created_at DESC, w.uid DESC LIMIT 100"
PAGES = {
    "first page": ("", f"{OF_CI} {IN_ORDER}"),
    "a page from the middle on": ("&continue={at}.{uid}", f"{OF_CI} AND (w.created_at, w.uid) < ({{at}}, '{{uid}}') {IN_ORDER}"),
    "phase Error": ("&phase=Error", f"{OF_CI} AND w.phase = 'Error' {IN_ORDER}"),
    "label repo=repo-7": ("&labelSelector=repo%3Drepo-7",
                          "SELECT w.summary FROM label l CROSS JOIN workflow w ON w.uid = l.uid WHERE l.key = 'repo' AND l.value = 'repo-7' "
                          "AND w.ns = 'ci' ORDER BY l.created_at DESC, l.uid DESC LIMIT 100"),
    "label completed!=true": ("&labelSelector=workflows.argoproj.io%2Fcompleted%21%3Dtrue", f"{OF_CI} AND w.phase = 'Running' {IN_ORDER}"),
    "name prefix repo-7-0000": ("&prefix=repo-7-0000", f"{OF_CI} AND w.name >= 'repo-7-0000' AND w.name < 'repo-7-0001' {IN_ORDER}"),
}


def bench_list(folder, count, rounds):
    """Pages of finished workflows over HTTP, against the same page from SQLite."""
    place = folder / "list"
    (place / "data").mkdir(parents=True)
    database = place / "data/slipway.db"
    subprocess.run([str(release / "bench/store_fill"), str(database), str(count)], check=True)
    with served(place) as server, sqlite3.connect(f"file:{database}?mode=ro", uri=True) as direct:
        at, uid = direct.execute("SELECT created_at, uid FROM workflow WHERE ns = 'ci' ORDER BY created_at DESC, uid DESC "
                                 f"LIMIT 1 OFFSET {count // 2}").fetchone()

        def ask(query):
            status, text = server.request("GET", f"/api/v1/workflows/ci?{query}")
            assert status == 200, text
            return json.loads(text)["items"]

        def timed(work):
            started = time.monotonic()
            return work(), time.monotonic() - started
        for what, (query, sql) in PAGES.items():
            query, sql = query.format(at=at, uid=uid), sql.format(at=at, uid=uid)
            pairs = []
            for _ in range(rounds):
                items, ours = timed(lambda: ask("limit=100" + query))
                rows, theirs = timed(lambda: [json.loads(row) for row, in direct.execute(sql)])
                assert len(items) == len(rows), (what, len(items), len(rows))
                pairs.append((ours * 1000, theirs * 1000))
            ours, theirs = (statistics.median(column) for column in zip(*pairs))
            table.row("L", f"{what} of {count:,} finished, ms", f"{ours:.1f} ms", f"sqlite {theirs:.1f} ms", ours, 30)


# ns/op of the same expressions in expr-lang 1.17.8 under Go 1.26, on a machine with two cores of a cloud.
EXPR_LANG = {"compare": 213, "prefix": 124, "filter": 5286, "map": 6202, "count": 3591}


def bench_engine(rounds):
    """Processor time of the engine alone, without a journal and without pods."""
    out = subprocess.run([str(release / "bench/engine_bench"), str(rounds)], capture_output=True, text=True, check=True).stdout
    took = {name: float(value.split()[0]) for name, value in (line.split("  ") for line in out.splitlines())}
    for shape in ("wide", "chain"):
        small, large = took[f"dag {shape} of 100"], took[f"dag {shape} of 10000"]
        table.row("E1", f"engine time a task, {shape}, 10,000 against 100", f"{large:.0f} us", f"{small:.0f} us", large / small, 1.5)
    node = took["1000 workflows of 10"]
    table.row("E2", "1,000 workflows of 10 steps, ms a node", f"{node / 1000:.3f} ms", "", node / 1000, 1.0)
    for name, reference in EXPR_LANG.items():
        ours = took[f"expression {name}"]
        table.row("E3", f"expression: {name}", f"{ours:,.0f} ns", f"expr-lang {reference:,} ns", ours / reference, 3.0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", help="bars, separated by commas")
    options = parser.parse_args()
    quick = options.quick
    os.environ["SLIPWAY_BINARY"] = BINARY
    folder = pathlib.Path(tempfile.mkdtemp(prefix="slipway-bench-", dir=root / "build"))
    plan = [("B1", lambda: bench_container(3 if quick else 7)),
            ("B4", lambda: bench_dag(folder, 3 if quick else 7)),
            ("B5", lambda: bench_growth(folder, 1 if quick else 3, 3000 if quick else 10_000)),
            ("B6", lambda: bench_webhook(folder, 1 if quick else 5, 1 if quick else 2)),
            ("B7", lambda: bench_latency(folder, 50 if quick else 400, 1 if quick else 3)),
            ("B9", lambda: bench_trivial(folder, 200 if quick else 1000)),
            ("B10", lambda: bench_queue(folder, 1000 if quick else 10_000)),
            ("B12", lambda: bench_recovery(folder, 5_000 if quick else 100_000)),
            ("L", lambda: bench_list(folder, 20_000 if quick else 1_000_000, 5 if quick else 21)),
            ("E", lambda: bench_engine(3 if quick else 7))]
    try:
        for bar, measure in plan:
            if options.only and bar not in options.only.split(","):
                continue
            try:
                measure()
            except (RuntimeError, AssertionError, OSError, StopIteration, subprocess.SubprocessError) as error:
                table.fails(bar, str(error)[:300])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{table.missed} bars missed")


main()
