import { button, choice, colourTables, element, floats, frame, painter, pictureOf, scaleOf, shown, slider, tick } from "./shared.js";
import { legend } from "./parts/legend.js";
import { calmPictures, paintLines, paintMap, panel, sizeFor } from "./parts/map_panel.js";
import { saveButtons } from "./parts/map_files.js";
import { wordRow } from "./parts/word_row.js";

const SLID = ["layer", "step"];
const THUMBNAIL = 96;
const perCent = share => `${Math.round(100 * share)} %`;

const minus = (one, other) => one.map((value, k) => value - other[k]);

const extremes = grids => grids.flatMap(grid => {
  let low = 0, high = 0;
  for (const value of grid) { low = Math.min(low, value); high = Math.max(high, value); }
  return [low, high];
});

export function render({ model, el }) {
  const { body, readout, signal, listen, send, close, say, root } = frame({ model, el, kind: "heatmap-view" });
  const tables = colourTables(model.get("_tables"));
  let about, values, others, difference, ends, words, pictures = [], otherPictures = [], lines = [], calm, panels = [], thumbnails = [], choosers = [];
  let pointed = { patch: -1, word: -1 }, wordsShown = null, loads = 0;

  const [head, selectors, stages, gallery] = ["saii-head", "saii-row saii-selectors", "saii-stages", "saii-gallery"].map(name => element("div", { class: name }));
  gallery.setAttribute("role", "group");
  gallery.setAttribute("aria-label", "Pictures");
  const key = legend();
  const row = wordRow({ label: "Words", signal, point: place => { pointed = { ...pointed, word: place }; paint(); }, choose: place => send({ selected_word: place }) });
  const under = element("div", { class: "saii-row saii-under" }, key.made, readout);

  const set = name => (value, ended) => send({ [name]: value }, ended);
  const opacity = slider("Opacity", { min: 0, max: 1, step: 0.05 }, set("opacity"), signal, perCent);
  const threshold = slider("Hide below", { min: 0, max: 1, step: 0.01 }, set("threshold"), signal, perCent);
  const smooth = tick("Smooth", set("smooth"), signal);
  const outlines = tick("Outlines", set("outlines"), signal);
  const colours = choice("Colours", ["auto", "sequential", "diverging"].map(one => [one, one]), set("colours"), signal);
  const scale = choice("Strongest colour is of", ["this map", "all maps"].map(one => [one, one]), set("scale"), signal);
  const mode = choice("Compare", [["one", "one map"], ["side by side", "side by side"], ["swipe", "swipe"], ["difference", "difference"]], set("mode"), signal);
  const swipe = slider("Swipe", { min: 0, max: 1, step: 0.01 }, set("swipe"), signal, perCent);
  const files = saveButtons({ panels: () => panels, legend: key.made, name: () => String(model.get("label") || "map"), words: () => wordsShown ?? [], signal, say });
  const controls = element("div", { class: "saii-row saii-controls" }, mode.made, swipe.made, opacity.made, threshold.made, smooth.made, outlines.made, colours.made, scale.made, ...files);
  body.append(head, selectors, stages, under, row.list, gallery, controls);

  const chosen = kind => Number(model.get("chosen")?.[kind] ?? 0);
  const axis = kind => about.axes.find(one => one.kind === kind);
  const choose = (kind, place, ended) => send({ chosen: { ...model.get("chosen"), [kind]: place } }, ended);

  async function load() {
    const mine = (loads += 1);
    const [shownPictures, compared] = await Promise.all(["_pictures", "_other_pictures"].map(name => Promise.all(model.get(name).map(pictureOf))))
      .catch(() => [[], []]);
    if (mine !== loads || signal.aborted) return;
    if (!shownPictures.length) { say("A picture could not be read."); return; }
    about = model.get("_about");
    [values, others, words] = ["_values", "_others", "_words"].map(name => floats(model.get(name)));
    difference = others.length ? minus(others, values) : others;
    ends = { maps: extremes([values, others]), difference: extremes([difference]) };
    [pictures, otherPictures] = [shownPictures, compared.length ? compared : shownPictures];
    lines = model.get("_outlines").map(one => one.map(([name, view]) => [String(name), floats(view)]));
    calm = calmPictures(about.extent, about.drawing);
    build();
    draw();
  }

  // What depends on the result, not on what is chosen.
  function build() {
    const [rows, columns] = about.grid;
    const point = patch => { if (patch !== pointed.patch) { pointed = { ...pointed, patch }; paint(); } };
    const pick = patch => send({ selected_patch: patch === model.get("selected_patch") ? -1 : patch });
    panels = [0, 1].map(() => panel({ extent: about.extent, rows, columns, patches: rows * columns, point, choose: pick, signal }));
    stages.replaceChildren(...panels.map(one => one.made));
    const label = String(model.get("label"));
    head.replaceChildren(element("span", { class: "saii-title" }, others.length ? label : about.title || label), element("span", { class: "saii-muted" }, sizes()));
    choosers = about.axes.filter(one => !["image", "word"].includes(one.kind) && one.labels.length > 1).map(selector);
    selectors.replaceChildren(...choosers.map(one => one.made));
    thumbnails = axis("image")?.labels.length > 1 ? axis("image").labels.map(thumbnail) : [];
    gallery.replaceChildren(...thumbnails.map(one => one.made));
    gallery.hidden = !thumbnails.length;
    for (const one of [mode.made, swipe.made]) one.hidden = !others.length;
    outlines.made.hidden = !lines.some(one => one.length);
  }

  const sizes = () => [...about.axes.filter(one => one.labels.length > 1).map(one => `${one.labels.length} ${one.kind}s`), `${about.grid.join(" × ")} patches`].join(" · ");

  function selector({ kind, labels }) {
    const name = kind[0].toUpperCase() + kind.slice(1);
    const made = SLID.includes(kind)
      ? slider(name, { min: 0, max: labels.length - 1, step: 1 }, (place, ended) => choose(kind, place, ended), signal, place => labels[place] ?? "")
      : choice(name, labels.map((label, k) => [k, label]), place => choose(kind, Number(place)), signal);
    made.show(chosen(kind));
    return { ...made, follow: () => made.show(chosen(kind)) };
  }

  function thumbnail(label, place) {
    const canvas = element("canvas", { "aria-hidden": true });
    const made = button("", { class: "saii-thumbnail", title: label, "aria-label": label }, () => choose("image", place), signal);
    made.append(canvas, element("span", {}, label));
    return { made, canvas };
  }

  // The map at what is chosen; `places` changes some of it.
  function mapOf(all, places = {}) {
    let at = 0;
    for (const { kind, labels } of about.axes) at = at * labels.length + (places[kind] ?? chosen(kind));
    const n = about.grid[0] * about.grid[1];
    return all.subarray(at * n, (at + 1) * n);
  }

  // Maps to show, each with a name; in mode "swipe" the second lies in the first's panel.
  function maps(places) {
    const first = { name: others.length ? about.title || "first" : "", grid: mapOf(values, places), pictures };
    if (!others.length || model.get("mode") === "one") return [first];
    const second = { name: about.other?.title || "second", grid: mapOf(others, places), pictures: otherPictures };
    if (model.get("mode") === "difference") return [{ name: `${second.name} − ${first.name}`, grid: mapOf(difference, places), pictures: otherPictures }];
    return [first, second];
  }

  // Signs and the common scale are those of everything that is held, so that colours keep their meaning from map to map.
  function lookOf(grids) {
    const all = model.get("mode") === "difference" && others.length ? ends.difference : ends.maps, asked = model.get("colours");
    const kind = asked === "auto" ? (Math.min(...all) < 0 ? "diverging" : "sequential") : asked;
    const scale = scaleOf(model.get("scale") === "all maps" ? all : extremes(grids), kind);
    return { ...scale, table: scale.signed ? tables.diverging : tables.sequential, opacity: model.get("opacity"), threshold: model.get("threshold"), ease: about.drawing.ease };
  }

  const draw = painter(() => { if (about) { paintAll(); paintGallery(); } }, signal);
  const paint = painter(() => { if (about) paintAll(); }, signal);

  function paintAll() {
    const word = pointed.word >= 0 ? pointed.word : model.get("selected_word");
    const places = axis("word") ? { word: word >= 0 && word < axis("word").labels.length ? word : chosen("word") } : {};
    const shownMaps = maps(places), look = lookOf(shownMaps.map(one => one.grid)), way = model.get("mode");
    const [rows, columns] = about.grid, image = chosen("image");
    panels[1].made.hidden = way !== "side by side" || shownMaps.length < 2;
    panels.forEach((one, k) => {
      const mine = shownMaps[k] ?? shownMaps[0], picture = mine.pictures[Math.min(image, mine.pictures.length - 1)];
      const size = sizeFor(picture), context = one.canvas.getContext("2d", { willReadFrequently: true });
      one.resize(size);
      const onto = { size, rows, columns, extent: about.extent, smooth: model.get("smooth"), look };
      const calmOf = set => calm(`${set === otherPictures ? "other" : "first"} ${image}`, set[Math.min(image, set.length - 1)], size);
      paintMap(context, { ...onto, calm: calmOf(mine.pictures), grid: mine.grid });
      if (way === "swipe" && shownMaps.length > 1)
        paintMap(context, { ...onto, calm: calmOf(shownMaps[1].pictures), grid: shownMaps[1].grid, left: model.get("swipe") });
      if (model.get("outlines")) for (const [, drawn] of lines[Math.min(image, lines.length - 1)] ?? []) paintLines(context, drawn, size);
      one.title.textContent = way === "swipe" && shownMaps.length > 1 ? `${shownMaps[0].name} | ${shownMaps[1].name}` : mine.name;
      one.canvas.setAttribute("aria-label", [model.get("label"), axis("image")?.labels[image], mine.name].filter(Boolean).join(", "));
      one.frame(pointed.patch >= 0 ? pointed.patch : model.get("selected_patch"));
      one.stage.style.setProperty("--saii-swipe", `${100 * model.get("swipe")}%`);
      one.stage.classList.toggle("saii-swiped", way === "swipe" && shownMaps.length > 1);
    });
    key.show(look, about.unit);
    swipe.made.hidden = way !== "swipe" || !others.length;
    showWords(places.word);
    tell(shownMaps, look);
    root.dataset.painted = String(Number(root.dataset.painted ?? 0) + 1);
  }

  // Words with maps of their own, or with one number each; pointing at a patch shades them by their part in it.
  function showWords(place) {
    const patch = pointed.patch >= 0 ? pointed.patch : model.get("selected_patch");
    const source = axis("word") ?? about.words, caption = chosen("caption");
    row.list.hidden = !source;
    wordsShown = null;
    if (!source) return;
    const image = about.words?.kinds.includes("image") ? chosen("image") : 0;
    const mine = source.labels.map((text, k) => ({ place: k, text, role: source.roles?.[k] }))
      .filter(({ place: k }) => !source.groups || !axis("caption") || source.groups[k] === caption);
    for (const word of mine) {
      if (!axis("word")) word.value = words[image * source.labels.length + word.place];
      else if (patch >= 0) word.value = mapOf(values, { word: word.place })[patch];
    }
    const largest = Math.max(...mine.map(word => Math.abs(word.value ?? 0))) || 1;
    const unit = axis("word") ? about.unit : about.words.unit;
    for (const word of mine) Object.assign(word, { unit, share: word.value === undefined ? 0 : word.value / largest });
    wordsShown = mine;
    row.show(mine, model.get("selected_word"), unit, axis("word") ? place : -1);
  }

  function tell(shownMaps, { high, low, signed }) {
    const patch = pointed.patch >= 0 ? pointed.patch : model.get("selected_patch");
    if (patch < 0 || patch >= about.patches.length) {
      const image = axis("image")?.labels[chosen("image")];
      say(image && axis("image").labels.length > 1 ? image : "");
      return;
    }
    const texts = shownMaps.map(({ name, grid }) => `${shownMaps.length > 1 ? `${name} ` : ""}${shown(grid[patch], about.unit, { signed })}`);
    const share = shownMaps.length === 1 && !signed && low === 0 ? ` (${perCent(shownMaps[0].grid[patch] / high)} of the strongest)` : "";
    say(`${about.patches[patch]}: ${texts.join(", ")}${share}`);
  }

  function paintGallery() {
    thumbnails.forEach(({ made, canvas }, place) => {
      const size = sizeFor(pictures[place], THUMBNAIL, THUMBNAIL), [first] = maps({ image: place });
      Object.assign(canvas, size);
      paintMap(canvas.getContext("2d"), { calm: calm(`first ${place}`, pictures[place], size), size, grid: first.grid, rows: about.grid[0], columns: about.grid[1], extent: about.extent, smooth: true, look: lookOf([first.grid]) });
      made.setAttribute("aria-pressed", String(place === chosen("image")));
    });
  }

  // The divider of a swipe follows the pointer that drags it.
  let swiping = false;
  const dragTo = event => {
    const box = panels[0].canvas.getBoundingClientRect();
    send({ swipe: Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) }, false);
  };
  stages.addEventListener("pointerdown", event => {
    if (model.get("mode") !== "swipe" || !others.length || event.target !== panels[0].canvas) return;
    swiping = true;
    event.target.setPointerCapture(event.pointerId);
    dragTo(event);
  }, { signal });
  stages.addEventListener("pointermove", event => { if (swiping) dragTo(event); }, { signal });
  for (const end of ["pointerup", "pointercancel"]) stages.addEventListener(end, () => {
    if (swiping) send({});
    swiping = false;
  }, { signal });

  const shownTraits = { opacity, threshold, smooth, outlines, colours, scale, mode, swipe };
  for (const [name, control] of Object.entries(shownTraits)) {
    control.show(model.get(name));
    listen([name], () => { control.show(model.get(name)); draw(); });
  }
  listen(["chosen"], () => { for (const one of choosers) one.follow(); draw(); });
  listen(["selected_patch", "selected_word"], paint);
  listen(["_about", "_values", "_others", "_words", "_pictures", "_other_pictures", "_outlines"], painter(load, signal));
  load();
  return close;
}

export default { render };
