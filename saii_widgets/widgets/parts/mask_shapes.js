import { bytes } from "../shared.js";

const ROUNDS = 6; // of smoothing an outline

// The masks of n segments from their bits, row by row, one after the other; 1 inside.
export function masksOf(view, n, rows, columns) {
  const packed = bytes(view), size = rows * columns;
  const bit = k => ((packed[k >> 3] ?? 0) >> (7 - (k & 7))) & 1;
  return Array.from({ length: n }, (_, one) => Uint8Array.from({ length: size }, (__, k) => bit(one * size + k)));
}

// The closed lines around a mask, clockwise around what is inside, as [column, row] of cell corners.
export function loopsAround(mask, rows, columns) {
  const inside = (row, column) => row >= 0 && row < rows && column >= 0 && column < columns && mask[row * columns + column] === 1;
  const ends = new Map(), key = (x, y) => y * (columns + 1) + x;
  const edge = (x, y, toX, toY) => { const from = key(x, y); ends.set(from, [...(ends.get(from) ?? []), [toX, toY]]); };
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      if (!inside(row, column)) continue;
      if (!inside(row - 1, column)) edge(column, row, column + 1, row);
      if (!inside(row, column + 1)) edge(column + 1, row, column + 1, row + 1);
      if (!inside(row + 1, column)) edge(column + 1, row + 1, column, row + 1);
      if (!inside(row, column - 1)) edge(column, row + 1, column, row);
    }
  const loops = [];
  for (const start of ends.keys())
    while (ends.get(start).length) {
      const loop = [];
      for (let at = start; ends.get(at)?.length;) { const next = ends.get(at).pop(); loop.push(next); at = key(...next); }
      loops.push(loop);
    }
  return loops;
}

// A mask's outline as the path of an SVG or a canvas, without its stairs, `width` by `height` large.
export function outlinePath(mask, rows, columns, { width, height }) {
  const across = width / columns, down = height / rows, cut = number => Number(number.toFixed(1));
  return loopsAround(mask, rows, columns).map(loop => {
    let points = loop.map(([x, y], k) => { const [a, b] = loop[(k + 1) % loop.length]; return [(x + a) / 2, (y + b) / 2]; });
    for (let round = 0; round < ROUNDS; round += 1)
      points = points.map(([x, y], k) => {
        const [before, after] = [points.at(k - 1), points[(k + 1) % points.length]];
        return [(before[0] + 2 * x + after[0]) / 4, (before[1] + 2 * y + after[1]) / 4];
      });
    return `M${points.map(([x, y]) => `${cut(x * across)} ${cut(y * down)}`).join("L")}Z`;
  }).join("");
}
