"""The studio in JupyterLab: from pictures to a changed caption, a linked choice, a page and a study, by real clicks."""

from __future__ import annotations

from typing import Any

from tests.lab.conftest import Notebook
from tests.lab.notebook_page import WITHOUT_KERNEL, NotebookPage

CELL = """
import torch
torch.set_num_threads(1)
import saii_widgets as sw
from saii_widgets.data.samples import sample_path
studio = sw.studio(sample_path("camera"), records=sample_path("calls.csv"), n_pairs=4, n_many=8, labels={})
studio
"""
KERNEL = "window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel"
MAPS = "studio.views[3][0]"


def go_to(opened: NotebookPage, title: str) -> Any:
    """Into a room, as soon as its step is done."""
    button = opened.page.get_by_role("button", name=f"{title}, done")
    button.wait_for(timeout=60_000)
    button.click()
    opened.page.get_by_role("heading", name=title).wait_for()


def test_a_walk_through_the_rooms(notebook: Notebook) -> None:
    opened = notebook(CELL)
    page, kernel = opened.page, opened.kernel
    go_to(opened, "Evaluation")
    kernel.until("studio.bar.busy", lambda busy: busy is False, 60)
    go_to(opened, "Words")
    opened.shot("studio_words")

    go_to(opened, "2 Captions")
    cells = opened.widget("pair-matrix").locator(".saii-cells")
    box = cells.bounding_box()
    cells.click(position={"x": box["width"] * 3.5 / 4, "y": box["height"] * 1.5 / 4})
    kernel.until(f"{MAPS}.chosen", lambda chosen: chosen == {"image": 1, "caption": 3})

    go_to(opened, "3 Maps")
    caption = kernel.value("studio.study['step3'].captions[3].text")
    field = opened.widget("word-editor").get_by_label("Caption", exact=True)
    kernel.until("studio.live[3].editor.effects_of", lambda text: text == caption)
    assert field.input_value() == caption
    field.fill("a green bus near a metal fence")
    page.get_by_text("as it was | as changed").first.wait_for()
    page.locator(".saii-score-bars [role=option]", has_text="a green bus near a metal fence").wait_for()
    opened.shot("studio_changed_caption")

    go_to(opened, "4 Deletion")
    kernel.until("studio.live[4].slider.caption.text", lambda text: text == caption)
    opened.widget("counterfactual-slider").get_by_role("slider", name="Taken away").press("End")
    kernel.until("studio.live[4].slider.step", lambda step: step == 2)
    opened.shot("studio_deletion")

    go_to(opened, "Together")
    kernel.until("studio.live[7].pair", lambda pair: pair == (1, 3))
    matrix = opened.widget("interaction-matrix")
    matrix.get_by_text("of the spread of the numbers").wait_for()
    kernel.until("(studio.live[7].finished, studio.live[7].matrix.busy)", lambda now: now == (True, False), 60)
    opened.shot("studio_together")

    go_to(opened, "3 Maps")
    page.get_by_role("button", name="Copy as code").click()
    code = page.get_by_label("Code for what is shown").input_value()
    assert "'chosen'" not in code
    assert "chosen={'image': 1, 'caption': 3}" in code
    assert "['a green bus near a metal fence']" in code
    page.get_by_role("button", name="Save study").click()
    page.get_by_text("The study is in studio.saii").wait_for()
    page.get_by_role("button", name="Export page").click()
    page.get_by_text("The page is in studio.html").wait_for()
    assert kernel.value("sw.Study.load('studio.saii') == studio.study") is True

    opened.theme("Dark")
    page.locator(".saii-studio-bar").scroll_into_view_if_needed()
    opened.shot("studio_dark")


def test_stopping_and_going_on(notebook: Notebook) -> None:
    slow = """
import threading
import saii_widgets as sw
from saii_widgets.data.scenes import draw
from saii_widgets.stepwise import Stepwise
begun, may_go_on, step3 = threading.Event(), threading.Event(), Stepwise.step3
def slow(self, *given):
    begun.set()
    may_go_on.wait(60)
    return step3(self, *given)
Stepwise.step3 = slow
studio = sw.studio([draw(seed).image for seed in range(4)], n_pairs=2, n_many=4, labels={})
studio
"""
    opened = notebook(slow)
    page, kernel = opened.page, opened.kernel
    page.get_by_role("button", name="3 Maps, working").wait_for(timeout=60_000)
    assert page.get_by_role("progressbar").count() >= 1
    opened.shot("studio_working")
    page.get_by_role("button", name="Cancel").click()
    kernel.until("studio._runs._running.cancelled", lambda cancelled: cancelled is True)
    kernel.run("may_go_on.set()")
    page.get_by_role("button", name="Go on").click(timeout=60_000)
    page.get_by_role("button", name="6 All pairs, done").wait_for(timeout=60_000)
    page.get_by_role("button", name="Words, left out").click()
    page.get_by_text("Left out: no records and no captions were given").wait_for()


def test_it_outlives_its_kernel(notebook: Notebook) -> None:
    opened = notebook(CELL.replace("n_pairs=4", "n_pairs=3"), allowed=WITHOUT_KERNEL)
    page = opened.page
    go_to(opened, "3 Maps")
    opened.kernel.until("studio.bar.busy", lambda busy: busy is False, 60)
    page.locator(".saii-heatmap-view:visible").first.wait_for()
    bar = page.locator(".saii-studio-bar")
    page.evaluate(f"() => {{ {KERNEL}.restart(); }}")
    bar.locator(".saii-parted", has_text="The kernel was restarted").wait_for()
    assert bar.get_by_role("button", name="Save study").is_disabled()
    page.locator(".saii-heatmap-view:visible .saii-thumbnail").nth(2).click()
    page.locator(".saii-heatmap-view:visible .saii-thumbnail:nth-child(3)[aria-pressed=true]").first.wait_for()
    bar.get_by_role("button", name="2 Captions").click()
    page.locator(".saii-pair-matrix:visible").wait_for()
    page.wait_for_function(f"() => {KERNEL}.status === 'idle'", timeout=60_000)  # a server can't end it before
