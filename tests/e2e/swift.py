"""OpenStack Swift with its S3 API, from Debian's packages: one copy of everything."""
import subprocess

from harness import free_port
from s3_peer import PAGE, S3Peer

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
max_bucket_listing = {page}
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


class Swift(S3Peer):
    name = "OpenStack Swift"
    programs = ("swift-proxy-server", "swift-account-server", "swift-container-server", "swift-object-server", "memcached")
    how_to_get = "make setup, as root"
    key = login = "test:tester"
    secret = "testing"
    unknown_key = "SignatureDoesNotMatch"  # tempauth knows its users by their signatures only

    def begin(self):
        ports = {kind: free_port() for kind in ("proxy", "memcached", *STORED)}
        self.endpoint = f"127.0.0.1:{ports['proxy']}"
        (self.folder / "devices/d1").mkdir(parents=True)
        (self.folder / "swift.conf").write_text("[swift-hash]\nswift_hash_path_suffix = slipway\n")
        self.spawn("memcached", "-l", "127.0.0.1", "-p", str(ports["memcached"]), "-u", "root", "-m", "16")
        self.rings(ports)
        for kind in STORED:
            self.server(kind, ports, STORAGE)
        self.server("proxy", ports, PROXY)

    def rings(self, ports):
        # The library itself, once: each call of swift-ring-builder takes a second to begin. Not here, where `swift` is
        # this file.
        subprocess.run(["/usr/bin/python3", "-c", RINGS, self.folder, *(f"{kind}={ports[kind]}" for kind in STORED)],
                       check=True, capture_output=True, cwd=self.folder)

    def server(self, kind, ports, template):
        path = self.folder / f"{kind}.conf"
        path.write_text(COMMON.format(port=ports[kind], folder=self.folder)
                        + template.format(kind=kind, memcached=ports["memcached"], page=PAGE))
        self.spawn(f"swift-{kind}-server", str(path))
