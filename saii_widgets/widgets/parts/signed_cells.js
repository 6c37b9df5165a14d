import { colourOf } from "../shared.js";

// Signed numbers over rows x columns, with their standard errors where they are known. `noSelf`: a thing has no number
// with itself. What lies less than z standard errors from zero is faint.
export function signedCells({ values, errors, n, m, noSelf = false }) {
  const value = (row, column) => values[row * m + column];
  const error = (row, column) => (errors.length ? errors[row * m + column] : undefined);
  const missing = (row, column) => noSelf && row === column;
  const faint = (row, column, z) => errors.length > 0 && Math.abs(value(row, column)) < z * error(row, column);
  const clear = (row, column, z) => !missing(row, column) && !faint(row, column, z);
  return {
    value, error, missing, faint,
    row: (row, z) => Float32Array.from({ length: m }, (_, column) => (clear(row, column, z) ? value(row, column) : 0)),
    column: (column, z) => Float32Array.from({ length: n }, (_, row) => (clear(row, column, z) ? value(row, column) : 0)),
    // RGBA, a pixel a cell; faint and missing ones stay transparent
    pixels(rows, columns, z, { low, high, table }) {
      const out = new Uint8ClampedArray(4 * rows.length * columns.length), span = high - low;
      let at = 0;
      for (const row of rows)
        for (const column of columns) {
          if (clear(row, column, z)) {
            const [red, green, blue] = colourOf(table, (value(row, column) - low) / span);
            out[at] = red; out[at + 1] = green; out[at + 2] = blue; out[at + 3] = 255;
          }
          at += 4;
        }
      return out;
    },
  };
}

// Where the largest positive and the smallest negative number stand, -1 where there is none.
export function peaks(numbers) {
  let most = -1, least = -1;
  numbers.forEach((value, k) => {
    if (value > 0 && (most < 0 || value > numbers[most])) most = k;
    if (value < 0 && (least < 0 || value < numbers[least])) least = k;
  });
  return { most, least };
}

const SMALLEST = { word: 18, patch: 3 }, LARGEST = 48, ROW = [20, 30];

// Pixels of a cell: as wide as there is room for, and as high as a word needs.
export function cellSize({ room, n, m, across, square }) {
  const least = across === "patch" ? SMALLEST.patch : SMALLEST.word;
  const width = Math.min(LARGEST, Math.max(least, Math.floor(room / Math.max(1, m))));
  if (square) return { width, height: width };
  const [lower, upper] = n > 24 ? [16, 20] : ROW;
  return { width, height: Math.min(upper, Math.max(lower, width)) };
}
