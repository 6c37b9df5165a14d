import assert from "node:assert/strict";
import test from "node:test";
import { added, problemOf, removed, same, swapped, tagged } from "../../saii_widgets/widgets/parts/caption_edits.js";
import { history } from "../../saii_widgets/widgets/parts/history.js";
import { lexiconOf, wordsOf } from "../../saii_widgets/widgets/parts/word_spans.js";

const lexicon = lexiconOf([["truck", "principal"], ["metal fence", "non-principal"]], ["a", "near", "in front of"]);
const captionOf = text => ({ text, words: wordsOf(text, lexicon) });
// Every edit must leave words that stand where they say.
const sound = caption => {
  const chars = Array.from(caption.text);
  for (const { text, start, end } of caption.words) assert.equal(chars.slice(start, end).join(""), text);
  return caption;
};

test("deleting closes the gap", () => {
  const text = places => sound(removed(captionOf("😀 a red truck, near a metal fence"), places)).text;
  assert.equal(text([0]), "a red truck, near a metal fence");
  assert.equal(text([2]), "😀 a truck, near a metal fence");
  assert.equal(text([3]), "😀 a red, near a metal fence");
  assert.equal(text([5, 6]), "😀 a red truck, near");
  assert.equal(text([1, 2, 3, 4]), "😀, a metal fence");
  assert.equal(removed(captionOf("truck"), [0]).text, "");
});

test("swapping keeps the role and moves the rest", () => {
  const after = sound(swapped(captionOf("a truck near a metal fence"), 1, "🚒 engine"));
  assert.equal(after.text, "a 🚒 engine near a metal fence");
  assert.deepEqual(after.words.map(word => word.role), ["function", "principal", "function", "function", "non-principal"]);
});

test("adding puts a word behind another, or at the end", () => {
  const caption = captionOf("a truck");
  const fresh = wordsOf("big metal fence", lexicon);
  assert.equal(sound(added(caption, 0, fresh)).text, "a big metal fence truck");
  const end = sound(added(caption, -1, fresh));
  assert.equal(end.text, "a truck big metal fence");
  assert.deepEqual(end.words.map(word => word.text), ["a", "truck", "big", "metal fence"]);
  assert.equal(sound(added(captionOf("a truck."), 1, fresh)).text, "a truck big metal fence.");
});

test("tagging changes roles alone", () => {
  const caption = captionOf("a truck"), after = tagged(caption, [0], "principal");
  assert.deepEqual(after.words.map(word => word.role), ["principal", "principal"]);
  assert.ok(!same(caption, after));
  assert.equal(caption.words[0].role, "function");
});

test("what can't be a caption is said", () => {
  assert.equal(problemOf(captionOf("a truck")), "");
  for (const text of ["", " , ", "a near a", "a truck\u0000", "a truck\u202e", "a truck \ud800"]) assert.notEqual(problemOf(captionOf(text)), "", JSON.stringify(text));
});

test("undo and redo go through all steps, and typing is one", () => {
  const steps = history(captionOf("a truck"), same);
  assert.ok(!steps.canUndo && !steps.canRedo);
  steps.push(captionOf("a truc"), "typing", 0);
  steps.push(captionOf("a tru"), "typing", 100);
  steps.push(captionOf("a tru k"), "typing", 5000);
  steps.undo();
  assert.equal(steps.now.text, "a tru");
  steps.undo();
  assert.equal(steps.now.text, "a truck");
  steps.undo();
  assert.equal(steps.now.text, "a truck");
  steps.redo();
  assert.equal(steps.now.text, "a tru");
  steps.push(captionOf("a bus"));
  assert.ok(!steps.canRedo);
  for (let k = 0; k < 300; k += 1) steps.push(captionOf(`a truck ${k}`));
  let n = 0;
  while (steps.canUndo) { steps.undo(); n += 1; }
  assert.equal(n, 200);
});
