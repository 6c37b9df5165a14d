// Patches of any shape over a picture: a raster of rows x columns, in each cell the patch that lies there, or -1.

// A number a patch, laid out over the raster.
export const overRegions = (regions, values) => Float32Array.from(regions, patch => (patch < 0 ? 0 : values[patch]));

// The outline of one patch: x1, y1, x2, y2 of each piece, as shares of the picture.
export function outlineOf(regions, rows, columns, patch) {
  const inside = (row, column) => row >= 0 && row < rows && column >= 0 && column < columns && regions[row * columns + column] === patch;
  const lines = [];
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      if (!inside(row, column)) continue;
      const [left, top, right, bottom] = [column / columns, row / rows, (column + 1) / columns, (row + 1) / rows];
      if (!inside(row - 1, column)) lines.push(left, top, right, top);
      if (!inside(row + 1, column)) lines.push(left, bottom, right, bottom);
      if (!inside(row, column - 1)) lines.push(left, top, left, bottom);
      if (!inside(row, column + 1)) lines.push(right, top, right, bottom);
    }
  return lines;
}
