import { button, element, frame, painter, shown, uniqueId } from "./shared.js";
import { axisTicks, tickText } from "./parts/axis_ticks.js";
import { lineChart, lineSample } from "./parts/line_chart.js";

const WHOLE = ["R2", "correlation"]; // units whose scale runs from 0 to 1 unless a value lies outside

export function render({ model, el }) {
  const { body, readout, signal, listen, send, close } = frame({ model, el, kind: "trust-card" });
  const id = uniqueId();
  let about, places = [], active = 0;

  const strip = element("div", { class: "saii-strip", role: "listbox", tabindex: 0, "aria-orientation": "horizontal" });
  const all = button("", {}, () => send({ everything: !model.get("everything") }), signal);
  const key = element("span", { class: "saii-muted" });
  const open = element("div", { class: "saii-open", role: "region", "aria-label": "the chosen measure" });
  readout.classList.add("saii-sentence");
  body.append(strip, readout, element("div", { class: "saii-row" }, all, key), open);

  const number = (row, value) => shown(value, row.unit, { bare: true });
  const between = row => (row.low === null ? "" : `${row.between} ${number(row, row.low)} to ${number(row, row.high)}`);
  const chance = row => (row.chance === null ? "" : `by chance ${number(row, row.chance)}`);
  const unit = row => (row.quantity.endsWith(row.unit) ? "" : row.unit === "share" || row.unit === "probability" ? "%" : row.unit);
  const spoken = row => row.value === null ? `${row.quantity}: not measured`
    : [`${row.quantity}: ${number(row, row.value)} ${unit(row)}`.trim(), between(row), chance(row)].filter(Boolean).join(", ");

  function line(row) {
    const drawn = element("span", { class: "saii-line" });
    if (row.value === null || (row.low === null && row.chance === null && !WHOLE.includes(row.unit))) return drawn;
    const known = [row.value, row.low, row.high, row.chance, 0, WHOLE.includes(row.unit) ? 1 : null].filter(x => x !== null);
    const low = Math.min(...known), high = Math.max(...known), share = x => `${(100 * (x - low)) / (high - low || 1)}%`;
    const mark = (name, from, to) => {
      const made = element("i", { class: name });
      made.style.left = share(from);
      if (to !== undefined) made.style.width = `calc(${share(to)} - ${share(from)})`;
      drawn.append(made);
    };
    if (row.chance !== null) mark("saii-chance", row.chance);
    if (row.low !== null) mark("saii-whisker", row.low, row.high);
    mark("saii-dot", row.value);
    return drawn;
  }

  function load() {
    about = model.get("_about");
    draw();
  }

  function draw() {
    const every = Boolean(model.get("everything")), rest = about.rows.length - about.foremost.length;
    places = every ? about.rows.map((_, k) => k) : [...about.foremost];
    if (model.get("chosen") >= 0 && !places.includes(model.get("chosen"))) places.push(model.get("chosen"));
    strip.hidden = !about.rows.length;
    strip.setAttribute("aria-label", about.title);
    strip.replaceChildren(...places.map((place, n) => {
      const row = about.rows[place];
      const value = element("span", { class: "saii-number" }, row.value === null ? "–" : number(row, row.value));
      const tile = element("div", { class: `saii-measure${row.value === null ? " saii-absent" : ""}`, role: "option", id: `${id}-${n}`, "aria-label": `${spoken(row)}. ${row.says}` },
        element("span", { class: "saii-quantity", dir: "auto" }, row.quantity), value, element("span", { class: "saii-unit saii-muted" }, row.value === null ? "" : unit(row)), line(row));
      tile.addEventListener("pointerenter", () => say(row));
      tile.addEventListener("pointerleave", () => say(rest_on()));
      return tile;
    }));
    all.hidden = !rest;
    all.textContent = every ? "Fewer measures" : `${rest} more measure${rest === 1 ? "" : "s"}`;
    all.setAttribute("aria-expanded", String(every));
    const cost = about.rows.reduce((sum, row) => sum + row.passes, 0), seconds = about.rows.reduce((sum, row) => sum + row.seconds, 0);
    const marks = [about.rows.some(row => row.low !== null) && "line: interval, or the smallest and largest", about.rows.some(row => row.chance !== null) && "dashed tick: by chance"];
    key.textContent = !about.rows.length ? "Nothing is measured yet."
      : [about.title, ...marks.filter(Boolean), cost ? `measured in ${cost} encoder passes, ${seconds.toFixed(1)} s` : ""].filter(Boolean).join(" · ");
    active = Math.min(active, Math.max(0, places.length - 1));
    mark();
    body.dataset.painted = String(Number(body.dataset.painted ?? 0) + 1);
  }

  const rest_on = () => about.rows[model.get("chosen")] ?? (strip.matches(":focus-visible") ? about.rows[places[active]] : undefined);

  function say(row) {
    readout.textContent = row ? [row.says, between(row), chance(row)].filter(Boolean).join(" · ") : "";
  }

  function mark() {
    const chosen = model.get("chosen");
    [...strip.children].forEach((tile, n) => {
      tile.setAttribute("aria-selected", String(places[n] === chosen));
      tile.classList.toggle("saii-active", n === active);
    });
    if (strip.children[active]) strip.setAttribute("aria-activedescendant", strip.children[active].id);
    const row = about.rows[chosen];
    say(rest_on());
    open.hidden = !row || !row.along.length;
    open.replaceChildren();
    if (open.hidden) return;
    const names = Object.keys(row.curves);
    const style = (name, k) => `saii-curve${/random/.test(name) ? " saii-random" : ""}${k % 2 ? " saii-second" : ""}`;
    const lines = names.map((name, k) => ({ name, values: row.curves[name], style: style(name, names.length === 2 && /random/.test(name) ? 0 : k) }));
    open.append(
      lineChart({ along: row.along, lines, ticks: axisTicks, text: value => tickText(value, row.unit), across: "share of the parts and words", up: row.unit, label: `${row.quantity}: ${names.join(", ")}` }),
      element("div", { class: "saii-row saii-key" }, ...lines.map(({ name, style }) => element("span", {}, lineSample(style), element("span", { dir: "auto" }, name)))),
    );
  }

  const toggle = n => { active = n; send({ chosen: model.get("chosen") === places[n] ? -1 : places[n] }); mark(); };
  strip.addEventListener("click", event => {
    const tile = event.target.closest?.("[role=option]");
    if (tile) toggle([...strip.children].indexOf(tile));
  }, { signal });
  strip.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const n = places.length, moves = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -n, End: n };
    if (event.key in moves) {
      active = Math.min(n - 1, Math.max(0, active + moves[event.key]));
      mark();
      say(about.rows[places[active]]);
    } else if ((event.key === "Enter" && !event.shiftKey) || event.key === " ") toggle(active);
    else return;
    event.preventDefault();
  }, { signal });
  for (const name of ["focus", "blur"]) strip.addEventListener(name, () => say(rest_on()), { signal });

  listen(["chosen"], draw);
  listen(["everything"], draw);
  listen(["_about"], painter(load, signal));
  load();
  return close;
}

export default { render };
