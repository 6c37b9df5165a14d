"""How fast the widgets answer in a browser, and how large a page of them is.

Run as ``python -m benchmarks.widgets`` from a checkout with the `test` extra and Chromium. Times are taken in the page,
from the event to the frame in which the new pixels are painted; edits and the first paint are those of JupyterLab.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.figures import Figure, Table, benchmark_options, publish
from benchmarks.open_notebook import open_notebook
from tests.lab.notebook_page import NotebookPage

_OPEN: Final = """
import torch
torch.set_num_threads(2)
import saii_widgets as sw
studio = sw.studio(sw.sample_path("camera"), records=sw.sample_path("calls.csv"), labels={})
assert studio.wait(300)
study = studio.study
study.save("study.saii")
"""
_SHOW: Final = "shown = sw.studio(study)\nshown.bar.step = 6\nshown"
_EDIT: Final = "studio.bar.step = 3\nstudio"
# From the newest event of a kind on an element to the next frame after the widget says that it has painted.
_TIMES: Final = """
([kind, part]) => {
  const view = [...document.querySelectorAll(part)].at(-1);
  const root = view.dataset.painted ? view : view.querySelector('[data-painted]');
  window.times = []; let begun = 0;
  view.addEventListener(kind, event => { begun = begun || event.timeStamp; }, true);
  new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => {
    if (begun) window.times.push(performance.now() - begun);
    begun = 0; })))
    .observe(root, { attributes: true, attributeFilter: ['data-painted'] }); }
"""
# The map is sent before the bars, so an edit is over in the frame in which the bars name the new caption.
_EDITED: Final = """
() => {
  const field = document.querySelector('.saii-word-editor input'), bars = document.querySelector('.saii-score-bars');
  const map = [...document.querySelectorAll('.saii-heatmap-view')].at(-1);
  window.edits = [];
  field.addEventListener('input', event => {
    const before = Number(map.dataset.painted);
    const look = () => {
      const done = bars.textContent.includes(field.value) && Number(map.dataset.painted) > before;
      if (done) setTimeout(() => window.edits.push(performance.now() - event.timeStamp));
      else requestAnimationFrame(look);
    };
    look();
  }, true); }
"""
_SAID: Final = "() => window.saii.map(one => one.model.saved).reduce((a, b) => a + b)"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and publish."""
    options = benchmark_options("widgets", __doc__).parse_args(arguments)
    rounds = 10 if options.quick else 40
    times, size = _measured(rounds, 2 if options.quick else 5)
    middle = {name: statistics.median(values) for name, values in times.items() if values}
    figures = [
        Figure("studio in JupyterLab, from running its cell to painted", middle["studio in Lab"], "s", at_most=2),
        Figure("studio as a page of 32 x 32 pairs, from opening to painted", middle["page"], "s", at_most=2),
        Figure("pointing at a patch, to changed pixels", middle["hover"], "ms", at_most=50),
        Figure("sliding a step, to changed pixels", middle["slide"], "ms", at_most=50),
        Figure("messages to Python while pointing and sliding", sum(times["messages"]), "", at_most=0),
        Figure("editing a caption, to its new map", middle["edit"], "ms", at_most=500),
        Figure("page of 32 x 32 pairs with all maps", size / 1e6, "MB", at_most=10),
    ]
    rows = [
        (name, len(values), statistics.median(values), min(values), max(values))
        for name, values in times.items()
        if name != "messages"
    ]
    table = Table("Spread.", ("what", "times", "median", "least", "most"), rows)
    notes = [
        "Sample study, embedded model, headless Chromium on the cores of the kernel. A time ends in the frame after "
        "the widget has painted. In JupyterLab the cell builds the studio from a finished study."
    ]
    publish("widgets", figures, options, tables=[table], notes=notes)


def _measured(rounds: int, shows: int) -> tuple[dict[str, list[float]], int]:
    """Seconds and milliseconds by name, and the bytes of the page."""
    with open_notebook([_OPEN, _EDIT], width=1200, height=1000) as (opened, folder):
        times = {"edit": _edits(opened, rounds)}
        opened.kernel.run("studio.to_html('page.html')")
        page_file = next(folder.rglob("page.html"))
        times["studio in Lab"] = [_shown(opened) for _ in range(shows)]
        browser = opened.page.context.browser
        opened.close()
        return {**times, **_in_the_page(browser, page_file, rounds, shows)}, page_file.stat().st_size


def _edits(opened: NotebookPage, rounds: int) -> list[float]:
    """Milliseconds from a key in the caption to the map of the new caption."""
    page = opened.page
    opened.widget("word-editor")
    field = page.get_by_label("Caption", exact=True).and_(page.get_by_role("textbox")).first
    field.fill("a red truck near a metal fence")
    page.get_by_text("as it was | as changed").first.wait_for()
    opened.kernel.until("(studio.live[3].wait(0), studio.live[3].editor.busy)", lambda now: now == (True, False))
    page.evaluate(_EDITED)
    field.press("End")
    for k in range(rounds):
        field.press_sequentially("abcdefghij"[k % 10])
        page.wait_for_function("n => window.edits.length >= n", arg=k + 1)
        opened.kernel.until("(studio.live[3].wait(0), studio.live[3].editor.busy)", lambda now: now == (True, False))
    return page.evaluate("() => window.edits")


def _shown(opened: NotebookPage) -> float:
    """Seconds from running a cell that shows a studio of a finished study to its painted matrix."""
    page = opened.page
    page.evaluate(
        """source => { const notebook = window.jupyterapp.shell.currentWidget.content;
             const cell = notebook.widgets[1];
             cell.model.sharedModel.setSource(source); notebook.activeCellIndex = 1; cell.model.clearExecution?.();
             cell.outputArea.model.clear(); }""",
        _SHOW,
    )
    page.wait_for_function("() => !document.querySelector('.saii-studio-bar')")
    page.evaluate("() => { window.ran = performance.now(); }")
    opened.command("notebook:run-cell")
    painted = "() => Number(document.querySelector('.saii-pair-matrix .saii-body')?.dataset.painted ?? 0) > 0"
    page.wait_for_function(painted)
    return page.evaluate("() => (performance.now() - window.ran) / 1000")


def _in_the_page(browser: Any, path: Path, rounds: int, shows: int) -> dict[str, list[float]]:
    """The exported page: opening it, pointing and sliding in it, and what it would have told Python."""
    found: dict[str, list[float]] = {"page": [], "hover": [], "slide": [], "messages": []}
    for _ in range(shows):
        context = browser.new_context(viewport={"width": 1200, "height": 1000}, reduced_motion="reduce")
        page = context.new_page()
        page.goto(path.as_uri())
        page.wait_for_function("() => document.querySelector('.saii-panel:not([hidden]) .saii-body [role]')")
        found["page"].append(page.evaluate("() => performance.now() / 1000"))
        context.close()
    context = browser.new_context(viewport={"width": 1200, "height": 1400}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(path.as_uri())
    page.get_by_role("button", name="6 All pairs, done").click()
    canvas = page.locator(".saii-heatmap-view:visible .saii-canvas").first
    canvas.wait_for()
    page.wait_for_function("() => [...document.querySelectorAll('.saii-heatmap-view')].at(-1).dataset.painted > 0")
    before = page.evaluate(_SAID)
    page.evaluate(_TIMES, ["pointermove", ".saii-heatmap-view"])
    box = canvas.bounding_box()
    for k in range(rounds):
        x, y = (k * 5) % 12, (k * 7) % 12
        page.mouse.move(box["x"] + box["width"] * (x + 0.5) / 12, box["y"] + box["height"] * (y + 0.5) / 12)
        page.wait_for_function("n => window.times.length >= n", arg=k + 1)
    found["hover"], found["messages"] = page.evaluate("() => window.times"), [page.evaluate(_SAID) - before]
    page.get_by_role("button", name="4 Deletion, done").click()
    view = page.locator(".saii-counterfactual-slider")
    view.locator(".saii-canvas").wait_for()
    view.get_by_label("Order").select_option("strongest patches")
    before = page.evaluate(_SAID)
    page.evaluate(_TIMES, ["input", ".saii-counterfactual-slider"])
    track = view.get_by_role("slider", name="Taken away")
    box = track.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 8, middle)
    page.mouse.down()
    for k in range(min(rounds, 20)):
        page.mouse.move(box["x"] + 8 + (box["width"] - 16) * (k + 1) / 24, middle)
        page.wait_for_timeout(60)
    found["slide"] = page.evaluate("() => window.times")
    found["messages"].append(page.evaluate(_SAID) - before)
    page.mouse.up()
    context.close()
    return found


if __name__ == "__main__":
    main()
