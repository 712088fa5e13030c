"""A real pull_request payload, pointed at our repository, signed and posted as GitHub does."""
import copy
import hashlib
import hmac
import json
import pathlib
import subprocess
import urllib.error
import urllib.request
import uuid

PACKAGE = "@octokit/webhooks-examples@7.6.1"


def example(cache):
    """The `closed` example of pull_request whose pull request was merged, from the npm package."""
    cache = pathlib.Path(cache)
    index = cache / "node_modules/@octokit/webhooks-examples/api.github.com/index.json"
    if not index.exists():
        cache.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(cache), PACKAGE],
                       check=True)
    for event in json.loads(index.read_text()):
        if event["name"] == "pull_request":
            for payload in event["examples"]:
                if payload["action"] == "closed":
                    payload = copy.deepcopy(payload)
                    payload["pull_request"]["merged"] = True
                    return payload
    raise RuntimeError(f"{PACKAGE} has no pull_request closed example")


def pointed_at(payload, *, ssh_url, html_url, number, title, body, base, head):
    payload = copy.deepcopy(payload)
    payload["number"] = number
    pull = payload["pull_request"]
    pull.update(number=number, title=title, body=body, merged=True, merge_commit_sha=head, state="closed",
                html_url=f"{html_url}/pull/{number}")
    pull["base"].update(ref="main", sha=base)
    pull["head"].update(ref="fix/rate", sha=head)
    for repository in (payload["repository"], pull["base"]["repo"], pull["head"]["repo"]):
        repository.update(name="ride-service", full_name="acme/ride-service", ssh_url=ssh_url, html_url=html_url)
    return payload


def post(url, payload, secret, delivery=None):
    """Status and text of the answer."""
    body = json.dumps(payload).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    request = urllib.request.Request(url, body, {
        "Content-Type": "application/json", "User-Agent": "GitHub-Hookshot/0000000",
        "X-GitHub-Event": "pull_request", "X-GitHub-Delivery": delivery or str(uuid.uuid4()),
        "X-Hub-Signature-256": f"sha256={signature}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
