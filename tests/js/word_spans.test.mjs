import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { keptRoles, lexiconOf, wordSpans, wordsOf } from "../../saii_widgets/widgets/parts/word_spans.js";

const facts = JSON.parse(readFileSync(process.env.SAII_FACTS, "utf8"));
const lexicon = lexiconOf(Object.entries(facts.lexicon.roles), facts.lexicon.stops);

test("word spans are Python's, in code points", () => {
  assert.ok(facts.spans.length > 500);
  for (const [text, spans] of facts.spans) assert.deepEqual(wordSpans(text), spans, JSON.stringify(text));
});

test("words, phrases and roles are Python's", () => {
  assert.ok(facts.captions.length > 300);
  for (const [text, words] of facts.captions)
    assert.deepEqual(wordsOf(text, lexicon).map(one => [one.text, one.start, one.end, one.role]), words, JSON.stringify(text));
});

test("roles are kept as Python keeps them", () => {
  for (const { before, after, roles } of facts.kept) {
    const [old, fresh] = [before, after].map(words => words.map(([text, role]) => ({ text, role })));
    assert.deepEqual(keptRoles(old, fresh).map(word => word.role), roles);
  }
});
