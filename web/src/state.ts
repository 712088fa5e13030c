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
  | { kind: "log"; text: string }
  | { kind: "filtered"; filter: Partial<State["filter"]> }
  | { kind: "failed"; problem: string }
  | { kind: "connected"; open: boolean };

export type Effect =
  | { kind: "load"; route: Route }
  | { kind: "loadLater"; route: Route }
  | { kind: "followLog"; workflow: Workflow; node: string };

export const initial: State = {
  route: { page: "workflows" },
  workflows: [],
  workflow: null,
  events: [],
  event: null,
  log: "",
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

// The list with one workflow put in its place: newest first.
export function merged(workflows: Workflow[], workflow: Workflow): Workflow[] {
  if (workflows.some((one) => same(one, workflow))) {
    return workflows.map((one) => (same(one, workflow) ? workflow : one));
  }
  return [workflow, ...workflows];
}

function matches(workflow: Workflow, filter: State["filter"]): boolean {
  return (!filter.phase || workflow.status?.phase === filter.phase) && workflow.metadata.name.startsWith(filter.prefix);
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
      return [{ ...state, route, problem: "", log: "" }, [{ kind: "load", route }]];
    }
    case "workflows":
      if (message.filter !== state.filter) return [state, []];  // the answer to an earlier question came late
      return [{ ...state, workflows: message.workflows, problem: "" }, []];
    case "workflow":
      return openWorkflow(state, message.workflow);
    case "events":
      if (message.filter !== state.filter) return [state, []];
      return [{ ...state, events: message.events, problem: "" }, []];
    case "event": {
      const waits = message.event.verdicts?.some((verdict) => verdict.call && !verdict.answer);
      return [{ ...state, event: message.event, problem: "" }, waits ? [{ kind: "loadLater", route: state.route }] : []];
    }
    case "changed": {
      const workflows = matches(message.workflow, state.filter) ? merged(state.workflows, message.workflow) : state.workflows;
      const open = state.workflow && same(state.workflow, message.workflow);
      if (!open) return [{ ...state, workflows }, []];
      return openWorkflow({ ...state, workflows }, message.workflow);
    }
    case "log":
      return [{ ...state, log: (state.log + message.text).slice(-kLogLimit) }, []];
    case "filtered": {
      const next = { ...state, filter: { ...state.filter, ...message.filter } };
      return [next, [{ kind: "load", route: state.route }]];
    }
    case "failed":
      return [{ ...state, problem: message.problem }, []];
    case "connected":
      return [{ ...state, connected: message.open }, message.open && !state.connected ? [{ kind: "load", route: state.route }] : []];
  }
}

// Shows a workflow; its log is followed anew only when another node comes to be shown.
function openWorkflow(state: State, workflow: Workflow): [State, Effect[]] {
  if (state.route.page !== "workflow") return [{ ...state, workflow }, []];
  const before = state.workflow && same(state.workflow, workflow) ? shownNode(state.workflow, state.route.node) : "";
  const node = shownNode(workflow, state.route.node);
  const follow = node !== "" && (node !== before || state.log === "");
  return [
    { ...state, workflow, problem: "", log: follow ? "" : state.log },
    follow ? [{ kind: "followLog", workflow, node }] : [],
  ];
}
