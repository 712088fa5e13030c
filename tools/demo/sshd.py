"""A real OpenSSH server that serves one folder of git repositories to one key."""
import pathlib
import socket
import subprocess
import time


def keygen(path, comment):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path)], check=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("0.0.0.0", 0))
        return probe.getsockname()[1]


class GitServer:
    """Started by the constructor, ended by close(). `key` is the private key that is let in."""

    def __init__(self, folder, repositories):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.key = self.folder / "deploy_key"
        keygen(self.folder / "host_key", "host")
        keygen(self.key, "deploy")
        public = self.key.with_suffix(".pub").read_text()
        shell = self.folder / "serve"
        # Only git's own two read commands, only in our folder.
        # ssh://host:port/name.git asks for '/name.git'.
        shell.write_text(f"#!/bin/sh\ncd {repositories} || exit 1\n"
                         "exec git-shell -c \"$(printf %s \"$SSH_ORIGINAL_COMMAND\" | sed \"s#'/#'#\")\"\n")
        shell.chmod(0o755)
        authorized = self.folder / "authorized_keys"
        authorized.write_text(f'restrict,command="{shell}" {public}')
        authorized.chmod(0o600)
        config = self.folder / "sshd_config"
        config.write_text(f"""Port {self.port}
HostKey {self.folder}/host_key
AuthorizedKeysFile {authorized}
PidFile {self.folder}/sshd.pid
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
""")
        pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        self.log = (self.folder / "sshd.log").open("w")
        self.process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", str(config)], stderr=self.log)
        self.wait_until_open()

    def wait_until_open(self):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError("sshd did not start: " + (self.folder / "sshd.log").read_text())

    def known_hosts(self, host):
        kind, key, _ = (self.folder / "host_key.pub").read_text().split()
        return f"[{host}]:{self.port} {kind} {key}\n"

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()
