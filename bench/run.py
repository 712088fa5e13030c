#!/usr/bin/env python3
"""The bars of speed and memory that this machine can show, each paired with its reference."""
import argparse
import os
import pathlib
import shutil
import subprocess
import tempfile

from place import BINARY, ROOT
from backlog import bench_queue, bench_trivial
from engine import bench_engine
from events import bench_latency, bench_webhook
from lists import bench_list
from measure import Table
from recovery import bench_kill, bench_recovery
from steps import bench_container, bench_dag, bench_growth
from watches import bench_watch


def plan(table, folder, quick, seed):
    """Bars and what measures them: in minutes, or in seconds."""
    return [("B1", lambda: bench_container(table, folder, *((3, 40) if quick else (7, 200)))),
            ("B4", lambda: bench_dag(table, folder, 3 if quick else 7)),
            ("B5", lambda: bench_growth(table, folder, 1 if quick else 3, (1000, 3000) if quick else (1000, 3000, 10_000, 30_000))),
            ("B6", lambda: bench_webhook(table, folder, 1 if quick else 5, 1 if quick else 2)),
            ("B7", lambda: bench_latency(table, folder, 50 if quick else 400, 1 if quick else 3)),
            ("B9", lambda: bench_trivial(table, folder, 200 if quick else 1000, 1 if quick else 5)),
            ("B10", lambda: bench_queue(table, folder, 1000 if quick else 10_000)),
            ("B12", lambda: bench_recovery(table, folder, 5_000 if quick else 100_000)),
            ("B12", lambda: bench_kill(table, folder, 5 if quick else 100, seed)),
            ("L", lambda: bench_list(table, folder, 20_000 if quick else 1_000_000, 5 if quick else 21)),
            ("W", lambda: bench_watch(table, folder, 1 if quick else 3, 500 if quick else 1000)),
            ("E", lambda: bench_engine(table, 3 if quick else 7))]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", help="bars, separated by commas")
    parser.add_argument("--seed", type=int, default=1, help="when the server is killed")
    options = parser.parse_args()
    os.environ["SLIPWAY_BINARY"] = BINARY
    table = Table()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="slipway-bench-", dir=ROOT / "build"))
    try:
        for bar, measure in plan(table, folder, options.quick, options.seed):
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
