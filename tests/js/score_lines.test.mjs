import assert from "node:assert/strict";
import test from "node:test";
import { pace } from "../../saii_widgets/widgets/parts/pace.js";
import { tickText } from "../../saii_widgets/widgets/parts/score_lines.js";

test("few steps are played slowly, many in about eleven seconds", () => {
  for (const steps of [0, 1, 2, 5, 12]) assert.equal(pace(steps), 900);
  for (const steps of [13, 36, 144, 576]) assert.ok(Math.abs(steps * pace(steps) - 11_000) < 1, `${steps} steps`);
});

test("numbers beside the axis have their unit or their digits", () => {
  assert.deepEqual([0, 0.5, 1].map(value => tickText(value, "probability")), ["0\u202f%", "50\u202f%", "100\u202f%"]);
  assert.deepEqual([-2.5, 17].map(value => tickText(value, "logit")), ["−2.50", "17.00"]);
});
