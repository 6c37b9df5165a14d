// What is changed in a picture, as Python takes it: {}, { remove: i }, { move: [i, dx, dy] } or { swap: [i, j] }.

const isPlace = (k, n) => Number.isInteger(k) && k >= 0 && k < n;

// An edit that holds, else none; `present` says which concepts are in the picture.
export function editFrom(given, present, nExamples) {
  const { remove, move, swap } = given ?? {}, there = k => isPlace(k, present.length) && present[k];
  if (there(remove)) return { remove };
  if (Array.isArray(move) && move.length === 3 && there(move[0]) && move.every(Number.isFinite)) return { move };
  if (Array.isArray(swap) && swap.length === 2 && there(swap[0]) && isPlace(swap[1], nExamples)) return { swap };
  return {};
}

// Whether two edits are the same, but for what rounding did to their shares.
export function sameEdit(one, other) {
  const flat = edit => Object.entries(edit ?? {}).flatMap(([way, parts]) => [way, ...[parts].flat()]);
  const [a, b] = [flat(one), flat(other)];
  return a.length === b.length && a.every((part, k) => part === b[k] || Math.abs(part - b[k]) < 1e-6);
}

// The concept that an edit changes, -1 for none.
export const changedConcept = ({ remove, move, swap }) => remove ?? move?.[0] ?? swap?.[0] ?? -1;
