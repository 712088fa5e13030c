// Run by ctest: esbuild bundles it, node runs it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Workflow } from "../src/api";
import { initial, merged, parseRoute, shownNode, update } from "../src/state";

function workflow(name: string, phase: "Running" | "Failed" = "Running", version = 1): Workflow {
  const pod = { name, displayName: name, type: "Pod" };
  return {
    metadata: { name, namespace: "ci", uid: name, creationTimestamp: "2026-11-23T00:00:00Z", resourceVersion: String(version) },
    status: { phase, nodes: { a: { ...pod, id: "a", phase: "Succeeded" }, b: { ...pod, id: "b", phase } } },
  };
}

test("routes come from the hash", () => {
  assert.deepEqual(parseRoute("#/workflows/ci/a%2Fb/n"), { page: "workflow", namespace: "ci", name: "a/b", node: "n" });
  assert.deepEqual(parseRoute("#/events/1"), { page: "event", id: "1" });
  assert.deepEqual(parseRoute(""), { page: "workflows" });
});

test("a change replaces its workflow in the list and a new one comes first", () => {
  const list = merged([workflow("a"), workflow("b")], workflow("b", "Failed"), initial.filter);
  assert.deepEqual(list.map((one) => one.status?.phase), ["Running", "Failed"]);
  assert.equal(merged(list, workflow("c"), initial.filter)[0]?.metadata.name, "c");
});

test("what no longer fits the filter leaves the list", () => {
  const filter = { ...initial.filter, phase: "Running" };
  assert.deepEqual(merged([workflow("a")], workflow("a", "Failed", 2), filter), []);
});

test("an answer that comes after a newer change does not undo it", () => {
  const [routed] = update(initial, { kind: "routed", hash: "#/workflows/ci/a" });
  const [opened] = update(routed, { kind: "workflow", workflow: workflow("a") });
  const [failed] = update(opened, { kind: "changed", workflow: workflow("a", "Failed", 10) });
  const [late] = update(failed, { kind: "workflow", workflow: workflow("a", "Running", 9) });
  assert.equal(late.workflow?.status?.phase, "Failed");
  const [listed] = update(failed, { kind: "workflows", workflows: [workflow("a", "Running", 9)], filter: failed.filter });
  assert.equal(listed.workflows[0]?.status?.phase, "Failed");
});

test("a workflow that was made while the list was answered stays in it", () => {
  const [made] = update(initial, { kind: "changed", workflow: workflow("b") });
  const [listed] = update(made, { kind: "workflows", workflows: [workflow("a")], filter: made.filter });
  assert.deepEqual(listed.workflows.map((one) => one.metadata.name), ["b", "a"]);
  const [left] = update(listed, { kind: "deleted", workflow: workflow("b") });
  assert.deepEqual(left.workflows.map((one) => one.metadata.name), ["a"]);
});

test("the answer to a page that was left is not shown on the next", () => {
  const [routed] = update(initial, { kind: "routed", hash: "#/workflows/ci/b" });
  const [late] = update(routed, { kind: "workflow", workflow: workflow("a") });
  assert.equal(late.workflow, null);
});

test("what is left of another node's log is not shown", () => {
  const [routed] = update(initial, { kind: "routed", hash: "#/workflows/ci/a/a" });
  const [first] = update(routed, { kind: "workflow", workflow: workflow("a") });
  const [other] = update(first, { kind: "routed", hash: "#/workflows/ci/a/b" });
  const [late] = update(other, { kind: "log", of: first.logOf, text: "of a" });
  assert.equal(late.log, "");
  const [, effects] = update(late, { kind: "workflow", workflow: workflow("a") });
  assert.deepEqual(effects.map((effect) => effect.kind), ["followLog"]);
});

test("a page that is connected anew asks for what it missed", () => {
  assert.equal(update(initial, { kind: "connected", open: true })[1].length, 1);
});

test("the first failed node's log is shown, and followed once", () => {
  assert.equal(shownNode(workflow("a", "Failed"), ""), "b");
  const [routed] = update(initial, { kind: "routed", hash: "#/workflows/ci/a" });
  const [opened, first] = update(routed, { kind: "workflow", workflow: workflow("a", "Failed") });
  assert.deepEqual(first.map((effect) => effect.kind), ["followLog"]);
  const [read] = update(opened, { kind: "log", of: opened.logOf, text: "x" });
  const [, again] = update(read, { kind: "changed", workflow: workflow("a", "Failed") });
  assert.deepEqual(again, []);
});

test("a log is fetched anew when its times are wanted", () => {
  const [routed] = update(initial, { kind: "routed", hash: "#/workflows/ci/a" });
  const [opened] = update(routed, { kind: "workflow", workflow: workflow("a", "Failed") });
  const [read] = update(opened, { kind: "log", of: opened.logOf, text: "x" });
  const [timed, effects] = update(read, { kind: "timed", times: true });
  assert.equal(timed.log, "");
  assert.deepEqual(effects.map((effect) => effect.kind === "followLog" && effect.times), [true]);
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
