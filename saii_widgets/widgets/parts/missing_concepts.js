import { element } from "../shared.js";
import { conceptButtons } from "./concept_buttons.js";

// Concepts that are not in the picture, as a row of chips.
export function missingConcepts({ point, choose, signal }) {
  const made = element("div", { class: "saii-missing", role: "group", "aria-label": "Not in this picture" });
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  let chips = [];
  const row = conceptButtons(made, { point, choose, next: (key, from) => step[key] && Math.min(chips.length - 1, Math.max(0, from + step[key])), signal });
  made.addEventListener("pointerleave", () => point(-1), { signal });
  return {
    made,
    layout(places, concepts) {
      chips = places.map(k => element("button", { type: "button", class: "saii-gone", "data-concept": k, dir: "auto" }, concepts[k]));
      made.hidden = !chips.length;
      made.replaceChildren(element("span", { class: "saii-muted" }, "Not in this picture"), ...chips);
      row.put(chips);
    },
    show(describe) { for (const chip of chips) chip.setAttribute("aria-label", describe(chip.dataset.concept)); },
    light(chosen) { for (const chip of chips) chip.setAttribute("aria-pressed", String(chip.dataset.concept === String(chosen))); },
  };
}
