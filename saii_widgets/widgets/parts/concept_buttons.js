// Buttons with a `data-concept` each, and one tab stop for all of them: arrow keys go from one to the next. `next` gets
// a key and the place of the button that has the focus, and says to which place it leads; undefined where nowhere.
export function conceptButtons(group, { point, choose, next, signal }) {
  let buttons = [], active = 0;
  const placeOf = event => buttons.indexOf(event.target.closest?.("[data-concept]"));
  const conceptAt = place => Number(buttons[place]?.dataset.concept ?? -1);
  const rove = () => buttons.forEach((one, k) => { one.tabIndex = k === active ? 0 : -1; });
  group.addEventListener("pointerover", event => point(conceptAt(placeOf(event))), { signal });
  group.addEventListener("click", event => { if (placeOf(event) >= 0) choose(conceptAt(placeOf(event))); }, { signal });
  group.addEventListener("focusin", event => { active = Math.max(0, placeOf(event)); rove(); point(conceptAt(active)); }, { signal });
  group.addEventListener("focusout", () => point(-1), { signal });
  group.addEventListener("keydown", event => {
    const to = event.ctrlKey || event.metaKey || event.altKey || placeOf(event) < 0 ? undefined : { Home: 0, End: buttons.length - 1 }[event.key] ?? next(event.key, placeOf(event));
    if (to === undefined) return;
    buttons[to]?.focus();
    event.preventDefault();
  }, { signal });
  return {
    put(made) {
      buttons = [...made];
      active = Math.min(active, Math.max(0, buttons.length - 1));
      rove();
    },
  };
}
