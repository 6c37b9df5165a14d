import { element, shown, uniqueId } from "../shared.js";

// Things with signed numbers, the largest first: a list to point at and to choose from, with bars around zero.
export function rankedList({ head, point, choose, signal }) {
  const id = uniqueId();
  const list = element("div", { class: "saii-ranked", role: "listbox", tabindex: 0, "aria-label": head });
  const title = element("div", { class: "saii-part-head" }, head), made = element("div", { class: "saii-part" }, title, list);
  let rows = [], order = [], active = 0;
  const rowAt = event => rows.indexOf(event.target.closest?.("[role=option]"));
  list.addEventListener("pointerover", event => { if (rowAt(event) >= 0) point(order[rowAt(event)]); }, { signal });
  for (const name of ["pointerleave", "blur"]) list.addEventListener(name, () => point(-1), { signal });
  list.addEventListener("click", event => { if (rowAt(event) >= 0) { active = rowAt(event); choose(order[active]); } }, { signal });
  list.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || !order.length) return;
    const n = order.length, moves = { ArrowDown: 1, ArrowUp: -1, Home: -n, End: n };
    if (event.key in moves) {
      active = Math.min(n - 1, Math.max(0, active + moves[event.key]));
      rows[active].scrollIntoView({ block: "nearest" });
      point(order[active]);
    } else if ((event.key === "Enter" && !event.shiftKey) || event.key === " ") choose(order[active]);
    else return;
    event.preventDefault();
  }, { signal });
  const mark = () => {
    rows.forEach((row, n) => row.classList.toggle("saii-active", n === active));
    if (rows[active]) list.setAttribute("aria-activedescendant", rows[active].id);
  };
  return {
    made, title,
    show({ places, labels, values, reach, unit }) {
      order = [...places].sort((a, b) => Math.abs(values[b]) - Math.abs(values[a]) || a - b);
      rows = order.map((k, n) => {
        const bar = element("i", { class: values[k] < 0 ? "saii-minus" : "saii-plus", hidden: values[k] === 0 }), share = 50 * Math.min(1, Math.abs(values[k]) / reach);
        bar.style.width = `${share}%`;
        bar.style.left = `${values[k] < 0 ? 50 - share : 50}%`;
        const number = shown(values[k], unit, { signed: true, bare: true });
        return element("div", { role: "option", id: `${id}-${n}`, "data-concept": k, "aria-label": `${n + 1}: ${labels[k]}, ${shown(values[k], unit, { signed: true })} ${unit}` },
          element("span", { class: "saii-ranked-name", dir: "auto" }, labels[k]), element("span", { class: "saii-ranked-track" }, bar), element("span", { class: "saii-ranked-number" }, number));
      });
      list.replaceChildren(...rows);
      active = Math.min(active, Math.max(0, order.length - 1));
      mark();
      made.hidden = !order.length;
    },
    light(pointed, chosen) {
      rows.forEach((row, n) => {
        row.setAttribute("aria-selected", String(order[n] === chosen));
        row.classList.toggle("saii-lit", order[n] === pointed);
      });
      mark();
    },
  };
}
