import { element, shown } from "../shared.js";

// A scale's colours with the values at its ends, and where they have names these.
export function legend() {
  const bar = element("canvas", { class: "saii-bar", width: 256, height: 1, "aria-hidden": true });
  const [unit, low, high, zero] = ["saii-unit", "", "", "saii-zero"].map(name => element("span", { class: name }));
  const made = element("div", { class: "saii-legend" }, unit, low, element("span", { class: "saii-bar-frame" }, bar, zero), high);
  return {
    made,
    show({ low: from, high: to, signed, table }, name, [least, most] = ["", ""]) {
      const shares = name === "probability" || name === "share";
      unit.textContent = shares ? `${name} in %` : name;
      low.textContent = `${least} ${shown(from, name, { signed, bare: true })}`.trim();
      high.textContent = `${shown(to, name, { signed, bare: true })} ${most}`.trim();
      zero.textContent = signed ? "0" : "";
      const context = bar.getContext("2d"), image = context.createImageData(256, 1);
      for (let k = 0; k < 256; k += 1) image.data.set([table[3 * k], table[3 * k + 1], table[3 * k + 2], 255], 4 * k);
      context.putImageData(image, 0, 0);
    },
  };
}
