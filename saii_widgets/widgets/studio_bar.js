import { button, element, frame } from "./shared.js";

const SIGNS = { waiting: "·", working: "…", done: "✓", "left out": "–", failed: "!" };
const NAMES = { cancel: "Cancel", "go on": "Go on", "run again": "Run again", "save study": "Save study", "export page": "Export page" };
const SHOWN = ["waiting", "working", "done", "left out", "failed"];

export function render({ model, el }) {
  const { body, signal, listen, send, close, say, readout } = frame({ model, el, kind: "studio-bar" });
  const rail = element("ol", { class: "saii-rail" });
  const title = element("h2", { class: "saii-step-title" }), about = element("p", { class: "saii-about" });
  const notice = element("p", { class: "saii-note saii-notice" }), note = element("p", { class: "saii-note" }), change = element("p", { class: "saii-note saii-change" });
  const code = element("textarea", { class: "saii-input saii-code", readonly: true, spellcheck: "false", "aria-label": "Code for what is shown", rows: 8, hidden: true });
  const actions = Object.fromEntries(Object.entries(NAMES).map(([name, text]) => [name, button(text, { "data-python": true }, () => model.send({ action: name }), signal)]));
  const copy = button("Copy as code", { "aria-expanded": "false" }, () => (code.hidden ? open() : fold()), signal);
  const head = element("div", { class: "saii-row saii-top" }, element("nav", { "aria-label": "Steps" }, rail),
    element("div", { class: "saii-row" }, ...Object.values(actions), copy));
  body.append(head, notice, title, about, note, change, code, readout);

  // The text stands open beside the copy in the clipboard, since a page without permission has only the text.
  async function open() {
    code.hidden = false;
    copy.setAttribute("aria-expanded", "true");
    copy.textContent = "Hide code";
    code.value = String(model.get("code"));
    code.rows = Math.min(20, code.value.split("\n").length + 1);
    code.focus();
    code.select();
    try {
      await navigator.clipboard.writeText(code.value);
      say("Copied.");
    } catch {
      say("Press Ctrl or ⌘ and C to copy.");
    }
  }

  function fold() {
    code.hidden = true;
    copy.setAttribute("aria-expanded", "false");
    copy.textContent = "Copy as code";
    say("");
  }

  const steps = () => model.get("steps") ?? [];
  const move = (place, focus) => {
    const n = steps().length, to = Math.min(n - 1, Math.max(0, place));
    send({ step: to });
    if (focus) rail.children[to]?.firstChild.focus();
  };
  rail.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = [...rail.children].indexOf(event.target.closest("li")), way = getComputedStyle(rail).direction === "rtl" ? -1 : 1;
    const moves = { ArrowRight: at + way, ArrowLeft: at - way, Home: 0, End: steps().length - 1 };
    if (!(event.key in moves)) return;
    move(moves[event.key], true);
    event.preventDefault();
  }, { signal });

  function show() {
    const all = steps(), at = Math.min(Number(model.get("step")) || 0, all.length - 1), here = all[at] ?? {};
    if (rail.children.length !== all.length)
      rail.replaceChildren(...all.map((_, k) => element("li", {}, button("", { class: "saii-button saii-step" }, () => move(k, false), signal))));
    all.forEach((step, k) => {
      const state = SHOWN.includes(step.state) ? step.state : "waiting", made = rail.children[k].firstChild;
      const name = `${step.title}, ${state}`;
      if (made.getAttribute("aria-label") !== name)
        made.replaceChildren(element("span", { class: "saii-sign", "aria-hidden": true }, SIGNS[state]), String(step.title));
      made.setAttribute("aria-label", name);
      made.dataset.state = state;
      if (k === at) made.setAttribute("aria-current", "step");
      else made.removeAttribute("aria-current");
      made.tabIndex = k === at ? 0 : -1;
    });
    title.textContent = String(here.title ?? "");
    about.textContent = String(here.about ?? "");
    const why = { waiting: model.get("busy") ? "This step waits for its turn." : "This step was not computed.", working: "This step is being computed.", "left out": `Left out: ${here.note}.`, failed: String(here.note ?? "") };
    notice.textContent = String(model.get("notice") ?? "");
    notice.hidden = !notice.textContent;
    note.textContent = why[here.state] ?? "";
    note.hidden = !note.textContent;
    note.classList.toggle("saii-failed", here.state === "failed");
    const offered = model.alone ? [] : model.get("offered") ?? [], busy = Boolean(model.get("busy"));
    const useful = { cancel: busy, "go on": !busy && Boolean(model.get("unfinished")), "run again": !busy && Boolean(model.get("changed")) };
    change.textContent = model.alone || busy ? "" : String(model.get("changed") ?? "");
    change.hidden = !change.textContent;
    for (const [name, made] of Object.entries(actions)) made.hidden = !offered.includes(name) || useful[name] === false;
    copy.hidden = !model.get("code");
    if (!code.hidden) code.value = String(model.get("code"));
  }

  listen(["steps", "step", "code", "unfinished", "changed", "notice", "offered", "busy"], show);
  show();
  return close;
}

export default { render };
