import { choice, colourOf, colourTables, element, floats, frame, inkOn, painter, pictureOf, shown } from "./shared.js";
import { cellStage } from "./parts/cell_stage.js";
import { legend } from "./parts/legend.js";

const LARGEST = 56, LEAST = 12, HEADS = 206; // pixels of a cell, and of the rows' pictures and names
const SPACED = 17; // pixels of a cell under which only every fifth column is numbered
const NUMBERED = 44; // pixels of a cell from which on its number fits in

export function render({ model, el }) {
  const { body, readout, signal, listen, send, close, say } = frame({ model, el, kind: "pair-matrix" });
  const { sequential } = colourTables(model.get("_tables"));
  let about, table, values, rows = [], columns = [], pictures = [], pointed = null, side = LARGEST, loads = 0;

  const picked = () => [rows.indexOf(model.get("chosen").image), columns.indexOf(model.get("chosen").caption)];
  const stage = cellStage({
    point: cell => { pointed = cell; frameCells(); },
    choose: ([row, column]) => send({ chosen: { image: rows[row], caption: columns[column] } }),
    start: picked,
    signal,
  });
  const heads = element("div", { class: "saii-heads", "aria-hidden": true }), across = element("div", { class: "saii-across", "aria-hidden": true });
  const list = element("ol", { class: "saii-captions", "aria-label": "Captions" }), key = legend();
  const unit = choice("Shown", [], value => send({ shown: value }), signal);
  const order = choice("Order", ["as given", "by mean", "alike together"].map(one => [one, one]), value => send({ order: value }), signal);
  const title = element("span", { class: "saii-title" });
  body.append(
    element("div", { class: "saii-row" }, title, element("span", { class: "saii-gap" }), unit.made, order.made),
    element("div", { class: "saii-scroll" }, element("div", { class: "saii-grid" }, element("span"), across, heads, stage.made)),
    element("div", { class: "saii-row saii-under" }, key.made, readout),
    list,
  );

  async function load() {
    const mine = (loads += 1);
    const found = await Promise.all(model.get("_pictures").map(pictureOf)).catch(() => []);
    if (mine !== loads || signal.aborted) return;
    [about, pictures] = [model.get("_about"), found];
    title.textContent = about.title;
    unit.input.replaceChildren(...about.tables.map(({ name }) => element("option", { value: name }, name)));
    unit.made.hidden = about.tables.length < 2;
    build();
  }

  function build() {
    if (!about) return;
    const at = Math.max(0, about.tables.findIndex(({ name }) => name === model.get("shown")));
    table = about.tables[at];
    values = floats(model.get("_tables_of")[at]);
    rows = about.orders.rows[model.get("order")] ?? about.orders.rows["as given"];
    columns = about.orders.columns[model.get("order")] ?? about.orders.columns["as given"];
    side = fitting();
    heads.replaceChildren(...rows.map(head));
    const numbered = k => side >= SPACED || k === 0 || (k + 1) % 5 === 0;
    across.replaceChildren(...columns.map((place, k) => element("span", {}, numbered(k) ? String(place + 1) : ""))); // of the list below
    for (const part of [heads, across]) part.style.setProperty("--saii-side", `${side}px`);
    list.replaceChildren(...about.columns.map(text => element("li", { dir: "auto" }, text)));
    list.classList.toggle("saii-many", columns.length > 8);
    list.classList.toggle("saii-rolled", columns.length > 16);
    list.tabIndex = columns.length > 16 ? 0 : -1;
    unit.show(table.name);
    order.show(model.get("order"));
    key.show({ low: table.low, high: table.high, signed: false, table: sequential }, table.unit);
    stage.canvas.setAttribute("aria-label", `${rows.length} pictures by ${columns.length} captions, ${table.unit}`);
    pointed = null;
    paintCells();
    frameCells();
  }

  const fitting = () => Math.floor(Math.min(LARGEST, Math.max(LEAST, (body.clientWidth - HEADS) / columns.length)));
  const refit = new ResizeObserver(() => { if (about && fitting() !== side) build(); });
  refit.observe(body);
  signal.addEventListener("abort", () => refit.disconnect());

  function head(place) {
    const name = element("span", { class: "saii-name", title: about.rows[place] }, about.rows[place]);
    const picture = pictures[place];
    if (!picture) return element("div", { class: "saii-head-row" }, name);
    const small = element("canvas", { width: picture.width, height: picture.height });
    small.getContext("2d").drawImage(picture, 0, 0);
    return element("div", { class: "saii-head-row" }, small, name);
  }

  const scoreAt = (row, column) => values[rows[row] * about.columns.length + columns[column]];

  function paintCells() {
    const context = stage.resize({ rows: rows.length, columns: columns.length, width: side, height: side, gap: 1 });
    rows.forEach((_, row) => {
      const best = Math.max(...columns.map((__, column) => scoreAt(row, column)));
      columns.forEach((__, column) => {
        const value = scoreAt(row, column), colour = colourOf(sequential, (value - table.low) / (table.high - table.low));
        context.fillStyle = `rgb(${colour.join(" ")})`;
        context.fillRect(column * side, row * side, side - 1, side - 1);
        context.fillStyle = inkOn(colour);
        const [x, y] = [column * side + (side - 1) / 2, row * side + (side - 1) / 2];
        if (side >= NUMBERED) context.fillText((value === best ? "● " : "") + shown(value, table.unit, { bare: true }), x, y);
        else if (value === best) { context.beginPath(); context.arc(x, y, 2.5, 0, 2 * Math.PI); context.fill(); }
      });
    });
  }

  const frameCells = painter(() => {
    if (!about) return;
    stage.frame(pointed, picked());
    const [row, column] = pointed ?? picked();
    [...list.children].forEach((line, k) => line.classList.toggle("saii-best", k === columns[column]));
    const line = list.children[columns[column]];
    if (line && list.scrollHeight > list.clientHeight) list.scrollTop = line.offsetTop - list.offsetTop - list.clientHeight / 2;
    if (row >= 0 && column >= 0) say(`${about.rows[rows[row]]} × ${about.columns[columns[column]]}: ${shown(scoreAt(row, column), table.unit)}`);
    body.dataset.painted = String(Number(body.dataset.painted ?? 0) + 1);
  }, signal);

  listen(["chosen"], frameCells);
  listen(["shown", "order"], build);
  listen(["_about", "_tables_of", "_pictures"], painter(load, signal));
  load();
  return close;
}

export default { render };
