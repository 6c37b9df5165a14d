// A caption is { text, words: [{ text, start, end, role }] }; each edit gives a new one. Places are code points.
const cut = (chars, start, end) => chars.slice(start, end).join("");
const SPACES = /^\s+|\s+$/gu;

// The caption from pieces [text before, word or "", role]; a piece without a word is plain text.
function joined(pieces) {
  let text = "", length = 0;
  const words = [];
  for (const [before, word, role] of pieces) {
    text += before;
    length += Array.from(before).length;
    const size = Array.from(word).length;
    if (word) words.push({ text: word, start: length, end: length + size, role });
    text += word;
    length += size;
  }
  return { text, words };
}

function piecesOf({ text, words }) {
  const chars = Array.from(text);
  let end = 0;
  const pieces = words.map(word => {
    const before = cut(chars, end, word.start);
    end = word.end;
    return [before, word.text, word.role];
  });
  return [...pieces, [cut(chars, end, chars.length), "", null]];
}

export function removed(caption, places) {
  const gone = new Set(places), pieces = [];
  let spaceWanted = false;
  for (const [k, piece] of piecesOf(caption).entries()) {
    if (gone.has(k)) {
      // of what stood around the word, the text before it stays, so that the next word keeps its distance
      pieces.push([piece[0].replace(/\s+$/u, ""), "", null]);
      spaceWanted ||= /\s$/u.test(piece[0]);
      continue;
    }
    const space = spaceWanted && piece[1] && !piece[0] ? " " : "";
    pieces.push([space + piece[0], piece[1], piece[2]]);
    spaceWanted = false;
  }
  return trimmed(joined(pieces));
}

export function swapped(caption, place, text) {
  return joined(piecesOf(caption).map((piece, k) => (k === place ? [piece[0], text, piece[2]] : piece)));
}

// New words behind the word at `place`, or at the end.
export function added(caption, place, words) {
  const pieces = piecesOf(caption), at = place < 0 ? pieces.length - 1 : place + 1;
  const fresh = words.map((word, k) => [k || at ? " " : "", word.text, word.role]);
  if (!at && pieces[0][0] === "") pieces[0] = [" ", ...pieces[0].slice(1)];
  pieces.splice(at, 0, ...fresh);
  return joined(pieces);
}

export function tagged({ text, words }, places, role) {
  return { text, words: words.map((word, k) => (places.includes(k) ? { ...word, role } : word)) };
}

function trimmed({ text, words }) {
  const start = Array.from(text.match(/^\s*/u)[0]).length;
  return {
    text: text.replace(SPACES, ""),
    words: words.map(word => ({ ...word, start: word.start - start, end: word.end - start })),
  };
}

// Why a text can't be a caption, or "".
export function problemOf({ text, words }) {
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u.test(text) || !text.isWellFormed())
    return "The text holds control characters. Take them out.";
  if (!words.length) return "A caption needs a word. Say what the picture may show.";
  if (words.every(word => word.role === "function"))
    return "A caption needs a word that names something. Add one, or give one of its words another role.";
  return "";
}

export const same = (one, other) => one.text === other.text && one.words.length === other.words.length
  && one.words.every((word, k) => {
    const twin = other.words[k];
    return word.start === twin.start && word.end === twin.end && word.role === twin.role;
  });
