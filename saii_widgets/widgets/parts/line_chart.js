// Lines over one axis, as SVG that is drawn without any library, so that it lives in exported pages too.
const SVG = "http://www.w3.org/2000/svg", WIDE = 520, HIGH = 210, LEFT = 46, RIGHT = 8, TOP = 8, BELOW = 40;

function svg(tag, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

// `lines`: [{ name, values, style }], each as long as `along`; `ticks(low, high)` gives round numbers, `text` writes one.
export function lineChart({ along, lines, ticks, text, across, up, label }) {
  const chart = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": label });
  const values = lines.flatMap(line => line.values), low = Math.min(...values), high = Math.max(...values);
  const scale = ticks(low, high > low ? high : low + 1, 4);
  const first = Math.min(0, along[0]), last = along.at(-1);
  const x = value => LEFT + ((value - first) / (last - first || 1)) * (WIDE - LEFT - RIGHT);
  const y = value => TOP + (1 - (value - scale.low) / (scale.high - scale.low)) * (HIGH - TOP - BELOW);
  for (const value of scale.ticks) {
    chart.append(svg("line", { class: "saii-frame", x1: LEFT, x2: WIDE - RIGHT, y1: y(value), y2: y(value) }));
    chart.append(svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, text(value)));
  }
  for (const value of [first, (first + last) / 2, last])
    chart.append(svg("text", { x: x(value), y: HIGH - BELOW + 16, "text-anchor": value === last ? "end" : "middle" }, `${Math.round(100 * value)} %`));
  chart.append(svg("text", { x: (LEFT + WIDE - RIGHT) / 2, y: HIGH - 6, "text-anchor": "middle" }, across));
  chart.append(svg("text", { transform: `translate(11 ${(TOP + HIGH - BELOW) / 2}) rotate(-90)`, "text-anchor": "middle" }, up));
  for (const { values: heights, style } of lines)
    chart.append(svg("polyline", { class: style, points: heights.map((value, k) => `${x(along[k]).toFixed(1)},${y(value).toFixed(1)}`).join(" ") }));
  return chart;
}

// A short piece of a line, for a legend.
export function lineSample(style) {
  const drawn = svg("svg", { viewBox: "0 0 26 4", "aria-hidden": "true" });
  drawn.append(svg("line", { class: style, x1: 0, x2: 26, y1: 2, y2: 2 }));
  return drawn;
}
