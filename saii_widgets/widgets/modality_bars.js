import { choice, element, floats, frame, painter, shown, uniqueId } from "./shared.js";
import { axisTicks, tickText } from "./parts/axis_ticks.js";

const LETTERS = { "unique image": "I", "unique text": "T", redundant: "R", synergistic: "S" };
const ROOM = 3.2; // % of the track that a letter needs

export function render({ model, el }) {
  const { body, readout, signal, listen, send, close } = frame({ model, el, kind: "modality-bars" });
  const id = uniqueId();
  let about, values = [], ends = [], nulls = [], rows = [], active = 0, part = -1;

  const title = element("span", { class: "saii-title", dir: "auto" });
  const view = choice("Shown", [["absolute", "bits"], ["share", "shares"]], value => send({ view: value }), signal);
  const list = element("div", { class: "saii-list", role: "listbox", tabindex: 0 });
  const ticks = element("div", { class: "saii-track" });
  const axis = element("div", { class: "saii-line saii-axis", "aria-hidden": true }, element("span", { class: "saii-name" }), ticks, element("span", { class: "saii-total" }));
  const key = element("div", { class: "saii-row saii-key" });
  body.append(element("div", { class: "saii-row" }, title, element("span", { class: "saii-gap" }), view.made), list, axis, key, readout);

  const letter = k => LETTERS[about.atoms[k]] ?? String(k + 1);
  const cell = (row, k) => row * about.atoms.length + k;
  const number = (row, k) => values[cell(row, k)] ?? 0;
  const held = row => about.atoms.reduce((sum, _, k) => sum + Math.max(0, number(row, k)), 0);
  const bits = value => `${shown(value)} ${about.unit}${Math.abs(value) === 1 ? "" : "s"}`;

  function said(row, k) {
    const value = number(row, k), all = held(row), texts = [bits(value)];
    if (ends.length) texts.push(`${shown(ends[cell(row, k)])} to ${shown(ends[values.length + cell(row, k)])}`);
    if (nulls.length) texts.push(`by chance ${shown(nulls[cell(row, k)])}`);
    if (all > 0) texts.push(`${shown(Math.max(0, value) / all, "share")} of ${bits(all)}`);
    return `${about.atoms[k]}: ${texts.join(", ")}`;
  }

  function made(row) {
    const parts = about.atoms.map((_, k) => {
      const chance = element("i", { class: "saii-chance" }), text = element("b", {}, letter(k));
      const segment = element("span", { class: `saii-part saii-atom-${k % 8}` }, chance, text), whisker = element("i", { class: "saii-whisker" });
      segment.dataset.part = k;
      return { segment, chance, text, whisker };
    });
    const name = element("span", { class: "saii-name", dir: "auto" }, about.labels[row]);
    const track = element("span", { class: "saii-track" }, ...parts.map(one => one.segment), ...parts.map(one => one.whisker));
    const total = element("span", { class: "saii-total" }, bits(held(row)));
    const line = element("div", { class: "saii-line", role: "option", id: `${id}-${row}` }, name, track, total);
    line.dataset.row = row;
    return { line, parts };
  }

  function load() {
    [about, values] = [model.get("_about"), floats(model.get("_values"))];
    [ends, nulls] = [floats(model.get("_ends")), floats(model.get("_null"))];
    title.textContent = about.title;
    list.setAttribute("aria-label", `${about.kind === "name" ? "bars" : `${about.kind}s`}: up and down, and left and right through their parts`);
    body.classList.toggle("saii-nameless", about.labels.every(label => !label));
    rows = about.labels.map((_, row) => made(row));
    rows.forEach(({ line }, row) => line.setAttribute("aria-label", `${about.labels[row] || "all"}: ${about.atoms.map((_, k) => said(row, k)).join("; ")}`));
    list.replaceChildren(...rows.map(one => one.line));
    key.replaceChildren(...keys());
    active = Math.min(active, rows.length - 1);
    part = -1;
    draw();
  }

  function keys() {
    const entry = (mark, text) => element("span", { class: "saii-entry" }, mark, element("span", { dir: "auto" }, text));
    const entries = about.atoms.map((atom, k) => entry(element("b", { class: `saii-swatch saii-atom-${k % 8}` }, letter(k)), atom));
    if (nulls.length) entries.push(entry(element("i", { class: "saii-swatch saii-chance" }), "by chance"));
    if (ends.length) entries.push(entry(element("i", { class: "saii-whisker" }), "95 % interval of a part's end"));
    return entries;
  }

  function draw() {
    const shares = model.get("view") === "share", totals = rows.map((_, row) => held(row));
    view.show(model.get("view"));
    let most = shares ? 1 : Math.max(...totals);
    if (!shares && ends.length) rows.forEach((_, row) => { most = Math.max(most, totals[row] + Math.max(0, ends[values.length + cell(row, about.atoms.length - 1)] - number(row, about.atoms.length - 1))); });
    const scale = shares ? { high: 1, ticks: [0, 0.25, 0.5, 0.75, 1] } : axisTicks(0, most || 1);
    const across = (node, from, to) => {
      node.style.left = `${(100 * Math.max(0, from) / scale.high).toFixed(3)}%`;
      node.style.width = `${(100 * (Math.min(scale.high, to) - Math.max(0, from)) / scale.high).toFixed(3)}%`;
    };
    rows.forEach(({ parts }, row) => {
      const by = shares ? totals[row] || 1 : 1;
      let from = 0;
      parts.forEach(({ segment, chance, text, whisker }, k) => {
        const value = number(row, k), long = Math.max(0, value) / by, to = from + long;
        across(segment, from, to);
        segment.hidden = !long;
        text.hidden = 100 * long / scale.high < ROOM + (ends.length ? ROOM / 2 : 0);
        chance.hidden = !nulls.length;
        if (nulls.length && long) chance.style.width = `${(100 * Math.min(1, Math.max(0, nulls[cell(row, k)]) / (long * by))).toFixed(2)}%`;
        whisker.hidden = !ends.length;
        if (ends.length) across(whisker, to + (ends[cell(row, k)] - value) / by, to + (ends[values.length + cell(row, k)] - value) / by);
        whisker.style.top = `${(18 + (64 * (k + 0.5)) / parts.length).toFixed(1)}%`;
        from = to;
      });
    });
    ticks.replaceChildren(...scale.ticks.map(value => {
      const tick = element("span", { class: "saii-tick" }, shares ? `${tickText(value, "share")}${value === 1 ? " %" : ""}` : tickText(value, about.unit));
      tick.style.left = `${(100 * value) / scale.high}%`;
      return tick;
    }));
    mark();
    body.dataset.painted = String(Number(body.dataset.painted ?? 0) + 1);
  }

  function mark() {
    rows.forEach(({ line, parts }, row) => {
      line.setAttribute("aria-selected", String(row === model.get("chosen")));
      line.classList.toggle("saii-active", row === active);
      parts.forEach(({ segment, whisker }, k) => {
        for (const one of [segment, whisker]) one.classList.toggle("saii-pointed-at", row === active && k === part);
      });
    });
    list.setAttribute("aria-activedescendant", rows[active].line.id);
  }

  function tell() {
    const name = about.labels[active] ? `${about.labels[active]}, ` : "";
    readout.textContent = part < 0 ? "" : name + said(active, part);
    mark();
  }

  list.addEventListener("pointermove", event => {
    const line = event.target.closest?.("[role=option]"), piece = event.target.closest?.("[data-part]");
    if (!line) return;
    [active, part] = [Number(line.dataset.row), piece ? Number(piece.dataset.part) : -1];
    tell();
  }, { signal });
  list.addEventListener("pointerleave", () => { part = -1; tell(); }, { signal });
  const toggle = row => { active = row; send({ chosen: model.get("chosen") === row ? -1 : row }); mark(); };
  list.addEventListener("click", event => {
    const line = event.target.closest?.("[role=option]");
    if (line) toggle(Number(line.dataset.row));
  }, { signal });
  list.addEventListener("focus", () => { if (part < 0) part = 0; tell(); }, { signal });
  list.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const n = rows.length, m = about.atoms.length, down = { ArrowDown: 1, ArrowUp: -1, Home: -n, End: n }, right = { ArrowRight: 1, ArrowLeft: -1 };
    if (event.key in down) active = Math.min(n - 1, Math.max(0, active + down[event.key]));
    else if (event.key in right) part = Math.min(m - 1, Math.max(0, part + right[event.key]));
    else if ((event.key === "Enter" && !event.shiftKey) || event.key === " ") toggle(active);
    else return;
    rows[active].line.scrollIntoView({ block: "nearest" });
    tell();
    event.preventDefault();
  }, { signal });

  listen(["chosen"], () => mark());
  listen(["view"], draw);
  listen(["_about", "_values", "_ends", "_null"], painter(load, signal));
  load();
  return close;
}

export default { render };
