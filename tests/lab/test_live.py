"""Work beside the notebook: an edit is explained anew in a thread, while a cell runs, and errors are seen."""

from __future__ import annotations

from tests.lab.conftest import Notebook

LIVE = """
import threading
import torch
import saii_widgets as sw
from saii_widgets.data.scenes import draw
from saii_widgets.widgets import LatestWins

torch.set_num_threads(1)
relevance = sw.Relevance(sw.load_model(), start_layer="all")
image, delivered, threads = draw(3).image, threading.Event(), []
editor = sw.WordEditor("a red truck near a metal fence")
view = sw.HeatmapView(relevance([image], [editor.value]))

def work(job, caption):
    threads.append(threading.current_thread().name)
    return relevance([image], [caption])

def deliver(result):
    view.show(result)
    editor.show_effects(result)
    delivered.set()

worker = LatestWins(work, deliver, view=editor)
editor.observe(lambda change: worker.submit(editor.value), "caption")
view
"""
LONG = "assert delivered.wait(60), 'nothing was delivered while this cell ran'\nprint('the edit came', 'through')"


def test_an_edit_is_explained_while_a_cell_runs(notebook: Notebook) -> None:
    opened = notebook(LIVE, "editor", LONG.replace("wait(60)", "is_set() or True"))
    page = opened.page
    opened.widget("heatmap-view")
    opened.kernel.run("delivered.clear()")
    page.evaluate(
        "source => window.jupyterapp.shell.currentWidget.content.widgets[2].model.sharedModel.setSource(source)", LONG
    )
    page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 2; }")
    opened.command("notebook:run-cell")
    page.locator(".jp-Cell").nth(2).locator(".jp-InputPrompt", has_text="*").wait_for()
    view = opened.widget("word-editor")
    field = view.get_by_label("Caption", exact=True)
    field.press("End")
    field.press_sequentially(" at night")
    page.locator(".jp-OutputArea-output", has_text="the edit came through").wait_for()
    opened.kernel.until(
        "(editor.effects_of, editor.busy)", lambda now: now == ("a red truck near a metal fence at night", False)
    )
    assert opened.kernel.value("view.result.captions[0].text") == "a red truck near a metal fence at night"
    assert opened.kernel.value("set(threads)") == {"saii-latest-wins"}
    view.get_by_role("option", name="night").locator("small").wait_for()
    assert len(view.locator(".saii-chip small").all_inner_texts()) == 8
    page.locator(".saii-heatmap-view .saii-chip", has_text="night").wait_for()
    opened.shot("explained_anew")


def test_an_error_is_seen_in_the_widget(notebook: Notebook) -> None:
    opened = notebook(LIVE, "editor")
    view = opened.widget("word-editor")
    view.get_by_label("Caption", exact=True).fill("a red truck " + "near a metal fence " * 20)
    alert = view.get_by_role("alert").filter(has_text="tokens")
    alert.wait_for()
    opened.shot("error")
    view.get_by_label("Caption", exact=True).fill("a white bus")
    view.locator(".saii-chip small").nth(2).wait_for()
    alert.wait_for(state="detached")
