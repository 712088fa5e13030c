"""OpenStack Swift with its S3 API, from Debian's packages: one copy of everything, in a folder of its own."""
import contextlib
import pathlib
import shutil
import signal
import socket
import subprocess
import urllib.request

from harness import PATIENCE, free_port, wait_for

KEY, SECRET = "test:tester", "testing"
PROGRAMS = ("swift-proxy-server", "swift-account-server", "swift-container-server", "swift-object-server",
            "memcached")
STORED = ("account", "container", "object")

COMMON = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = root
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
disable_fallocate = true
log_address = {folder}/no-syslog
"""

PROXY = """
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats s3api tempauth slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:{memcached}
""" + "".join(f"[filter:{name}]\nuse = egg:swift#{name}\n"
              for name in ("catch_errors", "gatekeeper", "healthcheck", "listing_formats", "slo", "dlo"))

STORAGE = """
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""


RINGS = """
import sys
from swift.common.ring import RingBuilder
for word in sys.argv[2:]:
    kind, port = word.split("=")
    builder = RingBuilder(2, 1, 0)
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "ip": "127.0.0.1", "port": int(port), "device": "d1", "weight": 1.0,
                     "replication_ip": "127.0.0.1", "replication_port": int(port), "meta": ""})
    builder.rebalance()
    builder.get_ring().save(f"{sys.argv[1]}/{kind}.ring.gz")
"""


class Swift:
    """`endpoint` is what a manifest names, with insecure: true."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.processes = []
        self.endpoint = None

    def start(self):
        missing = [name for name in PROGRAMS if not shutil.which(name)]
        if missing:
            raise AssertionError(f"these tests need OpenStack Swift and lack: {', '.join(missing)} (make setup, as root)")
        ports = {kind: free_port() for kind in ("proxy", "memcached", *STORED)}
        self.endpoint = f"127.0.0.1:{ports['proxy']}"
        (self.folder / "devices/d1").mkdir(parents=True)
        (self.folder / "swift.conf").write_text("[swift-hash]\nswift_hash_path_suffix = slipway\n")
        self.spawn("memcached", "-l", "127.0.0.1", "-p", str(ports["memcached"]), "-u", "root", "-m", "16")
        self.rings(ports)
        for kind in STORED:
            self.server(kind, ports, STORAGE)
        self.server("proxy", ports, PROXY)
        wait_for("Swift", lambda: self.answers(ports["proxy"]), patience=180)

    def rings(self, ports):
        # The library itself, once: each call of swift-ring-builder takes a second to begin.
        subprocess.run(["/usr/bin/python3", "-c", RINGS, self.folder, *(f"{kind}={ports[kind]}" for kind in STORED)],
                       check=True, capture_output=True)

    def server(self, kind, ports, template):
        path = self.folder / f"{kind}.conf"
        path.write_text(COMMON.format(port=ports[kind], folder=self.folder)
                        + template.format(kind=kind, memcached=ports["memcached"]))
        self.spawn(f"swift-{kind}-server", str(path))

    def spawn(self, *command):
        with (self.folder / "log").open("a") as log:
            self.processes.append(subprocess.Popen(command, stdout=log, stderr=log))

    def answers(self, port):
        for process in self.processes:
            if process.poll() is not None:
                raise AssertionError("Swift ended: " + (self.folder / "log").read_text()[-3000:])
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.settimeout(5)
            connection.sendall(b"GET /healthcheck HTTP/1.0\r\n\r\n")
            return b"200" in connection.recv(64)
        return False

    def stop(self):
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            process.kill()
            process.wait()

    # Swift's own interface: another look at what arrived.
    def native(self, path):
        login = urllib.request.Request(f"http://{self.endpoint}/auth/v1.0", headers={"X-Auth-User": KEY, "X-Auth-Key": SECRET})
        with urllib.request.urlopen(login, timeout=PATIENCE) as answer:
            url, token = answer.headers["X-Storage-Url"], answer.headers["X-Auth-Token"]
        with urllib.request.urlopen(urllib.request.Request(url + path, headers={"X-Auth-Token": token}), timeout=PATIENCE) as answer:
            return answer.read()

    def keys(self, bucket):
        return self.native(f"/{bucket}").decode().split()

    def content(self, bucket, key):
        return self.native(f"/{bucket}/{key}")
