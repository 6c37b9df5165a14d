// What every widget needs: reading what Python sent, building elements from text, keys, one paint a frame.
import { pythonBehind } from "./parts/python_behind.js";

// A float32 trait arrives as a DataView, and not always on a multiple of four bytes.
export function floats(view) {
  if (!view || view.byteLength < 4) return new Float32Array(0);
  const n = view.byteLength >> 2, buffer = view.buffer ?? view, start = view.byteOffset ?? 0;
  return start % 4 === 0 ? new Float32Array(buffer, start, n) : new Float32Array(buffer.slice(start, start + 4 * n));
}

export function bytes(view) {
  return view ? new Uint8Array(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength) : new Uint8Array(0);
}

// A picture from its bytes; the kind is told by its first ones.
export function pictureOf(view) {
  const data = bytes(view), type = data[0] === 0x89 ? "image/png" : "image/jpeg";
  return createImageBitmap(new Blob([data], { type }));
}

// The two colour tables of core/colour.py, 256 colours each.
export function colourTables(view) {
  const all = bytes(view);
  return { sequential: all.subarray(0, 768), diverging: all.subarray(768, 1536) };
}

// Which number the ends of a table stand for. `signed`: zero lies in the middle.
export function scaleOf(values, kind = "auto") {
  let low = 0, high = 0;
  for (const value of values) { if (value < low) low = value; if (value > high) high = value; }
  const signed = kind === "diverging" || (kind === "auto" && low < 0);
  const reach = (signed ? Math.max(high, -low) : high) || 1;
  return { low: signed ? -reach : 0, high: reach, signed };
}

export function colourOf(table, share) {
  const at = 3 * Math.round(255 * Math.min(1, Math.max(0, share)));
  return [table[at], table[at + 1], table[at + 2]];
}

const linear = part => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
// Black or white, whichever reads better on a colour.
export function inkOn([red, green, blue]) {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue) > 0.1791 ? "#000000" : "#ffffff";
}

// A number as core/html/numbers.py writes it.
export function shown(value, unit = "", { signed = false, bare = false } = {}) {
  const withSign = text => {
    if (/^[-0.]*$/.test(text)) return text.replace("-", ""); // a small number that is shown as zero
    return (signed && value > 0 ? "+" : "") + text.replace("-", "−");
  };
  if (unit === "probability" || unit === "share") {
    const ending = bare ? "" : "\u202f%";
    if (value !== 0 && Math.abs(value) < 0.0005) return `${value > 0 ? "<" : ">−"}0.1${ending}`;
    if (value >= 0.9995 && value < 1 && !signed) return `>99.9${ending}`;
    return withSign((100 * value).toFixed(1)) + ending;
  }
  if (["logit", "cosine", "correlation", "AUC", "R2"].includes(unit)) return withSign(value.toFixed(2));
  if (unit === "rank" || Number.isInteger(value)) return withSign(value.toFixed(Number.isInteger(value) ? 0 : 1));
  const size = Math.abs(value);
  if (size >= 100) return withSign(value.toFixed(0));
  if (size >= 1) return withSign(value.toFixed(2));
  if (size >= 0.01) return withSign(value.toFixed(3));
  const power = Math.floor(Math.log10(size));
  const raised = String(power).replace(/[-0-9]/g, digit => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(digit)]);
  return withSign((value / 10 ** power).toFixed(1)) + ` × 10${raised}`;
}

// An element with plain attributes. Texts become text nodes: nothing that a user wrote is ever parsed as HTML.
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === undefined || value === null) continue;
    if (name === "class") made.className = value;
    else made.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
  }
  made.append(...children.filter(child => child !== null && child !== undefined));
  return made;
}

export function button(text, attributes, press, signal) {
  const made = element("button", { type: "button", class: "saii-button", ...attributes }, text);
  made.addEventListener("click", press, { signal });
  return made;
}

// A labelled slider, select or switch; `change` gets its value, and `show` puts one in. A slider says with each value
// whether the move has ended: only then is Python told.
export function slider(label, attributes, change, signal, say = String) {
  const input = element("input", { type: "range", ...attributes, "aria-label": label });
  const output = element("output", { class: "saii-value", "aria-hidden": true });
  const show = value => {
    input.value = value;
    output.textContent = say(Number(value));
    input.setAttribute("aria-valuetext", say(Number(value)));
  };
  input.addEventListener("input", () => { show(input.value); change(Number(input.value), false); }, { signal });
  input.addEventListener("change", () => change(Number(input.value), true), { signal });
  return { made: element("label", { class: "saii-control" }, element("span", {}, label), input, output), input, show };
}

export function choice(label, choices, change, signal) {
  const input = element("select", { class: "saii-select", "aria-label": label });
  choices.forEach(([value, text]) => input.append(element("option", { value }, text)));
  input.addEventListener("change", () => change(input.value), { signal });
  const show = value => { input.value = String(value); };
  return { made: element("label", { class: "saii-control" }, element("span", {}, label), input), input, show };
}

export function tick(label, change, signal) {
  const input = element("input", { type: "checkbox" });
  input.addEventListener("change", () => change(input.checked), { signal });
  const show = value => { input.checked = Boolean(value); };
  return { made: element("label", { class: "saii-control" }, input, element("span", {}, label)), input, show };
}

// Many changes, one paint: the last state is painted in the next frame.
export function painter(paint, signal) {
  let frame = 0;
  signal.addEventListener("abort", () => cancelAnimationFrame(frame));
  return () => { frame ||= requestAnimationFrame(() => { frame = 0; paint(); }); };
}

let made = 0;
export const uniqueId = () => `saii-${(made += 1)}-${Math.random().toString(36).slice(2, 8)}`;

// Notebooks listen for plain keys on the document: "a" would insert a cell. What a front end needs itself may pass.
// JupyterLab listens when keys bubble up; Notebook 7 before that, but not where Lumino's attribute is on the target.
function keepKeys(root, signal) {
  const passes = event => event.ctrlKey || event.metaKey || event.altKey || event.key === "Escape" || event.key === "Tab"
    || (event.shiftKey && event.key === "Enter");
  window.addEventListener("keydown", event => {
    if (root.contains(event.target)) event.target.toggleAttribute("data-lm-suppress-shortcuts", !passes(event));
  }, { capture: true, signal });
  root.addEventListener("keydown", event => { if (!passes(event)) event.stopPropagation(); }, { signal });
}

// The frame around a widget: its accessible name, what goes on, what went wrong, and the end of it all. Controls with
// `data-python` do nothing without Python and are switched off where it is not; `root` gets the event "saii-python"
// when it goes, and `python()` is "here", "gone" or "none".
export function frame({ model, el, kind }) {
  const ending = new AbortController(), { signal } = ending;
  const body = element("div", { class: "saii-body" });
  const status = element("div", { class: "saii-status", role: "status", "aria-live": "polite" });
  const bar = element("progress", { class: "saii-progress", max: 1, "aria-label": "progress", hidden: true });
  const error = element("div", { class: "saii-error", role: "alert" });
  const parted = element("div", { class: "saii-parted", role: "status", "aria-live": "polite" });
  const readout = element("div", { class: "saii-readout", role: "status", "aria-live": "polite" });
  const root = element("div", { class: `saii-widget saii-${kind}`, role: "group" }, body, bar, status, error, parted);
  el.append(root);
  keepKeys(root, signal);

  const listen = (names, hear) => {
    for (const name of names) model.on(`change:${name}`, hear);
    signal.addEventListener("abort", () => { for (const name of names) model.off(`change:${name}`, hear); });
  };
  // What is set is shown at once, whether or not Python hears of it.
  const send = (changes, ended = true) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    if (!ended || python.state === "gone") return;
    try { model.save_changes(); } catch { python.lose("unreachable"); }
  };
  const tell = () => {
    const left = python.state === "gone", busy = Boolean(model.get("busy")) && !left;
    root.setAttribute("aria-label", String(model.get("label") || kind.replace("-", " ")));
    root.setAttribute("aria-busy", String(busy));
    status.textContent = left ? "" : String(model.get("status") ?? "");
    error.textContent = String(model.get("error") ?? "");
    bar.hidden = !busy;
    if (Number(model.get("progress")) > 0) bar.value = Number(model.get("progress"));
    else bar.removeAttribute("value");
  };
  const part = () => {
    parted.textContent = python.text;
    if (python.state !== "here")
      for (const control of root.querySelectorAll("[data-python]")) Object.assign(control, { disabled: true, title: "Needs Python" });
    root.dispatchEvent(new Event("saii-python"));
    tell();
  };
  const python = pythonBehind({ model, el, signal, tell: () => queueMicrotask(part) });
  listen(["label", "status", "error", "busy", "progress"], tell);
  tell();
  queueMicrotask(part); // the widget's own controls are there by then
  const close = () => { ending.abort(); root.remove(); };
  return { root, body, readout, signal, listen, send, close, python: () => python.state, say: text => { readout.textContent = text; } };
}
