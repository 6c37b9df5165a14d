import { button, choice, element, shown } from "../shared.js";

const MOST_EDGES = 4, STEP = 0.02; // STEP: share of the picture that an arrow key moves a segment by

// One concept: its name, contribution, strongest edges and examples from other pictures, and the ways to change it.
// `change` gets an edit; `step` gets shares of the picture by which arrow keys move the segment on.
export function conceptCard({ change, step, signal }) {
  const face = element("span", { class: "saii-card-face" }), name = element("div", { class: "saii-card-name", dir: "auto" });
  const number = element("div", { class: "saii-card-number" }), strength = element("meter", { min: 0, max: 1, "aria-label": "strength" });
  const strengthText = element("span", { class: "saii-muted" }), strengthRow = element("div", { class: "saii-card-strength" }, strength, strengthText);
  const edgesHead = element("div", { class: "saii-muted" }), edges = element("ul", { class: "saii-card-edges" });
  const examplesHead = element("div", { class: "saii-muted" }), examples = element("div", { class: "saii-examples" });
  const remove = button("Remove", { class: "saii-button saii-remove", "aria-pressed": false }, () => change(pressed(remove) ? {} : { remove: now.concept }), signal);
  const move = button("Move", { class: "saii-button saii-move", "aria-pressed": false }, () => change(pressed(move) ? {} : { move: [now.concept, 0, 0] }), signal);
  const restore = button("Restore", { class: "saii-button saii-restore" }, () => change({}), signal);
  const from = choice("Examples of", [], value => { now.source = Number(value); fill(); }, signal);
  const note = element("p", { class: "saii-muted saii-note" });
  const tools = element("div", { class: "saii-row saii-tools" }, remove, move, restore);
  const full = element("div", { class: "saii-card-full" },
    element("div", { class: "saii-card-head" }, face, element("div", {}, name, number, strengthRow)), tools, note, edgesHead, edges, examplesHead, from.made, examples);
  const empty = element("p", { class: "saii-muted" });
  const made = element("div", { class: "saii-part saii-card" }, element("div", { class: "saii-part-head" }, "Concept"), full, empty);
  let now = { concept: -1, source: -1, ways: {} };

  const pressed = one => one.getAttribute("aria-pressed") === "true";
  move.addEventListener("keydown", event => {
    const ways = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
    if (!(event.key in ways) || event.ctrlKey || event.metaKey || event.altKey || move.disabled) return;
    step(...ways[event.key].map(way => way * STEP * (event.shiftKey ? 5 : 1)));
    event.preventDefault();
  }, { signal });
  examples.addEventListener("click", event => {
    const one = event.target.closest?.("button.saii-example");
    if (one) change(pressed(one) ? {} : { swap: [now.concept, Number(one.dataset.example)] });
  }, { signal });

  function picture(place, of) {
    const image = now.pictures[place], scale = 56 / Math.max(image?.width ?? 1, image?.height ?? 1);
    const canvas = element("canvas", { width: 112, height: 112, "aria-hidden": true });
    if (image) canvas.getContext("2d").drawImage(image, 56 - image.width * scale, 56 - image.height * scale, 2 * image.width * scale, 2 * image.height * scale);
    const swapped = now.edit.swap?.[0] === now.concept && now.edit.swap[1] === place, said = `Example of ${of}`;
    return now.ways.swap
      ? element("button", { type: "button", class: "saii-example", "data-example": place, "aria-pressed": swapped, "aria-label": `${said}: swap it in`, title: "Swap it in" }, canvas)
      : element("span", { class: "saii-example", role: "img", "aria-label": said }, canvas);
  }

  // Pictures of the concept whose examples are looked at.
  function fill() {
    const sources = [...new Set(now.examples)].sort((a, b) => a - b), listed = now.ways.swap ? sources : sources.filter(k => k === now.concept);
    if (!listed.includes(now.source)) now.source = listed.includes(now.concept) ? now.concept : listed[0] ?? -1;
    from.input.replaceChildren(...listed.map(k => element("option", { value: k }, now.concepts[k])));
    from.show(now.source);
    from.made.hidden = listed.length < 2;
    examplesHead.textContent = listed.length ? (now.ways.swap ? "In other pictures; choose one to swap it in" : "In other pictures") : "";
    const was = examples.contains(document.activeElement) ? document.activeElement.dataset.example : null;
    examples.replaceChildren(...now.examples.flatMap((k, place) => (k === now.source ? [picture(place, now.concepts[k])] : [])));
    if (was) examples.querySelector(`[data-example="${Number(was)}"]`)?.focus();
  }

  return {
    made,
    // state: { concept, concepts, value, unit, of, there, strength, edges, edgeUnit, examples, pictures, edit, ways, why, thumbnail, nothing }
    show(state) {
      const same = state.concept === now.concept;
      now = { ...state, source: same ? now.source : state.concept };
      const known = state.concept >= 0;
      full.hidden = !known;
      empty.hidden = known;
      empty.textContent = state.nothing;
      if (!known) return;
      if (!same || !face.firstChild) face.replaceChildren(...(state.there ? [state.thumbnail(state.concept, 64)] : []));
      face.hidden = !state.there;
      name.textContent = state.concepts[state.concept];
      number.textContent = `${shown(state.value, state.unit, { signed: true })}${state.unit === "probability" || state.unit === "share" ? "" : ` ${state.unit}`} ${state.of}${state.there ? "" : "; not in this picture"}`;
      strengthRow.hidden = state.strength === undefined;
      if (state.strength !== undefined) { strength.value = state.strength; strengthText.textContent = `strength ${state.strength.toFixed(2)}`; }
      edgesHead.textContent = state.edges.length ? "Strongest edges" : "";
      edges.replaceChildren(...state.edges.slice(0, MOST_EDGES).map(({ text, value, relation }) => element("li", {}, element("span", { dir: "auto" }, text), element("b", {}, shown(value, state.unit, { signed: true, bare: true })), relation ? element("small", { class: "saii-muted" }, relation) : null)));
      const { edit, ways } = state, mine = way => edit[way] !== undefined && (edit[way]?.[0] ?? edit[way]) === state.concept;
      for (const [way, control] of [["remove", remove], ["move", move]]) {
        control.disabled = !ways[way] || !state.there;
        control.setAttribute("aria-pressed", String(mine(way)));
      }
      restore.disabled = !Object.keys(edit).length;
      note.textContent = state.there ? state.why : "What is not in the picture can't be changed.";
      fill();
    },
  };
}
