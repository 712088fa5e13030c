import assert from "node:assert/strict";
import { test } from "node:test";
import type { NodeStatus, Workflow } from "../src/api";
import { tree } from "../src/view";

function node(id: string, children: string[], boundaryID: string, type = "Pod"): NodeStatus {
  return { id, name: id, displayName: id, type, phase: "Succeeded", children, boundaryID, startedAt: "2026-11-29T00:00:00Z" };
}

test("what started in the same second stands in the order of the edges", () => {
  const nodes = [
    node("w", ["zero"], "", "DAG"), node("last", [], "w"), node("all(10)", ["last"], "w"), node("all(2)", ["last"], "w"),
    node("all", ["all(2)", "all(10)"], "w", "TaskGroup"), node("zero", ["all"], "w"),
  ];
  const workflow: Workflow = {
    metadata: { name: "w", namespace: "ci", uid: "w", creationTimestamp: "" },
    status: { nodes: Object.fromEntries(nodes.map((one) => [one.id, one])) },
  };
  assert.deepEqual(tree(workflow).get("w")?.map((one) => one.id), ["zero", "all(2)", "all(10)", "last"]);
});
