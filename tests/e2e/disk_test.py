#!/usr/bin/env python3
"""A disk that is full (for the journal, artifacts, logs, pods, images), and a database that is damaged."""
import errno
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import time
import unittest

from container import ContainerCase, busybox, files_below, require
from harness import BINARY, ROOT, Case, Server, wait_for

sys.path.insert(0, str(ROOT / "tools/standin"))
import registry  # noqa: E402
from server import start  # noqa: E402

SOURCE = """
apiVersion: argoproj.io/v1alpha1
kind: EventSource
metadata: {name: %s}
spec: {webhook: {main: {endpoint: /hook, method: POST}}}
"""

WAITING = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: waiting}
spec:
  entrypoint: main
  templates:
    - name: main
      container: {image: busybox, command: [sh, -c, "touch %(folder)s/began; while [ ! -e %(folder)s/go ]; do sleep 0.02; done"]}
"""

SAVING = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: saving-}
spec:
  entrypoint: main
  templates:
    - name: main
      container: {image: busybox, command: [sh, -c, "head -c %d /dev/urandom > /data"]}
      outputs: {artifacts: [{name: data, path: /data, archive: {none: {}}}]}
"""

PRINTING = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: printing-}
spec:
  entrypoint: main
  templates:
    - name: main
      container: {image: busybox, command: [sh, -c, "yes | head -c 16000000; exit %d"]}
"""

PULLED = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: pulled-}
spec:
  entrypoint: main
  templates:
    - name: main
      container: {image: "%s", command: ["true"]}
"""

FILLING = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: filling-}
spec:
  entrypoint: main
  templates:
    - name: main
      container: {image: busybox, command: [sh, -c, "cat /dev/zero > /fill; exit 3"]}
"""


class SmallDisk:
    """A file system of its own, mounted at a folder that is made."""

    def __init__(self, case, folder, mebibytes):
        require()
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "small", self.folder], check=True)
        case.addCleanup(subprocess.run, ["umount", "-l", self.folder], check=True)

    def fill(self):
        """To the last byte."""
        with (self.folder / "filler").open("ab", buffering=0) as file:
            for size in (1 << 20, 4096, 1):
                try:
                    while file.write(b"x" * size):
                        pass
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def free(self):
        (self.folder / "filler").unlink()


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class FullJournal(Case):
    options = None

    def setUp(self):
        super().setUp()
        self.disk = SmallDisk(self, self.folder / "data", 24)
        self.server = Server(self.folder, "--runtime", "host").start()
        self.addCleanup(self.server.stop)
        self.server.apply(SOURCE % "hook")

    def post(self, number):
        return self.server.request("POST", "/events/default/hook/main", json.dumps({"id": number}).encode(),
                                   {"Content-Type": "application/json"})

    def accepted(self):
        status, body = self.server.request("GET", "/api/v1/slipway/events?outcome=accepted&limit=1000")
        self.assertEqual(status, 200, body)
        return {event["id"] for event in json.loads(body)["items"]}

    def fill(self):
        """Until the server can not write either."""
        acknowledged = []
        self.disk.fill()
        for number in range(1000):
            status, body = self.post(number)
            if status == 503:
                self.assertIn("disk is full", body)
                return acknowledged
            acknowledged.append(json.loads(body)["event"])
        self.fail("the server takes events although its disk is full")

    def apply_until_refused(self):
        """Where an event no longer fits, something smaller may."""
        for number in range(1000):
            applied = self.server.cli("apply", "-f", "-", stdin=SOURCE % f"other-{number}")
            if applied.returncode != 0:
                return applied
        self.fail("the server takes manifests although its disk is full")

    def test_nothing_is_accepted_and_nothing_lost_until_there_is_space(self):
        self.server.cli("submit", "-", stdin=WAITING % {"folder": self.folder})
        wait_for("the step", (self.folder / "began").exists)
        acknowledged = self.fill()
        refused = self.apply_until_refused()
        self.assertEqual(refused.returncode, 1)
        self.assertIn("disk is full", refused.stderr)
        self.assertIn(str(self.folder / "data/slipway.db"), refused.stderr)
        log = self.server.log.read_text()
        self.assertEqual(log.count("disk is full"), log.count("can be written again") + 1, log)
        # The step ends now, and its end can not be written.
        (self.folder / "go").touch()
        before = processor_seconds(self.server.process.pid)
        time.sleep(2)  # the time over which the processor is measured
        self.assertLess(processor_seconds(self.server.process.pid) - before, 0.5)
        self.assertEqual(self.server.workflow("waiting")["status"]["phase"], "Running")
        self.disk.free()
        done = wait_for("end", lambda: self.server.ended("waiting"))
        self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
        status, body = self.post(1000)
        self.assertLess(status, 300, body)
        acknowledged.append(json.loads(body)["event"])
        self.assertEqual(self.accepted(), set(acknowledged))
        self.assertIn("can be written again", self.server.log.read_text())

    def test_a_server_on_a_full_disk_ends_when_asked_and_starts_again(self):
        self.server.cli("submit", "-", stdin=WAITING % {"folder": self.folder})
        wait_for("the step", (self.folder / "began").exists)
        acknowledged = self.fill()
        (self.folder / "go").touch()
        self.server.process.terminate()
        self.assertEqual(self.server.process.wait(timeout=20), 0)
        self.disk.free()
        self.server.start()
        done = wait_for("end", lambda: self.server.ended("waiting"))
        self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
        self.assertEqual(self.accepted(), set(acknowledged))

    def test_a_start_on_a_full_disk_works_or_names_it(self):
        acknowledged = self.fill()
        self.server.kill()
        self.disk.fill()
        second = subprocess.Popen([BINARY, "server", "--data-dir", self.folder / "data", "--address", "127.0.0.1",
                                   "--port", str(self.server.port), "--runtime", "host"],
                                  stderr=subprocess.PIPE, text=True)
        try:
            _, complaint = second.communicate(timeout=3)
            self.assertEqual(second.returncode, 1)
            self.assertIn("disk is full", complaint)
            self.assertIn(str(self.folder / "data"), complaint)
        except subprocess.TimeoutExpired:
            second.terminate()
            second.communicate()
        self.disk.free()
        self.server.start()
        self.assertEqual(self.accepted(), set(acknowledged))


class FullFolder(ContainerCase):
    """Small disks below the data directory."""

    server_options = ()

    def prepare(self):
        self.disk = SmallDisk(self, self.data / self.folder_name(), 8)

    def folder_name(self):
        return {"artifact": "artifacts", "log": "logs", "pod": "pods"}[self._testMethodName.split("_")[2]]

    def test_full_artifact_disk_fails_the_node_and_names_the_artifact(self):
        done = self.run_to_end(SAVING % (16 << 20))
        self.assertEqual(done["status"]["phase"], "Error", done["status"])
        self.assertRegex(done["status"]["message"], "output artifact `data`.*(full|space)")
        self.assertEqual([path for path in files_below(self.disk.folder) if path.suffix != ".log"], [])
        done = self.run_to_end(SAVING % (1 << 20))
        self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
        self.assert_nothing_left()

    def test_full_log_disk_does_not_fail_a_step_and_is_told(self):
        for code, phase in ((0, "Succeeded"), (3, "Failed")):
            done = self.run_to_end(PRINTING % code)
            self.assertEqual(done["status"]["phase"], phase, done["status"])
            [node] = done["status"]["nodes"].values()
            self.assertRegex(node["message"], r"\d+ bytes of the log .* are not kept: the disk refused them")
        self.assertEqual(self.server.request("GET", "/readyz")[0], 200)
        self.assert_nothing_left()

    def test_full_pod_disk_loses_no_outcome(self):
        done = self.run_to_end(FILLING)
        self.assertEqual(done["status"]["phase"], "Failed", done["status"])
        self.assertIn("exit code 3", done["status"]["message"])
        # Full before a pod starts: the pod fails and names the disk, and the next one works again.
        self.assert_nothing_left()  # or the room that the first one gives back would do for the second
        self.disk.fill()
        done = self.run_to_end(FILLING)
        self.assertEqual(done["status"]["phase"], "Error", done["status"])
        self.assertRegex(done["status"]["message"], "full|No space")
        self.assertIn(str(self.disk.folder), done["status"]["message"])
        self.disk.free()
        done = self.run_to_end(SAVING % 1000)
        self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
        self.assert_nothing_left()


class FullImages(Case):
    options = None

    def test_an_import_on_a_full_disk_names_it_and_leaves_nothing(self):
        images = SmallDisk(self, self.folder / "data/images", 1)
        done = self.run_cli("image", "import", "busybox", str(busybox()))
        self.assertEqual(done.returncode, 1)
        self.assertIn("busybox", done.stderr)
        self.assertRegex(done.stderr, "full|No space")
        self.assertEqual(list((images.folder / "scratch").iterdir()), [])
        self.assertNotIn("busybox", self.run_cli("image", "list").stdout)


class FullPull(ContainerCase):
    def prepare(self):
        self.images = SmallDisk(self, self.data / "images", 8)

    def test_a_pull_on_a_full_disk_fails_the_node_and_leaves_nothing(self):
        server = start(registry.Registry(busybox()))
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        image = f"127.0.0.1:{server.server_address[1]}/team/tool:1"
        self.images.fill()
        self.assertIn(image, self.pull_fails(image))
        self.images.free()
        done = self.run_to_end(PULLED % image)
        self.assertEqual(done["status"]["phase"], "Succeeded", done["status"])
        self.assert_nothing_left()

    def pull_fails(self, image):
        done = self.run_to_end(PULLED % image)
        self.assertEqual(done["status"]["phase"], "Error", done["status"])
        [node] = done["status"]["nodes"].values()
        self.assertRegex(node["message"], "full|[Nn]o space")
        self.assert_nothing_left()
        self.assertEqual(list((self.images.folder / "scratch").glob("*")), [])
        return node["message"]


class ShortLog(Case):
    """What was written last, and not yet moved into the database, is cut off: a disk that lied when the power went."""

    options = None

    def setUp(self):
        super().setUp()
        self.server = Server(self.folder, "--runtime", "host").start()
        self.addCleanup(self.server.stop)
        for number in range(60):
            self.server.apply(SOURCE % f"hook-{number:02}")
        self.server.kill()
        self.log = self.server.data / "slipway.db-wal"

    def names(self):
        return self.server.cli("get", "eventsource", "-o", "name").stdout.split()

    def assert_a_prefix_is_left(self):
        self.server.start()
        left = self.names()
        self.assertEqual(left, [f"eventsource/hook-{number:02}" for number in range(len(left))])
        self.server.apply(SOURCE % "other")
        self.server.kill()
        self.server.start()
        self.assertEqual(self.names(), [*left, "eventsource/other"])
        return len(left)

    def test_in_the_middle_of_a_write(self):
        os.truncate(self.log, 200_100)
        self.assertIn(self.assert_a_prefix_is_left(), range(1, 60))

    def test_altogether(self):
        self.log.unlink()
        self.assert_a_prefix_is_left()


class Damage(Case):
    """The server does not start on a database that is not whole, says which, and leaves it alone."""

    options = None

    def setUp(self):
        super().setUp()
        server = Server(self.folder, "--runtime", "host").start()
        self.addCleanup(server.stop)
        done = server.cli("submit", "-", "--wait", stdin=PRINTING % 0)
        self.assertEqual(done.returncode, 0, done.stderr)
        for number in range(40):
            server.apply(SOURCE % f"hook-{number}")
        server.kill()
        self.data = server.data
        self.database = self.data / "slipway.db"
        with sqlite3.connect(self.database) as connection:
            connection.execute("pragma wal_checkpoint(truncate)")
        connection.close()

    def refused(self):
        damaged = self.database.read_bytes()
        done = subprocess.run([BINARY, "server", "--data-dir", self.data, "--address", "127.0.0.1", "--port", "0",
                               "--runtime", "host"], capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(str(self.database), done.stderr)
        self.assertIn("backup", done.stderr)
        self.assertEqual(self.database.read_bytes(), damaged)
        return done.stderr

    def test_truncated(self):
        whole = self.database.read_bytes()
        self.database.write_bytes(whole[:len(whole) // 2])
        self.assertRegex(self.refused(), "truncated|damaged")

    def test_truncated_to_nothing(self):
        self.database.write_bytes(b"")
        self.assertIn("empty", self.refused())

    def test_a_page_of_garbage(self):
        whole = bytearray(self.database.read_bytes())
        page = 4096
        for start in range(page, len(whole), 3 * page):
            whole[start:start + page] = os.urandom(page)
        self.database.write_bytes(whole)
        self.assertIn("damaged", self.refused())

    def test_a_record_that_was_changed(self):
        whole = self.database.read_bytes()
        self.database.write_bytes(whole.replace(b"EventSource", b"EventSauce_"))
        self.assertIn("damaged", self.refused())


if __name__ == "__main__":
    unittest.main()
