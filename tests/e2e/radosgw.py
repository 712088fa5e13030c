"""Ceph's radosgw from Debian's packages: a monitor, one OSD that keeps all in memory, and the gateway.

Not part of `make setup`: the packages are large, and Swift is the peer of every day."""
import os
import subprocess
import uuid

from harness import free_port
from s3_peer import PAGE, S3Peer

# The defaults of client.rgw are for a cluster with cephx, so crc is asked for; one copy of everything is no fault here.
CONFIG = """[global]
fsid = {fsid}
mon_host = v2:127.0.0.1:{mon}
mon_initial_members = a
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_msgr1 = false
ms_mon_client_mode = crc
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
run_dir = {folder}
crash_dir = {folder}
log_file = {folder}/$name.log
admin_socket = {folder}/$name.sock
pid_file =
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
mon_allow_pool_size_one = true
osd_crush_chooseleaf_type = 0
osd_objectstore = memstore
memstore_device_bytes = 1073741824
mon_data = {folder}/mon
osd_data = {folder}/osd
rgw_data = {folder}/rgw
rgw_frontends = beast endpoint=127.0.0.1:{gateway} ssl_endpoint=127.0.0.1:{tls} ssl_certificate={folder}/certificate ssl_private_key={folder}/private
rgw_max_listing_results = {page}
rgw_crypt_require_ssl = false
rgw_crypt_s3_kms_backend = testing
rgw_crypt_s3_kms_encryption_keys = key-1=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=
"""


class Radosgw(S3Peer):
    name = "Ceph's radosgw"
    programs = ("ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph", "monmaptool")
    how_to_get = "make test-radosgw"
    key, secret, login = "test", "testing", "tester:swift"
    features = frozenset({"encryption"})

    @property
    def certificate(self):
        return (self.folder / "certificate").read_text()

    def begin(self):
        mon, gateway, tls, fsid = free_port(), free_port(), free_port(), str(uuid.uuid4())
        self.endpoint, self.tls_endpoint = f"127.0.0.1:{gateway}", f"127.0.0.1:{tls}"
        for name in ("mon", "osd", "rgw"):
            (self.folder / name).mkdir(parents=True)
        path = self.folder / "ceph.conf"
        path.write_text(CONFIG.format(fsid=fsid, folder=self.folder, mon=mon, gateway=gateway, tls=tls, page=PAGE))
        self.environment = {**os.environ, "CEPH_CONF": str(path)}

        self.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                 "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(self.folder / "private"),
                 "-out", str(self.folder / "certificate"))
        address = f"[v2:127.0.0.1:{mon}]"
        self.run("monmaptool", "--create", "--fsid", fsid, "--addv", "a", address, str(self.folder / "monmap"))
        self.run("ceph-mon", "--mkfs", "-i", "a", "--monmap", str(self.folder / "monmap"))
        self.spawn("ceph-mon", "-f", "-i", "a", "--public-addrv", address, environment=self.environment)
        osd = str(uuid.uuid4())
        self.run("ceph", "--connect-timeout", "60", "osd", "new", osd, "0")
        self.run("ceph-osd", "--mkfs", "-i", "0", "--osd-uuid", osd)
        self.spawn("ceph-osd", "-f", "-i", "0", environment=self.environment)
        self.spawn("radosgw", "-f", "-n", "client.rgw", environment=self.environment)
        self.run("radosgw-admin", "user", "create", "--uid", "tester", "--display-name", "tester",
                 "--access-key", self.key, "--secret-key", self.secret)
        self.run("radosgw-admin", "subuser", "create", "--uid", "tester", "--subuser", self.login, "--access", "full",
                 "--key-type", "swift", "--secret-key", self.secret)

    def run(self, *command):
        done = subprocess.run(command, capture_output=True, text=True, env=self.environment, timeout=180)
        if done.returncode:
            raise AssertionError(f"{' '.join(command)}: {done.stdout[-1000:]} {done.stderr[-2000:]}")
