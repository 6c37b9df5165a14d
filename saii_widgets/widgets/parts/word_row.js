import { element, inkOn, shown, uniqueId } from "../shared.js";

// A row of words to point at, choose and read values from. `point` gets a place while the pointer or the focus is on it,
// -1 when it leaves; `choose` gets the place that was clicked, -1 when it was clicked again.
export function wordRow({ label, point, choose, signal }) {
  const id = uniqueId();
  const list = element("div", { class: "saii-chips", role: "listbox", tabindex: 0, dir: "auto", "aria-label": label });
  let places = [], active = 0;
  const chipOf = event => event.target.closest?.(".saii-chip");
  const placeOf = chip => places[[...list.children].indexOf(chip)];
  const light = k => {
    active = Math.min(Math.max(k, 0), places.length - 1);
    [...list.children].forEach((chip, n) => chip.classList.toggle("saii-active", n === active));
    if (list.children[active]) list.setAttribute("aria-activedescendant", list.children[active].id);
  };
  const toggle = k => {
    const was = list.children[k]?.getAttribute("aria-selected") === "true";
    choose(was ? -1 : places[k]);
  };
  list.addEventListener("pointerover", event => { const chip = chipOf(event); if (chip) point(placeOf(chip)); }, { signal });
  list.addEventListener("pointerleave", () => point(-1), { signal });
  list.addEventListener("click", event => {
    const chip = chipOf(event);
    if (!chip) return;
    light([...list.children].indexOf(chip));
    toggle(active);
  }, { signal });
  list.addEventListener("blur", () => point(-1), { signal });
  list.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = getComputedStyle(list).direction === "rtl" ? -1 : 1, n = places.length;
    const moves = { ArrowRight: way, ArrowLeft: -way, ArrowDown: 1, ArrowUp: -1, Home: -n, End: n };
    if (event.key in moves) { light(active + moves[event.key]); point(places[active]); }
    else if ((event.key === "Enter" && !event.shiftKey) || event.key === " ") toggle(active);
    else return;
    event.preventDefault();
  }, { signal });
  return {
    list,
    // words: [{ place, text, role, value?, share?, colour?, faint? }]; a share of 1 is the darkest shade, and a colour
    // takes the shade's place; the number of a faint word is not told from zero
    // `lit` is the one whose map is shown.
    show(words, selected, unit, lit = -1) {
      places = words.map(word => word.place);
      const old = list.children;
      if (old.length !== words.length || words.some((word, k) => old[k].firstChild.textContent !== word.text))
        list.replaceChildren(...words.map((word, k) => element("span", { class: "saii-chip", role: "option", id: `${id}-${k}` }, element("b", {}, word.text), element("small", { dir: "ltr" }))));
      words.forEach((word, k) => {
        const chip = list.children[k], said = word.value === undefined ? "" : shown(word.value, unit, { signed: word.value < 0 || Boolean(word.colour) });
        if (word.role) chip.dataset.role = word.role;
        chip.setAttribute("aria-label", [word.text, word.role, said].filter(Boolean).join(", "));
        chip.setAttribute("aria-selected", String(word.place === selected));
        chip.classList.toggle("saii-lit", word.place === lit);
        chip.style.setProperty("--saii-share", `${Math.round(100 * Math.min(1, Math.abs(word.share ?? 0)))}%`);
        chip.classList.toggle("saii-negative", (word.share ?? 0) < 0);
        chip.style.backgroundColor = word.colour ? `rgb(${word.colour.join(" ")})` : "";
        chip.style.color = word.colour ? inkOn(word.colour) : "";
        chip.classList.toggle("saii-faint", Boolean(word.faint));
        chip.lastChild.textContent = said;
        chip.lastChild.hidden = !said;
      });
      light(active);
    },
  };
}
