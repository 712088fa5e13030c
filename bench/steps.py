"""Steps: host processes against ninja (B4, B5), containers against raw runtimes (B1, B2)."""
import contextlib
import shutil
import statistics
import subprocess
import tempfile

from container import busybox, import_busybox
from measure import paired, seconds
from place import RELEASE, dag, run_workflow


def ninja_file(folder, count, chain):
    lines = ["rule t", "  command = /bin/true"]
    for i in range(count):
        lines.append(f"build o{i}: t {f'o{i - 1}' if chain and i else ''}")
    (folder / "build.ninja").write_text("\n".join(lines) + "\n")


def bench_dag(table, folder, rounds):
    for bar, what, count, chain, limit in (("B4", "1,000 host steps, wide, vs ninja -j2", 1000, False, 1.25),
                                           ("B4", "300 host steps, chain, vs ninja", 300, True, 1.0)):
        ninja = folder / "ninja"

        def reference():
            shutil.rmtree(ninja, ignore_errors=True)
            ninja.mkdir()
            ninja_file(ninja, count, chain)
            return seconds(["ninja", "-C", str(ninja), "-j2"])
        ours, limit_s, ratio = paired(rounds, lambda: run_workflow(folder, dag(count, chain), "--max-pods", "2"), reference)
        table.row(bar, what, f"{ours:.3f} s", f"ninja {limit_s:.3f} s", ratio, limit)


def bench_growth(table, folder, rounds, sizes):
    """Wide graphs of host steps: the second and each larger size against the first."""
    took = {}
    for count in sizes:
        took[count] = statistics.median(run_workflow(folder, dag(count, False), "--max-pods", "2") for _ in range(rounds if count == sizes[0] else 1))
    small = took[sizes[0]]
    for count in sizes[1:]:
        table.row("B5", f"{count:,} steps against {sizes[0]:,}", f"{took[count]:.2f} s", f"{small:.3f} s", took[count] / small, 1.1 * count / sizes[0])
    table.growth("B5", "a host step", {count: whole * 1000 / count for count, whole in took.items()}, "ms")


class PodBench:
    """Asks pod_bench: milliseconds for one of `count`, `width` at a time; width 0 after a rest."""

    def __init__(self, folder):
        self.process = subprocess.Popen([str(RELEASE / "bench/pod_bench"), str(folder)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def ask(self, case, count, width=1):
        self.process.stdin.write(f"{case} {count} {width}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"pod_bench ended with {self.process.wait()}")
        return float(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


# What podman needs where nobody may raise limits, and the least it can do: no network, no log, no events.
PODMAN = ["--cgroup-manager=cgroupfs", "--events-backend=none", "--runtime=crun"]
PODMAN_RUN = ["run", "--rm", "--network=none", "--log-driver=none", "--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"]
# crun refuses a machine with both kinds of cgroups unless the second is out of its sight.
TIMES = """
second=/sys/fs/cgroup/unified/cgroup.controllers
[ ! -e $second ] || mount --bind /dev/null $second
count=$1; shift
while [ $count -gt 0 ]; do "$@" || exit; count=$((count - 1)); done
"""


@contextlib.contextmanager
def podman(folder):
    """Milliseconds for one `podman run` of `true`, as a function of how often."""
    with tempfile.TemporaryDirectory() as runroot:  # podman takes no path of over 50 characters
        base = ["podman", f"--root={folder}/podman", f"--runroot={runroot}", *PODMAN]
        seconds([*base, "load", "--input", busybox()])
        run = ["unshare", "--mount", "sh", "-c", TIMES, "sh"]
        try:
            yield lambda count: seconds([*run, str(count), *base, *PODMAN_RUN, "busybox", "/bin/true"]) / count * 1000
        finally:
            seconds([*base, "system", "reset", "--force"])


def bench_container(table, folder, rounds, chain):
    """Containers of a durable workflow against the same bundle run by hand, in turn."""
    place = folder / "container"
    place.mkdir()
    data = place / "data"
    import_busybox(data)
    with contextlib.closing(PodBench(place / "pods")) as raw, podman(place) as podman_run:
        rival = {"crun": lambda: raw.ask("crun", 40), "runc": lambda: raw.ask("runc", 20), "podman": lambda: podman_run(5)}
        took = {name: [] for name in ("ours", "wide", "crun wide", *rival)}
        for _ in range(rounds):
            for name, run in rival.items():
                took[name].append(run())
            took["ours"].append(run_workflow(place, dag(chain, True), runtime="oci", data=data) * 1000 / chain)
            took["crun wide"].append(1000 / raw.ask("crun", 80, 8))
            took["wide"].append(2 * chain / run_workflow(place, dag(2 * chain, False), "--max-pods", "8", runtime="oci", data=data))

    def ratio(ours, theirs):
        return statistics.median(a / b for a, b in zip(took[ours], took[theirs]))
    middle = {name: statistics.median(values) for name, values in took.items()}
    for name, limit in (("crun", 1.3), ("runc", 0.35), ("podman", 0.10)):
        table.row("B1", f"container step of a chain, vs {name} run", f"{middle['ours']:.2f} ms", f"{name} {middle[name]:.2f} ms", ratio("ours", name), limit)
    table.row("B2", "container steps/s, 8 in flight, vs crun", f"{middle['wide']:.0f}/s", f"crun {middle['crun wide']:.0f}/s",
              ratio("wide", "crun wide"), 0.70, at_most=False)
    shutil.rmtree(place, ignore_errors=True)
