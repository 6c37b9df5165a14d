import { button, shown } from "../shared.js";
import { saveFile } from "./save_file.js";

const SVG = "http://www.w3.org/2000/svg";
const INK = "#1b2530", MUTED = "#55616e";

const fileName = text => text.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "").slice(0, 60) || "map";

const node = (tag, attributes, text) => {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
};

const wrapped = (texts, most) => texts.reduce((lines, text) => {
  const last = lines.at(-1);
  if (last !== undefined && last.length + text.length + 3 <= most) return [...lines.slice(0, -1), `${last}   ${text}`];
  return [...lines, text];
}, []);

// The maps as one drawing: pictures as they are shown, all texts as text.
export function drawing(panels, legend, words) {
  const drawn = panels.filter(one => !one.made.hidden), gap = 16, edge = 16, width = 400;
  const heights = drawn.map(({ canvas }) => (width * canvas.height) / canvas.width), tallest = Math.max(...heights);
  const across = 2 * edge + drawn.length * width + (drawn.length - 1) * gap;
  const svg = node("svg", { xmlns: SVG, "font-family": "system-ui, sans-serif", "font-size": 13 });
  let y = edge;
  const back = node("rect", { width: "100%", height: "100%", fill: "#ffffff" });
  svg.append(back);
  drawn.forEach(({ canvas, title }, k) => {
    const x = edge + k * (width + gap);
    svg.append(node("image", { x, y, width, height: heights[k], href: canvas.toDataURL("image/png") }));
    if (title.textContent) svg.append(node("text", { x, y: y + heights[k] + 18, fill: MUTED }, title.textContent));
  });
  y += tallest + (drawn.some(({ title }) => title.textContent) ? 28 : 12);
  const [unit, low, frame, high] = legend.children, bar = frame.firstChild;
  svg.append(node("text", { x: edge, y: y + 12, fill: INK }, `${unit.textContent}:  ${low.textContent}`));
  svg.append(node("image", { x: edge + 150, y: y + 2, width: 128, height: 11, preserveAspectRatio: "none", href: bar.toDataURL("image/png") }));
  svg.append(node("text", { x: edge + 286, y: y + 12, fill: INK }, high.textContent));
  y += 24;
  for (const line of wrapped(words.map(({ text, value, unit: name }) => (value === undefined ? text : `${text} ${shown(value, name)}`)), across / 7.5)) {
    svg.append(node("text", { x: edge, y: y + 12, fill: INK }, line));
    y += 20;
  }
  svg.setAttribute("viewBox", `0 0 ${across} ${y + edge / 2}`);
  svg.setAttribute("width", across);
  svg.setAttribute("height", y + edge / 2);
  return svg;
}

async function rastered(svg, factor = 2) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = factor * Number(svg.getAttribute("width"));
  canvas.height = factor * Number(svg.getAttribute("height"));
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise(done => canvas.toBlob(done, "image/png"));
}

export function saveButtons({ panels, legend, words, name, signal, say }) {
  const svg = () => drawing(panels(), legend, words());
  const tried = work => async () => { try { await work(); } catch (error) { say(`The file could not be made: ${error.message}`); } };
  return [
    button("PNG", { title: "Save as a PNG picture" }, tried(async () => saveFile(await rastered(svg()), `${fileName(name())}.png`)), signal),
    button("SVG", { title: "Save as an SVG drawing" }, tried(async () => {
      saveFile(new Blob([new XMLSerializer().serializeToString(svg())], { type: "image/svg+xml" }), `${fileName(name())}.svg`);
    }), signal),
  ];
}
