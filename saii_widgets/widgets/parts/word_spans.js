// Where the words of a text are, in code points, as core/word_spans.py finds them.
const LETTER = /[\p{L}\p{N}]/u, MARK = /\p{M}/u, SYMBOL = /\p{So}/u, SPACE = /^\s+$/u;
// What Python's str.isdigit takes: decimal digits, raised, lowered and circled ones.
const DIGIT = new RegExp("[\\p{Nd}\\u00b2\\u00b3\\u00b9\\u2070\\u2074-\\u2079\\u2080-\\u2089\\u2460-\\u2468\\u2474-\\u247c\\u2488-\\u2490"
  + "\\u24ea\\u24f5-\\u24fd\\u24ff\\u2776-\\u277e\\u2780-\\u2788\\u278a-\\u2792]", "u");
const isSymbol = char => char.codePointAt(0) >= 0x2190 && SYMBOL.test(char);
const between = (char, first, last) => char.codePointAt(0) >= first && char.codePointAt(0) <= last;
const isFlagLetter = char => between(char, 0x1f1e6, 0x1f1ff);

function continues(chars, k, start) {
  const char = chars[k], before = chars[k - 1], next = chars[k + 1];
  if (MARK.test(char) || char === "\u200c" || char === "\u200d" || between(char, 0x1f3fb, 0x1f3ff)) return true;
  if (before === "\u200d") return LETTER.test(char) || isSymbol(char);
  if (isFlagLetter(char)) return isFlagLetter(before) && k - start === 1;
  if (isSymbol(char) || isSymbol(chars[start])) return false;
  if (LETTER.test(char) || char === "_") return true;
  if (next === undefined || !LETTER.test(next)) return false;
  if ("'’-‐\u00ad".includes(char)) return true;
  return ".,:".includes(char) && DIGIT.test(before) && DIGIT.test(next);
}

export function wordSpans(text) {
  const chars = Array.from(text), spans = [];
  for (let k = 0; k < chars.length;) {
    if (!LETTER.test(chars[k]) && !isSymbol(chars[k])) { k += 1; continue; }
    const start = k;
    for (k += 1; k < chars.length && continues(chars, k, start);) k += 1;
    spans.push([start, k]);
  }
  return spans;
}

// The word and what it may be the plural of, as core/lexicon.py has it.
function forms(phrase) {
  const word = phrase.slice(phrase.lastIndexOf(" ") + 1), rest = phrase.slice(0, phrase.length - word.length);
  const found = [word], length = Array.from(word).length;
  if (word.endsWith("s") && !word.endsWith("ss") && length >= 4) {
    if (word.endsWith("ies")) found.push(word.slice(0, -1), `${word.slice(0, -3)}y`);
    else if (/(?:ses|xes|zes|ches|shes)$/.test(word)) found.push(word.slice(0, -1), word.slice(0, -2));
    else found.push(word.slice(0, -1));
  }
  return found.map(form => rest + form);
}

const keyOf = text => text.toLowerCase().replaceAll("ß", "ss").split(/\s+/u).filter(Boolean).join(" ");

// Roles of words and phrases as [phrase, role], and the stop words.
export function lexiconOf(entries, stops) {
  const roles = new Map(entries), stopWords = new Set(stops), byForm = new Map(), phrases = new Set();
  let longest = 1;
  for (const [phrase, role] of roles) for (const form of forms(phrase)) byForm.set(form, role);
  for (const phrase of [...roles.keys(), ...stopWords]) {
    if (!phrase.includes(" ")) continue;
    for (const form of forms(phrase)) phrases.add(form);
    longest = Math.max(longest, phrase.split(" ").length);
  }
  const role = word => {
    const key = keyOf(word);
    if (roles.has(key)) return roles.get(key);
    if (stopWords.has(key)) return "function";
    const form = forms(key).find(one => roles.has(one) || byForm.has(one));
    return form === undefined ? "non-principal" : roles.get(form) ?? byForm.get(form);
  };
  return { role, phrases, longest };
}

// The words of a text: [{ text, start, end, role }], phrases of the lexicon as one word.
export function wordsOf(text, lexicon) {
  const chars = Array.from(text), spans = wordSpans(text), words = [];
  const cut = (start, end) => chars.slice(start, end).join("");
  for (let k = 0; k < spans.length;) {
    let stop = k + 1;
    while (stop < spans.length && stop - k < lexicon.longest && SPACE.test(cut(spans[stop - 1][1], spans[stop][0]))) stop += 1;
    let n = stop - k;
    for (; n > 1; n -= 1) {
      const phrase = keyOf(spans.slice(k, k + n).map(([start, end]) => cut(start, end)).join(" "));
      if (forms(phrase).some(form => lexicon.phrases.has(form))) break;
    }
    const start = spans[k][0], end = spans[k + n - 1][1], word = cut(start, end);
    words.push({ text: word, start, end, role: lexicon.role(word) });
    k += n;
  }
  return words;
}

// Words that stand at both ends of the text keep the roles they had.
export function keptRoles(before, after) {
  const most = Math.min(before.length, after.length);
  let head = 0, tail = 0;
  while (head < most && before[head].text === after[head].text) head += 1;
  while (tail < most - head && before.at(-1 - tail).text === after.at(-1 - tail).text) tail += 1;
  return after.map((word, k) => {
    if (k < head) return { ...word, role: before[k].role };
    if (k >= after.length - tail) return { ...word, role: before[k - after.length + before.length].role };
    return word;
  });
}
