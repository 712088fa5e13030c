// The server's answers, in the words of the API, and how to ask for them.

export type Phase = "" | "Pending" | "Running" | "Succeeded" | "Failed" | "Error" | "Skipped" | "Omitted";

export interface NodeStatus {
  id: string;
  name: string;
  displayName: string;
  type: string;
  phase: Phase;
  message?: string;
  boundaryID?: string;
  children?: string[];
  startedAt?: string;
  finishedAt?: string | null;
}

export interface Workflow {
  metadata: { name: string; namespace: string; uid: string; creationTimestamp: string; resourceVersion?: string; annotations?: Record<string, string> };
  spec?: { suspend?: boolean };
  status?: {
    phase?: Phase;
    message?: string;
    progress?: string;
    startedAt?: string | null;
    finishedAt?: string | null;
    conditions?: { type: string; status?: string; message?: string }[];
    nodes?: Record<string, NodeStatus>;
  };
}

export interface Step {
  stage: string;
  subject: string;
  expected?: string;
  actual?: string;
  passed: boolean;
  message?: string;
}

export interface Verdict {
  sensor: string;
  dependency: string;
  trigger?: string;
  outcome: string;
  action?: string;
  steps?: Step[];
  call?: string;
  answer?: { ok: boolean; message: string; time: string };
}

export interface ReceivedEvent {
  id: string;
  namespace: string;
  source: string;
  name: string;
  type: string;
  delivery: string;
  time: string;
  status: number;
  outcome: string;
  message: string;
  summary: string;
  verdicts?: Verdict[];
  data?: unknown;
}

async function answer<T>(response: Response): Promise<T> {
  const body: unknown = await response.json();
  if (!response.ok) {
    const message = (body as { message?: unknown }).message;
    throw new Error(typeof message === "string" ? message : response.statusText);
  }
  return body as T;
}

const part = encodeURIComponent;

export async function listWorkflows(phase: string, prefix: string): Promise<Workflow[]> {
  const path = `/apis/argoproj.io/v1alpha1/workflows?phase=${part(phase)}&prefix=${part(prefix)}`;
  return (await answer<{ items: Workflow[] }>(await fetch(path))).items;
}

export async function getWorkflow(namespace: string, name: string): Promise<Workflow> {
  return answer<Workflow>(await fetch(`/api/v1/workflows/${part(namespace)}/${part(name)}`));
}

export async function operate(namespace: string, name: string, verb: string): Promise<Workflow> {
  const path = `/api/v1/workflows/${part(namespace)}/${part(name)}/${verb}`;
  return answer<Workflow>(await fetch(path, { method: "PUT", headers: { "Content-Type": "application/json" }, body: "{}" }));
}

export async function listEvents(outcome: string, text: string): Promise<ReceivedEvent[]> {
  const path = `/api/v1/slipway/events?outcome=${part(outcome)}&text=${part(text)}`;
  return (await answer<{ items: ReceivedEvent[] }>(await fetch(path))).items;
}

export async function getEvent(id: string): Promise<ReceivedEvent> {
  return answer<ReceivedEvent>(await fetch(`/api/v1/slipway/events/${part(id)}`));
}

export async function replayEvent(id: string): Promise<{ id: string }> {
  return answer<{ id: string }>(await fetch(`/api/v1/slipway/events/${part(id)}/replay`, { method: "POST" }));
}

// Changes of workflows, from now on; of one that was deleted little more than its name is left. The
// browser reconnects by itself.
export function watchWorkflows(onChange: (workflow: Workflow, deleted: boolean) => void, onState: (open: boolean) => void): EventSource {
  const source = new EventSource("/api/v1/workflow-events");
  source.onmessage = (message) => {
    const line = JSON.parse(String(message.data)) as { result?: { type?: string; object?: Workflow } };
    if (line.result?.object) onChange(line.result.object, line.result.type === "DELETED");
  };
  source.onopen = () => onState(true);
  source.onerror = () => onState(false);
  return source;
}

export function logPath(workflow: Workflow, node: string, follow: boolean, times: boolean): string {
  const { namespace, name } = workflow.metadata;
  return `/api/v1/workflows/${part(namespace)}/${part(name)}/log?podName=${part(node)}&logOptions.container=*&raw=true` +
    (follow ? "&logOptions.follow=true" : "") + (times ? "&logOptions.timestamps=true" : "");
}
