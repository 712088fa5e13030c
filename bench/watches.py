"""What open pages cost the engine (W): the same workflow with and without watches of all its states."""
import json
import subprocess
import time

from harness import wait_for
from measure import paired
from place import dag, served


def seconds_with(folder, nodes, watches):
    with served(folder / "watched", "--max-pods", "2") as server:
        peers = [subprocess.Popen(["curl", "-sN", server.url + "/api/v1/workflow-events"], stdout=subprocess.DEVNULL) for _ in range(watches)]
        file = folder / "watched.json"
        file.write_text(json.dumps({**dag(nodes, False), "metadata": {"name": "watched"}}))
        started = time.monotonic()
        done = server.cli("submit", str(file))
        if done.returncode:
            raise RuntimeError(done.stderr[-400:])
        wait_for("the end", lambda: server.ended("watched"), 600)
        took = time.monotonic() - started
        for peer in peers:
            peer.kill()
            peer.wait()
        return took


def bench_watch(table, folder, rounds, nodes):
    ours, without, ratio = paired(rounds, lambda: seconds_with(folder, nodes, 3), lambda: seconds_with(folder, nodes, 0))
    table.row("W", f"{nodes:,} host steps with three watches", f"{ours:.2f} s", f"without {without:.2f} s", ratio, 1.25)
