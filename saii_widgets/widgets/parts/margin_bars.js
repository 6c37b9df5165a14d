import { shown } from "../shared.js";
import { svg } from "./svg.js";

const NUMBERS = 52, LEGIBLE = 14; // pixels

// Bars from a common zero as two paths, of the positive and of the negative ones. `across`: they lie side by side and
// grow upwards, else they lie under one another and grow to the right.
export function barPaths(numbers, { step, length, across }) {
  const low = Math.min(0, ...numbers), high = Math.max(0, ...numbers), span = high - low || 1;
  const place = value => (across ? (high - value) / span : (value - low) / span) * length;
  const zero = place(0), thick = step > 4 ? step - Math.min(6, step * 0.4) : step, paths = { plus: "", minus: "" };
  numbers.forEach((value, k) => {
    if (!value) return;
    const start = Number((k * step + (step - thick) / 2).toFixed(2)), from = Number(Math.min(zero, place(value)).toFixed(2));
    const long = Number(Math.abs(place(value) - zero).toFixed(2));
    paths[value > 0 ? "plus" : "minus"] += across ? `M${start} ${from}h${thick}v${long}h${-thick}z` : `M${from} ${start}h${long}v${thick}h${-long}z`;
  });
  return { ...paths, zero };
}

// Main effects in the margin of a matrix, with their numbers where a row is high enough.
export function marginBars({ across, length }) {
  const drawn = svg("svg", { class: `saii-margin saii-margin-${across ? "across" : "down"}`, "aria-hidden": "true" });
  return {
    svg: drawn,
    show({ numbers, step, unit }) {
      const { plus, minus, zero } = barPaths(numbers, { step, length, across }), run = step * numbers.length;
      const numbered = !across && step >= LEGIBLE, thick = length + (numbered ? NUMBERS : 0);
      const [width, height] = across ? [run, length] : [thick, run];
      drawn.setAttribute("width", width);
      drawn.setAttribute("height", height);
      drawn.setAttribute("viewBox", `0 0 ${width} ${height}`);
      const rule = across ? { x1: 0, x2: run, y1: zero, y2: zero } : { x1: zero, x2: zero, y1: 0, y2: run };
      const texts = numbered ? numbers.map((value, k) => svg("text", { x: thick, y: (k + 0.5) * step, "text-anchor": "end", "dominant-baseline": "central" }, shown(value, unit, { signed: true, bare: true }))) : [];
      drawn.replaceChildren(svg("path", { class: "saii-plus", d: plus }), svg("path", { class: "saii-minus", d: minus }), svg("line", { class: "saii-rule", ...rule }), ...texts);
    },
  };
}
