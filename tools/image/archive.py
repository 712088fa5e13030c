#!/usr/bin/env python3
"""A root file system and a configuration as a Docker archive: ROOTFS CONFIG NAME ARCHIVE.

CONFIG is the `config` object of an image as JSON: Entrypoint, Cmd, Env, WorkingDir, User.
"""
import hashlib
import io
import json
import os
import platform
import sys
import tarfile

ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}


def digest(path):
    sha = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            sha.update(block)
    return sha.hexdigest()


def add(archive, name, content):
    info = tarfile.TarInfo(name)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))


def main(rootfs, config, name, target):
    layer = digest(rootfs)
    settings = json.loads(config)
    settings.setdefault("Env", ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"])
    image = json.dumps({
        "architecture": ARCHITECTURE.get(platform.machine(), platform.machine()),
        "os": "linux",
        "config": settings,
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + layer]},
    }).encode()
    image_name = hashlib.sha256(image).hexdigest() + ".json"
    manifest = [{"Config": image_name, "RepoTags": [name], "Layers": [layer + "/layer.tar"]}]
    with tarfile.open(target, "w") as archive:
        add(archive, "manifest.json", json.dumps(manifest).encode())
        add(archive, image_name, image)
        info = tarfile.TarInfo(layer + "/layer.tar")
        info.size = os.path.getsize(rootfs)
        with open(rootfs, "rb") as file:
            archive.addfile(info, file)


main(*sys.argv[1:])
