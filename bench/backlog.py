"""Many workflows at once: how fast they end (B9) and what they weigh (B10)."""
import contextlib
import json
import os
import pathlib
import shutil
import sqlite3
import statistics
import subprocess
import time

from harness import free_port, wait_for
from measure import seconds
from place import dag, program, served


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


def bench_queue(table, folder, count):
    """With the pods blocked, what waits grows to `count`: memory, and the rate of what is added at a tenth and at the end."""
    place = folder / "memory"
    blocker = dag(1, False, {"container": {"image": "none", "command": ["sh", "-c", f"while [ -e {place} ]; do sleep 1; done"]}})
    workflow = dag(10, False)
    workflow["spec"]["templates"][0]["dag"]["tasks"][0]["arguments"] = {"parameters": [{"name": "x", "value": "y" * 1200}]}
    step = count // 20
    with served(place, "--parallelism", "1") as server:
        idle = memory(server)
        table.row("B10", "idle, MB resident", f"{idle:.1f} MB", "", idle, 40)
        queue_workflows(server, 1, json.dumps(blocker), place)
        before = memory(server)
        rates = []
        for _ in range(20):
            started = time.monotonic()
            queue_workflows(server, step, json.dumps(workflow), place)
            rates.append(step / (time.monotonic() - started))
        grown = (memory(server) - before) * 10_000 / count
    table.row("B10", f"10,000 queued workflows, MB (from {count:,})", f"{grown:.1f} MB", "", grown, 40)
    early, late = statistics.median(rates[:3]), statistics.median(rates[-3:])
    table.row("B5", f"queued/s at a depth of {count:,}, vs {count // 10:,}", f"{late:,.0f}/s", f"{early:,.0f}/s", late / early, 0.8, at_most=False)


def ours_per_second(folder, count):
    place = folder / "trivial"
    with served(place, "--max-pods", "2") as server:
        started = time.monotonic()
        queue_workflows(server, count, json.dumps(dag(1, False)), place)
        wait_for("all ended", lambda: "argo_workflows_gauge{" not in server.request("GET", "/metrics")[1])
        return count / (time.monotonic() - started)


def last_end(builds, count, patience=5.0):
    """How many builds of laminar's have ended and when it was seen: all, or what had ended before a silence of `patience`
    seconds, for laminar can lose the end of a job that is too short."""
    ended, at = 0, time.monotonic()
    while ended < count and time.monotonic() - at < patience:
        now = builds.execute("SELECT count(*) FROM builds WHERE completedAt IS NOT NULL").fetchone()[0]
        if now > ended:
            ended, at = now, time.monotonic()
        time.sleep(0.02)
    return ended, at


def laminar_per_second(folder, count):
    """The same with laminar and its two executors: as many trivial jobs, queued by one call."""
    home = folder / "laminar"
    for part in ("cfg/jobs", "cfg/contexts"):
        (home / part).mkdir(parents=True)
    (home / "cfg/jobs/true.run").symlink_to("/bin/true")
    (home / "cfg/contexts/default.conf").write_text("EXECUTORS=2\n")
    environment = {**os.environ, "LAMINAR_HOME": str(home), "LAMINAR_BIND_RPC": f"unix:{home}/rpc", "LAMINAR_HOST": f"unix:{home}/rpc",
                   "LAMINAR_BIND_HTTP": f"127.0.0.1:{free_port()}"}
    with (home / "log").open("w") as log, subprocess.Popen(["laminard"], env=environment, stdout=log, stderr=log) as process:
        wait_for("laminard", (home / "rpc").exists)
        started = time.monotonic()
        seconds(["laminarc", "queue", *["true"] * count], env=environment)
        with contextlib.closing(sqlite3.connect(f"file:{home}/laminar.sqlite?mode=ro", uri=True)) as builds:
            ended, at = last_end(builds, count)
        process.kill()
    shutil.rmtree(home)
    return ended / (at - started)


def bench_trivial(table, folder, count, rounds):
    rates = {"ours": [], "spawn": [], "laminar": []}
    has_laminar = shutil.which("laminard") is not None
    for _ in range(rounds):
        rates["spawn"].append(count / float(program("bench_spawn", count, 2, "/bin/true")))
        if has_laminar:
            rates["laminar"].append(laminar_per_second(folder, count))
        rates["ours"].append(ours_per_second(folder, count))

    def row(reference, limit):
        ratio = statistics.median(a / b for a, b in zip(rates["ours"], rates[reference]))
        table.row("B9", f"{count:,} one-step workflows/s against {reference}", f"{statistics.median(rates['ours']):,.0f}/s",
                  f"{reference} {statistics.median(rates[reference]):,.0f}/s", ratio, limit, at_most=False)
    row("spawn", 0.30)
    if has_laminar:
        row("laminar", 4.0)
    else:
        table.skips("B9", "against laminar: there is no laminard in the PATH (Debian has none)")
