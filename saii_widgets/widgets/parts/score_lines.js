import { shown } from "../shared.js";
import { svg } from "./svg.js";

const WIDTH = 420, HEIGHT = 244, EDGE = { left: 48, right: 12, top: 28, bottom: 42 };

// The ends of the axis: probabilities from 0 to 1, other scores from least to largest.
function rangeOf(scores, unit) {
  if (unit === "probability" || unit === "share") return [0, 1];
  const low = Math.min(...scores), high = Math.max(...scores);
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

// A number beside the axis: whole per cents, where other scores have the digits of their unit.
export const tickText = (value, unit) =>
  unit === "probability" || unit === "share" ? `${Math.round(100 * value)}\u202f%` : shown(value, unit, { bare: true });

// A line a caption over the steps, the current step marked. `seek` gets the step that is clicked or dragged to.
export function scoreLines({ seek, signal }) {
  const drawn = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "saii-lines", role: "img" });
  let steps = 1, dragging = false;
  const x = step => EDGE.left + (step / Math.max(1, steps - 1)) * (WIDTH - EDGE.left - EDGE.right);
  const at = event => {
    const box = drawn.getBoundingClientRect(), share = ((event.clientX - box.left) / box.width) * WIDTH - EDGE.left;
    return Math.min(steps - 1, Math.max(0, Math.round((share / (WIDTH - EDGE.left - EDGE.right)) * (steps - 1))));
  };
  drawn.addEventListener("pointerdown", event => { dragging = true; drawn.setPointerCapture(event.pointerId); seek(at(event), false); }, { signal });
  drawn.addEventListener("pointermove", event => { if (dragging) seek(at(event), false); }, { signal });
  for (const end of ["pointerup", "pointercancel"])
    drawn.addEventListener(end, event => { if (dragging) seek(at(event), true); dragging = false; }, { signal });
  const marker = svg("line", { class: "saii-now", y1: EDGE.top, y2: HEIGHT - EDGE.bottom });
  const dots = svg("g", {});
  let y = () => 0, lines = [];
  return {
    svg: drawn,
    draw({ scores, captions, unit, of, flip }) {
      const n = captions.length, [low, high] = rangeOf(scores, unit);
      steps = scores.length / n;
      y = value => HEIGHT - EDGE.bottom - ((value - low) / (high - low)) * (HEIGHT - EDGE.top - EDGE.bottom);
      lines = captions.map((_, c) => Array.from({ length: steps }, (_, step) => scores[step * n + c]));
      const parts = [0, 0.5, 1].flatMap(share => {
        const value = low + share * (high - low);
        return [svg("line", { class: "saii-rule", x1: EDGE.left, x2: WIDTH - EDGE.right, y1: y(value), y2: y(value) }),
          svg("text", { x: EDGE.left - 6, y: y(value) + 4, "text-anchor": "end" }, tickText(value, unit))];
      });
      parts.push(svg("text", { x: 2, y: 12 }, unit), svg("text", { x: (EDGE.left + WIDTH - EDGE.right) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, `${of} taken away`));
      for (let step = 0; step < steps; step += Math.ceil(steps / 12))
        parts.push(svg("text", { x: x(step), y: HEIGHT - EDGE.bottom + 18, "text-anchor": "middle" }, String(step)));
      if (flip >= 0) parts.push(svg("line", { class: "saii-flip", x1: x(flip), x2: x(flip), y1: EDGE.top, y2: HEIGHT - EDGE.bottom }));
      lines.forEach((line, c) => parts.push(svg("polyline", { class: `saii-line saii-line-${c % 6}`, points: line.map((value, step) => `${x(step)},${y(value)}`).join(" ") })));
      drawn.replaceChildren(...parts, marker, dots);
    },
    mark(step, said) {
      marker.setAttribute("x1", x(step));
      marker.setAttribute("x2", x(step));
      dots.replaceChildren(...lines.map((line, c) => svg("circle", { class: `saii-dot-${c % 6}`, cx: x(step), cy: y(line[step]), r: 4 })));
      drawn.setAttribute("aria-label", said);
    },
  };
}
