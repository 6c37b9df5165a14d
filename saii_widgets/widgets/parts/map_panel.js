import { element } from "../shared.js";
import { blend, calmed, extentIn, patchAt, spread } from "./map_pixels.js";

const LEAST = 384, MOST = 512; // pixels of a map's longer side

// How large a picture is drawn.
export function sizeFor({ width, height }, least = LEAST, most = MOST) {
  const longer = Math.max(width, height), factor = Math.min(most, Math.max(least, longer)) / longer;
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
}

// Pictures made calm, kept for the sizes that were asked for.
export function calmPictures(extent, drawing) {
  const kept = new Map();
  return (key, picture, { width, height }) => {
    const name = `${key} ${width}`;
    if (!kept.has(name)) {
      const canvas = new OffscreenCanvas(width, height), context = canvas.getContext("2d", { willReadFrequently: true });
      context.imageSmoothingQuality = "high";
      context.drawImage(picture, 0, 0, width, height);
      const { data } = context.getImageData(0, 0, width, height);
      kept.set(name, calmed(data, width, height, extentIn(extent, width, height), drawing));
    }
    return kept.get(name);
  };
}

// Paint one map, or its part from `left` to `right` as shares of the width.
export function paintMap(context, { calm, size, grid, rows, columns, extent, smooth, look, left = 0, right = 1 }) {
  const { width, height } = size, seen = extentIn(extent, width, height);
  const values = spread(grid, rows, columns, seen.right - seen.x, seen.bottom - seen.y, smooth);
  const image = context.createImageData(width, height);
  blend(image.data, calm, values, width, seen, look);
  const x = Math.round(left * width), across = Math.round(right * width) - x;
  if (across > 0) context.putImageData(image, 0, 0, x, 0, across, height);
}

export function paintLines(context, lines, { width, height }) {
  for (const [wide, colour] of [[3, "rgba(0, 0, 0, .65)"], [1.25, "#ffffff"]]) {
    context.beginPath();
    for (let k = 0; k < lines.length; k += 4) {
      context.moveTo(lines[k] * width, lines[k + 1] * height);
      context.lineTo(lines[k + 2] * width, lines[k + 3] * height);
    }
    context.lineWidth = wide;
    context.lineCap = "square";
    context.strokeStyle = colour;
    context.stroke();
  }
}

// A canvas with a frame around the patch that is pointed at, and a stronger one around the patch that was picked.
// `point` and `choose` get a patch, -1 for none. Patches of any shape come as `regions`: the patch of each cell of the
// grid; keys go through them one by one.
export function panel({ extent, rows, columns, patches, regions = null, point, choose, signal }) {
  const canvas = element("canvas", { class: "saii-canvas", tabindex: 0, role: "application", "aria-roledescription": "map" });
  const cursor = element("div", { class: "saii-cursor", hidden: true });
  const mark = element("div", { class: "saii-picked-patch", hidden: true });
  const stage = element("div", { class: "saii-stage" }, canvas, mark, cursor);
  const title = element("figcaption", { class: "saii-muted" });
  const made = element("figure", { class: "saii-panel" }, stage, title);
  let active = 0;
  const at = event => {
    const box = canvas.getBoundingClientRect();
    const cell = patchAt((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height, extent, rows, columns);
    return regions && cell >= 0 ? regions[cell] : cell;
  };
  const within = (place, n) => Math.min(n - 1, Math.max(0, place));
  const walked = (place, [down, across]) => {
    if (regions) return within(place + down + across, patches);
    return within(Math.floor(place / columns) + down, rows) * columns + within((place % columns) + across, columns);
  };
  canvas.addEventListener("pointermove", event => point(at(event)), { signal });
  canvas.addEventListener("pointerleave", () => point(-1), { signal });
  canvas.addEventListener("click", event => { active = Math.max(0, at(event)); choose(at(event)); }, { signal });
  canvas.addEventListener("blur", () => point(-1), { signal });
  canvas.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -Infinity], End: [0, Infinity] };
    if (event.key in moves) {
      active = walked(active, moves[event.key]);
      point(active);
    } else if ((event.key === "Enter" && !event.shiftKey) || event.key === " ") choose(active);
    else return;
    event.preventDefault();
  }, { signal });
  function lay(box, patch) {
    box.hidden = patch < 0 || patch >= patches;
    if (box.hidden) return;
    const [left, top, right, bottom] = extent, row = Math.floor(patch / columns), column = patch % columns;
    const share = { left: left + ((right - left) * column) / columns, top: top + ((bottom - top) * row) / rows };
    box.style.left = `${100 * share.left}%`;
    box.style.top = `${100 * share.top}%`;
    box.style.width = `${(100 * (right - left)) / columns}%`;
    box.style.height = `${(100 * (bottom - top)) / rows}%`;
  }

  return {
    made, canvas, stage, title,
    resize({ width, height }) {
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      stage.style.aspectRatio = `${width} / ${height}`;
    },
    frame(patch, picked = -1) {
      lay(cursor, patch);
      lay(mark, picked);
    },
  };
}
