#!/usr/bin/env python3
"""A stand-in for an image registry (OCI distribution, pull only): one image, under any name and tag.

The image is that of a Docker archive (tools/image/build.sh makes one). With `login` it wants that
name and password.
"""
import base64
import hashlib
import json
import re
import tarfile

from server import Answer, StandIn

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CODES = {401: "UNAUTHORIZED", 403: "DENIED", 404: "MANIFEST_UNKNOWN", 429: "TOOMANYREQUESTS"}


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Registry(StandIn):
    name = "registry"

    def __init__(self, archive, record=None, login=None):
        super().__init__(record)
        self.login = login
        with tarfile.open(archive) as tar:
            [image] = json.load(tar.extractfile("manifest.json"))
            config = tar.extractfile(image["Config"]).read()
            layers = [tar.extractfile(name).read() for name in image["Layers"]]
        self.blobs = {digest_of(blob): blob for blob in [config, *layers]}
        self.manifest = json.dumps({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": self.descriptor("application/vnd.docker.container.image.v1+json", config),
            "layers": [self.descriptor("application/vnd.docker.image.rootfs.diff.tar", layer) for layer in layers],
        }).encode()

    @staticmethod
    def descriptor(kind, blob):
        return {"mediaType": kind, "size": len(blob), "digest": digest_of(blob)}

    def failing(self, status, why="the stand-in was told to fail"):
        headers = {"WWW-Authenticate": 'Basic realm="stand-in"'} if status == 401 else {}
        return Answer(status, {"errors": [{"code": CODES.get(status, "UNKNOWN"), "message": why}]}, headers)

    def throttled(self, retry_after):
        answer = self.failing(429, "too many requests")
        answer.headers["Retry-After"] = str(retry_after)
        return answer

    def handle(self, method, path, query, headers, body):
        if method not in ("GET", "HEAD"):
            raise self.failing(405, f"{method} is not for pulling")
        if self.login:
            wanted = "Basic " + base64.b64encode(":".join(self.login).encode()).decode()
            if headers.get("authorization") != wanted:
                raise self.failing(401, "authentication required")
        if path == "/v2/":
            return Answer(200, {}, {"Docker-Distribution-Api-Version": "registry/2.0"})
        found = re.fullmatch(r"/v2/([a-z0-9/._-]+)/(manifests|blobs)/([\w.:-]+)", path)
        if not found:
            raise self.failing(404, f"no such route: {path}")
        if found[2] == "blobs":
            if found[3] not in self.blobs:
                raise self.failing(404, "blob unknown to registry")
            return Answer(200, self.blobs[found[3]], {"Docker-Content-Digest": found[3]})
        if MANIFEST not in headers.get("accept", ""):
            answer = self.failing(404, "the client does not accept the manifest's type")
            answer.violation = "Accept lacks " + MANIFEST
            raise answer
        if found[3].startswith("sha256:") and found[3] != digest_of(self.manifest):
            raise self.failing(404, "manifest unknown")
        return Answer(200, self.manifest, {"Content-Type": MANIFEST, "Docker-Content-Digest": digest_of(self.manifest)})
