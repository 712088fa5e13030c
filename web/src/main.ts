// Wires state, view and server together; everything else is a function.
import * as api from "./api";
import { morph } from "./dom";
import { ended, initial, update, type Effect, type Message, type Route, type State } from "./state";
import { render, type Act } from "./view";

let state: State = initial;
let reading: AbortController | null = null;

function send(message: Message): void {
  const [next, effects] = update(state, message);
  state = next;
  schedule();
  for (const effect of effects) void run(effect);
}

async function run(effect: Effect): Promise<void> {
  try {
    if (effect.kind === "load") await load(effect.route);
    else if (effect.kind === "loadLater") setTimeout(() => { if (state.route === effect.route) void run({ kind: "load", route: effect.route }); }, 1000);
    else await followLog(effect);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return;
    send({ kind: "failed", problem: error instanceof Error ? error.message : String(error) });
  }
}

async function load(route: Route): Promise<void> {
  const { filter } = state;
  switch (route.page) {
    case "workflows": return send({ kind: "workflows", workflows: await api.listWorkflows(filter.phase, filter.prefix), filter });
    case "workflow": return send({ kind: "workflow", workflow: await api.getWorkflow(route.namespace, route.name) });
    case "events": return send({ kind: "events", events: await api.listEvents(filter.outcome, filter.text), filter });
    case "event": return send({ kind: "event", event: await api.getEvent(route.id) });
  }
}

async function followLog({ workflow, node, of, times }: Extract<Effect, { kind: "followLog" }>): Promise<void> {
  reading?.abort();
  const mine = (reading = new AbortController());
  const response = await fetch(api.logPath(workflow, node, !ended(workflow), times), { signal: mine.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!response.ok || !reader) return;
  for (;;) {
    const { done, value } = await reader.read();
    if (done || mine !== reading) return;
    send({ kind: "log", of, text: value });
  }
}

const act: Act = {
  operate: (workflow, verb) => {
    api.operate(workflow.metadata.namespace, workflow.metadata.name, verb).then((result) => {
      send({ kind: "changed", workflow: result });
      if (result.metadata.uid === workflow.metadata.uid) return;
      location.hash = `#/workflows/${encodeURIComponent(result.metadata.namespace)}/${encodeURIComponent(result.metadata.name)}`;
    }, (error: unknown) => send({ kind: "failed", problem: String(error) }));
  },
  replay: (event) => {
    api.replayEvent(event.id).then(({ id }) => { location.hash = `#/events/${encodeURIComponent(id)}`; },
      (error: unknown) => send({ kind: "failed", problem: String(error) }));
  },
};

// At most one repaint a frame.
let scheduled = false;
function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    paint();
  });
}

function paint(): void {
  const page = document.getElementById("page");
  const connection = document.getElementById("connection");
  if (!page || !connection) return;
  if (page.dataset["page"] !== state.route.page) page.replaceChildren();
  page.dataset["page"] = state.route.page;
  const log = page.querySelector(".log pre");
  const atEnd = !log || log.scrollTop + log.clientHeight >= log.scrollHeight - 4;
  morph(page, render(state, send, act, Date.now()));
  const after = page.querySelector(".log pre");
  if (after && atEnd) after.scrollTop = after.scrollHeight;
  connection.textContent = state.connected ? "" : "connection lost; trying again";
  for (const link of document.querySelectorAll("nav a")) {
    const current = location.hash.startsWith(link.getAttribute("href") ?? "") || (location.hash === "" && link.getAttribute("href") === "#/workflows");
    link.toggleAttribute("aria-current", current);
  }
}

window.addEventListener("hashchange", () => send({ kind: "routed", hash: location.hash }));
api.watchWorkflows((workflow, deleted) => send({ kind: deleted ? "deleted" : "changed", workflow }), (open) => send({ kind: "connected", open }));
setInterval(() => { if (!document.hidden) schedule(); }, 5000);
send({ kind: "routed", hash: location.hash });
