// Run by ctest: esbuild bundles it, node runs it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Workflow } from "../src/api";
import { initial, merged, parseRoute, shownNode, update } from "../src/state";

function workflow(name: string, phase: "Running" | "Failed" = "Running"): Workflow {
  const pod = { name, displayName: name, type: "Pod" };
  return {
    metadata: { name, namespace: "ci", uid: name, creationTimestamp: "2026-11-23T00:00:00Z" },
    status: { phase, nodes: { a: { ...pod, id: "a", phase: "Succeeded" }, b: { ...pod, id: "b", phase } } },
  };
}

test("routes come from the hash", () => {
  assert.deepEqual(parseRoute("#/workflows/ci/a%2Fb/n"), { page: "workflow", namespace: "ci", name: "a/b", node: "n" });
  assert.deepEqual(parseRoute("#/events/1"), { page: "event", id: "1" });
  assert.deepEqual(parseRoute(""), { page: "workflows" });
});

test("a change replaces its workflow in the list and a new one comes first", () => {
  const list = merged([workflow("a"), workflow("b")], workflow("b", "Failed"));
  assert.deepEqual(list.map((one) => one.status?.phase), ["Running", "Failed"]);
  assert.equal(merged(list, workflow("c"))[0]?.metadata.name, "c");
});

test("the first failed node's log is shown, and followed once", () => {
  assert.equal(shownNode(workflow("a", "Failed"), ""), "b");
  const [routed] = update(initial, { kind: "routed", hash: "#/workflows/ci/a" });
  const [opened, first] = update(routed, { kind: "workflow", workflow: workflow("a", "Failed") });
  assert.deepEqual(first.map((effect) => effect.kind), ["followLog"]);
  const [read] = update(opened, { kind: "log", text: "x" });
  const [, again] = update(read, { kind: "changed", workflow: workflow("a", "Failed") });
  assert.deepEqual(again, []);
});

test("an event is loaded again until its calls are answered", () => {
  const event = { id: "e", namespace: "ci", source: "hook", name: "in", type: "webhook", delivery: "", time: "", status: 200, outcome: "accepted", message: "", summary: "" };
  const called = { sensor: "s", dependency: "d", outcome: "fired", call: "trigger/e/s/t/0" };
  const [routed] = update(initial, { kind: "routed", hash: "#/events/e" });
  const [, waits] = update(routed, { kind: "event", event: { ...event, verdicts: [called] } });
  assert.deepEqual(waits, [{ kind: "loadLater", route: routed.route }]);
  const answer = { ok: false, message: "HTTP 500", time: "2026-11-23T00:00:00Z" };
  const [, rests] = update(routed, { kind: "event", event: { ...event, verdicts: [{ ...called, answer }] } });
  assert.deepEqual(rests, []);
});

test("an answer that comes late does not undo a filter", () => {
  const [asked] = update(initial, { kind: "filtered", filter: { phase: "Failed" } });
  const [late] = update(asked, { kind: "workflows", workflows: [workflow("a")], filter: initial.filter });
  assert.deepEqual(late.workflows, []);
  const [shown] = update(asked, { kind: "workflows", workflows: [workflow("b", "Failed")], filter: asked.filter });
  assert.equal(shown.workflows.length, 1);
});

test("a filter asks the server anew", () => {
  const [state, effects] = update(initial, { kind: "filtered", filter: { phase: "Failed" } });
  assert.equal(state.filter.phase, "Failed");
  assert.equal(effects.length, 1);
});
