"""Restarts (B12): how long reading a long log takes, and whether any event is lost to kill -9."""
import collections
import json
import random
import threading
import time
import uuid

from events import payload, sensor, wrk
from harness import wait_for
from measure import seconds
from place import served


def bench_recovery(table, folder, count):
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


# Each event starts a workflow that carries the event's number as a label.
LABEL = [{"src": {"dependencyName": "d", "dataKey": "body.id"}, "dest": "metadata.labels.number"}]


def items(server, path):
    """All of a list, page by page."""
    at = ""
    while True:
        status, text = server.request("GET", f"{path}&limit=1000&continue={at}")
        if status != 200:
            raise RuntimeError(text)
        page = json.loads(text)
        yield from page.get("items") or []
        at = page.get("continue") or page.get("metadata", {}).get("continue")
        if not at:
            return


def post_until_killed(server, accepted):
    while True:
        number = uuid.uuid4().hex
        try:
            status, _ = server.github({"action": "opened", "id": number}, event="issues", delivery=number)
        except OSError:
            return
        if status >= 300:
            raise RuntimeError(f"a webhook was answered with {status}")
        accepted.append(number)


def bench_kill(table, folder, rounds, seed):
    chance = random.Random(seed)
    accepted = []
    with served(folder / "kill", "--max-pods", "2") as server:
        server.apply(sensor("opened", ["/bin/true"], parameters=LABEL))
        for _ in range(rounds):
            clients = [threading.Thread(target=post_until_killed, args=(server, accepted)) for _ in range(4)]
            for client in clients:
                client.start()
            time.sleep(chance.uniform(0, 0.3))
            server.kill()
            for client in clients:
                client.join()
            server.start()
        wait_for("all ended", lambda: "argo_workflows_gauge{" not in server.request("GET", "/metrics")[1], 600)
        stored = {event["delivery"] for event in items(server, "/api/v1/slipway/events?outcome=")}
        started = collections.Counter(workflow["metadata"]["labels"]["number"] for workflow in items(server, "/api/v1/workflows/default?"))
    lost = [number for number in accepted if number not in stored or number not in started]
    twice = [number for number, times in started.items() if times > 1]
    table.row("B12", f"events lost or run twice in {rounds} kill -9", f"{len(lost)} and {len(twice)}", f"{len(accepted):,} accepted", len(lost) + len(twice), 0)
