import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { barPaths } from "../../saii_widgets/widgets/parts/margin_bars.js";
import { outlineOf, overRegions } from "../../saii_widgets/widgets/parts/regions.js";
import { cellSize, peaks, signedCells } from "../../saii_widgets/widgets/parts/signed_cells.js";
import { colourTables } from "../../saii_widgets/widgets/shared.js";

const facts = JSON.parse(readFileSync(process.env.SAII_FACTS, "utf8"));
const { diverging } = colourTables(new DataView(Uint8Array.from(facts.tables).buffer));

test("cells have Python's colours, and faint ones none", () => {
  assert.ok(facts.cells.length >= 4);
  for (const { n, m, values, errors, z, low, high, rows, columns, no_self: noSelf, pixels } of facts.cells) {
    const cells = signedCells({ values, errors, n, m, noSelf });
    assert.deepEqual(Array.from(cells.pixels(rows, columns, z, { low, high, table: diverging })), pixels);
  }
});

test("a row and a column leave out what is faint or missing", () => {
  const cells = signedCells({ values: [1, -2, 3, 0, 5, -6], errors: [1, 1, 1, 1, 4, 1], n: 2, m: 3 });
  assert.deepEqual([...cells.row(0, 2)], [0, -2, 3]);
  assert.deepEqual([...cells.row(1, 2)], [0, 0, -6]);
  assert.deepEqual([...cells.column(1, 0)], [-2, 5]);
  assert.equal(cells.error(1, 1), 4);
  const square = signedCells({ values: [0, 2, 2, 0], errors: [], n: 2, m: 2, noSelf: true });
  assert.ok(square.missing(1, 1) && !square.missing(0, 1));
  assert.equal(square.error(0, 1), undefined);
  assert.equal(square.faint(0, 1, 5), false);
});

test("peaks are of both signs or of none", () => {
  assert.deepEqual(peaks([0, 2, -1, 5, -3]), { most: 3, least: 4 });
  assert.deepEqual(peaks([0, -2]), { most: -1, least: 1 });
  assert.deepEqual(peaks([]), { most: -1, least: -1 });
});

test("cells fill the room, and never become too small to hit", () => {
  assert.deepEqual(cellSize({ room: 800, n: 20, m: 196, across: "patch", square: false }), { width: 4, height: 20 });
  assert.equal(cellSize({ room: 100, n: 20, m: 196, across: "patch", square: false }).width, 3);
  assert.equal(cellSize({ room: 100, n: 9, m: 40, across: "word", square: true }).width, 18);
  assert.deepEqual(cellSize({ room: 800, n: 4, m: 4, across: "word", square: true }), { width: 48, height: 48 });
  assert.ok(cellSize({ room: 800, n: 60, m: 9, across: "patch", square: false }).height < 22);
  assert.ok(Number.isFinite(cellSize({ room: 800, n: 0, m: 0, across: "patch", square: false }).width));
});

test("bars start at a common zero", () => {
  const across = barPaths([2, -1, 0], { step: 4, length: 30, across: true });
  assert.equal(across.zero, 20);
  assert.equal(across.plus, "M0 0h4v20h-4z");
  assert.equal(across.minus, "M4 20h4v10h-4z");
  const down = barPaths([1, 3], { step: 20, length: 60, across: false });
  assert.equal(down.zero, 0);
  assert.equal(down.plus, "M0 3h20v14h-20zM0 23h60v14h-60z");
  assert.deepEqual(barPaths([0, 0], { step: 4, length: 30, across: true }), { plus: "", minus: "", zero: 0 });
});

test("patches of any shape are filled and outlined", () => {
  const raster = [0, 0, -1, 1]; // 2 x 2
  assert.deepEqual([...overRegions(raster, [5, -2])], [5, 5, 0, -2]);
  const top = outlineOf(raster, 2, 2, 0);
  assert.equal(top.length, 4 * 6); // around two cells beside one another, without the side that they share
  assert.deepEqual([Math.min(...top), Math.max(...top)], [0, 1]);
  assert.deepEqual(outlineOf(raster, 2, 2, 1), [0.5, 0.5, 1, 0.5, 0.5, 1, 1, 1, 0.5, 0.5, 0.5, 1, 1, 0.5, 1, 1]);
  assert.deepEqual(outlineOf(raster, 2, 2, 7), []);
});
