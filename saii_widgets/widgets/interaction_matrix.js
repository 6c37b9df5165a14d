import { choice, colourOf, colourTables, element, floats, frame, inkOn, painter, pictureOf, scaleOf, shown, slider, tick } from "./shared.js";
import { cellStage } from "./parts/cell_stage.js";
import { legend } from "./parts/legend.js";
import { calmPictures, paintLines, paintMap, panel, sizeFor } from "./parts/map_panel.js";
import { marginBars } from "./parts/margin_bars.js";
import { outlineOf, overRegions } from "./parts/regions.js";
import { cellSize, peaks, signedCells } from "./parts/signed_cells.js";
import { wordRow } from "./parts/word_row.js";

const OPACITY = 0.8, NUMBERED = 46; // pixels of a cell from which on its number fits in
const BESIDE = 860, LOOK = 320, HEADS = 104, MARGIN = 116, STRIP = 44; // pixels: see layout
const NOWHERE = { row: -1, column: -1 };

export function render({ model, el }) {
  const { body, readout, signal, listen, send, close, say } = frame({ model, el, kind: "interaction-matrix" });
  const { diverging } = colourTables(model.get("_tables"));
  let about, cells, scale, effects, rows = [], columns = [], picture = null, pictured, calm, seen = null, regions = null, size, pointed = NOWHERE, settled = [], loads = 0;

  const [title, sizes] = ["saii-title", "saii-muted"].map(name => element("span", { class: name }));
  const order = choice("Order", [], value => send({ order: value }), signal);
  const least = slider("least |z|", { min: 0, max: 5, step: 0.1 }, (value, ended) => send({ least_z: value }, ended), signal, value => value.toFixed(1));
  least.made.title = "Grey out what lies less than so many standard errors from zero";
  const functionWords = tick("Function words", value => send({ function_words: value }), signal);
  const stage = cellStage({ point: cell => point(cell ? { row: rows[cell[0]], column: columns[cell[1]] } : NOWHERE), choose: cell => chooseCell(rows[cell[0]], columns[cell[1]]), start: () => picked().map(place => Math.max(0, place)), signal });
  const heads = element("div", { class: "saii-heads", "aria-hidden": true }), across = element("div", { class: "saii-across", "aria-hidden": true });
  const besideRows = marginBars({ across: false, length: 56 }), underColumns = marginBars({ across: true, length: STRIP });
  const [corner, marginHead, stripHead] = ["saii-corner", "saii-margin-head", "saii-strip-head"].map(name => element("div", { class: `saii-muted ${name}`, "aria-hidden": true }));
  const grid = element("div", { class: "saii-grid" }, corner, across, marginHead, heads, stage.made, besideRows.svg, stripHead, underColumns.svg);
  const scroller = element("div", { class: "saii-scroll" }, grid), key = legend();
  const faintKey = element("span", { class: "saii-faint-key" }, element("i", { class: "saii-swatch" }), element("span"));
  const nothing = element("p", { class: "saii-muted saii-nothing", hidden: true });
  const chips = { row: side("row"), column: side("column") }, look = element("div", { class: "saii-look" }), map = element("div", { class: "saii-map" });
  const sides = element("div", { class: "saii-sides" });
  look.append(map, sides);
  const table = element("div", { class: "saii-table" }, nothing, scroller, element("div", { class: "saii-row saii-under" }, key.made, faintKey), readout);
  body.append(
    element("div", { class: "saii-row saii-head" }, title, sizes),
    element("div", { class: "saii-row saii-controls" }, order.made, least.made, functionWords.made),
    element("div", { class: "saii-parts" }, look, table),
  );

  function side(name) {
    const told = element("div", { class: "saii-muted" });
    const row = wordRow({ label: "Words", signal, point: place => pointSide(name, place), choose: place => choose(name, place) });
    return { row, told, made: element("div", { class: "saii-side" }, told, row.list) };
  }

  const z = () => (about.tested ? Number(model.get("least_z")) || 0 : 0);
  const ends = () => Array.from(model.get("poles") ?? [], String);
  const axis = name => (name === "row" ? about.rows : about.columns);
  const isPatch = name => axis(name).kind === "patch";
  const chipped = name => !isPatch(name) && !(about.square && name === "column"); // patches are on the picture
  const trait = name => (name === "column" || isPatch("row") ? "selected_patch" : "selected_word");
  const selected = name => {
    const place = Number(model.get(trait(name)));
    return (about.square && name === "column") || !(place in axis(name).labels) ? -1 : place;
  };
  const choose = (name, place) => send({ [trait(name)]: place === selected(name) ? -1 : place });
  const point = where => { if (where.row !== pointed.row || where.column !== pointed.column) { pointed = where; paint(); } };
  const picked = () => [rows.indexOf(selected("row")), columns.indexOf(selected("column"))];

  // Between things of one kind, the one that is pointed at is read against the chosen one.
  function pointSide(name, place) {
    const one = about.square ? (selected("row") >= 0 && selected("row") !== place ? "column" : "row") : name;
    point(place < 0 ? NOWHERE : { ...NOWHERE, [one]: place });
  }
  function chooseCell(row, column) {
    if (about.square) { choose("row", row); return; }
    const again = row === selected("row") && column === selected("column");
    send({ [trait("row")]: again ? -1 : row, [trait("column")]: again ? -1 : column });
  }

  async function load() {
    const mine = (loads += 1), [view] = model.get("_pictures");
    if (view !== pictured) {
      const found = view ? await pictureOf(view).catch(() => null) : null;
      if (mine !== loads || signal.aborted) return;
      [picture, pictured] = [found, view];
    }
    about = model.get("_about");
    const [values, errors] = [floats(model.get("_values")), floats(model.get("_errors"))];
    cells = signedCells({ values, errors, n: about.rows.labels.length, m: about.columns.labels.length, noSelf: about.no_self });
    scale = { ...scaleOf(values, "diverging"), table: diverging };
    const margins = Array.from(model.get("_margins"), floats);
    effects = { row: { numbers: margins[0], errors: margins[1] }, column: { numbers: margins[2], errors: margins[3] } };
    if (pointed.row >= about.rows.labels.length || pointed.column >= about.columns.labels.length) pointed = NOWHERE;
    settle();
    build();
  }

  // The picture and the rows of words stay as they are while only numbers change: whoever is at them is not disturbed.
  function settle() {
    const regionsSent = model.get("_regions"), [picturesSent] = model.get("_pictures"), names = Object.keys(chips).filter(chipped);
    const now = [JSON.stringify([about.picture, about.columns.labels.length, names]), regionsSent, picturesSent];
    if (now.every((one, k) => one === settled[k])) return;
    settled = now;
    sides.replaceChildren(...names.map(name => chips[name].made));
    [seen, regions] = [null, null];
    if (about.picture && picture) {
      const { shape: [down, right], extent, drawing } = about.picture, raster = floats(regionsSent);
      regions = raster.length ? raster : null;
      calm = calmPictures(extent, drawing);
      seen = panel({ extent, rows: down, columns: right, patches: about.columns.labels.length, regions, point: place => pointSide("column", place), choose: place => { if (place >= 0) choose(about.square ? "row" : "column", place); }, signal });
    }
    const problem = about.picture ? "The picture could not be read." : isPatch("column") ? "These patches lie nowhere in the picture: give their axis a grid, boxes or masks." : "";
    map.replaceChildren(...(seen ? [seen.made] : problem ? [element("p", { class: "saii-muted" }, problem)] : []));
  }

  // A word that occurs twice is told by its place.
  const named = ({ kind, labels }, place) => (labels.indexOf(labels[place]) === labels.lastIndexOf(labels[place]) ? labels[place] : `${labels[place]} (${kind} ${place + 1})`);
  const quoted = ({ kind, labels }, place) => (kind === "patch" ? labels[place] : `“${labels[place]}”`);
  const counted = ({ kind, labels }) => `${labels.length} ${kind}${labels.length === 1 ? "" : kind === "patch" ? "es" : "s"}`;

  // What depends on the result and on what of it is shown, not on what is chosen.
  function build() {
    if (!about) return;
    const asked = String(model.get("order")), sorting = Object.hasOwn(about.orders, asked) ? asked : "as given", orders = about.orders[sorting];
    const hidden = ({ roles }, place) => !model.get("function_words") && roles?.[place] === "function";
    rows = orders.rows.filter(place => !hidden(about.rows, place));
    columns = orders.columns.filter(place => !hidden(about.columns, place));
    title.textContent = about.title || String(model.get("label"));
    sizes.textContent = `${counted(about.rows)} × ${counted(about.columns)}${about.grid ? ` (${about.grid.join(" × ")})` : ""}`;
    order.input.replaceChildren(...Object.keys(about.orders).map(name => element("option", { value: name }, name)));
    order.show(sorting);
    functionWords.show(model.get("function_words"));
    functionWords.made.hidden = !about.has_function_words;
    least.show(Number(model.get("least_z")) || 0);
    least.made.hidden = !about.tested;
    faintKey.hidden = z() === 0;
    faintKey.lastChild.textContent = `less than ${z().toFixed(1)} standard errors from 0`;
    key.show(scale, about.unit, ends());
    nothing.hidden = rows.length > 0 && columns.length > 0;
    nothing.textContent = about.has_function_words && !model.get("function_words") ? "Function words are hidden, and there are no others." : "There is nothing to show.";
    scroller.hidden = !nothing.hidden;
    stage.canvas.setAttribute("aria-label", `${counted(about.rows)} by ${counted(about.columns)}, ${about.unit}`);
    layout();
    paintCells();
    paint();
  }

  // The picture stands beside the matrix where both fit, else under it; cells take the room that is left.
  function layout() {
    const wide = body.clientWidth || BESIDE, narrow = wide < 520, withRows = effects.row.numbers.length > 0, withColumns = effects.column.numbers.length > 0 && !(about.square && withRows && !isPatch("row"));
    const around = (narrow ? 72 : HEADS) + (withRows ? MARGIN : 0) + 12, left = wide - around - LOOK;
    const beside = seen !== null && wide >= BESIDE && left >= 3 * columns.length;
    body.classList.toggle("saii-beside", beside);
    body.classList.toggle("saii-narrow", narrow);
    size = cellSize({ room: beside ? left : wide - around, n: rows.length, m: columns.length, across: about.columns.kind, square: about.square });
    grid.style.setProperty("--saii-wide", `${size.width}px`);
    grid.style.setProperty("--saii-high", `${size.height}px`);
    grid.style.setProperty("--saii-heads", `${narrow ? 72 : HEADS}px`);
    stage.made.classList.toggle("saii-dense", size.width < 16);
    stage.made.classList.toggle("saii-flat", size.height < 8);
    heads.replaceChildren(...headsOf("row", rows, size.height));
    across.replaceChildren(...headsOf("column", columns, size.width));
    for (const svg of [besideRows.svg, marginHead]) svg.toggleAttribute("hidden", !withRows);
    for (const svg of [underColumns.svg, stripHead]) svg.toggleAttribute("hidden", !withColumns);
    corner.textContent = about.grid && size.width < 30 && model.get("order") === "as given" ? "picture row" : "";
    marginHead.textContent = "main effect";
    stripHead.textContent = withColumns ? `main effect, up to ±${shown(Math.max(...effects.column.numbers.map(Math.abs)), about.unit, { bare: true })}` : "";
    if (withRows) besideRows.show({ numbers: rows.map(place => effects.row.numbers[place]), step: size.height, unit: about.unit });
    if (withColumns) underColumns.show({ numbers: columns.map(place => effects.column.numbers[place]), step: size.width, unit: about.unit });
  }

  // Names where they fit; patches as they lie are named by the rows of their grid.
  function headsOf(name, places, step) {
    const { kind, labels, roles } = axis(name), given = places.every((place, k) => place === k), deep = name === "column";
    const span = (text, length, more = {}) => {
      const made = element("span", { dir: "auto", ...more }, text);
      made.style[deep ? "width" : "height"] = `${length}px`;
      return made;
    };
    if (kind === "patch") {
      const right = about.grid?.[1];
      if (given && right && step < 30) return Array.from({ length: places.length / right }, (_, k) => span(step * right < 44 ? String(k + 1) : `row ${k + 1}`, step * right, { class: "saii-stretch" }));
      if (step < 30) return [span({ "by strength": "strongest first", "by main effect": "largest main effect first" }[model.get("order")] ?? "", step * places.length, { class: "saii-stretch" })];
      return places.map(place => span(right ? `${Math.floor(place / right) + 1},${(place % right) + 1}` : labels[place], step, { class: "saii-stretch", title: labels[place] }));
    }
    return places.map(place => span(element("b", {}, labels[place]), step, { class: deep ? "saii-upright" : "saii-lying", title: labels[place], "data-role": roles?.[place] }));
  }

  function paintCells() {
    if (!rows.length || !columns.length) return;
    const context = stage.resize({ rows: rows.length, columns: columns.length, ...size }), small = new OffscreenCanvas(columns.length, rows.length);
    small.getContext("2d").putImageData(new ImageData(cells.pixels(rows, columns, z(), scale), columns.length, rows.length), 0, 0);
    context.drawImage(small, 0, 0, size.width * columns.length, size.height * rows.length);
    if (size.width < NUMBERED) return;
    rows.forEach((row, down) => columns.forEach((column, right) => {
      if (cells.missing(row, column) || cells.faint(row, column, z())) return;
      context.fillStyle = inkOn(colourOf(diverging, (cells.value(row, column) - scale.low) / (scale.high - scale.low)));
      context.fillText(shown(cells.value(row, column), about.unit, { signed: true, bare: true }), (right + 0.5) * size.width, (down + 0.5) * size.height);
    }));
  }

  const paint = painter(() => {
    if (!about) return;
    const row = pointed.row >= 0 ? pointed.row : selected("row"), column = pointed.column >= 0 ? pointed.column : selected("column");
    stage.frame([rows.indexOf(pointed.row), columns.indexOf(pointed.column)], picked());
    if (!isPatch("row")) [...heads.children].forEach((head, k) => head.classList.toggle("saii-on", rows[k] === row));
    if (!isPatch("column")) [...across.children].forEach((head, k) => head.classList.toggle("saii-on", columns[k] === column));
    paintMapOf(row, column);
    paintChips("row", row, about.square ? row : column);
    paintChips("column", column, row);
    say(told(row, column));
    body.dataset.painted = String(Number(body.dataset.painted ?? 0) + 1);
  }, signal);

  function paintMapOf(row, column) {
    if (!seen) return;
    const { shape: [down, right], extent, drawing } = about.picture, of = sizeFor(picture), own = effects.column.numbers;
    const values = row >= 0 ? cells.row(row, z()) : own.length ? own : new Float32Array(about.columns.labels.length);
    const ownScale = row < 0 && own.length ? { ...scaleOf(own, "diverging"), table: diverging } : scale;
    const context = seen.canvas.getContext("2d", { willReadFrequently: true }), marked = [about.square ? row : selected("column"), pointed.column];
    seen.resize(of);
    paintMap(context, { calm: calm("first", picture, of), size: of, grid: regions ? overRegions(regions, values) : values, rows: down, columns: right, extent, smooth: false, look: { ...ownScale, opacity: OPACITY, threshold: 0, ease: drawing.ease } });
    if (regions) for (const patch of new Set(marked)) paintLines(context, patch < 0 ? [] : outlineOf(regions, down, right, patch), of);
    else seen.frame(marked[1], marked[0]);
    const what = row >= 0 ? `${quoted(about.rows, row)} with each patch` : own.length ? `Main effect of each patch, colours up to ±${shown(ownScale.high, about.unit)}` : `Choose a ${about.rows.kind} to see its map.`;
    seen.title.textContent = what;
    seen.canvas.setAttribute("aria-label", [model.get("label"), what].join(", "));
  }

  // Things of one side as a row to choose from, in the colours of their numbers with one thing of the other side.
  function paintChips(name, now, other) {
    if (!chipped(name)) return;
    const { row, told: head } = chips[name], { kind, labels, roles } = axis(name), back = name === "row" && !about.square;
    const shownPlaces = new Set(name === "row" ? rows : columns);
    const words = labels.map((text, place) => ({ place, text, role: roles?.[place] })).filter(({ place }) => shownPlaces.has(place));
    for (const word of words) {
      const [r, c] = back ? [word.place, other] : [other, word.place];
      if (other < 0 || cells.missing(r, c)) continue;
      word.value = cells.value(r, c);
      word.faint = cells.faint(r, c, z());
      if (!word.faint) word.colour = colourOf(diverging, (word.value - scale.low) / (scale.high - scale.low));
    }
    const against = axis(back ? "column" : "row");
    head.textContent = other >= 0 ? `${kind}s with ${quoted(against, other)}` : `${kind}s: choose one${seen ? " for its map" : ""}, or a ${against.kind} to colour them`;
    row.list.setAttribute("aria-label", `${kind}s`);
    row.show(words, selected(name), about.unit, now);
  }

  const signed = value => shown(value, about.unit, { signed: true });
  const withError = (value, error) => `${signed(value)}${error === undefined ? "" : ` ± ${shown(error, about.unit)}`}`;
  const pole = value => { const [minus, plus] = ends(); return value > 0 ? plus : value < 0 ? minus : ""; };

  function told(row, column) {
    const [one, other] = [named(about.rows, row), named(about.columns, column)];
    if (row >= 0 && column >= 0) {
      if (cells.missing(row, column)) return `${one}: no pair with itself`;
      const value = cells.value(row, column), faint = cells.faint(row, column, z());
      return `${one} × ${other}: ${[withError(value, cells.error(row, column)), faint ? `less than ${z().toFixed(1)} standard errors` : pole(value)].filter(Boolean).join(", ")}`;
    }
    if (row < 0 && column < 0) return "Point at a cell to read it; click to keep it.";
    const name = row >= 0 ? "row" : "column", place = Math.max(row, column), numbers = row >= 0 ? cells.row(row, z()) : cells.column(column, z());
    const { most, least: lowest } = peaks(numbers), own = effects[name], partners = axis(row >= 0 ? "column" : "row"), [minus, plus] = ends();
    const parts = [
      own.numbers.length ? `main effect ${withError(own.numbers[place], own.errors[place])}` : "",
      most >= 0 ? `most ${plus} ${signed(numbers[most])} with ${named(partners, most)}` : "",
      lowest >= 0 ? `most ${minus} ${signed(numbers[lowest])} with ${named(partners, lowest)}` : "",
    ].filter(Boolean);
    return `${row >= 0 ? one : other}: ${parts.join("; ") || "no interactions"}`;
  }

  // Heads and margins are for the mouse; keys reach the same through the cells, the picture and the words.
  function alongside(elementAt, name, horizontal) {
    const at = event => {
      const box = elementAt.getBoundingClientRect(), places = name === "row" ? rows : columns;
      const share = horizontal ? (event.clientX - box.left) / (size.width * columns.length) : (event.clientY - box.top) / (size.height * rows.length);
      return places[Math.min(places.length - 1, Math.max(0, Math.floor(share * places.length)))];
    };
    elementAt.addEventListener("pointermove", event => pointSide(name, at(event)), { signal });
    elementAt.addEventListener("pointerleave", () => point(NOWHERE), { signal });
    elementAt.addEventListener("click", event => choose(about.square ? "row" : name, at(event)), { signal });
  }
  for (const part of [heads, besideRows.svg]) alongside(part, "row", false);
  for (const part of [across, underColumns.svg]) alongside(part, "column", true);

  const rebuild = painter(build, signal);
  let width = 0;
  const watching = new ResizeObserver(() => { if (body.clientWidth !== width) { width = body.clientWidth; rebuild(); } });
  watching.observe(body);
  signal.addEventListener("abort", () => watching.disconnect());
  listen(["selected_word", "selected_patch"], paint);
  listen(["order", "least_z", "function_words", "poles"], rebuild);
  listen(["_about", "_values", "_errors", "_margins", "_pictures", "_regions"], painter(load, signal));
  load();
  return close;
}

export default { render };
