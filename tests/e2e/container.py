"""For tests in real containers: the busybox image, and a look at what is left of pods."""
import contextlib
import functools
import glob
import os
import pathlib
import shutil
import signal
import subprocess

from harness import BINARY, ROOT, Case, Server, wait_for

NETWORK_POOL = 4  # network name spaces that a nursery keeps ready


def require():
    """Real containers need root and crun; without them a test that is skipped would prove nothing."""
    missing = [] if os.geteuid() == 0 else ["root"]
    missing += [name for name in ("crun", "skopeo", "mmdebstrap") if not shutil.which(name)]
    if missing:
        raise AssertionError(f"these tests run real containers and lack: {', '.join(missing)} (make setup, as root)")


@functools.cache
def busybox():
    """A Docker archive of busybox, built once."""
    require()
    done = subprocess.run([ROOT / "tools/image/build.sh", "busybox"], capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(done.stdout + done.stderr)
    return pathlib.Path(os.environ.get("SLIPWAY_IMAGE_CACHE", ROOT / "build/image")) / "busybox.tar"


def import_busybox(data, name="busybox:latest"):
    done = subprocess.run([BINARY, "image", "import", name, busybox(), "--data-dir", data], capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(done.stdout + done.stderr)


def words_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


def read(path):
    try:
        return pathlib.Path(path).read_text(errors="replace")
    except OSError:
        return ""


def link_of(path):
    """Where a link leads; "" for one that is gone by now, as a process closes its files."""
    try:
        return os.readlink(path)
    except OSError:
        return ""


def files_below(folder):
    """Also while a server removes some of them: what goes meanwhile is passed over."""
    return [path for place, _, names in os.walk(folder) for name in names if (path := pathlib.Path(place, name)).is_file()]


def pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def runtime_processes(data, is_supervisor):
    """Of this data directory, the folders of single runs included. A supervisor is a fork with a name of its own."""
    return [pid for pid in pids() if (words := words_of(pid))[1:2] == ["nursery"]
            and any(word == str(data) or word.startswith(f"{data}/runs/") for word in words)
            and (read(f"/proc/{pid}/comm") == "slipway-pod\n") == is_supervisor]


def nurseries(data):
    return runtime_processes(data, False)


def supervisors(data):
    return runtime_processes(data, True)


def pod_ids(data):
    return {path.name for part in ("pods", "logs") for path in pathlib.Path(data).glob(part + "/*") if path.is_dir()}


def containers(data, pod=None):
    """Processes inside containers."""
    wanted = [pod] if pod else pod_ids(data)
    return [pid for pid in pids() if any(f"/slipway/{name}/" in read(f"/proc/{pid}/cgroup") for name in wanted)]


def leftovers(data):
    """What there is of pods that have ended: nothing, if all is well."""
    found = [f"process {pid}: {' '.join(words_of(pid))}" for pid in containers(data) + supervisors(data)]
    found += [f"process {pid}: {' '.join(words)}" for pid in pids()
              if (words := words_of(pid)) and words[0] == "skopeo" and any(str(data) in word for word in words)]
    for name in pod_ids(data):
        found += [f"cgroup {path}" for path in glob.glob(f"/sys/fs/cgroup/*/slipway/{name}")]
        found += [f"cgroup {path}" for path in glob.glob(f"/sys/fs/cgroup/slipway/{name}")]
    for pid in ["self", *nurseries(data)]:
        found += [f"mount {line.split()[4]} in {pid}" for line in read(f"/proc/{pid}/mountinfo").splitlines()
                  if line.split()[4].startswith((f"{data}/pods/", f"{data}/runs/"))]
    for pid in nurseries(data):
        spaces = [path for path in glob.glob(f"/proc/{pid}/fd/*") if link_of(path).startswith("net:")]
        if len(spaces) > NETWORK_POOL:
            found.append(f"{len(spaces)} network name spaces in nursery {pid}")
    return found


class ContainerCase(Case):
    """A server that runs containers, with busybox at hand."""

    options = None
    server_options = ()
    address = "127.0.0.1"

    def setUp(self):
        require()
        super().setUp()
        self.data = self.folder / "data"
        self.addCleanup(self.end_nurseries)
        self.prepare()
        import_busybox(self.data)
        self.server = Server(self.folder, *self.server_options)
        self.server.address = self.address
        self.server.start()
        self.addCleanup(self.server.stop)

    def prepare(self):
        """Before anything is in the data directory."""

    def end_nurseries(self):
        for pid in nurseries(self.data) + supervisors(self.data) + containers(self.data):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_for("end of the nurseries", lambda: not nurseries(self.data))

    def submit(self, text):
        done = self.server.cli("submit", "-", "-o", "name", stdin=text)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout.strip().split("/")[-1]

    def run_to_end(self, text):
        name = self.submit(text)
        return wait_for(f"end of {name}", lambda: self.server.ended(name))

    def node(self, workflow, name):
        for node in workflow["status"]["nodes"].values():
            if node["displayName"] == name:
                return node
        self.fail(f"no node {name} in {workflow['status']}")

    def assert_nothing_left(self):
        try:
            wait_for("nothing is left", lambda: not leftovers(self.data))
        except AssertionError:
            self.fail("\n".join(["this is left:", *leftovers(self.data)]))
