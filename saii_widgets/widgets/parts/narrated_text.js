import { element } from "../shared.js";

// A text in pieces: each with the concept that it speaks of (-1 for none), its kind, and the number of its sentence.
// Places are code points.
export function piecesOf(text, spans, sentences) {
  const points = Array.from(text), cuts = new Set([0, points.length]);
  for (const [start, end] of [...spans, ...sentences]) { cuts.add(start); cuts.add(end); }
  const places = [...cuts].filter(cut => cut >= 0 && cut <= points.length).sort((a, b) => a - b);
  return places.slice(0, -1).map((start, k) => {
    const end = places[k + 1], over = ([from, to]) => from <= start && end <= to, span = spans.find(over);
    return { text: points.slice(start, end).join(""), concept: span ? span[2] : -1, kind: span ? span[3] : "", sentence: sentences.findIndex(over) };
  });
}

// The text, to point at and to click; keys reach the same through the concepts. `point` and `choose` get a concept.
export function narratedText({ point, choose, signal }) {
  const made = element("p", { class: "saii-text", dir: "auto" });
  let pieces = [], shownOf = null;
  const conceptAt = event => Number(event.target.closest?.("[data-concept]")?.dataset.concept ?? -1);
  made.addEventListener("pointerover", event => point(conceptAt(event)), { signal });
  made.addEventListener("pointerleave", () => point(-1), { signal });
  made.addEventListener("click", event => { const concept = conceptAt(event); if (concept >= 0) choose(concept); }, { signal });
  return {
    made,
    show(said) {
      if (said === shownOf) return;
      shownOf = said;
      pieces = said ? piecesOf(said.text, said.spans, said.sentences) : [];
      made.replaceChildren(...pieces.map(({ text, concept, kind }) =>
        element("span", concept >= 0 ? { class: "saii-said", "data-concept": concept, "data-kind": kind } : {}, text)));
    },
    light(concept) {
      const sentences = new Set(pieces.filter(one => concept >= 0 && one.concept === concept).map(one => one.sentence));
      pieces.forEach((one, k) => {
        made.children[k].classList.toggle("saii-lit-said", concept >= 0 && one.concept === concept);
        made.children[k].classList.toggle("saii-lit-sentence", one.sentence >= 0 && sentences.has(one.sentence));
      });
    },
  };
}
