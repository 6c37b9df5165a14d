import { button, colourTables, element, floats, frame, pictureOf, scaleOf } from "./shared.js";
import { calmPictures, paintMap, sizeFor } from "./parts/map_panel.js";
import { saveFile } from "./parts/save_file.js";
import { answerLines, trialClock } from "./parts/trial_clock.js";

const seconds = value => `${value.toFixed(1)} s`;
const mean = values => values.reduce((sum, one) => sum + one, 0) / values.length;

export function render({ model, el }) {
  const { body, signal, listen, send, close } = frame({ model, el, kind: "task-trial" });
  const tables = colourTables(model.get("_tables")), clock = trialClock();
  let about, values, pictures = [], calm, phase = "welcome", practised = false, sent = null, loads = 0;

  const heading = element("div", { class: "saii-heading", tabindex: -1, "aria-live": "polite" });
  const done = element("progress", { class: "saii-done", "aria-label": "pictures answered" });
  const canvas = element("canvas", { class: "saii-picture", role: "img" });
  const note = element("div", { class: "saii-note" });
  const choices = element("div", { class: "saii-choices", role: "group", "aria-label": "Which phrase fits?" });
  const told = element("div", { class: "saii-told", role: "status", "aria-live": "polite" });
  const text = element("div", { class: "saii-text" });
  const next = button("", { class: "saii-button saii-next" }, () => forward(), signal);
  const pause = button("Pause", { class: "saii-button saii-pause", "aria-keyshortcuts": "p" }, () => (phase === "asked" ? halt() : forward()), signal);
  const save = button("Save as CSV", {}, () => saveFile(new Blob([table()], { type: "text/csv" }), "task-trial.csv"), signal);
  const asked = element("div", { class: "saii-asked" }, element("div", { class: "saii-seen" }, canvas, note), element("div", { class: "saii-answer" }, choices, told));
  body.append(element("div", { class: "saii-row saii-top" }, heading, element("span", { class: "saii-gap" }), pause), done, asked, text, element("div", { class: "saii-row" }, next, save));

  const answers = () => model.get("answers") ?? [];
  const counted = () => about.trials.filter(trial => !trial.practice);
  const nowAt = () => (about.practice && !practised && !answers().length ? 0 : answers().length + Number(about.practice));
  const trial = () => about.trials[nowAt()];

  async function load() {
    const mine = (loads += 1);
    const decoded = await Promise.all(model.get("_pictures").map(pictureOf)).catch(() => []);
    if (mine !== loads || signal.aborted) return;
    [about, values, pictures] = [model.get("_about"), floats(model.get("_values")), decoded];
    calm = calmPictures(about.extent, about.drawing);
    phase = answers().length ? (answers().length >= counted().length ? "end" : "paused") : "welcome";
    draw();
  }

  // Time runs from the frame in which the picture is there.
  function ask() {
    phase = "asked";
    draw();
    requestAnimationFrame(() => requestAnimationFrame(() => { if (phase === "asked" && !document.hidden) clock.start(); }));
    heading.focus({ preventScroll: true });
  }

  function halt() { clock.pause(); phase = "paused"; draw(); next.focus(); }

  function forward() {
    if (phase === "paused" && clock.read()) { phase = "asked"; draw(); clock.go(); heading.focus({ preventScroll: true }); } else if (phase !== "asked" && phase !== "end") ask();
  }

  function answer(choice) {
    if (phase !== "asked" || !(choice < trial().choices.length) || !clock.read()) return;
    const took = clock.read() / 1000;
    clock.start();
    clock.pause();
    if (trial().practice) {
      const right = choice === trial().fitting;
      practised = true;
      phase = "practised";
      draw();
      told.textContent = right ? "Right." : "Not this one. The phrase that fits:";
      if (!right) told.append(" ", element("b", { dir: "auto" }, about.trials[0].choices[about.trials[0].fitting]));
      next.focus();
      return;
    }
    sent = [...answers(), { choice, seconds: Math.round(1000 * took) / 1000 }];
    send({ answers: sent });
    if (answers().length >= counted().length) { phase = "end"; draw(); heading.focus({ preventScroll: true }); } else ask();
  }

  function paint(k) {
    const one = about.trials[k], picture = pictures[k];
    if (!picture) { note.textContent = "The picture could not be read."; return; }
    const size = sizeFor(picture), context = canvas.getContext("2d", { willReadFrequently: true }), [rows, columns] = about.grid;
    Object.assign(canvas, size);
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, size.width, size.height);
    if (one.map) {
      const grid = values.subarray(k * rows * columns, (k + 1) * rows * columns), scale = scaleOf(grid);
      const look = { ...scale, table: scale.signed ? tables.diverging : tables.sequential, opacity: 0.8, threshold: 0, ease: about.drawing.ease };
      paintMap(context, { calm: calm(k, picture, size), size, grid, rows, columns, extent: about.extent, smooth: true, look });
    }
    canvas.setAttribute("aria-label", one.map ? "Picture with a map" : "Picture without a map");
    note.textContent = one.map ? "Bright places: what the model looked at." : "Without a map.";
  }

  function draw() {
    const n = counted().length, given = answers().length, at = phase === "practised" ? 0 : Math.min(nowAt(), about.trials.length - 1);
    const inTrial = phase === "asked" || phase === "practised", one = about.trials[at];
    asked.hidden = !inTrial;
    text.hidden = inTrial;
    told.replaceChildren();
    pause.hidden = phase !== "asked" || Boolean(one.practice);
    next.hidden = phase === "asked" || phase === "end";
    save.hidden = !given || inTrial;
    done.hidden = phase === "welcome" || phase === "practised" || (phase === "asked" && one.practice);
    Object.assign(done, { max: n, value: given });
    if (inTrial) {
      paint(at);
      choices.replaceChildren(...one.choices.map((phrase, k) => {
        const made = element("button", { type: "button", class: "saii-button saii-choice", "aria-keyshortcuts": k + 1, disabled: phase === "practised" }, element("kbd", {}, String(k + 1)), element("span", { dir: "auto" }, phrase));
        made.addEventListener("click", () => answer(k), { signal });
        return made;
      }));
    }
    const say = { welcome, asked: () => [one.practice ? "Practice" : `Picture ${given + 1} of ${n}`], practised: () => ["Practice"], paused: () => ["Pause", `${given} of ${n} pictures are answered. The clock stands still.`], end };
    const [head, ...lines] = say[phase]();
    heading.textContent = head;
    text.replaceChildren(...lines.map(line => element("p", {}, line)));
    next.textContent = { welcome: about.practice ? "Begin with a practice picture" : "Begin", practised: "Start the trial", paused: "Go on" }[phase] ?? "";
    body.dataset.painted = String(Number(body.dataset.painted ?? 0) + 1);
    body.dataset.phase = phase;
  }

  const welcome = () => [
    String(model.get("label")),
    `You will see ${counted().length} pictures, some with a map of what a model looked at. Choose the phrase that fits, as well and as fast as you can: with a click, or with the keys 1 to 4. P makes a pause.`,
    "Only answers and their times are kept. Nothing about you is.",
  ];

  function end() {
    const rows = results(), right = some => `${some.filter(row => row.right).length} of ${some.length}`;
    const line = (name, some) => (some.length ? [`${name}: right in ${right(some)}, ${seconds(mean(some.map(row => row.seconds)))} a picture.`] : []);
    return ["Thank you", `You were right in ${right(rows)} pictures.`, ...line("With a map", rows.filter(row => row["with map"])), ...line("Without a map", rows.filter(row => !row["with map"]))];
  }

  function results() {
    return answers().slice(0, counted().length).flatMap(({ choice, seconds: took }, k) => {
      const one = counted()[k], [answered, fitting] = [one.choices[choice], one.choices[one.fitting]];
      if (answered === undefined || !Number.isFinite(took)) return [];
      return [{ trial: k + 1, picture: one.name, "with map": one.map, answer: answered, fitting, right: choice === one.fitting, seconds: took, seed: about.seed, group: about.group }];
    });
  }

  // As pandas writes it: True and False.
  const table = () => answerLines(about.columns, results().map(row => ({ ...row, "with map": row["with map"] ? "True" : "False", right: row.right ? "True" : "False" })));

  body.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || phase !== "asked") return;
    if (/^[1-4]$/.test(event.key)) answer(Number(event.key) - 1);
    else if (event.key.toLowerCase() === "p" && !pause.hidden) halt();
    else return;
    event.preventDefault();
  }, { signal });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && phase === "asked") { if (trial().practice) clock.pause(); else halt(); } else if (phase === "asked") clock.go();
  }, { signal });

  // Answers that Python or another view set: go on from there.
  listen(["answers"], () => {
    if (!about || JSON.stringify(answers()) === JSON.stringify(sent)) return;
    sent = null;
    clock.start();
    clock.pause();
    phase = answers().length >= counted().length ? "end" : answers().length ? "paused" : "welcome";
    draw();
  });
  listen(["_about", "_values", "_pictures"], load);
  load();
  return close;
}

export default { render };
