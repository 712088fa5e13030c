"""Examples that need somebody: a server, and what a user or a provider does to it."""
import contextlib
import json
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))
import harness  # noqa: E402

PUSH = {"commits": [{"added": ["subpath/A/x"], "removed": [], "modified": ["README.md"]}]}


def suspended(server, name):
    """The node that waits for a user."""
    nodes = ((server.workflow(name) or {}).get("status", {}).get("nodes") or {}).values()
    return next((node for node in nodes if node["type"] == "Suspend" and node["phase"] == "Running"), None)


def resume(server, name):
    harness.wait_for("the suspended node", lambda: suspended(server, name))
    done = server.cli("resume", name)
    assert done.returncode == 0, done.stderr


def supply(text):
    def act(server, name):
        node = harness.wait_for("the suspended node", lambda: suspended(server, name))
        done = server.cli("set", name, "--node-field-selector", f"displayName={node['displayName']}",
                          "--output-parameter", text)
        assert done.returncode == 0, done.stderr
        resume(server, name)
    return act


def post(path, payload, headers=None):
    def act(server, _):
        status, body = server.request("POST", f"/api/v1/events/default/{path}", json.dumps(payload).encode(), headers)
        assert status == 200, body
    return act


# What happens to the example, and which other files it is used with.
ACTS = {
    "examples/suspend-template.yaml": (resume, []),
    "examples/intermediate-parameters.yaml": (supply("approve=YES"), []),
    "examples/suspend-template-outputs.yaml": (supply("message=hello"), []),
    "examples/workflow-event-binding/event-consumer-workfloweventbinding.yaml": (
        post("any", {"appellation": "you"}), ["event-consumer-workflowtemplate.yaml"]),
    "examples/workflow-event-binding/github-path-filter-workfloweventbinding.yaml": (
        post("github-path-filter", PUSH, {"X-GitHub-Event": "push"}), ["github-path-filter-workflowtemplate.yaml"]),
}


@contextlib.contextmanager
def server_of(binary, data_dir):
    harness.BINARY = str(binary)
    with tempfile.TemporaryDirectory() as folder:
        server = harness.Server(folder)
        server.data.mkdir()
        (server.data / "images").symlink_to(pathlib.Path(data_dir).resolve() / "images")
        server.start()
        try:
            yield server
        finally:
            server.stop()


def run(binary, data_dir, path, manifest):
    """The phase in which the example's workflow ends, on a server of its own with the images of `data_dir`."""
    with server_of(binary, data_dir) as server:
        return play(server, manifest, *ACTS[path])


def play(server, manifest, act, others):
    for other in others:
        server.apply((manifest.parent / other).read_text())
    if "kind: Workflow\n" in manifest.read_text():
        done = server.cli("submit", str(manifest))
        assert done.returncode == 0, done.stderr
    else:
        server.apply(manifest.read_text())
    made = lambda: [workflow["metadata"]["name"] for workflow in server.workflows()]  # noqa: E731
    act(server, next(iter(made()), None))
    [name] = harness.wait_for("the workflow", made)
    return harness.wait_for("its end", lambda: server.ended(name), patience=120)["status"]["phase"]
