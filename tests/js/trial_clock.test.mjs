import assert from "node:assert/strict";
import { test } from "node:test";
import { answerLines, trialClock } from "../../saii_widgets/widgets/parts/trial_clock.js";

test("the clock counts what was looked at, without pauses", () => {
  let now = 100;
  const clock = trialClock(() => now);
  assert.equal(clock.read(), 0);
  clock.start();
  now = 350;
  assert.equal(clock.read(), 250);
  clock.pause();
  now = 5000;
  clock.pause();
  assert.equal(clock.read(), 250);
  clock.go();
  clock.go();
  now = 5100;
  assert.equal(clock.read(), 350);
  clock.start();
  assert.equal(clock.read(), 0);
});

test("any text comes through the lines of a table", () => {
  const lines = answerLines(["a", "b"], [{ a: 'a "red" truck, parked', b: 1.5 }, { a: "two\nlines", b: true }]);
  assert.equal(lines, 'a,b\r\n"a ""red"" truck, parked",1.5\r\n"two\nlines",true\r\n');
});
