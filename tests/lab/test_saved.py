"""A notebook that was saved with its widgets, opened again."""

from __future__ import annotations

from tests.lab.cells import SLIDER
from tests.lab.conftest import Notebook
from tests.lab.jupyter_server import JupyterServer
from tests.lab.notebook_page import NotebookPage

CLEAN = "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"


def saved(notebook: Notebook, name: str) -> NotebookPage:
    """A notebook with a slider at step 1, saved by JupyterLab."""
    opened = notebook(SLIDER + "slider.step = 1\nslider", name=name)
    opened.widget("counterfactual-slider")
    opened.command("docmanager:save")
    opened.page.wait_for_function(CLEAN)
    return opened


def test_without_its_kernel_it_stays_usable(notebook: Notebook, server: JupyterServer) -> None:
    before = saved(notebook, "saved.ipynb")
    before.close()
    server.end_kernels()
    opened = notebook(name="saved.ipynb", run=False)
    view, page = opened.widget("counterfactual-slider"), opened.page
    view.locator(".saii-parted", has_text="No kernel stands behind this view").wait_for()
    assert view.locator(".saii-struck s").all_inner_texts() == ["truck"]
    track = view.get_by_role("slider", name="Taken away")
    track.focus()
    page.keyboard.press("End")
    view.locator(".saii-key .saii-best .saii-value", has_text="70.0").wait_for()
    assert view.locator(".saii-struck s").all_inner_texts() == ["red", "truck", "metal fence"]
    box = view.locator(".saii-canvas").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.locator(".saii-readout", has_text="row 1").wait_for()
    opened.shot("saved_without_kernel")


def test_untrusted_it_shows_what_stands_in(notebook: Notebook, server: JupyterServer) -> None:
    before = saved(notebook, "sent.ipynb")
    before.close()
    server.end_kernels()
    path = server.notebooks / "sent.ipynb"
    text = path.read_text(encoding="utf-8").replace("slider.step = 1", "slider.step = 0")
    path.write_text(text, encoding="utf-8")
    opened = notebook(name="sent.ipynb", run=False)
    opened.page.locator(".jp-OutputArea-output .saii", has_text="a white bus").wait_for()
    assert opened.page.locator(".saii-widget").count() == 0
    opened.shot("untrusted")
