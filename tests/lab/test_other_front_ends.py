"""The same in Notebook 7 and in Voila."""

from __future__ import annotations

import pytest

from tests.lab.cells import MAPS
from tests.lab.conftest import Notebook
from tests.lab.notebook_page import WITHOUT_KERNEL

CELL = (
    MAPS + "editor = sw.WordEditor('a red truck')\nheard = ipywidgets.Label('nothing yet')\n"
    "editor.observe(lambda change: setattr(heard, 'value', 'Python heard: ' + change['new']), 'caption')\n"
    "matrix, view = sw.PairMatrix(logits), sw.HeatmapView(maps)\n"
    "tied = ipywidgets.jslink((matrix, 'chosen'), (view, 'chosen'))\nipywidgets.VBox([editor, heard, matrix, view])"
)


@pytest.mark.parametrize("front", ["notebook", "voila"])
def test_edits_reach_python_and_links_hold(notebook: Notebook, front: str) -> None:
    opened = notebook(CELL, front=front, allowed=WITHOUT_KERNEL)
    page = opened.page
    editor, matrix = opened.widget("word-editor"), opened.widget("pair-matrix")
    field = editor.get_by_label("Caption", exact=True)
    field.press("End")
    field.press_sequentially(" and a dab")
    page.get_by_text("Python heard: a red truck and a dab").wait_for()
    matrix.scroll_into_view_if_needed()
    box = matrix.locator(".saii-cells").bounding_box()
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.84 * box["height"])
    page.locator(".saii-heatmap-view .saii-thumbnail[aria-pressed=true]", has_text="south").wait_for()
    assert page.locator(".saii-parted", has_text="kernel").count() == 0
    opened.shot("linked")
    if front == "voila":  # which has neither cells nor a way to restart
        return
    cells = opened.n_cells
    page.locator(".saii-cells").focus()
    for key in ("a", "b", "d", "d"):
        page.keyboard.press(key)
        assert opened.n_cells == cells
    page.evaluate("() => window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.restart()")
    page.locator(".saii-pair-matrix .saii-parted", has_text="The kernel was restarted").wait_for()
