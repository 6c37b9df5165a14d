import { button, choice, element, floats, frame, painter, shown, slider, tick, uniqueId } from "./shared.js";
import { besideLine, cloudWords, sizesOf } from "./parts/cloud_words.js";
import { history } from "./parts/history.js";

const ROLES = [["principal", "Principal", "1", "p"], ["non-principal", "Non-principal", "2", "n"], ["function", "Function", "3", "f"]];
const FEW = 12; // words; of fewer, all are shown without asking how many
const NAMES = { weight: "weight", counts: "count", tfidf: "TF-IDF", loadings: "loading" };

export function render({ model, el }) {
  const { root, body, readout, signal, listen, send, close, say } = frame({ model, el, kind: "word-cloud" });
  const id = uniqueId();
  const readRoles = () => new Map(Object.entries(model.get("roles")));
  const same = (one, other) => one.size === other.size && [...one].every(([word, role]) => other.get(word) === role);
  let steps = history(readRoles(), same);
  let about, values = [], chips = [], places = [], active = 0, anchor = 0, publishing = false;

  const title = element("span", { class: "saii-title", dir: "auto" }), number = element("span", { class: "saii-muted" });
  const measure = choice("Size", [], value => send({ measure: value }), signal);
  const order = choice("Order", ["by size", "alphabet"].map(one => [one, one]), value => send({ order: value }), signal);
  const most = slider("Words", { min: FEW, step: 1 }, (value, ended) => send({ most: value }, ended), signal, value => `${value} of ${about.words.length}`);
  const filter = element("input", { class: "saii-input saii-filter", type: "search", dir: "auto", spellcheck: "false", placeholder: "find a word", "aria-label": "Find a word" });
  const ticks = ROLES.map(([role]) => tick("", on => showRole(role, on), signal));
  const list = element("div", { class: "saii-cloud", role: "listbox", tabindex: 0, dir: "auto", "aria-multiselectable": true, "aria-label": "Words" });
  const empty = element("div", { class: "saii-muted saii-none", hidden: true });
  const roleButtons = ROLES.map(([role, name, key, letter]) => {
    const made = button(name, { "data-role": role, "aria-pressed": false, title: `${name} (${key} or ${letter.toUpperCase()})` }, () => tag(() => role), signal);
    made.append(element("kbd", { "aria-hidden": true }, key));
    return made;
  });
  const undo = button("Undo", { title: "Undo (Ctrl+Z)" }, () => step("undo"), signal);
  const redo = button("Redo", { title: "Redo (Ctrl+Y)" }, () => step("redo"), signal);
  body.append(
    element("div", { class: "saii-row" }, title, element("span", { class: "saii-gap" }), measure.made, order.made),
    element("div", { class: "saii-row saii-sieve" }, filter, ...ticks.map(one => one.made), element("span", { class: "saii-gap" }), number, most.made),
    list, empty,
    element("div", { class: "saii-row saii-tags", role: "group", "aria-label": "Role of the chosen words" }, ...roleButtons, element("span", { class: "saii-gap" }), undo, redo),
    readout,
  );

  const roleOf = word => ROLES.find(([role]) => role === steps.now.get(word)) ?? ROLES[2];
  const chosen = () => { const known = new Set(about.words); return model.get("selected").filter(word => known.has(word)); };
  const choose = words => { send({ selected: words }); mark(); };
  const wordAt = k => about.words[places[k]];

  function showRole(role, on) {
    const now = new Set(model.get("shown_roles"));
    if (on) now.add(role); else now.delete(role);
    send({ shown_roles: ROLES.map(([name]) => name).filter(name => now.has(name)) });
  }

  // `next` gives a word's role from the one it has.
  function tag(next) {
    const words = chosen().length ? chosen() : places.length ? [wordAt(active)] : [];
    if (!words.length) { say("Choose a word first."); return; }
    const roles = new Map(steps.now);
    for (const word of words) roles.set(word, next(roleOf(word)[0]));
    steps.push(roles);
    publish(`${words.join(", ")}: ${[...new Set(words.map(word => roles.get(word)))].join(", ")}, in every caption`);
  }
  const following = role => ROLES[(ROLES.findIndex(([name]) => name === role) + 1) % ROLES.length][0];

  function step(way) { steps[way](); publish(way === "undo" ? "Undone" : "Redone"); }

  function publish(told) {
    publishing = true;
    send({ roles: Object.fromEntries(steps.now) });
    publishing = false;
    draw();
    say(told);
  }

  function described(place) {
    const word = about.words[place];
    const numbers = about.measures.map(({ name, unit }, k) => `${NAMES[name] ?? name} ${shown(values[k][place], unit, { signed: values[k][place] < 0 })}`);
    const hint = chosen().length === 1 && chosen()[0] === word ? ". Click again, or press Enter, for its next role." : "";
    return `${word}: ${roleOf(word)[0]}; ${numbers.join(", ")}${hint}`;
  }

  function load() {
    about = model.get("_about");
    values = model.get("_values").map(floats);
    title.textContent = about.title;
    measure.input.replaceChildren(...about.measures.map(({ name }) => element("option", { value: name }, NAMES[name] ?? name)));
    measure.made.hidden = about.measures.length < 2;
    most.input.max = about.words.length;
    most.made.hidden = about.words.length <= FEW;
    chips = about.words.map((word, k) => element("span", { class: "saii-cloud-word", role: "option", id: `${id}-${k}`, "data-place": k }, element("b", {}, word)));
    steps = history(readRoles(), same);
    active = anchor = 0;
    draw();
    say("Choose a word to read its numbers and to change its role.");
  }

  function draw() {
    const k = Math.max(0, about.measures.findIndex(({ name }) => name === model.get("measure"))), was = places[active];
    const sizes = sizesOf(values[k]), [name, filtered] = [about.measures[k].name, String(model.get("filter"))];
    const found = cloudWords({
      words: about.words, values: values[k], roles: steps.now, order: model.get("order"), most: model.get("most"),
      filter: filtered, shownRoles: model.get("shown_roles"),
    });
    places = found.places;
    active = places.includes(was) ? places.indexOf(was) : Math.min(active, Math.max(0, places.length - 1));
    anchor = Math.min(anchor, active);
    for (const place of places) {
      const chip = chips[place], value = values[k][place], [role] = roleOf(about.words[place]);
      chip.dataset.role = role;
      chip.style.setProperty("--saii-size", sizes[place].toFixed(3));
      chip.setAttribute("aria-label", `${about.words[place]}, ${role}, ${NAMES[name] ?? name} ${shown(value, about.measures[k].unit, { signed: value < 0 })}`);
    }
    if (places.length !== list.children.length || places.some((place, n) => list.children[n] !== chips[place])) list.replaceChildren(...places.map(place => chips[place]));
    list.hidden = !places.length;
    empty.hidden = Boolean(places.length);
    empty.textContent = model.get("shown_roles").length ? `No word holds “${filtered.trim()}” in the roles that are shown.` : "No role is shown: tick one above.";
    if (!filtered.trim() && model.get("shown_roles").length) empty.textContent = "No word has one of the roles that are shown.";
    number.textContent = found.n < about.words.length ? `${found.n} found` : "";
    measure.show(about.measures[k].name);
    order.show(model.get("order"));
    most.show(Math.min(model.get("most"), about.words.length));
    if (filter.value !== filtered) filter.value = filtered;
    const counts = new Map(ROLES.map(([role]) => [role, 0]));
    for (const role of steps.now.values()) counts.set(role, (counts.get(role) ?? 0) + 1);
    ROLES.forEach(([role, said], n) => {
      ticks[n].made.dataset.role = role;
      ticks[n].made.lastChild.replaceChildren(element("b", {}, said), ` ${counts.get(role)}`);
      ticks[n].show(model.get("shown_roles").includes(role));
    });
    undo.disabled = !steps.canUndo;
    redo.disabled = !steps.canRedo;
    mark();
    body.dataset.painted = String(Number(body.dataset.painted ?? 0) + 1);
  }

  function mark() {
    const selected = new Set(chosen());
    places.forEach((place, k) => {
      chips[place].setAttribute("aria-selected", String(selected.has(about.words[place])));
      chips[place].classList.toggle("saii-active", k === active);
    });
    if (places.length) list.setAttribute("aria-activedescendant", chips[places[active]].id);
    else list.removeAttribute("aria-activedescendant");
    const roles = new Set([...selected].map(word => roleOf(word)[0]));
    for (const made of roleButtons) {
      made.setAttribute("aria-pressed", String(roles.size === 1 && roles.has(made.dataset.role)));
      made.disabled = !selected.size;
    }
  }

  const range = (a, b) => Array.from({ length: Math.abs(a - b) + 1 }, (_, k) => wordAt(Math.min(a, b) + k));
  const flip = word => (chosen().includes(word) ? chosen().filter(one => one !== word) : [...chosen(), word]);
  const placeOf = event => { const chip = event.target.closest?.(".saii-cloud-word"); return chip ? places.indexOf(Number(chip.dataset.place)) : -1; };
  list.addEventListener("click", event => {
    const k = placeOf(event);
    if (k < 0) return;
    const word = wordAt(k), again = chosen().length === 1 && chosen()[0] === word;
    active = k;
    if (event.shiftKey) choose(range(anchor, k));
    else if (event.ctrlKey || event.metaKey) choose(flip(word));
    else if (again) tag(following);
    else { anchor = k; choose([word]); }
    if (!again) say(described(places[k]));
  }, { signal });
  list.addEventListener("pointerover", event => { const k = placeOf(event); if (k >= 0 && event.pointerType === "mouse") say(described(places[k])); }, { signal });
  list.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || !places.length) return;
    const way = getComputedStyle(list).direction === "rtl" ? -1 : 1, last = places.length - 1;
    const toLine = down => besideLine(places.map(place => chips[place].getBoundingClientRect()), active, down);
    const moves = { ArrowRight: () => active + way, ArrowLeft: () => active - way, ArrowDown: () => toLine(1), ArrowUp: () => toLine(-1), Home: () => 0, End: () => last };
    const role = ROLES.find(([, , key, letter]) => key === event.key || letter === event.key.toLowerCase());
    if (event.key in moves) {
      active = Math.min(last, Math.max(0, moves[event.key]()));
      if (!event.shiftKey) anchor = active;
      choose(range(anchor, active));
      chips[places[active]].scrollIntoView({ block: "nearest" });
      say(described(places[active]));
    } else if (role) tag(() => role[0]);
    else if (event.key === "Enter" && !event.shiftKey) tag(following);
    else if (event.key === " ") choose(flip(wordAt(active)));
    else return;
    event.preventDefault();
  }, { signal });
  root.addEventListener("keydown", event => {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || (key !== "z" && key !== "y") || event.target === filter) return;
    step(key === "y" || event.shiftKey ? "redo" : "undo");
    event.preventDefault();
    event.stopPropagation();
  }, { signal });
  filter.addEventListener("input", () => send({ filter: filter.value }, false), { signal });
  filter.addEventListener("change", () => send({ filter: filter.value }), { signal });
  filter.addEventListener("keydown", event => {
    if (event.key !== "ArrowDown" && event.key !== "Enter") return;
    if (places.length) { list.focus(); active = anchor = 0; choose([wordAt(0)]); }
    event.preventDefault();
  }, { signal });

  listen(["roles"], () => {
    const now = readRoles();
    if (publishing || now.size !== about.words.length || same(now, steps.now)) return;
    steps.push(now);
    draw();
  });
  listen(["selected"], mark);
  listen(["measure", "order", "most", "filter", "shown_roles"], draw);
  listen(["_about", "_values"], painter(load, signal));
  load();
  return close;
}

export default { render };
