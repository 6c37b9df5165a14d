import { choice, element, floats, frame, painter, shown, uniqueId } from "./shared.js";
import { axisTicks, tickText } from "./parts/axis_ticks.js";

export function render({ model, el }) {
  const { body, signal, listen, send, close } = frame({ model, el, kind: "score-bars" });
  const id = uniqueId();
  let about, values = [], ends = [], order = [], rows = [], active = 0;

  const title = element("span", { class: "saii-title", dir: "auto" });
  const sorted = choice("Order", ["as given", "by value"].map(one => [one, one]), value => send({ order: value }), signal);
  const list = element("div", { class: "saii-list", role: "listbox", tabindex: 0 });
  const ticks = element("div", { class: "saii-track" }), unit = element("span", { class: "saii-muted" });
  const axis = element("div", { class: "saii-line saii-axis", "aria-hidden": true }, element("span", { class: "saii-name" }), element("span", { class: "saii-drawn" }, ticks, unit));
  const key = element("div", { class: "saii-row saii-key" });
  body.append(element("div", { class: "saii-row" }, title, element("span", { class: "saii-gap" }), sorted.made), list, axis, key);

  const said = (value, bare) => shown(value, about.unit, { signed: about.signed, bare });
  const range = k => {
    if (!ends.length) return "";
    const [low, high] = [ends[k], ends[values.length + k]], half = (high - low) / 2;
    return about.interval.startsWith("±") ? `± ${shown(half, about.unit, { bare: true })}` : `${said(low, true)} to ${said(high, true)}`;
  };

  function made() {
    const parts = [["i", "saii-amount"], ["i", "saii-whisker"]].map(([tag, name]) => element(tag, { class: name }));
    const [name, value, between] = ["saii-name", "saii-value", "saii-between"].map(one => element("span", { class: one }));
    name.dir = "auto";
    const track = element("span", { class: "saii-track" }, ...parts);
    const row = element("div", { class: "saii-line", role: "option" }, name, element("span", { class: "saii-drawn" }, track, element("span", { class: "saii-numbers" }, value, between)));
    return { row, name, value, between, bar: parts[0], whisker: parts[1] };
  }

  function load() {
    [about, values, ends] = [model.get("_about"), floats(model.get("_values")), floats(model.get("_ends"))];
    title.textContent = about.title;
    sorted.made.hidden = about.labels.length < 3;
    unit.textContent = ["probability", "share"].includes(about.unit) ? `${about.unit} in %` : about.unit;
    list.setAttribute("aria-label", `${about.kind}s, ${about.unit}`);
    const longest = Math.max(...about.labels.map(label => label.length)), room = Math.min(14, Math.max(4, 0.6 * longest + 1.5));
    body.style.setProperty("--saii-room", `${room}rem`); // rem; labels that need more grow with the window, and wrap
    body.style.setProperty("--saii-grow", room < 14 ? 0 : 2);
    while (rows.length < about.labels.length) rows.push(made());
    draw();
  }

  function draw() {
    order = about.labels.map((_, k) => k);
    if (model.get("order") === "by value") order.sort((a, b) => values[b] - values[a] || a - b);
    sorted.show(model.get("order"));
    const given = model.get("extent"), reference = model.get("reference");
    const scale = given.length === 2 ? axisTicks(...given, 5, { widen: false }) : axisTicks(Math.min(about.low, reference ?? 0), Math.max(about.high, reference ?? 0));
    const share = value => Math.min(1, Math.max(0, (value - scale.low) / (scale.high - scale.low)));
    const across = (part, from, to) => {
      part.style.left = `${(100 * share(from)).toFixed(3)}%`;
      part.style.width = `${(100 * (share(to) - share(from))).toFixed(3)}%`;
      part.classList.toggle("saii-from-beyond", from < scale.low);
      part.classList.toggle("saii-to-beyond", to > scale.high);
    };
    body.style.setProperty("--saii-zero", `${100 * share(0)}%`);
    body.style.setProperty("--saii-reference", `${100 * share(reference ?? 0)}%`);
    body.classList.toggle("saii-referred", reference !== null && reference !== undefined);
    order.forEach((k, n) => {
      const { row, name, value, between, bar, whisker } = rows[n], number = values[k];
      row.id = `${id}-${n}`;
      row.dataset.place = k;
      row.setAttribute("aria-label", [`${about.labels[k]}: ${said(number)}`, range(k)].filter(Boolean).join(", "));
      name.textContent = about.labels[k];
      value.textContent = said(number);
      between.textContent = range(k);
      bar.className = `saii-amount${number < 0 ? " saii-below" : about.signed ? " saii-above" : ""}`;
      across(bar, Math.min(0, number), Math.max(0, number));
      whisker.hidden = !ends.length;
      if (ends.length) across(whisker, ends[k], ends[values.length + k]);
    });
    const shownRows = rows.slice(0, order.length).map(({ row }) => row);
    if (list.children.length !== shownRows.length) list.replaceChildren(...shownRows);
    ticks.replaceChildren(...scale.ticks.map(value => {
      const tick = element("span", { class: "saii-tick" }, tickText(value, about.unit));
      tick.style.left = `${100 * share(value)}%`;
      return tick;
    }));
    key.replaceChildren(...keys(reference));
    key.hidden = !key.children.length;
    active = Math.min(active, order.length - 1);
    mark();
    body.dataset.painted = String(Number(body.dataset.painted ?? 0) + 1);
  }

  function keys(reference) {
    const entries = [];
    if (ends.length) entries.push(["saii-whisker", model.get("interval") || about.interval]);
    if (reference !== null && reference !== undefined) entries.push(["saii-reference", `${model.get("reference_label") || "reference"}: ${shown(reference, about.unit)}`]);
    return entries.map(([name, text]) => element("span", { class: "saii-entry" }, element("i", { class: name, "aria-hidden": true }), element("span", { dir: "auto" }, text)));
  }

  function mark() {
    const lit = new Set(model.get("highlighted"));
    order.forEach((place, n) => {
      const { row } = rows[n];
      row.setAttribute("aria-selected", String(place === model.get("chosen")));
      row.classList.toggle("saii-lit", lit.has(place));
      row.classList.toggle("saii-active", n === active);
    });
    list.setAttribute("aria-activedescendant", rows[active].row.id);
  }

  const toggle = n => { active = n; send({ chosen: model.get("chosen") === order[n] ? -1 : order[n] }); mark(); };
  list.addEventListener("click", event => {
    const row = event.target.closest?.("[role=option]");
    if (row) toggle(order.indexOf(Number(row.dataset.place)));
  }, { signal });
  list.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const n = order.length, moves = { ArrowDown: 1, ArrowUp: -1, Home: -n, End: n };
    if (event.key in moves) {
      active = Math.min(n - 1, Math.max(0, active + moves[event.key]));
      rows[active].row.scrollIntoView({ block: "nearest" });
      mark();
    } else if ((event.key === "Enter" && !event.shiftKey) || event.key === " ") toggle(active);
    else return;
    event.preventDefault();
  }, { signal });

  listen(["chosen", "highlighted"], () => mark());
  listen(["order", "reference", "reference_label", "interval", "extent"], draw);
  listen(["_about", "_values", "_ends"], painter(load, signal));
  load();
  return close;
}

export default { render };
