import assert from "node:assert/strict";
import test from "node:test";
import { besideLine, cloudWords, sizesOf } from "../../saii_widgets/widgets/parts/cloud_words.js";
import { axisTicks, tickText } from "../../saii_widgets/widgets/parts/axis_ticks.js";

const words = ["truck", "Éclair", "bus 10", "bus 9", "fence"];
const roles = new Map([["truck", "principal"], ["Éclair", "function"], ["bus 10", "principal"], ["bus 9", "principal"], ["fence", "non-principal"]]);
const all = { words, values: [3, 1, -4, 2, 3], roles, order: "by size", most: 9, filter: "", shownRoles: ["principal", "non-principal", "function"] };

test("words by size, alphabet, role and text", () => {
  assert.deepEqual(cloudWords(all), { places: [2, 0, 4, 3, 1], n: 5 });
  assert.deepEqual(cloudWords({ ...all, most: 2 }), { places: [2, 0], n: 5 });
  assert.deepEqual(cloudWords({ ...all, most: 3, order: "alphabet" }).places, [2, 4, 0]);
  assert.deepEqual(cloudWords({ ...all, order: "alphabet" }).places, [3, 2, 1, 4, 0]);
  assert.deepEqual(cloudWords({ ...all, shownRoles: ["principal"] }), { places: [2, 0, 3], n: 3 });
  assert.deepEqual(cloudWords({ ...all, filter: " BUS" }).places, [2, 3]);
  assert.deepEqual(cloudWords({ ...all, filter: "é" }).places, [1]);
  assert.deepEqual(cloudWords({ ...all, filter: "x" }), { places: [], n: 0 });
});

test("the largest word has size one", () => {
  assert.deepEqual(sizesOf(Float32Array.of(1, -4, 0)), [0.25, 1, 0]);
  assert.deepEqual(sizesOf(Float32Array.of(0, 0)), [0, 0]);
});

test("up and down go to the nearest word of the next line", () => {
  const box = (left, line, width = 10) => ({ left, width, bottom: 20 * line + 18, height: 16 });
  const boxes = [box(0, 0), box(20, 0), box(40, 0), box(0, 1, 30), box(40, 1), box(0, 2)];
  boxes[4].bottom += 3; // a larger word of the same line reaches deeper
  assert.equal(besideLine(boxes, 2, 1), 4);
  assert.equal(besideLine(boxes, 0, 1), 3);
  assert.equal(besideLine(boxes, 4, -1), 2);
  assert.equal(besideLine(boxes, 4, 1), 5);
  assert.equal(besideLine(boxes, 5, 1), 5);
  assert.equal(besideLine(boxes, 1, -1), 1);
});

test("ticks are round, ascending and hold the values", () => {
  assert.deepEqual(axisTicks(0, 1).ticks, [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(axisTicks(-0.34, 0.7).ticks, [-0.5, -0.25, 0, 0.25, 0.5, 0.75]);
  assert.deepEqual(axisTicks(0.12, 0.88, 5, { widen: false }), { low: 0.12, high: 0.88, ticks: [0.2, 0.4, 0.6, 0.8] });
  let seed = 1;
  const chance = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let k = 0; k < 500; k += 1) {
    const low = -chance() * 10 ** Math.round(8 * chance() - 4), high = chance() * 10 ** Math.round(8 * chance() - 4);
    const { low: from, high: to, ticks } = axisTicks(low, high);
    assert.ok(from <= low + 1e-9 * (high - low) && to >= high - 1e-9 * (high - low), `${low} ${high}: ${ticks}`);
    assert.ok(ticks.length >= 3 && ticks.length <= 9, `${low} ${high}: ${ticks}`);
    assert.ok(ticks.includes(0) && ticks.every((tick, n) => !n || tick > ticks[n - 1]));
  }
});

test("ticks are written without needless zeros", () => {
  assert.equal(tickText(0.07, "probability"), "7");
  assert.equal(tickText(-0.25, "logit"), "−0.25");
  assert.equal(tickText(100, "count"), "100");
  assert.equal(tickText(0.00003, "relevance"), "3.0 × 10⁻⁵");
  assert.equal(tickText(0, "relevance"), "0");
});
