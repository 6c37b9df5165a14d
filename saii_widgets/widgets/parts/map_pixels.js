// Patch maps over pictures, pixel by pixel, as core/drawing.py draws them.

// Keys' cubic, a = -0.5: what Pillow calls bicubic.
const cubic = x => {
  const d = Math.abs(x);
  if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
  return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
};

function taps(from, to) {
  const step = from / to, wide = Math.max(step, 1);
  return Array.from({ length: to }, (_, k) => {
    const middle = (k + 0.5) * step;
    const first = Math.max(0, Math.trunc(middle - 2 * wide + 0.5)), end = Math.min(from, Math.trunc(middle + 2 * wide + 0.5));
    const weights = Array.from({ length: end - first }, (_, t) => cubic((first + t - middle + 0.5) / wide));
    const sum = weights.reduce((all, one) => all + one, 0);
    return { first, weights: weights.map(one => one / sum) };
  });
}

// A map of rows x columns on width x height pixels, never beyond its own values.
export function spread(grid, rows, columns, width, height, smooth) {
  const out = new Float32Array(width * height);
  if (!smooth) {
    for (let y = 0; y < height; y += 1) {
      const row = Math.min(rows - 1, Math.floor(((y + 0.5) * rows) / height)) * columns;
      for (let x = 0; x < width; x += 1) out[y * width + x] = grid[row + Math.min(columns - 1, Math.floor(((x + 0.5) * columns) / width))];
    }
    return out;
  }
  let low = Infinity, high = -Infinity;
  for (const value of grid) { low = Math.min(low, value); high = Math.max(high, value); }
  const across = taps(columns, width), down = taps(rows, height), half = new Float32Array(rows * width);
  for (let row = 0; row < rows; row += 1)
    for (let x = 0; x < width; x += 1) {
      const { first, weights } = across[x];
      let sum = 0;
      for (let t = 0; t < weights.length; t += 1) sum += weights[t] * grid[row * columns + first + t];
      half[row * width + x] = sum;
    }
  for (let y = 0; y < height; y += 1) {
    const { first, weights } = down[y];
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let t = 0; t < weights.length; t += 1) sum += weights[t] * half[(first + t) * width + x];
      out[y * width + x] = Math.min(high, Math.max(low, sum));
    }
  }
  return out;
}

// Left, top, right, bottom of what the model saw, in pixels.
export function extentIn([left, top, right, bottom], width, height) {
  const x = Math.min(Math.round(left * width), width - 1), y = Math.min(Math.round(top * height), height - 1);
  return { x, y, right: Math.max(Math.round(right * width), x + 1), bottom: Math.max(Math.round(bottom * height), y + 1) };
}

// The picture made calm: half its colour, a little darker, and much darker where the model saw nothing.
export function calmed(pixels, width, height, seen, { greyed, shade, dimmed }) {
  const out = new Float32Array(3 * width * height);
  for (let k = 0; k < width * height; k += 1) {
    const x = k % width, y = (k - x) / width;
    const light = x >= seen.x && x < seen.right && y >= seen.y && y < seen.bottom ? shade : dimmed;
    const grey = 0.299 * pixels[4 * k] + 0.587 * pixels[4 * k + 1] + 0.114 * pixels[4 * k + 2];
    for (let c = 0; c < 3; c += 1) out[3 * k + c] = light * (pixels[4 * k + c] + greyed * (grey - pixels[4 * k + c]));
  }
  return out;
}

// How far a share of the scale is from nothing.
const strengthOf = (share, signed) => (signed ? Math.abs(2 * share - 1) : share);

// Lay colours over the calm picture; what counts more covers more, and what is below the threshold covers nothing.
export function blend(out, calm, values, width, seen, { low, high, signed, table, opacity, threshold, ease }) {
  const cover = new Float32Array(256);
  for (let k = 0; k < cover.length; k += 1) {
    const strength = strengthOf(k / 255, signed);
    cover[k] = strength < threshold ? 0 : opacity * strength ** ease;
  }
  for (let k = 0; k < out.length / 4; k += 1) {
    for (let c = 0; c < 3; c += 1) out[4 * k + c] = calm[3 * k + c];
    out[4 * k + 3] = 255;
  }
  const across = seen.right - seen.x, span = 255 / (high - low);
  for (let y = seen.y; y < seen.bottom; y += 1)
    for (let x = seen.x; x < seen.right; x += 1) {
      const value = values[(y - seen.y) * across + x - seen.x], k = y * width + x;
      const at = Math.min(255, Math.max(0, Math.round((value - low) * span))), over = cover[at];
      if (over === 0) continue;
      for (let c = 0; c < 3; c += 1) out[4 * k + c] = calm[3 * k + c] * (1 - over) + table[3 * at + c] * over;
    }
}

// Which patch lies at a point given as shares of the picture, or -1.
export function patchAt(x, y, [left, top, right, bottom], rows, columns) {
  if (x < left || x >= right || y < top || y >= bottom) return -1;
  const row = Math.floor(((y - top) / (bottom - top)) * rows), column = Math.floor(((x - left) / (right - left)) * columns);
  return Math.min(rows - 1, row) * columns + Math.min(columns - 1, column);
}
