// From state to elements.
import type { NodeStatus, ReceivedEvent, Verdict, Workflow } from "./api";
import { ago, h, plain, took } from "./dom";
import { ended, shownNode, type Message, type State } from "./state";

export type Send = (message: Message) => void;
export interface Act {
  operate(workflow: Workflow, verb: string): void;
  replay(event: ReceivedEvent): void;
}

const kMarks: Record<string, string> = {
  Succeeded: "✔", Failed: "✖", Error: "✖", Running: "●", Skipped: "○", Omitted: "○", Pending: "◷",
};

const part = encodeURIComponent;

function phase(of: string | undefined): HTMLElement {
  const name = of || "Pending";
  return h("span", { class: `phase ${name}` }, `${kMarks[name] ?? "◷"} ${name}`);
}

function choice(label: string, value: string, options: string[], onPick: (value: string) => void): HTMLElement {
  const select = h("select", { "aria-label": label, change: (event) => onPick((event.target as HTMLSelectElement).value) });
  for (const option of options) select.append(h("option", { value: option, selected: option === value }, option || `any ${label}`));
  return select;
}

function search(label: string, value: string, onChange: (value: string) => void): HTMLElement {
  return h("input", {
    type: "search", placeholder: label, "aria-label": label, value,
    change: (event) => onChange((event.target as HTMLInputElement).value.trim()),
  });
}

function table(headings: string[], rows: HTMLElement[], empty: string): HTMLElement {
  if (rows.length === 0) return h("p", { class: "muted" }, empty);
  return h("table", {}, h("thead", {}, h("tr", {}, ...headings.map((text) => h("th", { scope: "col" }, text)))), h("tbody", {}, ...rows));
}

function workflowsPage(state: State, send: Send, now: number): HTMLElement[] {
  const rows = state.workflows.map(({ metadata, status }) => h("tr", {},
    h("td", {}, phase(status?.phase)),
    h("td", {}, h("a", { href: `#/workflows/${part(metadata.namespace)}/${part(metadata.name)}` }, metadata.name)),
    h("td", { class: "time" }, ago(metadata.creationTimestamp, now)),
    h("td", { class: "time" }, took(status?.startedAt, status?.finishedAt, now)),
    h("td", { class: "time" }, status?.progress ?? ""),
    h("td", { class: "message" }, status?.message ?? "")));
  return [
    h("h1", {}, "Workflows"),
    h("form", { class: "filters", submit: (event) => event.preventDefault() },
      choice("phase", state.filter.phase, ["", "Pending", "Running", "Succeeded", "Failed", "Error"],
        (value) => send({ kind: "filtered", filter: { phase: value } })),
      search("name starts with", state.filter.prefix, (value) => send({ kind: "filtered", filter: { prefix: value } }))),
    table(["Status", "Name", "Created", "Duration", "Progress", "Message"], rows,
      "No workflows. Submit one with `slipway submit hello.yaml`."),
  ];
}

// Where each node comes in a walk along the edges, level by level.
function ranks(nodes: Record<string, NodeStatus>): Map<string, number> {
  const rank = new Map<string, number>();
  const queue = Object.values(nodes).filter((node) => !node.boundaryID).map((node) => node.id);
  for (const id of queue) {  // which grows while it is walked
    if (rank.has(id)) continue;
    rank.set(id, rank.size);
    queue.push(...(nodes[id]?.children ?? []));
  }
  return rank;
}

// Children in the order in which they started, under the node they belong to; groups are passed
// through. Times are whole seconds: within one the edges say which came first.
export function tree(workflow: Workflow): Map<string, NodeStatus[]> {
  const nodes = workflow.status?.nodes ?? {};
  const rank = ranks(nodes);
  const below = new Map<string, NodeStatus[]>();
  for (const node of Object.values(nodes)) {
    if (node.type === "StepGroup" || node.type === "TaskGroup") continue;
    const parent = node.boundaryID ?? "";
    below.set(parent, [...(below.get(parent) ?? []), node]);
  }
  for (const list of below.values()) {
    list.sort((a, b) => (a.startedAt ?? "").localeCompare(b.startedAt ?? "") || (rank.get(a.id) ?? 0) - (rank.get(b.id) ?? 0));
  }
  return below;
}

function branch(below: Map<string, NodeStatus[]>, parent: string, shown: string, base: string, now: number): HTMLElement {
  return h("ul", {}, ...(below.get(parent) ?? []).map((node) => h("li", {},
    h("button", { type: "button", "aria-pressed": String(node.id === shown), click: () => { location.hash = `${base}/${part(node.id)}`; } },
      h("span", { class: node.phase, title: node.phase }, kMarks[node.phase] ?? "◷"),
      h("span", {}, node.displayName),
      h("span", { class: "took" }, took(node.startedAt, node.finishedAt, now))),
    node.message ? h("div", { class: "why" }, node.message) : null,
    below.has(node.id) ? branch(below, node.id, shown, base, now) : null)));
}

// What can be asked of a workflow as it stands.
export function verbsOf(workflow: Workflow): string[] {
  if (ended(workflow)) return workflow.status?.phase === "Succeeded" ? ["resubmit"] : ["retry", "resubmit"];
  const waits = workflow.spec?.suspend === true ||
    Object.values(workflow.status?.nodes ?? {}).some((node) => node.type === "Suspend" && node.phase === "Running");
  return [waits ? "resume" : "suspend", "stop", "terminate"];
}

function workflowPage(state: State, send: Send, act: Act, now: number): HTMLElement[] {
  const workflow = state.workflow;
  if (!workflow || state.route.page !== "workflow") return [h("p", { class: "muted" }, "Loading…")];
  const { metadata, status } = workflow;
  const shown = shownNode(workflow, state.route.node);
  const base = `#/workflows/${part(metadata.namespace)}/${part(metadata.name)}`;
  const verbs = verbsOf(workflow);
  const failed = (status?.nodes ?? {})[shown];
  const log = h("pre", { tabindex: "0" }, plain(state.log) || "No output yet.");
  return [
    h("h1", {}, metadata.name),
    h("dl", {},
      h("dt", {}, "Status"), h("dd", {}, phase(status?.phase), status?.message ? ` ${status.message}` : ""),
      h("dt", {}, "Duration"), h("dd", {}, took(status?.startedAt, status?.finishedAt, now)),
      h("dt", {}, "Created"), h("dd", {}, ago(metadata.creationTimestamp, now)),
      ...(status?.conditions ?? []).flatMap(({ type, message }) => message ? [h("dt", {}, type), h("dd", { class: "fail" }, message)] : []),
      ...(metadata.annotations?.["slipway.dev/event"]
        ? [h("dt", {}, "Event"), h("dd", {}, ...metadata.annotations["slipway.dev/event"].split(",").map((id) => h("a", { href: `#/events/${part(id)}` }, id.slice(0, 12))))]
        : [])),
    h("div", { class: "actions" }, ...verbs.map((verb) => h("button", { type: "button", click: () => act.operate(workflow, verb) }, verb))),
    h("div", { class: "run" },
      h("section", { class: "tree", "aria-label": "Nodes" }, branch(tree(workflow), "", shown, base, now)),
      h("section", { class: "log", "aria-label": "Log" }, 
        h("h2", {}, failed?.displayName ?? "Log",
          h("button", { type: "button", "aria-pressed": String(state.times), title: "When each line came", click: () => send({ kind: "timed", times: !state.times }) }, "times")),
        log)),
  ];
}

function eventsPage(state: State, send: Send, now: number): HTMLElement[] {
  const rows = state.events.map((event) => h("tr", {},
    h("td", { class: `phase ${event.outcome}` }, event.outcome),
    h("td", {}, h("a", { href: `#/events/${part(event.id)}` }, event.id.slice(0, 12))),
    h("td", { class: "time" }, ago(event.time, now)),
    h("td", {}, `${event.source}/${event.name}`),
    h("td", {}, String(event.status)),
    h("td", { class: "message" }, event.summary || event.message)));
  return [
    h("h1", {}, "Events"),
    h("form", { class: "filters", submit: (event) => event.preventDefault() },
      choice("outcome", state.filter.outcome, ["", "accepted", "duplicate", "filtered", "refused", "replayed"],
        (value) => send({ kind: "filtered", filter: { outcome: value } })),
      search("summary contains", state.filter.text, (value) => send({ kind: "filtered", filter: { text: value } }))),
    table(["Outcome", "Event", "Received", "Source", "Status", "Summary"], rows,
      "No events yet. Point a webhook at /events/NAMESPACE/EVENTSOURCE/EVENT."),
  ];
}

// What the trigger did; a workflow that it made is a link away.
function outcomeOf(action: string): (Node | string)[] {
  const made = /^Workflow ([^/\s]+)\/([^/\s]+)$/.exec(action);
  if (!made) return action ? [` → ${action}`] : [];
  const [, namespace = "", name = ""] = made;
  return [" → ", h("a", { href: `#/workflows/${part(namespace)}/${part(name)}` }, action)];
}

function verdictPanel(verdict: Verdict): HTMLElement {
  return h("section", { class: "verdict" },
    h("strong", {}, `sensor ${verdict.sensor}, dependency ${verdict.dependency}`),
    verdict.trigger ? `, trigger ${verdict.trigger}` : "", ": ",
    h("span", { class: `phase ${verdict.outcome}` }, verdict.outcome),
    ...outcomeOf(verdict.action ?? ""),
    h("ol", {}, ...(verdict.steps ?? []).map((step) => h("li", { class: step.passed ? "pass" : "fail" },
      `${step.stage} ${step.subject}` + (step.expected ? `: ${step.actual ?? ""} (wanted ${step.expected})` : "") +
      (step.message ? ` — ${step.message}` : ""))),
      ...answerItem(verdict)));
}

// What the trigger's call was answered.
function answerItem(verdict: Verdict): HTMLElement[] {
  if (!verdict.call) return [];
  const answer = verdict.answer;
  if (!answer) return [h("li", { class: "muted" }, "answer: none yet")];
  return [h("li", { class: answer.ok ? "pass" : "fail" }, `answer: ${answer.message} at ${answer.time}`)];
}

function eventPage(state: State, act: Act, now: number): HTMLElement[] {
  const event = state.event;
  if (!event) return [h("p", { class: "muted" }, "Loading…")];
  return [
    h("h1", {}, event.summary || event.id),
    h("dl", {},
      h("dt", {}, "Outcome"), h("dd", { class: `phase ${event.outcome}` }, `${event.outcome} (${event.status})`),
      h("dt", {}, "Received"), h("dd", {}, `${event.time}, ${ago(event.time, now)}`),
      h("dt", {}, "Source"), h("dd", {}, `${event.namespace}/${event.source}/${event.name}`),
      h("dt", {}, "Delivery"), h("dd", {}, event.delivery || "none"),
      ...(event.message ? [h("dt", {}, "Message"), h("dd", {}, event.message)] : [])),
    event.data === undefined ? h("span") : h("div", { class: "actions" }, h("button", { type: "button", click: () => act.replay(event) }, "replay")),
    ...(event.verdicts ?? []).map(verdictPanel),
    event.data === undefined ? h("span") : h("pre", { tabindex: "0" }, JSON.stringify(event.data, null, 2)),
  ];
}

export function render(state: State, send: Send, act: Act, now: number): HTMLElement[] {
  const problem = state.problem ? [h("p", { class: "Failed", role: "alert" }, state.problem)] : [];
  switch (state.route.page) {
    case "workflows": return [...problem, ...workflowsPage(state, send, now)];
    case "workflow": return [...problem, ...workflowPage(state, send, act, now)];
    case "events": return [...problem, ...eventsPage(state, send, now)];
    case "event": return [...problem, ...eventPage(state, act, now)];
  }
}
