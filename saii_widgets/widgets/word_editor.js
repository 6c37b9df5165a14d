import { button, element, frame, shown, uniqueId } from "./shared.js";
import { keptRoles, lexiconOf, wordSpans, wordsOf } from "./parts/word_spans.js";
import { added, problemOf, removed, same, swapped, tagged } from "./parts/caption_edits.js";
import { history } from "./parts/history.js";

const ROLES = [["principal", "Principal", "1"], ["non-principal", "Non-principal", "2"], ["function", "Function", "3"]];
const MOST_SUGGESTIONS = 8;

export function render({ model, el }) {
  const { root, body, readout, signal, listen, send, close, python, say } = frame({ model, el, kind: "word-editor" });
  const id = uniqueId();
  const read = () => {
    const text = String(model.get("caption")), chars = Array.from(text), roles = model.get("roles");
    const words = model.get("spans").map(([start, end], k) => ({ text: chars.slice(start, end).join(""), start, end, role: roles[k] }));
    return { text, words };
  };
  const { roles: known = {}, stops = [] } = model.get("_lexicon") ?? {};
  const lexicon = lexiconOf(Object.entries(known), stops);
  const steps = history(read(), same);
  let active = 0, anchor = 0, dragging = false, publishing = false;

  const text = element("input", { class: "saii-input saii-text", type: "text", dir: "auto", spellcheck: "false", "aria-label": "Caption" });
  const list = element("div", { class: "saii-chips", role: "listbox", tabindex: 0, dir: "auto", "aria-multiselectable": true, "aria-label": "Words" });
  const tags = element("div", { class: "saii-row saii-tags", role: "group", "aria-label": "Role of the chosen words" });
  const roleButtons = ROLES.map(([role, name, key]) => {
    const made = button(name, { "data-role": role, "aria-pressed": false, title: `${name} (${key})` }, () => tag(role), signal);
    made.append(element("kbd", { "aria-hidden": true }, key));
    return made;
  });
  const remove = button("Delete", { title: "Delete the chosen words (Del)" }, () => takeOut(), signal);
  const undo = button("Undo", { title: "Undo (Ctrl+Z)" }, () => step("undo"), signal);
  const redo = button("Redo", { title: "Redo (Ctrl+Y)" }, () => step("redo"), signal);
  const gap = element("span", { class: "saii-gap" });
  tags.append(...roleButtons, gap, remove, undo, redo);
  const word = element("input", { class: "saii-input saii-word-input", type: "text", dir: "auto", spellcheck: "false", placeholder: "another word", "aria-label": "Word to add or swap in" });
  const add = button("Add", { title: "Add behind the chosen word, or at the end" }, () => addWord(), signal);
  const swap = button("Swap", { title: "Put in place of the chosen word (Enter)" }, () => swapWord(), signal);
  const offered = element("div", { class: "saii-row saii-offered", role: "group", "aria-label": "Suggestions" });
  const unshaded = element("div", { class: "saii-muted saii-unshaded", hidden: true }, "The effects belong to another caption; computing those of this one needs Python.");
  body.append(text, list, unshaded, tags, element("div", { class: "saii-row" }, word, add, swap, offered), readout);

  const chosen = () => model.get("selected").filter(k => k < steps.now.words.length);
  const choose = places => { send({ selected: [...new Set(places)].sort((a, b) => a - b) }); mark(); };

  function commit(next, kind = "", told = "") {
    const problem = problemOf(next);
    text.toggleAttribute("aria-invalid", Boolean(problem));
    if (problem) { say(problem); return false; }
    steps.push(next, kind, performance.now());
    publish(told);
    return true;
  }

  function publish(told) {
    const { text: caption, words } = steps.now, n = words.length;
    active = Math.min(active, n - 1);
    anchor = Math.min(anchor, n - 1);
    const selected = chosen();
    if (selected.length !== model.get("selected").length) send({ selected });
    publishing = true;
    send({ caption, words: words.map(one => one.text), spans: words.map(one => [one.start, one.end]), roles: words.map(one => one.role) });
    publishing = false;
    draw();
    if (told) say(told);
  }

  function step(way) { steps[way](); publish(way === "undo" ? "Undone" : "Redone"); }

  function tag(role) {
    const places = chosen().length ? chosen() : [active];
    const names = places.map(k => steps.now.words[k].text).join(", ");
    commit(tagged(steps.now, places, role), "", `${names}: ${role}`);
  }

  function takeOut() {
    const places = chosen();
    if (!places.length) { say("Choose a word first."); return; }
    const names = places.map(k => steps.now.words[k].text).join(", ");
    const next = removed(steps.now, places);
    if (problemOf(next)) { say(problemOf(next)); return; }
    send({ selected: [] });
    commit(next, "", `Deleted: ${names}`);
  }

  const typed = () => word.value.split(/\s+/u).filter(Boolean).join(" ");

  function addWord() {
    const fresh = wordsOf(typed(), lexicon);
    if (!fresh.length) { say("Write a word to add."); word.focus(); return; }
    const place = chosen().at(-1) ?? -1, at = place < 0 ? steps.now.words.length : place + 1;
    if (!commit(added(steps.now, place, fresh), "", `Added: ${typed()}`)) return;
    active = anchor = at;
    choose(fresh.map((_, k) => at + k));
    word.value = "";
    offer();
  }

  function swapWord() {
    const [place, ...more] = chosen();
    if (place === undefined || more.length) { say("Choose one word to swap."); return; }
    if (!wordSpans(typed()).length) { say("Write the word to put in its place."); word.focus(); return; }
    const before = steps.now.words[place].text;
    if (commit(swapped(steps.now, place, typed()), "", `${before} became ${typed()}`)) { word.value = ""; offer(); }
  }

  function offer() {
    const start = typed().toLowerCase(), held = new Set(steps.now.words.map(one => one.text.toLowerCase()));
    const fitting = model.get("suggestions").map(String).filter(one => one.toLowerCase().startsWith(start) && !held.has(one.toLowerCase()));
    offered.replaceChildren(...fitting.slice(0, MOST_SUGGESTIONS).map(one => button(one, { class: "saii-button saii-suggestion" }, () => {
      word.value = one;
      word.focus();
      offer();
    }, signal)));
  }

  // The share of each word in the result that is shown, or nothing where the result is of another caption.
  function shares() {
    const effects = model.get("effects"), sum = effects.reduce((all, one) => all + Math.abs(one), 0);
    const mine = sum > 0 && effects.length === steps.now.words.length && model.get("effects_of") === steps.now.text;
    return mine ? effects.map(one => one / sum) : null;
  }

  function draw() {
    const { text: caption, words } = steps.now, parts = shares();
    const largest = parts ? Math.max(...parts.map(Math.abs)) : 1;
    if (text.value !== caption) text.value = caption;
    list.replaceChildren(...words.map((one, k) => {
      const role = ROLES.find(([name]) => name === one.role)?.[0] ?? "function";
      const effect = parts ? `, ${shown(parts[k], "share")} of the ${model.get("effects_unit")}` : "";
      const chip = element("span", { class: "saii-chip", role: "option", id: `${id}-${k}`, "data-place": k, "data-role": role, "aria-label": `${one.text}, ${role}${effect}` },
        element("b", {}, one.text));
      if (parts) {
        chip.style.setProperty("--saii-share", `${Math.round((100 * Math.abs(parts[k])) / largest)}%`);
        chip.classList.toggle("saii-negative", parts[k] < 0);
        chip.append(element("small", {}, shown(parts[k], "share")));
      }
      return chip;
    }));
    root.classList.toggle("saii-with-effects", Boolean(parts));
    unshaded.hidden = Boolean(parts) || python() === "here" || !model.get("effects").length;
    undo.disabled = !steps.canUndo;
    redo.disabled = !steps.canRedo;
    mark();
    offer();
  }

  function mark() {
    const selected = new Set(chosen()), { words } = steps.now;
    [...list.children].forEach((chip, k) => {
      chip.setAttribute("aria-selected", String(selected.has(k)));
      chip.classList.toggle("saii-active", k === active);
    });
    if (list.children[active]) list.setAttribute("aria-activedescendant", list.children[active].id);
    const roles = new Set([...selected].map(k => words[k].role));
    for (const made of roleButtons) made.setAttribute("aria-pressed", String(roles.size === 1 && roles.has(made.dataset.role)));
    remove.disabled = selected.size === 0;
    swap.disabled = selected.size !== 1;
  }

  const range = (a, b) => Array.from({ length: Math.abs(a - b) + 1 }, (_, k) => Math.min(a, b) + k);
  const placeAt = event => {
    const found = list.getRootNode().elementFromPoint(event.clientX, event.clientY)?.closest?.(".saii-chip");
    return found && list.contains(found) ? Number(found.dataset.place) : -1;
  };
  list.addEventListener("pointerdown", event => {
    const place = placeAt(event);
    if (place < 0 || event.button !== 0) return;
    list.focus();
    list.setPointerCapture(event.pointerId);
    event.preventDefault();
    active = place;
    if (event.shiftKey) choose(range(anchor, place));
    else if (event.ctrlKey || event.metaKey) choose(chosen().includes(place) ? chosen().filter(k => k !== place) : [...chosen(), place]);
    else { dragging = true; anchor = place; choose([place]); }
    say(list.children[place].getAttribute("aria-label"));
  }, { signal });
  list.addEventListener("pointermove", event => {
    const place = dragging ? placeAt(event) : -1;
    if (place >= 0 && place !== active) { active = place; choose(range(anchor, place)); }
  }, { signal });
  for (const end of ["pointerup", "pointercancel"]) list.addEventListener(end, () => { dragging = false; }, { signal });

  list.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const n = steps.now.words.length, rightToLeft = getComputedStyle(list).direction === "rtl";
    const moves = { ArrowRight: rightToLeft ? -1 : 1, ArrowLeft: rightToLeft ? 1 : -1, ArrowDown: 1, ArrowUp: -1, Home: -n, End: n };
    const role = ROLES.find(([, , key]) => key === event.key);
    if (event.key in moves) {
      active = Math.min(n - 1, Math.max(0, active + moves[event.key]));
      if (!event.shiftKey) anchor = active;
      choose(range(anchor, active));
    } else if (role) tag(role[0]);
    else if (event.key === "Delete" || event.key === "Backspace") takeOut();
    else if (event.key === "Enter" && !event.shiftKey) { word.focus(); word.select(); }
    else if (event.key === " ") choose(chosen().includes(active) ? chosen().filter(k => k !== active) : [...chosen(), active]);
    else return;
    event.preventDefault();
  }, { signal });
  root.addEventListener("keydown", event => {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || (key !== "z" && key !== "y")) return;
    step(key === "y" || event.shiftKey ? "redo" : "undo");
    event.preventDefault();
    event.stopPropagation();
  }, { signal });
  text.addEventListener("input", () => {
    const words = keptRoles(steps.now.words, wordsOf(text.value, lexicon));
    if (commit({ text: text.value, words }, "typing")) say("");
  }, { signal });
  word.addEventListener("input", offer, { signal });
  word.addEventListener("keydown", event => {
    if (event.key !== "Enter" || event.shiftKey) return;
    if (chosen().length === 1) swapWord(); else addWord();
    event.preventDefault();
  }, { signal });

  listen(["caption", "spans", "roles"], () => {
    if (publishing) return;
    const now = read(), words = model.get("words");
    // traits may come one after the other; in between they don't fit
    if (now.words.some((one, k) => one.text !== words[k] || !one.role) || same(now, steps.now)) return;
    steps.push(now);
    draw();
  });
  listen(["selected"], mark);
  listen(["effects", "effects_of", "effects_unit"], draw);
  listen(["suggestions"], offer);
  root.addEventListener("saii-python", draw, { signal });
  draw();
  return close;
}

export default { render };
