"""Where the benchmarks work: programs, servers and workflows that do nothing."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/e2e"))
from container import nurseries  # noqa: E402
from harness import BINARY, Server  # noqa: E402
from measure import seconds  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[1]
RELEASE = ROOT / "build/release"
TRUE = {"container": {"image": "busybox", "command": ["/bin/true"]}}


def dag(count, chain, template=TRUE):
    tasks = [{"name": f"t{i}", "template": "step", **({"depends": f"t{i - 1}"} if chain and i else {})}
             for i in range(count)]
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"generateName": "bench-"},
            "spec": {"entrypoint": "main", "templates": [{"name": "main", "dag": {"tasks": tasks}},
                                                         {"name": "step", **template}]}}


def run_workflow(folder, workflow, *options, runtime="host", data=None):
    """Seconds of `slipway run`; in a data directory of its own unless one with images is given."""
    file = folder / "workflow.json"
    file.write_text(json.dumps(workflow))
    data = data or tempfile.mkdtemp(dir=folder)
    return seconds([BINARY, "run", "-q", "-o", "name", "--runtime", runtime, "--data-dir", str(data), *options, str(file)])


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


def program(name, *arguments):
    """What a program of bench/ prints."""
    done = subprocess.run([str(RELEASE / "bench" / name), *map(str, arguments)], capture_output=True, text=True, timeout=1800)
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr[-400:]}")
    return done.stdout
