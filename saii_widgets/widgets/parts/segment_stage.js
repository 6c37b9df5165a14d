import { colourOf, element } from "../shared.js";
import { nearestIn } from "./graph_layout.js";
import { outlinePath } from "./mask_shapes.js";

const COVER = 0.7, LONGER = 512, GREYED = 0.75, DARKER = 0.12, GONE = "#7f7f7f"; // pixels of the longer side; what a segment is greyed out with

// The picture with its segments in the colours of their contributions. `point` and `choose` get a segment, -1 for none;
// `move` gets shares of the picture while a segment is dragged, and whether that has ended; `movable` says if one may.
export function segmentStage({ point, choose, move, movable, signal }) {
  const canvas = element("canvas", { class: "saii-canvas", tabindex: 0, role: "application", "aria-roledescription": "picture with concepts" });
  const made = element("div", { class: "saii-stage" }, canvas);
  let of = null, size = { width: 1, height: 1 }, paths = [], order = [], held = null, active = -1, sharp = 1;

  const spot = event => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  const at = event => {
    const [x, y] = spot(event), context = canvas.getContext("2d");
    context.resetTransform();
    return order.findLast(k => context.isPointInPath(paths[k], x * size.width, y * size.height)) ?? -1;
  };
  const centre = k => { const [left, top, right, bottom] = of.boxes[k]; return [(left + right) / 2, (top + bottom) / 2]; };

  canvas.addEventListener("pointerdown", event => {
    if (!of || event.button) return;
    held = { concept: at(event), from: spot(event), moved: false };
    if (held.concept >= 0 && movable(held.concept)) canvas.setPointerCapture(event.pointerId);
  }, { signal });
  canvas.addEventListener("pointermove", event => {
    if (!of) return;
    if (!held || held.concept < 0 || !movable(held.concept)) {
      const concept = at(event);
      canvas.style.cursor = concept < 0 ? "" : movable(concept) ? "grab" : "pointer";
      point(concept);
      return;
    }
    const [x, y] = spot(event), [dx, dy] = [x - held.from[0], y - held.from[1]];
    held.moved ||= Math.hypot(dx * size.width, dy * size.height) > 6;
    if (held.moved) { canvas.style.cursor = "grabbing"; move(held.concept, dx, dy, false); }
  }, { signal });
  canvas.addEventListener("pointerup", event => {
    if (!held) return;
    const [x, y] = spot(event), { concept, from, moved } = held;
    held = null;
    if (moved) move(concept, x - from[0], y - from[1], true);
    else { active = concept; choose(concept); }
  }, { signal });
  canvas.addEventListener("pointercancel", () => { held = null; }, { signal });
  for (const name of ["pointerleave", "blur"]) canvas.addEventListener(name, () => { if (!held) point(-1); }, { signal });
  canvas.addEventListener("keydown", event => {
    const ways = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
    if (event.ctrlKey || event.metaKey || event.altKey || !of || !order.length) return;
    if (event.key in ways) {
      const places = order.map(centre), from = order.indexOf(active);
      active = from < 0 ? order[0] : order[nearestIn(places.map(([x, y]) => [1000 * x, 1000 * y]), from, ways[event.key])];
      point(active);
    } else if (((event.key === "Enter" && !event.shiftKey) || event.key === " ") && active >= 0) choose(active);
    else return;
    event.preventDefault();
  }, { signal });

  // The picture made calm; more so than under a map, because a segment that is lit has the picture's own colours.
  function grounded(context) {
    const cover = (mode, colour, alpha) => {
      Object.assign(context, { globalCompositeOperation: mode, fillStyle: colour, globalAlpha: alpha });
      context.fillRect(0, 0, size.width, size.height);
      Object.assign(context, { globalCompositeOperation: "source-over", globalAlpha: 1 });
    };
    if (!of.picture) { cover("source-over", "#e8ecf0", 1); return; }
    context.drawImage(of.picture, 0, 0, size.width, size.height);
    if (!order.length) return;
    cover("saturation", "#808080", GREYED);
    cover("source-over", "#000000", DARKER);
  }
  const clipped = (context, path, paint) => { context.save(); context.clip(path, "evenodd"); paint(); context.restore(); };
  function outlined(context, path, wide, colour, dashes = []) {
    context.setLineDash(dashes);
    context.lineJoin = "round";
    for (const [width, ink] of [[wide + 2, "rgba(0, 0, 0, .55)"], [wide, colour]]) {
      Object.assign(context, { lineWidth: width, strokeStyle: ink });
      context.stroke(path);
    }
    context.setLineDash([]);
  }

  return {
    made, canvas,
    get size() { return size; },
    // what: { picture, masks, rows, columns, boxes, there }
    load(what) {
      of = what;
      const { width, height } = what.picture ?? { width: 4, height: 3 }, factor = LONGER / Math.max(width, height);
      size = { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
      paths = what.masks.map(mask => new Path2D(outlinePath(mask, what.rows, what.columns, size)));
      const area = k => { const [left, top, right, bottom] = what.boxes[k]; return (right - left) * (bottom - top); };
      order = what.boxes ? [...what.there].sort((a, b) => area(b) - area(a)) : [];
      sharp = Math.min(2, window.devicePixelRatio || 1);
      Object.assign(canvas, { width: sharp * size.width, height: sharp * size.height });
      made.style.aspectRatio = `${size.width} / ${size.height}`;
      active = -1;
    },
    path: k => paths[k],
    // lit: [pointed, chosen]; edit as the widget has it; example: the picture that is swapped in
    paint({ shares, table, lit: [pointed, chosen], edit, example }) {
      if (!of) return;
      const context = canvas.getContext("2d");
      context.resetTransform();
      context.scale(sharp, sharp);
      grounded(context);
      const changed = edit.remove ?? edit.move?.[0] ?? edit.swap?.[0] ?? -1, lit = pointed >= 0 ? pointed : chosen;
      const whole = () => { if (of.picture) context.drawImage(of.picture, 0, 0, size.width, size.height); };
      for (const k of order) {
        const colour = colourOf(table, shares[k]), faded = pointed >= 0 && pointed !== k;
        if (k === changed) {
          clipped(context, paths[k], () => { context.fillStyle = GONE; context.fillRect(0, 0, size.width, size.height); });
          outlined(context, paths[k], 1.25, "#ffffff", [4, 4]);
        } else if (k === lit) clipped(context, paths[k], whole);
        else {
          Object.assign(context, { globalAlpha: faded ? COVER / 2 : COVER, fillStyle: `rgb(${colour.join(" ")})` });
          context.fill(paths[k], "evenodd");
          context.globalAlpha = 1;
          outlined(context, paths[k], 1.5, `rgb(${colour.join(" ")})`);
        }
      }
      for (const k of new Set([chosen, pointed])) if (order.includes(k) && k !== changed) {
        outlined(context, paths[k], 5, `rgb(${colourOf(table, shares[k]).join(" ")})`);
        outlined(context, paths[k], 1.5, "#ffffff");
      }
      if (!order.includes(changed)) return;
      const [left, top, right, bottom] = of.boxes[changed];
      context.save();
      if (edit.move) {
        context.translate(edit.move[1] * size.width, edit.move[2] * size.height);
        clipped(context, paths[changed], whole);
        outlined(context, paths[changed], 2.5, "#ffffff");
      } else if (edit.swap && example) {
        const frame = new Path2D(), box = [left * size.width, top * size.height, (right - left) * size.width, (bottom - top) * size.height];
        frame.rect(...box);
        context.drawImage(example, ...box);
        outlined(context, frame, 2.5, "#ffffff");
      }
      context.restore();
    },
    // A square piece of the picture around a segment, what lies outside it pale.
    thumbnail(k, side) {
      const small = element("canvas", { width: 2 * side, height: 2 * side, "aria-hidden": true }), context = small.getContext("2d");
      const [left, top, right, bottom] = of.boxes?.[k] ?? [0, 0, 0, 0];
      if (!of.picture || right <= left || bottom <= top) return small;
      const across = (right - left) * size.width, down = (bottom - top) * size.height, piece = 1.24 * Math.max(across, down, 12), scale = (2 * side) / piece;
      context.setTransform(scale, 0, 0, scale, -scale * (left * size.width + across / 2 - piece / 2), -scale * (top * size.height + down / 2 - piece / 2));
      context.imageSmoothingQuality = "high";
      const whole = () => context.drawImage(of.picture, 0, 0, size.width, size.height);
      context.globalAlpha = 0.3;
      whole();
      context.globalAlpha = 1;
      clipped(context, paths[k], whole);
      return small;
    },
  };
}
