import { button, choice, colourTables, element, floats, frame, painter, pictureOf, scaleOf, shown, slider } from "./shared.js";
import { calmPictures, paintMap, panel, sizeFor } from "./parts/map_panel.js";
import { scoreLines } from "./parts/score_lines.js";

const PACE = 900; // milliseconds a step
const listed = texts => (texts.length < 2 ? texts.join("") : `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}`);

export function render({ model, el }) {
  const { body, readout, signal, listen, send, close, say } = frame({ model, el, kind: "counterfactual-slider" });
  const tables = colourTables(model.get("_tables"));
  let about, removal, scores, maps, picture, calm, shownPanel, playing = 0, loads = 0;

  const caption = element("p", { class: "saii-struck", dir: "auto", "aria-label": "Caption" });
  const seek = (step, ended) => { stop(); send({ step }, ended); };
  const chart = scoreLines({ seek, signal });
  const key = element("ul", { class: "saii-key" });
  const verdict = element("p", { class: "saii-verdict" });
  const stage = element("div", { class: "saii-beside" });
  const steps = slider("Taken away", { min: 0, max: 1, step: 1 }, seek, signal, step => said(step));
  const play = button("Play", { "aria-pressed": false }, () => (playing ? stop() : start()), signal);
  const order = choice("Order", [], name => { stop(); send({ order: name, step: 0 }); }, signal);
  const scoresBeside = element("div", { class: "saii-scores" }, chart.svg, key);
  body.append(caption, element("div", { class: "saii-row" }, steps.made, play, order.made), element("div", { class: "saii-columns" }, scoresBeside, stage), verdict, readout);

  const last = () => removal.places.length;
  const nowAt = () => Math.min(Number(model.get("step")), last());
  const nameOf = place => (removal.of === "words" ? about.words[place]?.[0] : about.map?.patches[place]) ?? "";
  const said = step => (step === 0 || !removal ? "nothing" : `${step} of ${last()}`);

  function start() {
    if (nowAt() >= last()) send({ step: 0 });
    playing = setInterval(() => {
      const step = nowAt() + 1;
      send({ step: Math.min(step, last()) }, step >= last());
      if (step >= last()) stop();
    }, PACE);
    play.textContent = "Pause";
    play.setAttribute("aria-pressed", "true");
  }

  function stop() {
    clearInterval(playing);
    playing = 0;
    play.textContent = "Play";
    play.setAttribute("aria-pressed", "false");
  }
  signal.addEventListener("abort", stop);

  async function load() {
    const mine = (loads += 1), [view] = model.get("_pictures");
    const decoded = view ? await pictureOf(view).catch(() => null) : null;
    if (mine !== loads || signal.aborted) return;
    [about, picture] = [model.get("_about"), decoded];
    order.input.replaceChildren(...about.removals.map(({ name }) => element("option", { value: name }, name)));
    order.made.hidden = about.removals.length < 2;
    build();
  }

  function build() {
    const at = Math.max(0, about.removals.findIndex(({ name }) => name === model.get("order")));
    removal = about.removals[at];
    scores = floats(model.get("_scores")[at]);
    maps = floats(model.get("_maps")[at]);
    order.show(removal.name);
    steps.input.max = last();
    chart.draw({ scores, captions: removal.captions, unit: removal.unit, flip: removal.flip });
    key.replaceChildren(...removal.captions.map((text, k) => element("li", {}, element("i", { class: `saii-swatch saii-line-${k % 6}` }), element("span", { class: "saii-name", dir: "auto" }, text), element("span", { class: "saii-value" }))));
    stage.replaceChildren();
    shownPanel = null;
    if (maps.length && picture && about.map) {
      const [rows, columns] = about.map.grid, { extent } = about.map;
      calm = calmPictures(extent, about.map.drawing);
      const point = patch => { shownPanel?.frame(patch); tell(patch); };
      shownPanel = panel({ extent, rows, columns, patches: rows * columns, point, choose: () => {}, signal });
      stage.append(shownPanel.made);
    }
    const { flip } = removal, before = removal.captions[best(0)], gone = removal.places.slice(0, flip).map(nameOf);
    verdict.textContent = flip < 0
      ? `The match holds: “${before}” scores highest at every step.`
      : `The match flips once ${listed(gone)} ${flip === 1 ? "is" : "are"} gone: “${before}” gives way to “${removal.captions[best(flip)]}”.`;
    paint();
  }

  const row = step => scores.subarray(step * removal.captions.length, (step + 1) * removal.captions.length);
  const best = step => row(step).indexOf(Math.max(...row(step)));

  const paint = painter(() => {
    if (!removal) return;
    const step = nowAt(), gone = removal.places.slice(0, step), top = best(step);
    steps.show(step);
    strike(removal.of === "words" ? new Set(gone) : new Set());
    chart.mark(step, `Scores after ${said(step)} was taken away: ${removal.captions.map((text, k) => `${text} ${shown(row(step)[k], removal.unit)}`).join(", ")}`);
    [...key.children].forEach((line, k) => {
      line.lastChild.textContent = shown(row(step)[k], removal.unit);
      line.classList.toggle("saii-best", k === top);
    });
    tell(-1);
    drawMap(step, gone);
    body.dataset.painted = String(Number(body.dataset.painted ?? 0) + 1);
  }, signal);

  function strike(gone) {
    const chars = Array.from(about.caption);
    let end = 0;
    const parts = about.words.flatMap(([text, start, stop_], k) => {
      const before = chars.slice(end, start).join("");
      end = stop_;
      return [before, element(gone.has(k) ? "s" : "span", {}, text)];
    });
    caption.replaceChildren(...parts, chars.slice(end).join(""));
  }

  function tell(patch) {
    const step = nowAt(), gone = removal.places.slice(0, step).map(nameOf);
    const n = about.map ? about.map.patches.length : 0;
    const value = patch >= 0 && maps.length ? `${about.map.patches[patch]}: ${shown(maps[step * n + patch], about.map.unit)}. ` : "";
    say(`${value}${gone.length ? `Without ${listed(gone)}` : "Nothing taken away"}: “${removal.captions[best(step)]}” scores highest, ${shown(Math.max(...row(step)), removal.unit)}.`);
  }

  function drawMap(step, gone) {
    if (!shownPanel) return;
    const { grid: [rows, columns], extent, drawing } = about.map, n = rows * columns, size = sizeFor(picture);
    const scale = scaleOf(maps), context = shownPanel.canvas.getContext("2d", { willReadFrequently: true });
    shownPanel.resize(size);
    const look = { ...scale, table: scale.signed ? tables.diverging : tables.sequential, opacity: 0.8, threshold: 0, ease: drawing.ease };
    paintMap(context, { calm: calm("first", picture, size), size, grid: maps.subarray(step * n, (step + 1) * n), rows, columns, extent, smooth: true, look });
    if (removal.of === "patches") {
      const [left, top, right, bottom] = extent, across = ((right - left) * size.width) / columns, down = ((bottom - top) * size.height) / rows;
      context.fillStyle = "#808080";
      for (const place of gone) context.fillRect(left * size.width + (place % columns) * across, top * size.height + Math.floor(place / columns) * down, across, down);
    }
    shownPanel.canvas.setAttribute("aria-label", `Map after ${said(step)} was taken away`);
  }

  listen(["step"], paint);
  listen(["order"], () => { if (about) build(); });
  listen(["_about", "_scores", "_maps", "_pictures"], painter(load, signal));
  load();
  return close;
}

export default { render };
