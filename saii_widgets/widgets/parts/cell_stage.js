import { element } from "../shared.js";

// A canvas of cells to point at, to move over by keys and to choose from. `point` gets [row, column], or null when the
// pointer or the focus leaves; `choose` gets a cell; `start` says from where keys move when nothing is pointed at.
export function cellStage({ point, choose, start, signal }) {
  const canvas = element("canvas", { class: "saii-cells", tabindex: 0, role: "application", "aria-roledescription": "matrix" });
  const cursor = element("div", { class: "saii-cell saii-pointed", hidden: true }), mark = element("div", { class: "saii-cell saii-picked", hidden: true });
  const made = element("div", { class: "saii-grid-stage" }, canvas, cursor, mark);
  let rows = 0, columns = 0, width = 1, height = 1, gap = 0, pointed = null;

  const go = cell => { pointed = cell; point(cell); };
  const within = (place, n) => Math.min(n - 1, Math.max(0, place));
  const at = event => {
    const box = canvas.getBoundingClientRect();
    const [down, across] = [(event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width];
    return [within(Math.floor(down * rows), rows), within(Math.floor(across * columns), columns)];
  };
  const some = act => event => { if (rows && columns) act(event); };
  canvas.addEventListener("pointermove", some(event => go(at(event))), { signal });
  canvas.addEventListener("pointerleave", () => go(null), { signal });
  canvas.addEventListener("blur", () => go(null), { signal });
  canvas.addEventListener("click", some(event => choose(at(event))), { signal });
  canvas.addEventListener("keydown", some(event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [row, column] = pointed ?? start();
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -columns], End: [0, columns] };
    if (event.key in moves) {
      const [down, right] = moves[event.key];
      go([within(row + down, rows), within(column + right, columns)]);
      lay(cursor, ...pointed);
      cursor.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else if ((event.key === "Enter" && !event.shiftKey) || event.key === " ") choose([within(row, rows), within(column, columns)]);
    else return;
    event.preventDefault();
  }), { signal });

  // -1 stands for a whole row or column; two of them for nothing.
  function lay(box, row, column) {
    box.hidden = row < 0 && column < 0;
    box.style.transform = `translate(${Math.max(0, column) * width}px, ${Math.max(0, row) * height}px)`;
    box.style.width = `${(column < 0 ? columns * width : width) - gap}px`;
    box.style.height = `${(row < 0 ? rows * height : height) - gap}px`;
  }

  return {
    made, canvas,
    resize(size) {
      if (size.rows !== rows || size.columns !== columns) pointed = null;
      ({ rows, columns, width, height, gap = 0 } = size);
      const sharp = Math.min(2, window.devicePixelRatio || 1), context = canvas.getContext("2d", { willReadFrequently: true });
      Object.assign(made.style, { width: `${width * columns}px`, height: `${height * rows}px` });
      Object.assign(canvas, { width: Math.max(1, sharp * width * columns), height: Math.max(1, sharp * height * rows) });
      context.scale(sharp, sharp);
      Object.assign(context, { font: "12px system-ui, sans-serif", textAlign: "center", textBaseline: "middle", imageSmoothingEnabled: false });
      return context;
    },
    frame(cell, picked) {
      lay(cursor, ...(cell ?? [-1, -1]));
      lay(mark, ...picked);
    },
  };
}
