import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { bytes, colourOf, colourTables, floats, inkOn, scaleOf, shown } from "../../saii_widgets/widgets/shared.js";

const facts = JSON.parse(readFileSync(process.env.SAII_FACTS, "utf8"));

test("numbers read as Python writes them", () => {
  assert.ok(facts.numbers.length > 300);
  for (const { value, unit, signed, bare, text } of facts.numbers)
    assert.equal(shown(value, unit, { signed, bare }), text, `${value} ${unit} ${signed} ${bare}`);
});

test("float32 survives any offset", () => {
  const numbers = Float32Array.of(1.5, -2, 1e30);
  for (const offset of [0, 1, 2, 3, 4]) {
    const buffer = new ArrayBuffer(12 + offset);
    new Uint8Array(buffer, offset).set(new Uint8Array(numbers.buffer));
    assert.deepEqual(floats(new DataView(buffer, offset)), numbers);
  }
  assert.equal(floats(null).length, 0);
  assert.deepEqual(floats(numbers.buffer), numbers);
  assert.equal(bytes(undefined).length, 0);
});

test("tables, scales and ink are Python's", () => {
  const tables = colourTables(new DataView(Uint8Array.from(facts.tables).buffer));
  for (const { table, share, colour, ink } of facts.colours) {
    assert.deepEqual(colourOf(tables[table], share), colour);
    assert.equal(inkOn(colour), ink);
  }
  assert.deepEqual(scaleOf([0.5, 2]), { low: 0, high: 2, signed: false });
  assert.deepEqual(scaleOf([-3, 2]), { low: -3, high: 3, signed: true });
  assert.deepEqual(scaleOf([0, 0]), { low: 0, high: 1, signed: false });
  assert.deepEqual(scaleOf([1, 2], "diverging"), { low: -2, high: 2, signed: true });
});
