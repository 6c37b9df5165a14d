// Which words a cloud shows, in which order and how large. All of it is plain numbers and texts.

const folded = text => text.normalize("NFKC").toLowerCase();

// words: [text]; values: a number a word, sized by its distance from zero; roles: Map of word to role.
// Gives the places of the words to show, and how many would be shown if there were room.
export function cloudWords({ words, values, roles, order, most, filter, shownRoles }) {
  const wanted = folded(filter).trim(), allowed = new Set(shownRoles);
  const fitting = words.map((_, k) => k).filter(k => allowed.has(roles.get(words[k])) && folded(words[k]).includes(wanted));
  const size = k => Math.abs(values[k]);
  const largest = fitting.slice().sort((a, b) => size(b) - size(a) || a - b).slice(0, most);
  if (order === "alphabet") {
    const { compare } = new Intl.Collator(undefined, { numeric: true });
    largest.sort((a, b) => compare(words[a], words[b]) || a - b);
  }
  return { places: largest, n: fitting.length };
}

// Share of the largest size, 0 to 1: the height of a word grows with its weight.
export function sizesOf(values) {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return Array.from(values, value => Math.abs(value) / largest);
}

// The box in the next line below (1) or above (-1) whose middle lies nearest; the same box where there is none.
export function besideLine(boxes, at, way) {
  const middle = box => box.left + box.width / 2, level = box => box.bottom;
  const beyond = boxes.map((box, k) => [box, k]).filter(([box]) => way * (level(box) - level(boxes[at])) > boxes[at].height / 3);
  if (!beyond.length) return at;
  const next = Math.min(...beyond.map(([box]) => way * level(box)));
  const line = beyond.filter(([box]) => way * level(box) - next < box.height / 3);
  const distance = ([box]) => Math.abs(middle(box) - middle(boxes[at]));
  return line.reduce((best, one) => (distance(one) < distance(best) ? one : best))[1];
}
