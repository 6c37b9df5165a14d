import assert from "node:assert/strict";
import test from "node:test";
import { changedConcept, editFrom, sameEdit } from "../../saii_widgets/widgets/parts/concept_edits.js";
import { arrow, edgesAbove, filling, nearestIn, onCircle, spreadOut } from "../../saii_widgets/widgets/parts/graph_layout.js";
import { loopsAround, masksOf, outlinePath } from "../../saii_widgets/widgets/parts/mask_shapes.js";
import { piecesOf } from "../../saii_widgets/widgets/parts/narrated_text.js";
import { relationWords } from "../../saii_widgets/widgets/parts/relation_words.js";

const mask = rows => Uint8Array.from(rows.join("").split("").map(Number));
const area = loop => loop.reduce((sum, [x, y], k) => { const [a, b] = loop[(k + 1) % loop.length]; return sum + (x * b - a * y) / 2; }, 0);

test("masks come out of their bits as Python packed them", () => {
  const packed = new DataView(Uint8Array.from([0b10110010, 0b11000000]).buffer); // two masks of 1 x 5
  assert.deepEqual(masksOf(packed, 2, 1, 5).map(one => [...one]), [[1, 0, 1, 1, 0], [0, 1, 0, 1, 1]]);
  assert.deepEqual(masksOf(packed, 2, 0, 0).map(one => one.length), [0, 0]);
});

test("loops go around what is inside, clockwise, and around holes the other way", () => {
  const ring = loopsAround(mask(["11110", "10010", "11111"]), 3, 5);
  assert.equal(ring.length, 2);
  const areas = ring.map(area).sort((a, b) => a - b);
  assert.deepEqual(areas, [-2, 13]); // the hole, and all inside the outer line
  assert.equal(ring.map(area).reduce((a, b) => a + b), 11); // as many cells as are set
  assert.deepEqual(loopsAround(mask(["000"]), 1, 3), []);
  const touching = loopsAround(mask(["10", "01"]), 2, 2); // two cells that meet in a corner
  assert.equal(touching.map(area).reduce((a, b) => a + b), 2);
});

test("an outline stays about as large as its mask, in the pixels that were asked for", () => {
  const square = mask(Array(20).fill("00000111111111100000"));
  const path = outlinePath(square, 20, 20, { width: 200, height: 100 });
  assert.match(path, /^M[\d. ]+(L[\d. ]+)+Z$/);
  const points = path.slice(1, -1).split("L").map(pair => pair.split(" ").map(Number));
  assert.ok(points.every(([x, y]) => x >= 50 && x <= 150 && y >= 0 && y <= 100));
  assert.ok(Math.abs(area(points) / (100 * 100) - 1) < 0.05);
  assert.equal(outlinePath(mask(["00"]), 1, 2, { width: 9, height: 9 }), "");
});

test("nodes stand apart, inside the room, and where there is room where they belong", () => {
  const room = { width: 400, height: 300, wide: 60, high: 50 };
  assert.deepEqual(spreadOut([[100, 100], [300, 200]], room), [[100, 100], [300, 200]]);
  const crowd = Array.from({ length: 20 }, (_, k) => [200 + (k % 3), 150 + (k % 2)]);
  const places = spreadOut(crowd, room);
  places.forEach(([x, y], i) => {
    assert.ok(x >= 30 && x <= 370 && y >= 25 && y <= 275);
    for (const [a, b] of places.slice(i + 1)) assert.ok(Math.abs(a - x) > 52 || Math.abs(b - y) > 44, `${[x, y]} on ${[a, b]}`);
  });
  assert.deepEqual(spreadOut(crowd, room), places); // the same every time
  assert.deepEqual(spreadOut([], room), []);
});

test("places fill the room and keep their order", () => {
  assert.deepEqual(filling([[0.2, 0.5], [0.4, 0.5], [0.6, 0.5]]).map(([x]) => Number(x.toFixed(6))), [0, 0.5, 1]);
  assert.deepEqual(filling([[0.3, 0.7]]), [[0.3, 0.7]]);
  const circle = onCircle(4);
  assert.ok(circle.every(([x, y]) => Math.abs(Math.hypot(x - 0.5, y - 0.5) - 0.4) < 1e-9));
});

test("edges above a share of the strongest, the strongest last, never from a node to itself", () => {
  const values = [9, 1, -4, 0.5, 9, 0, 3, 0, 9], value = (from, to) => values[3 * from + to];
  assert.deepEqual(edgesAbove(value, [0, 1, 2], { share: 0.5, reach: 4 }), [{ from: 2, to: 0, value: 3 }, { from: 0, to: 2, value: -4 }]);
  assert.equal(edgesAbove(value, [0, 1, 2], { share: 0, reach: 4 }).length, 4); // zero is no edge
  assert.deepEqual(edgesAbove(value, [0, 1], { share: 0, reach: 4 }).map(({ to }) => to), [0, 1]);
});

test("there and back are two curves, and the head lies at the end", () => {
  const numbers = d => d.match(/-?[\d.]+/g).map(Number), how = { radius: 20, thick: 2 };
  const [there, back] = [arrow([0, 0], [200, 0], how), arrow([200, 0], [0, 0], how)];
  assert.ok(numbers(there.line)[3] * numbers(back.line)[3] < 0); // they bend to opposite sides
  const [x, y] = numbers(there.head);
  assert.ok(Math.abs(Math.hypot(x - 200, y) - 20) < 0.2); // the tip touches the node
  assert.ok(Math.abs(Math.hypot(numbers(back.head)[0], numbers(back.head)[1]) - 20) < 0.2);
  assert.ok(arrow([5, 5], [5, 5], how).line.match(/NaN/) === null);
});

test("arrow keys go to the nearest in their direction, or stay", () => {
  const places = [[0, 0], [100, 10], [90, 90], [0, 100]];
  assert.equal(nearestIn(places, 0, [1, 0]), 1);
  assert.equal(nearestIn(places, 0, [0, 1]), 3);
  assert.equal(nearestIn(places, 1, [0, 1]), 2);
  assert.equal(nearestIn(places, 0, [-1, 0]), 0);
});

test("a text is cut at spans and sentences, by code points", () => {
  const text = "A 😀 grille. Then a wheel.", pieces = piecesOf(text, [[4, 10, 0, "name"], [19, 24, 1, "name"]], [[0, 11], [12, 25]]);
  assert.equal(pieces.map(one => one.text).join(""), text);
  assert.deepEqual(pieces.filter(one => one.concept >= 0).map(({ text: said, concept, sentence }) => [said, concept, sentence]), [["grille", 0, 0], ["wheel", 1, 1]]);
  assert.deepEqual(piecesOf("", [], []), []);
  assert.equal(piecesOf("abc", [[-3, 99, 0, "x"]], []).map(one => one.text).join(""), "abc"); // spans that can't be
});

test("only edits that hold are taken", () => {
  const present = [true, false, true];
  assert.deepEqual(editFrom({ remove: 2 }, present, 3), { remove: 2 });
  assert.deepEqual(editFrom({ move: [0, 0.1, -0.2] }, present, 3), { move: [0, 0.1, -0.2] });
  assert.deepEqual(editFrom({ swap: [0, 2] }, present, 3), { swap: [0, 2] });
  for (const wrong of [null, "remove", {}, { remove: 1 }, { remove: "0" }, { remove: 7 }, { move: [0, 0.1] }, { move: [0, "x", 0] }, { move: [0, NaN, 0] }, { swap: [0, 3] }, { swap: [1, 0] }, { swap: "00" }, { __proto__: { x: 1 } }])
    assert.deepEqual(editFrom(wrong, present, 3), {});
  assert.equal(changedConcept({ remove: 0 }), 0);
  assert.equal(changedConcept({ swap: [2, 0] }), 2);
  assert.equal(changedConcept({}), -1);
});

test("an answer belongs to its edit", () => {
  assert.ok(sameEdit({ remove: 0 }, { remove: 0 }) && sameEdit({}, undefined) && sameEdit({ move: [1, 0.1 + 0.2, 0] }, { move: [1, 0.3, 0] }));
  assert.ok(!sameEdit({ remove: 0 }, { remove: 1 }) && !sameEdit({ remove: 0 }, {}) && !sameEdit({ move: [1, 0.1, 0] }, { swap: [1, 0] }));
});

test("relations are read as shares of the picture and as how many times the area", () => {
  const names = ["dx", "dy", "distance", "size ratio", "overlap"], plain = text => text.replaceAll(/[\u202f\u00a0]/g, " ");
  assert.equal(plain(relationWords(names, [0.12, -0.25, 0.277, 3, 1])), "12 % right, 25 % up, distance 28 %, 8 × the area, overlap 100 %");
  assert.equal(plain(relationWords(names, [-0.5, 0.5, 0.707, -3.99, 0])), "50 % left, 50 % down, distance 71 %, 0.063 × the area, overlap 0 %");
  assert.equal(relationWords(["toString", "touches"], [0.5, -1]), "toString 0.50, touches −1.00");
});
