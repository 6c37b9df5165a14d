import { colourOf, element, shown } from "../shared.js";
import { conceptButtons } from "./concept_buttons.js";
import { arrow, filling, nearestIn, spreadOut } from "./graph_layout.js";
import { svg } from "./svg.js";

const THICKEST = 7, MARGIN = 10, NAMES = 38; // pixels of the strongest edge, around all nodes, and of a name with its number
const LEGIBLE_FROM = 14_000; // square pixels a node, below which names are shown on pointing only
const SIZES = [[8, 60, true], [14, 46, true], [24, 38, false], [Infinity, 28, false]]; // up to how many nodes, pixels, named

// Concepts as pieces of the picture, with their edges; where they stand follows the picture. `point` and `choose` get a
// concept, -1 for none; `read` gets an edge, or null.
export function nodeGraph({ point, choose, read, signal }) {
  const lines = svg("svg", { class: "saii-edges", "aria-hidden": "true" });
  const nodes = element("div", { class: "saii-nodes", role: "group", "aria-label": "Concepts of the picture" });
  const made = element("div", { class: "saii-graph" }, lines, nodes);
  let buttons = new Map(), places = [], there = [], drawn = [], side = 60;

  const ways = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  const all = conceptButtons(nodes, { point, choose, next: (key, from) => ways[key] && nearestIn(places, from, ways[key]), signal });
  made.addEventListener("pointerleave", () => { point(-1); read(null); }, { signal });
  lines.addEventListener("pointerover", event => read(drawn[event.target.dataset?.edge] ?? null), { signal });

  return {
    made,
    // of: { there, concepts, boxes (or places on a circle), thumbnail }; the room in pixels
    layout({ there: present, concepts, centres, thumbnail, width, height }) {
      there = present;
      const [, wanted, named] = SIZES.find(([most]) => there.length <= most), room = (width * height) / Math.max(1, there.length), label = named && room > LEGIBLE_FROM;
      side = Math.max(18, Math.min(wanted, Math.sqrt((label ? 0.14 : 0.4) * room)));
      const wide = label ? side + 44 : side + 14, high = label ? side + 58 : side + 14;
      const inside = (share, length, own) => own / 2 + MARGIN + share * Math.max(0, length - own - 2 * MARGIN);
      places = spreadOut(filling(there.map(k => centres[k])).map(([x, y]) => [inside(x, width, wide), inside(y, height, high)]), { width, height, wide, high });
      buttons = new Map(there.map((k, n) => {
        const face = element("span", { class: "saii-face" }, thumbnail(k, side - 8));
        const button = element("button", { type: "button", class: "saii-node", "data-concept": k }, face, element("span", { class: "saii-node-name", dir: "auto" }, concepts[k]), element("span", { class: "saii-node-number" }));
        [button.style.left, button.style.top] = places[n].map((place, axis) => `${place - (axis ? (label ? side / 2 + NAMES / 2 : side / 2) : wide / 2)}px`);
        button.style.width = `${wide}px`;
        button.style.setProperty("--saii-side", `${side}px`);
        places[n] = [places[n][0], places[n][1] - (label ? NAMES / 2 : 0)];
        return [k, button];
      }));
      made.classList.toggle("saii-unnamed", !label);
      Object.assign(made.style, { width: `${width}px`, height: `${height}px` });
      lines.setAttribute("viewBox", `0 0 ${width} ${height}`);
      nodes.replaceChildren(...buttons.values());
      all.put(buttons.values());
    },
    // What is shown of the nodes and edges for one class; moved: the concept that is away, gone or swapped.
    show({ edges, reach, values, unit, colours, table, describe, changed }) {
      drawn = edges;
      const place = k => places[there.indexOf(k)];
      lines.replaceChildren(...edges.map(({ from, to, value }, k) => {
        const thick = 1 + (THICKEST - 1) * Math.min(1, Math.abs(value) / reach), { line, head } = arrow(place(from), place(to), { radius: side / 2 + 4, thick });
        return svg("g", { class: `saii-edge ${value > 0 ? "saii-plus" : "saii-minus"}`, "data-from": from, "data-to": to, "data-value": value },
          svg("path", { class: "saii-edge-line", d: line, "stroke-width": thick.toFixed(2) }), svg("path", { class: "saii-edge-head", d: head }), svg("path", { class: "saii-edge-reach", d: line, "data-edge": k }));
      }));
      for (const [k, button] of buttons) {
        const colour = colourOf(table, colours[k]);
        button.style.setProperty("--saii-colour", `rgb(${colour.join(" ")})`);
        button.lastChild.textContent = shown(values[k], unit, { signed: true, bare: true });
        button.setAttribute("aria-label", describe(k));
        button.title = describe(k);
        button.classList.toggle("saii-changed", k === changed);
      }
    },
    light(pointed, chosen) {
      for (const [k, button] of buttons) {
        button.setAttribute("aria-pressed", String(k === chosen));
        button.classList.toggle("saii-lit", k === pointed);
        button.classList.toggle("saii-pale", pointed >= 0 && k !== pointed && !drawn.some(edge => (edge.from === pointed && edge.to === k) || (edge.to === pointed && edge.from === k)));
      }
      for (const [n, line] of [...lines.children].entries()) line.classList.toggle("saii-pale", pointed >= 0 && drawn[n].from !== pointed && drawn[n].to !== pointed);
    },
  };
}
