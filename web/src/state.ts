// All that the page knows, and how it changes: update(state, message) → [state, effects].
import type { ReceivedEvent, Workflow } from "./api";

export type Route =
  | { page: "workflows" }
  | { page: "workflow"; namespace: string; name: string; node: string }
  | { page: "events" }
  | { page: "event"; id: string };

export interface State {
  route: Route;
  workflows: Workflow[];
  workflow: Workflow | null;
  events: ReceivedEvent[];
  event: ReceivedEvent | null;
  log: string;
  logOf: string;  // which log that is; "": none yet
  times: boolean;  // its lines are shown behind the time at which they came
  filter: { phase: string; prefix: string; outcome: string; text: string };
  problem: string;
  connected: boolean;
}

export type Message =
  | { kind: "routed"; hash: string }
  | { kind: "workflows"; workflows: Workflow[]; filter: State["filter"] }  // filter: what was asked for
  | { kind: "workflow"; workflow: Workflow }
  | { kind: "events"; events: ReceivedEvent[]; filter: State["filter"] }
  | { kind: "event"; event: ReceivedEvent }
  | { kind: "changed"; workflow: Workflow }
  | { kind: "deleted"; workflow: Workflow }
  | { kind: "log"; of: string; text: string }
  | { kind: "timed"; times: boolean }
  | { kind: "filtered"; filter: Partial<State["filter"]> }
  | { kind: "failed"; problem: string }
  | { kind: "connected"; open: boolean };

export type Effect =
  | { kind: "load"; route: Route }
  | { kind: "loadLater"; route: Route }
  | { kind: "followLog"; workflow: Workflow; node: string; of: string; times: boolean };

export const initial: State = {
  route: { page: "workflows" },
  workflows: [],
  workflow: null,
  events: [],
  event: null,
  log: "",
  logOf: "",
  times: false,
  filter: { phase: "", prefix: "", outcome: "", text: "" },
  problem: "",
  connected: true,
};

const kLogLimit = 2_000_000;  // characters kept of one log; the rest is a download away

export function parseRoute(hash: string): Route {
  const [page, ...rest] = hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  if (page === "workflows" && rest.length >= 2) {
    return { page: "workflow", namespace: rest[0] ?? "", name: rest[1] ?? "", node: rest[2] ?? "" };
  }
  if (page === "events") return rest[0] ? { page: "event", id: rest[0] } : { page: "events" };
  return { page: "workflows" };
}

export function ended(workflow: Workflow): boolean {
  return Boolean(workflow.status?.finishedAt);
}

function same(a: Workflow, b: Workflow): boolean {
  return a.metadata.uid === b.metadata.uid;
}

function version(workflow: Workflow): number {
  return Number(workflow.metadata.resourceVersion ?? 0);
}

// Of two copies of one workflow the newer: an answer may come after a change that it does not know.
function newer(known: Workflow | null | undefined, given: Workflow): Workflow {
  return known && same(known, given) && version(known) > version(given) ? known : given;
}

function matches(workflow: Workflow, filter: State["filter"]): boolean {
  return (!filter.phase || workflow.status?.phase === filter.phase) && workflow.metadata.name.startsWith(filter.prefix);
}

// The list needs no nodes.
function slim(workflow: Workflow): Workflow {
  return workflow.status?.nodes ? { ...workflow, status: { ...workflow.status, nodes: undefined } } : workflow;
}

// The list with one workflow put in its place, newest first, or taken from it when it no longer fits.
export function merged(workflows: Workflow[], workflow: Workflow, filter: State["filter"]): Workflow[] {
  const known = workflows.find((one) => same(one, workflow));
  const now = slim(newer(known, workflow));
  if (!matches(now, filter)) return workflows.filter((one) => one !== known);
  return known ? workflows.map((one) => (one === known ? now : one)) : [now, ...workflows];
}

// The list as it was answered, with what has been heard of since.
function listed(known: Workflow[], answer: Workflow[], filter: State["filter"]): Workflow[] {
  const newest = answer.reduce((time, one) => (one.metadata.creationTimestamp > time ? one.metadata.creationTimestamp : time), "");
  const born = known.filter((one) => one.metadata.creationTimestamp >= newest && !answer.some((other) => same(one, other)));
  const rows = answer.map((one) => newer(known.find((other) => same(one, other)), one));
  return [...born, ...rows].filter((one) => matches(one, filter));
}

// The node whose log is worth showing first: the one the URL names, else the first that failed.
export function shownNode(workflow: Workflow, wanted: string): string {
  if (wanted) return wanted;
  const pods = Object.values(workflow.status?.nodes ?? {}).filter((node) => node.type === "Pod");
  const failed = pods.find((node) => node.phase === "Failed" || node.phase === "Error");
  const running = pods.find((node) => node.phase === "Running");
  return (failed ?? running ?? pods[0])?.id ?? "";
}

export function update(state: State, message: Message): [State, Effect[]] {
  switch (message.kind) {
    case "routed": {
      const route = parseRoute(message.hash);
      const workflow = state.workflow && shows(route, state.workflow) ? state.workflow : null;
      return [{ ...state, route, workflow, problem: "", log: "", logOf: "" }, [{ kind: "load", route }]];
    }
    case "workflows":
      if (message.filter !== state.filter) return [state, []];  // the answer to an earlier question came late
      return [{ ...state, workflows: listed(state.workflows, message.workflows, state.filter), problem: "" }, []];
    case "workflow":
      return openWorkflow(state, message.workflow);
    case "events":
      if (message.filter !== state.filter) return [state, []];
      return [{ ...state, events: message.events, problem: "" }, []];
    case "event": {
      if (state.route.page !== "event" || state.route.id !== message.event.id) return [state, []];
      const waits = message.event.verdicts?.some((verdict) => verdict.call && !verdict.answer);
      return [{ ...state, event: message.event, problem: "" }, waits ? [{ kind: "loadLater", route: state.route }] : []];
    }
    case "changed":
      return openWorkflow({ ...state, workflows: merged(state.workflows, message.workflow, state.filter) }, message.workflow);
    case "deleted": {
      const workflows = state.workflows.filter((one) => !same(one, message.workflow));
      const open = state.workflow && same(state.workflow, message.workflow);
      return [{ ...state, workflows, problem: open ? "This workflow was deleted." : state.problem }, []];
    }
    case "log":
      if (message.of !== state.logOf) return [state, []];
      return [{ ...state, log: (state.log + message.text).slice(-kLogLimit) }, []];
    case "filtered": {
      const next = { ...state, filter: { ...state.filter, ...message.filter } };
      return [next, [{ kind: "load", route: state.route }]];
    }
    case "timed": {
      const timed = { ...state, times: message.times };
      return timed.workflow ? openWorkflow(timed, timed.workflow) : [timed, []];
    }
    case "failed":
      return [{ ...state, problem: message.problem }, []];
    case "connected":
      return [{ ...state, connected: message.open }, message.open ? [{ kind: "load", route: state.route }] : []];
  }
}

function shows(route: Route, workflow: Workflow): boolean {
  return route.page === "workflow" && route.namespace === workflow.metadata.namespace && route.name === workflow.metadata.name;
}

// Shows a workflow where its page is open; its log is followed anew only when another node comes to
// be shown, the node runs again, or its times come or go.
function openWorkflow(state: State, given: Workflow): [State, Effect[]] {
  if (state.route.page !== "workflow" || !shows(state.route, given)) return [state, []];
  const workflow = newer(state.workflow, given);
  const node = shownNode(workflow, state.route.node);
  const of = node && `${workflow.metadata.uid}/${node}/${workflow.status?.nodes?.[node]?.startedAt ?? ""}/${state.times}`;
  const opened = { ...state, workflow, problem: "" };
  if (of === state.logOf) return [opened, []];
  return [{ ...opened, log: "", logOf: of }, of ? [{ kind: "followLog", workflow, node, of, times: state.times }] : []];
}
