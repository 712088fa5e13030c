#!/usr/bin/env python3
"""The README's first pipeline, pasted into a shell as it stands there."""
import os
import re
import subprocess
import unittest

from harness import BINARY, ROOT, Case, Server


def block(after):
    """The indented lines that follow the line which begins with `after`."""
    text = (ROOT / "README.md").read_text().split(f"\n{after}", 1)[1]
    found = re.search(r"\n((?:    .*\n)+)", text).group(1)
    return [line[4:] for line in found.splitlines()]


class Readme(Case):
    options = None

    def paste(self, lines):
        binaries = self.folder / "bin"
        binaries.mkdir(exist_ok=True)
        if not (binaries / "slipway").exists():
            (binaries / "slipway").symlink_to(os.path.realpath(BINARY))
        return subprocess.run(["bash", "-e"], input="\n".join(lines) + "\n", capture_output=True, text=True, cwd=ROOT,
                              timeout=60, env={**os.environ, "SLIPWAY_DATA": str(self.folder / "data"),
                                               "PATH": f"{binaries}:{os.environ['PATH']}"})

    def test_a_run_without_a_server(self):
        lines = [line for line in block("## A first pipeline of your own") if line.startswith("slipway run")]
        self.assertEqual(len(lines), 1)
        done = self.paste(lines)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Succeeded", done.stdout)

    def test_a_webhook_starts_it(self):
        self.assertEqual(block("With a server, a webhook starts it."), ["slipway server"])
        # Without images, and at a port of the test's own.
        server = Server(self.folder, "--runtime", "host").start()
        self.addCleanup(server.stop)
        lines = [line.replace("2746", str(server.port)) for line in block("In another:")]
        logs = next(i for i, line in enumerate(lines) if line.startswith("slipway logs"))
        lines.insert(logs, "slipway wait $(slipway list -o name | cut -d/ -f2)")
        done = self.paste(lines)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("building 4f2a91c", done.stdout)
        self.assertRegex(done.stdout.splitlines()[-1], r"hello.*push.*accepted|accepted.*hello.*push")


if __name__ == "__main__":
    unittest.main()
