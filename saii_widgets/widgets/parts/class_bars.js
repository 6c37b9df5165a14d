import { element, shown } from "../shared.js";

// Scores of each class by classifier and network, before a change and after it; a class is chosen by its row.
export function classBars({ choose, signal }) {
  const list = element("div", { class: "saii-classes", role: "group", "aria-label": "Classes" });
  const key = element("div", { class: "saii-row saii-muted saii-class-key", "aria-hidden": true });
  const made = element("div", { class: "saii-part" }, element("div", { class: "saii-part-head" }, "Classes"), list, key);
  let rows = [];
  list.addEventListener("click", event => {
    const row = event.target.closest?.(".saii-class");
    if (row) choose(rows.findIndex(one => one.row === row));
  }, { signal });

  function row(name) {
    const label = element("span", { class: "saii-class-name", dir: "auto" }, name), lines = ["classifier", "network"].map(of => {
      const [now, before] = ["saii-now-bar", "saii-before-bar"].map(one => element("i", { class: one }));
      const number = element("span", { class: "saii-class-number" });
      return { of, now, before, number, made: element("span", { class: `saii-class-line saii-of-${of}` }, element("span", { class: "saii-class-track" }, now, before), number) };
    });
    return { label, lines, row: element("button", { type: "button", class: "saii-class" }, label, ...lines.map(line => line.made)) };
  }

  return {
    made,
    // scores, after: { classifier, network }, numbers over the classes, empty or undefined where not known
    show({ classes, scores, after, unit, hypothesis, against }) {
      if (rows.length !== classes.length || rows.some((one, k) => one.label.textContent !== classes[k])) {
        rows = classes.map(row);
        list.replaceChildren(...rows.map(one => one.row));
      }
      const all = [scores, after ?? {}].flatMap(one => [...(one.classifier ?? []), ...(one.network ?? [])]);
      const shares = unit === "probability" || unit === "share", low = shares ? 0 : Math.min(0, ...all), high = shares ? 1 : Math.max(0, ...all) || 1;
      const share = value => 100 * Math.min(1, Math.max(0, (value - low) / (high - low || 1)));
      rows.forEach(({ row: made_, lines }, k) => {
        const said = [classes[k]];
        lines.forEach(({ of, now, before, number, made: line }) => {
          const was = scores[of]?.[k], is = after?.[of]?.[k] ?? was, changed = after?.[of] !== undefined && was !== undefined;
          line.hidden = is === undefined;
          if (is === undefined) return;
          now.style.left = `${share(Math.min(0, is))}%`;
          now.style.width = `${share(Math.max(0, is)) - share(Math.min(0, is))}%`;
          before.hidden = !changed;
          before.style.left = `${share(was ?? 0)}%`;
          number.textContent = changed ? `${shown(was, unit, { bare: true })} → ${shown(is, unit, { bare: true })}` : shown(is, unit, { bare: true });
          said.push(`${of} ${changed ? `${shown(was, unit)}, now ` : ""}${shown(is, unit)}`);
        });
        made_.setAttribute("aria-label", said.join(", "));
        made_.setAttribute("aria-pressed", String(k === hypothesis));
        made_.classList.toggle("saii-rival", k === against);
      });
      const entries = ["classifier", "network"].filter(of => (after?.[of] ?? scores[of])?.length).map(of => element("span", { class: "saii-entry" }, element("i", { class: `saii-swatch saii-of-${of}` }), of));
      if (after) entries.push(element("span", { class: "saii-entry" }, element("i", { class: "saii-before-key" }), "before the change"));
      key.replaceChildren(...entries, shares ? `${unit} in %` : unit);
      made.hidden = !all.length;
    },
  };
}
