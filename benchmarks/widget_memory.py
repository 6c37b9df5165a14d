"""Moves and edits in JupyterLab leave memory where it was, in the page and in the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from benchmarks.figures import Figure, Table, benchmark_options, publish
from benchmarks.open_notebook import open_notebook
from tests.lab.notebook_page import NotebookPage

_MEGABYTE: Final = 2**20
# the maps of an edit are made up, so that the memory is that of the widgets and not of a model
_CELL: Final = """
import gc, os, tracemalloc
import numpy as np, ipywidgets, saii_widgets as sw
from saii_widgets.core.axis import Axis
from saii_widgets.data.scenes import draw
from saii_widgets.widgets import LatestWins, Removal

rng, images = np.random.default_rng(0), tuple(draw(seed).image for seed in range(2))
shares = rng.dirichlet(np.ones(8), 11)
maps = sw.Explanation.from_array(rng.random((11, 14, 14)), kinds=("step", "patch"), image=images[0])
scores = sw.Explanation.from_array(shares, kinds=("step", "caption"), unit="probability", companions={"maps": maps})
text = "a red truck near a metal fence by a white van at night"
slider = sw.CounterfactualSlider(Removal(scores, range(10)), text)

def explain(caption):
    captions = [caption, sw.Caption.parse("a white bus")]
    axes = Axis.images(["north", "south"]), Axis.captions(captions), Axis.patches(14, 14)
    words = sw.Explanation(rng.random((2, len(captions[0].words) + 3)) + 0.1, (axes[0], Axis.words(captions)))
    return sw.Explanation(rng.random((2, 2, 196)), axes, images=images, captions=captions, companions={"words": words})

editor = sw.WordEditor(text, suggestions=["bus", "lorry", "brick wall"])
view = sw.HeatmapView(explain(editor.value))

def deliver(result):
    view.show(result)
    editor.show_effects(result)

worker = LatestWins(lambda job, caption: explain(caption), deliver, view=editor)
editor.observe(lambda change: worker.submit(editor.value), "caption")

def held():
    gc.collect()
    with open("/proc/self/statm") as statm:
        pages = int(statm.read().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE"), tracemalloc.get_traced_memory()[0]

tracemalloc.start()
ipywidgets.VBox([slider, editor, view])
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and publish."""
    options = benchmark_options("widget_memory", __doc__).parse_args(arguments)
    moves, edits = (200, 40) if options.quick else (1000, 200)
    rows = measure(moves, edits)
    last, middle = rows[-1], rows[1]
    grown = {name: last[name] - middle[name] for name in last}
    figures = [
        Figure("JavaScript heap, growth", grown["heap"] / _MEGABYTE, "MB", at_most=2),
        Figure("elements of the page, growth", grown["nodes"] - edits, "elements", at_most=50),
        Figure("listeners of the page, growth", grown["listeners"], "listeners", at_most=100),
        Figure("objects of the kernel, growth", grown["traced"] / _MEGABYTE, "MB", at_most=1),
        Figure("resident memory of the kernel, growth", grown["resident"] / _MEGABYTE, "MB", at_most=16),
    ]
    names = ("fresh", f"after {moves} moves and {edits} edits", "after as many again")
    cells = [
        (name, row["heap"] / _MEGABYTE, row["nodes"], row["listeners"], row["traced"] / _MEGABYTE, _whole(row))
        for name, row in zip(names, rows, strict=True)
    ]
    columns = ("state", "heap, MB", "elements", "listeners", "objects, MB", "resident, MB")
    notes = [
        f"{moves} moves of a counterfactual slider by key, and {edits} edits of a caption, each followed by a new map; "
        "growth is that of the second round, after garbage collection, so that caches and the editor's 200 steps of "
        "undo are full in a full run. One text node an edit is not counted: a browser's undo of any field keeps it."
    ]
    publish("widget_memory", figures, options, tables=[Table("Held.", columns, cells)], notes=notes)


def measure(moves: int, edits: int) -> list[dict[str, float]]:
    """What page and kernel hold when fresh, after one round and after two."""
    with open_notebook([_CELL], width=1100, height=900) as (opened, _):
        opened.widget("heatmap-view")
        session = opened.page.context.new_cdp_session(opened.page)
        rows = [_held(opened, session)]
        for turn in range(2):
            _move(opened, moves)
            _edit(opened, edits, turn)
            rows.append(_held(opened, session))
        if opened.wrong:
            raise SystemExit("\n".join(opened.wrong))
        opened.close()
    return rows


def _move(opened: NotebookPage, moves: int) -> None:
    track = opened.widget("counterfactual-slider").get_by_role("slider", name="Taken away")
    track.focus()
    opened.page.keyboard.press("Home")
    for k in range(moves):
        opened.page.keyboard.press("ArrowRight" if k // 10 % 2 == 0 else "ArrowLeft")
    step = "() => document.querySelector('.saii-counterfactual-slider input[type=range]').value"
    opened.kernel.until("slider.step", lambda now: now == int(opened.page.evaluate(step)))


def _edit(opened: NotebookPage, edits: int, turn: int) -> None:
    view = opened.widget("word-editor")
    field = view.get_by_label("Caption", exact=True)
    for k in range(edits):
        field.fill(f"a red truck near a metal fence by van {turn}{k}")
        view.get_by_role("option", name=f"{turn}{k},").locator("small").wait_for()
    opened.kernel.until("(worker.wait(0), editor.busy)", lambda now: now == (True, False))


def _held(opened: NotebookPage, session: Any) -> dict[str, float]:
    for _ in range(3):  # what a first collection sets free may hold more
        session.send("HeapProfiler.collectGarbage")
    counters: Mapping[str, float] = session.send("Memory.getDOMCounters")
    heap: Mapping[str, float] = session.send("Runtime.getHeapUsage")
    resident, traced = opened.kernel.value("held()")
    return {
        "heap": heap["usedSize"],
        "nodes": counters["nodes"],
        "listeners": counters["jsEventListeners"],
        "traced": traced,
        "resident": resident,
    }


def _whole(row: Mapping[str, float]) -> int:
    return round(row["resident"] / _MEGABYTE)


if __name__ == "__main__":
    main()
