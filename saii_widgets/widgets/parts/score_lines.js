import { shown } from "../shared.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 420, HEIGHT = 210, EDGE = { left: 58, right: 12, top: 10, bottom: 26 };

const node = (tag, attributes, text) => {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
};

// The ends of the axis: probabilities from 0 to 1, other scores from least to largest.
export function rangeOf(scores, unit) {
  if (unit === "probability" || unit === "share") return [0, 1];
  const low = Math.min(...scores), high = Math.max(...scores);
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

// A line a caption over the steps, the current step marked. `seek` gets the step that is clicked or dragged to.
export function scoreLines({ seek, signal }) {
  const svg = node("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "saii-lines", role: "img" });
  let steps = 1, dragging = false;
  const x = step => EDGE.left + (step / Math.max(1, steps - 1)) * (WIDTH - EDGE.left - EDGE.right);
  const at = event => {
    const box = svg.getBoundingClientRect(), share = ((event.clientX - box.left) / box.width) * WIDTH - EDGE.left;
    return Math.min(steps - 1, Math.max(0, Math.round((share / (WIDTH - EDGE.left - EDGE.right)) * (steps - 1))));
  };
  svg.addEventListener("pointerdown", event => { dragging = true; svg.setPointerCapture(event.pointerId); seek(at(event), false); }, { signal });
  svg.addEventListener("pointermove", event => { if (dragging) seek(at(event), false); }, { signal });
  for (const end of ["pointerup", "pointercancel"])
    svg.addEventListener(end, event => { if (dragging) seek(at(event), true); dragging = false; }, { signal });
  const marker = node("line", { class: "saii-now", y1: EDGE.top, y2: HEIGHT - EDGE.bottom });
  const dots = node("g", {});
  let y = () => 0, lines = [];
  return {
    svg,
    draw({ scores, captions, unit, flip }) {
      const n = captions.length, [low, high] = rangeOf(scores, unit);
      steps = scores.length / n;
      y = value => HEIGHT - EDGE.bottom - ((value - low) / (high - low)) * (HEIGHT - EDGE.top - EDGE.bottom);
      lines = captions.map((_, c) => Array.from({ length: steps }, (_, step) => scores[step * n + c]));
      const parts = [0, 0.5, 1].flatMap(share => {
        const value = low + share * (high - low);
        return [node("line", { class: "saii-rule", x1: EDGE.left, x2: WIDTH - EDGE.right, y1: y(value), y2: y(value) }),
          node("text", { x: EDGE.left - 6, y: y(value) + 4, "text-anchor": "end" }, shown(value, unit))];
      });
      for (let step = 0; step < steps; step += Math.ceil(steps / 12))
        parts.push(node("text", { x: x(step), y: HEIGHT - 8, "text-anchor": "middle" }, String(step)));
      if (flip >= 0) parts.push(node("line", { class: "saii-flip", x1: x(flip), x2: x(flip), y1: EDGE.top, y2: HEIGHT - EDGE.bottom }));
      lines.forEach((line, c) => parts.push(node("polyline", { class: `saii-line saii-line-${c % 6}`, points: line.map((value, step) => `${x(step)},${y(value)}`).join(" ") })));
      svg.replaceChildren(...parts, marker, dots);
    },
    mark(step, said) {
      marker.setAttribute("x1", x(step));
      marker.setAttribute("x2", x(step));
      dots.replaceChildren(...lines.map((line, c) => node("circle", { class: `saii-dot-${c % 6}`, cx: x(step), cy: y(line[step]), r: 4 })));
      svg.setAttribute("aria-label", said);
    },
  };
}
