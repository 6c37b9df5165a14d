import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { blend, calmed, extentIn, patchAt, spread } from "../../saii_widgets/widgets/parts/map_pixels.js";
import { colourTables } from "../../saii_widgets/widgets/shared.js";

const facts = JSON.parse(readFileSync(process.env.SAII_FACTS, "utf8"));
const tables = colourTables(new DataView(Uint8Array.from(facts.tables).buffer));

test("maps are drawn as Python draws them", () => {
  assert.ok(facts.overlays.length >= 6);
  for (const { grid: [rows, columns], size: [width, height], extent, smooth, pixels, values, drawing, drawn, look } of facts.overlays) {
    const coloured = Uint8ClampedArray.from({ length: 4 * width * height }, (_, k) => (k % 4 === 3 ? 255 : pixels[3 * (k >> 2) + (k % 4)]));
    const seen = extentIn(extent, width, height);
    const wide = spread(values, rows, columns, seen.right - seen.x, seen.bottom - seen.y, smooth);
    const out = new Uint8ClampedArray(4 * width * height);
    blend(out, calmed(coloured, width, height, seen, drawing), wide, width, seen, { ...look, ease: drawing.ease, table: look.signed ? tables.diverging : tables.sequential });
    let off = 0, total = 0;
    for (let k = 0; k < width * height; k += 1) {
      for (let c = 0; c < 3; c += 1) {
        const difference = Math.abs(out[4 * k + c] - drawn[3 * k + c]);
        total += difference;
        if (difference > 3) off += 1;
      }
    }
    // at the threshold's very edge a pixel may fall on the other side
    assert.ok(off <= 0.01 * 3 * width * height, `${off} of ${3 * width * height} differ on ${rows} x ${columns}`);
    assert.ok(total / (3 * width * height) < 0.6);
  }
});

test("the patch under a point is the one drawn there", () => {
  assert.equal(patchAt(0, 0, [0, 0, 1, 1], 2, 3), 0);
  assert.equal(patchAt(0.99, 0.99, [0, 0, 1, 1], 2, 3), 5);
  assert.equal(patchAt(0.5, 0.6, [0, 0, 1, 1], 2, 3), 4);
  assert.equal(patchAt(0.05, 0.5, [0.1, 0, 0.9, 1], 2, 3), -1);
  assert.equal(patchAt(1, 0.5, [0, 0, 1, 1], 2, 3), -1);
});
