import { choice, colourTables, element, floats, frame, painter, pictureOf, scaleOf, shown, slider } from "./shared.js";
import { classBars } from "./parts/class_bars.js";
import { conceptCard } from "./parts/concept_card.js";
import { changedConcept, editFrom, sameEdit } from "./parts/concept_edits.js";
import { edgesAbove, onCircle } from "./parts/graph_layout.js";
import { legend } from "./parts/legend.js";
import { masksOf } from "./parts/mask_shapes.js";
import { missingConcepts } from "./parts/missing_concepts.js";
import { narratedText } from "./parts/narrated_text.js";
import { nodeGraph } from "./parts/node_graph.js";
import { rankedList } from "./parts/ranked_list.js";
import { relationWords } from "./parts/relation_words.js";
import { segmentStage } from "./parts/segment_stage.js";
import { svg } from "./parts/svg.js";

const BESIDE = 680; // pixels from which on the graph stands beside the picture
const SCROLL_BAR = 20; // pixels
const LIVE_EVERY = 90; // milliseconds between the edits that Python hears of while a segment is dragged
const perCent = share => `${Math.round(100 * share)} %`;

export function render({ model, el }) {
  const { root, body, readout, signal, listen, send, close, say, python } = frame({ model, el, kind: "concept-graph-view" });
  const { diverging } = colourTables(model.get("_tables"));
  let about, values, edges, strength, relations, scores, removed, picture = null, pictured, examples = [], centres, pointed = -1, edgeRead = null, loads = 0, told = 0;

  const [title, sizes] = ["saii-title", "saii-muted"].map(name => element("span", { class: name, dir: "auto" }));
  const why = choice("Why", [], value => choosePair(Number(value), against()), signal);
  const not = choice("and not", [], value => choosePair(hypothesis(), Number(value)), signal);
  const threshold = slider("Edges from", { min: 0, max: 1, step: 0.05 }, (value, ended) => send({ threshold: value }, ended), signal, value => (value > 0 ? `${perCent(value)} of the strongest` : "all"));
  const point = k => { if (k !== pointed) { pointed = k; edgeRead = null; paint(); } };
  const choose = k => send({ selected_concept: k === selected() ? -1 : k });
  const stage = segmentStage({ point, choose: k => { if (k >= 0) choose(k); }, move: dragged, movable: () => ways().move, signal });
  const graph = nodeGraph({ point, choose, read: edge => { edgeRead = edge; paint(); }, signal });
  const text = narratedText({ point, choose, signal });
  const ranked = rankedList({ head: "Contributions", point, choose, signal });
  const bars = classBars({ choose: k => choosePair(k, against()), signal });
  const card = conceptCard({ change: edit => change(edit), step: moveOn, signal });
  const key = legend(), edgeKey = element("span", { class: "saii-edge-key" });
  const missing = missingConcepts({ point, choose, signal });
  const verdict = element("p", { class: "saii-verdict", role: "status", "aria-live": "polite" });
  const notice = element("p", { class: "saii-muted saii-notice" });
  const pictureSide = element("div", { class: "saii-picture-side" }, stage.made), graphSide = element("div", { class: "saii-graph-side" }, graph.made, notice);
  body.append(
    element("div", { class: "saii-row saii-head" }, title, sizes),
    element("div", { class: "saii-row saii-controls" }, why.made, not.made, threshold.made),
    element("div", { class: "saii-views" }, pictureSide, graphSide), missing.made,
    element("div", { class: "saii-row saii-under" }, key.made, edgeKey), readout, verdict, text.made,
    element("div", { class: "saii-details" }, card.made, element("div", { class: "saii-sides" }, ranked.made, bars.made)),
  );

  const place = (name, labels) => { const k = model.get(name); return Number.isInteger(k) && k >= 0 && k < labels.length ? k : -1; };
  const hypothesis = () => Math.max(0, place("hypothesis", about.classes));
  const against = () => { const k = place("against", about.classes); return k === hypothesis() ? -1 : k; };
  const selected = () => place("selected_concept", about.concepts);
  const choosePair = (one, other) => send({ hypothesis: one, against: other === one ? -1 : other });
  const n = () => about.concepts.length;
  const there = () => about.concepts.flatMap((_, k) => (about.present[k] ? [k] : []));
  const sharesOfEdges = () => Math.min(1, Math.max(0, Number(model.get("threshold")) || 0));
  // Numbers of the class, or how far they are from those of the class it is compared with.
  const difference = (numbers, size, at) => (numbers[hypothesis() * size + at] ?? 0) - (against() < 0 ? 0 : numbers[against() * size + at] ?? 0);
  const contribution = k => difference(values, n(), k);
  const edge = (from, to) => difference(edges, n() * n(), from * n() + to);
  const signed = value => shown(value, about.unit, { signed: true });
  const inUnit = value => `${signed(value)}${["probability", "share"].includes(about.unit) ? "" : ` ${about.unit}`}`;
  const ofWhat = () => (against() < 0 ? `for ${about.classes[hypothesis()]}` : `for ${about.classes[hypothesis()]} and not ${about.classes[against()]}`);
  // The same scale for every class, so that classes can be compared; one of its own for a difference.
  const reachOf = (numbers, size, one) => (against() < 0 ? scaleOf(numbers, "diverging").high : Math.max(...Array.from({ length: size }, (_, k) => Math.abs(one(k))), 0) || 1);

  const edit = () => editFrom(model.get("edit"), about.present, about.examples.length);
  const asked = () => Boolean(model.get("_live")) && python() === "here";
  const ways = () => ({ remove: asked() || removed.some(one => one.length), move: asked(), swap: asked() && about.examples.length > 0 });
  function whyNot() {
    const beforehand = removed.some(one => one.length);
    if (asked()) return "Drag the segment in the picture, or press Move and use the arrow keys.";
    if (model.get("_live")) return beforehand ? "Removing was computed beforehand; moving and swapping need Python." : "Changing a concept needs Python, which is not behind this view.";
    return beforehand ? "Removing was computed beforehand; moving and swapping need the classifier, which is not here." : "The classifier is not here (predict=), so concepts can be looked at and not changed.";
  }
  function change(next, ended = true) {
    send({ edit: next }, ended);
  }
  function dragged(k, dx, dy, ended) {
    const now = performance.now(), tell = ended || now - told > LIVE_EVERY;
    if (tell) told = now;
    if (k !== selected()) send({ selected_concept: k }, false);
    change({ move: [k, dx, dy] }, tell);
  }
  function moveOn(dx, dy) {
    const { move } = edit(), [k, x, y] = move ?? [selected(), 0, 0], within = share => Number(Math.min(1, Math.max(-1, share)).toFixed(4));
    if (k >= 0) change({ move: [k, within(x + dx), within(y + dy)] });
  }
  // What classifier and network say to the change: by Python, else as it was computed beforehand; null where not known.
  function after() {
    const now = edit(), answer = model.get("_outcome"), m = about.classes.length;
    if (!Object.keys(now).length) return null;
    const list = one => (Array.isArray(one) && one.length === m && one.every(Number.isFinite) ? one : undefined);
    if (answer && sameEdit(answer.edit, now)) return { classifier: list(answer.classifier), network: list(answer.network) };
    if (now.remove === undefined || !removed.some(one => one.length)) return null;
    const [classifier, network] = removed.map(one => (one.length ? one.subarray(now.remove * m, (now.remove + 1) * m) : undefined));
    return { classifier, network };
  }

  async function load() {
    const mine = (loads += 1), [view] = model.get("_pictures"), read = one => pictureOf(one).catch(() => null);
    const [found, ...others] = await Promise.all([view ? read(view) : null, ...model.get("_examples").map(read)]);
    if (mine !== loads || signal.aborted) return;
    [picture, pictured, examples] = [found, Boolean(view), others];
    about = model.get("_about");
    [values, edges, strength, relations] = ["_values", "_edges", "_strength", "_relations"].map(name => floats(model.get(name)));
    const all = Array.from(model.get("_scores"), floats), known = one => (one?.length ? one : undefined);
    [scores, removed] = [{ classifier: known(all[0]), network: known(all[1]) }, [all[2], all[3]].map(one => one ?? floats(null))];
    const [rows, columns] = about.raster;
    centres = about.boxes ? about.boxes.map(([left, top, right, bottom]) => [(left + right) / 2, (top + bottom) / 2]) : onCircle(n());
    stage.load({ picture, masks: masksOf(model.get("_masks"), n(), rows, columns), rows, columns, boxes: about.boxes, there: about.boxes ? there() : [] });
    pointed = -1;
    build();
  }

  // What depends on the result and the room, not on what is chosen.
  function build() {
    if (!about) return;
    const gone = about.concepts.flatMap((_, k) => (about.present[k] ? [] : [k])), count = there().length;
    title.textContent = about.title || String(model.get("label"));
    title.hidden = title.textContent.startsWith("Why "); // of one class; which one is shown now is said by the choices
    sizes.textContent = `${count} concept${count === 1 ? "" : "s"} in the picture${gone.length ? `, ${gone.length} missing` : ""}`;
    why.input.replaceChildren(...about.classes.map((label, k) => element("option", { value: k }, label)));
    not.input.replaceChildren(element("option", { value: -1 }, "no other class"), ...about.classes.map((label, k) => element("option", { value: k }, label)));
    not.made.hidden = about.classes.length < 2;
    threshold.made.hidden = !edges.length;
    missing.layout(gone, about.concepts);
    notice.textContent = !n() ? "No concept was found in this picture, so there is nothing to explain the class by." : !count ? "None of the concepts is in this picture." : pictured && !picture ? "The picture could not be read." : !about.boxes ? "Where the concepts lie is not known: give their axis masks or boxes." : "";
    notice.hidden = !notice.textContent;
    for (const part of [key.made, readout, card.made]) part.hidden = !n();
    layout();
    draw();
  }

  function layout() {
    const wide = body.clientWidth || 960, high = Math.min(1200, Math.max(240, Number(model.get("height")) || 420)), { width, height } = stage.size;
    const beside = wide >= BESIDE, across = Math.min(beside ? 0.5 * wide : wide, (high * width) / height);
    body.classList.toggle("saii-beside", beside);
    pictureSide.style.width = `${Math.floor(across)}px`;
    graphSide.hidden = false;
    const room = Math.max(200, Math.floor(beside ? wide - across - 20 : wide));
    graph.made.hidden = !there().length;
    graph.layout({ there: there(), concepts: about.concepts, centres, thumbnail: stage.thumbnail, width: room, height: beside ? Math.max(240, Math.floor((across * height) / width)) : Math.min(high, Math.max(280, there().length * 46)) });
  }

  // What depends on the classes, the threshold and the change.
  const draw = painter(() => {
    if (!about) return;
    const [one, other] = [hypothesis(), against()], reach = reachOf(values, n(), contribution), edgeReach = reachOf(edges, n() * n(), at => difference(edges, n() * n(), at));
    const scale = { low: -reach, high: reach, signed: true, table: diverging }, numbers = about.concepts.map((_, k) => contribution(k)), now = edit();
    why.show(one);
    not.show(other);
    for (const option of not.input.options) option.disabled = Number(option.value) === one;
    threshold.show(sharesOfEdges());
    const seen = edges.length ? edgesAbove(edge, there(), { share: sharesOfEdges(), reach: edgeReach }) : [];
    graph.show({
      edges: seen, reach: edgeReach, values: numbers, unit: about.unit, colours: numbers.map(value => 0.5 + value / (2 * reach)), table: diverging, changed: changedConcept(now),
      describe: k => `${about.concepts[k]}: ${inUnit(numbers[k])} ${ofWhat()}`,
    });
    missing.show(k => `${about.concepts[k]}, not in this picture: ${inUnit(numbers[k])} ${ofWhat()}`);
    key.show(scale, about.unit, other < 0 ? ["against", "for"] : [about.classes[other], about.classes[one]]);
    showEdgeKey(edgeReach);
    ranked.title.textContent = `What speaks ${ofWhat()}`;
    // what is missing is in its own row; here only where an explanation gives it a say
    ranked.show({ places: about.concepts.flatMap((_, k) => (about.present[k] || numbers[k] !== 0 ? [k] : [])), labels: about.concepts, values: numbers, reach, unit: about.unit });
    bars.show({ classes: about.classes, scores, after: after(), unit: about.score_unit, hypothesis: one, against: other });
    verdict.textContent = said(now);
    stage.canvas.setAttribute("aria-label", `${model.get("label")}: ${there().map(k => `${about.concepts[k]} ${signed(numbers[k])}`).join(", ")}`);
    text.made.hidden = !Object.hasOwn(about.texts, one);
    text.show(about.texts[one] ?? null);
    paint();
  }, signal);

  function showEdgeKey(reach) {
    const line = (kind, label) => [svg("svg", { class: `saii-edge ${kind}`, viewBox: "0 0 34 10", width: 34, height: 10, "aria-hidden": "true" }, svg("path", { class: "saii-edge-line", d: "M1 5H24", "stroke-width": 3 }), svg("path", { class: "saii-edge-head", d: "M33 5L23 1L23 9Z" })), element("span", {}, label)];
    edgeKey.hidden = !edges.length || !edges.some(value => value !== 0);
    edgeKey.replaceChildren(element("span", { class: "saii-unit" }, "edges"), ...line("saii-plus", "for"), ...line("saii-minus", "against"), element("span", { class: "saii-muted" }, `thickest ${inUnit(reach).replace("+", "±")}`));
  }

  // What the change does, in a sentence.
  function said(now) {
    const k = changedConcept(now);
    if (k < 0) return "";
    const name = about.concepts[k], source = about.concepts[about.examples[now.swap?.[1]]];
    const what = now.swap ? (source === name ? `With another ${name} in its place` : `With ${source} in place of ${name}`) : now.move ? `With ${name} moved` : `Without ${name}`;
    const answer = after(), [is, was] = [answer?.classifier ?? answer?.network, answer?.classifier ? scores.classifier : scores.network];
    if (!is) return model.get("busy") ? `${what}: asking …` : model.get("error") ? `${what}: no answer.` : `${what}: not predicted.`;
    const best = numbers => numbers.indexOf(Math.max(...numbers)), one = hypothesis(), unit = about.score_unit;
    const turned = was && best(is) !== best(was) ? ` The prediction turns from ${about.classes[best(was)]} to ${about.classes[best(is)]}.` : " The prediction stays.";
    return `${what}: ${about.classes[one]} ${was ? `from ${shown(was[one], unit)} to ` : ""}${shown(is[one], unit)}.${was ? turned : ""}`;
  }

  // The strongest edges of one concept, both ways, with how the two lie to one another.
  function edgesOf(k) {
    if (!edges.length) return [];
    const near = there().filter(other => other !== k).flatMap(other => [{ from: k, to: other }, { from: other, to: k }]);
    const relation = (from, to) => relationWords(about.relations, relations.subarray((from * n() + to) * about.relations.length));
    return near.map(one => ({ ...one, value: edge(one.from, one.to) })).filter(({ value }) => value !== 0).sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
      .map(({ from, to, value }) => ({ value, text: from === k ? `to ${about.concepts[to]}` : `from ${about.concepts[from]}`, relation: relation(from, to) }));
  }

  const paint = painter(() => {
    if (!about) return;
    const chosen = selected(), now = edit(), lit = pointed >= 0 ? pointed : chosen, reach = reachOf(values, n(), contribution);
    stage.paint({ shares: about.concepts.map((_, k) => 0.5 + contribution(k) / (2 * reach)), table: diverging, lit: [pointed, chosen], edit: now, example: examples[now.swap?.[1]] ?? null });
    graph.light(pointed, chosen);
    ranked.light(pointed, chosen);
    text.light(lit);
    missing.light(chosen);
    card.show({
      concept: chosen, concepts: about.concepts, value: chosen < 0 ? 0 : contribution(chosen), unit: about.unit, of: ofWhat(), there: chosen >= 0 && about.present[chosen],
      strength: strength.length && chosen >= 0 && against() < 0 ? strength[hypothesis() * n() + chosen] : undefined, edges: chosen < 0 ? [] : edgesOf(chosen), examples: about.examples, pictures: examples, edit: now, ways: ways(), why: whyNot(), thumbnail: stage.thumbnail,
      nothing: "Choose a concept in the picture, the graph or the list.",
    });
    say(readoutOf(lit));
    body.dataset.painted = String(Number(body.dataset.painted ?? 0) + 1);
  }, signal);

  function readoutOf(k) {
    if (edgeRead) return `${about.concepts[edgeRead.from]} → ${about.concepts[edgeRead.to]}: ${inUnit(edgeRead.value)} ${ofWhat()}`;
    return k < 0 ? "Point at a concept to read it; click to keep it." : `${about.concepts[k]}: ${inUnit(contribution(k))} ${ofWhat()}${about.present[k] ? "" : "; not in this picture"}`;
  }

  const rebuild = painter(build, signal);
  let width = 0;
  // What grows by no more than a scroll bar is left as it is: else a bar that comes and goes with the picture's height would never rest.
  const watching = new ResizeObserver(() => {
    const now = body.clientWidth;
    if (now < width || now > width + SCROLL_BAR) { width = now; rebuild(); }
  });
  watching.observe(body);
  signal.addEventListener("abort", () => watching.disconnect());
  root.addEventListener("saii-python", draw, { signal });
  listen(["selected_concept"], paint);
  listen(["hypothesis", "against", "threshold", "edit", "_outcome", "_live", "busy", "error"], draw);
  listen(["height"], rebuild);
  listen(["_about", "_values", "_edges", "_strength", "_relations", "_scores", "_masks", "_pictures", "_examples"], painter(load, signal));
  load();
  return close;
}

export default { render };
