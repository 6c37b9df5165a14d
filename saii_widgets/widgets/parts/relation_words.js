import { shown } from "../shared.js";

const inPerCent = share => `${Math.round(100 * Math.abs(share))}\u202f%`;
const times = log2 => Number((2 ** log2).toPrecision(2));
// The relations of core/spatial_relations.py: shares of the picture, and the binary logarithm of two areas.
const RELATIONS = {
  dx: share => `${inPerCent(share)} ${share < 0 ? "left" : "right"}`,
  dy: share => `${inPerCent(share)} ${share < 0 ? "up" : "down"}`,
  distance: share => `distance ${inPerCent(share)}`,
  "size ratio": log2 => `${times(log2)} × the area`,
  overlap: share => `overlap ${inPerCent(share)}`,
};

// How the second of two concepts lies as seen from the first, with breaks between relations only; those of other names as
// name and number.
export const relationWords = (names, numbers) =>
  names.map((name, k) => (Object.hasOwn(RELATIONS, name) ? RELATIONS[name](numbers[k]).replaceAll(" ", "\u00a0") : `${name} ${shown(numbers[k], "logit")}`)).join(", ");
