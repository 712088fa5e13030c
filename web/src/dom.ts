// Building elements. Text goes in as text, never as markup: titles and logs are written by strangers.

// A handler is a property (`onclick`), so that a repaint can hand it on.
type Attributes = Record<string, string | boolean | ((event: Event) => void)>;

export function h(tag: string, attributes: Attributes = {}, ...children: (Node | string | null)[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element[`on${name}` as "onclick"] = value;
    else if (typeof value === "boolean") element.toggleAttribute(name, value);
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child): child is Node | string => child !== null));
  return element;
}

// Makes what `parent` holds look like `wanted`, changing only what differs: focus, selection, an
// open list of choices and how far a log is scrolled outlive a repaint.
export function morph(parent: Element, wanted: readonly Node[]): void {
  const present = [...parent.childNodes];
  wanted.forEach((node, index) => {
    const old = present[index];
    if (!old) parent.append(node);
    else if (old instanceof Element && node instanceof Element && old.tagName === node.tagName) become(old, node);
    else if (old instanceof Text && node instanceof Text) { if (old.data !== node.data) old.data = node.data; }
    else old.replaceWith(node);
  });
  for (const extra of present.slice(wanted.length)) extra.remove();
}

function become(old: Element, wanted: Element): void {
  for (const { name } of [...old.attributes]) if (!wanted.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of wanted.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (old instanceof HTMLElement && wanted instanceof HTMLElement) {
    old.onclick = wanted.onclick;
    old.onchange = wanted.onchange;
    old.onsubmit = wanted.onsubmit;
  }
  morph(old, [...wanted.childNodes]);
  // What somebody is choosing or typing just now stays theirs.
  if (old !== document.activeElement && (old instanceof HTMLInputElement || old instanceof HTMLSelectElement)) {
    old.value = (wanted as HTMLInputElement | HTMLSelectElement).value;
  }
}

export function ago(time: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000));
  if (seconds < 120) return `${seconds}s ago`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m ago`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)}h ago`;
  return `${Math.floor(seconds / 86400)}d ago`;
}

export function took(started: string | null | undefined, finished: string | null | undefined, now: number): string {
  if (!started) return "";
  const seconds = Math.max(0, Math.round(((finished ? Date.parse(finished) : now) - Date.parse(started)) / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${seconds % 60}s`;
  return `${Math.floor(seconds / 3600)}h ${Math.floor(seconds / 60) % 60}m`;
}

// Terminal colours are of no use here; cursor movement would only be noise.
export function plain(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "");
}
