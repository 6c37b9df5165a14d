"""The studio in JupyterLab: it fills while it computes, its rooms are linked, and it outlives its kernel."""

from __future__ import annotations

from tests.lab.conftest import Notebook
from tests.lab.notebook_page import WITHOUT_KERNEL

CELL = """
import torch
import saii_widgets as sw
from saii_widgets.data.scenes import draw

torch.set_num_threads(1)
scenes = [sw.Scene(image=draw(seed).image, name=f"camera {seed}") for seed in range(4)]
studio = sw.studio(scenes, n_pairs=3, n_many=4)
studio
"""
SESSION = "window.jupyterapp.shell.currentWidget.context.sessionContext"


def test_a_walk_through_the_studio(notebook: Notebook) -> None:
    opened = notebook(CELL, allowed=WITHOUT_KERNEL)
    page = opened.page
    bar = page.locator(".saii-studio-bar")
    bar.locator(".saii-step[aria-label^='3 Maps'][data-state=done]").wait_for(timeout=60_000)
    bar.get_by_role("button", name="Save study").wait_for(timeout=60_000)
    bar.locator(".saii-step[aria-label^='3 Maps']").click()
    page.locator(".saii-heatmap-view:visible").first.wait_for()
    assert opened.kernel.value("studio.bar.steps[studio.bar.step]['title']").startswith("3 Maps")
    page.locator(".saii-heatmap-view:visible .saii-thumbnail").nth(1).click()
    opened.kernel.until(
        "[view.chosen.get('image') for view in studio.views[studio.bar.step] if hasattr(view, 'chosen')]",
        lambda places: set(places) == {1},
    )
    opened.shot("studio")
    page.evaluate(f"() => {SESSION}.session.kernel.restart()")
    bar.locator(".saii-parted", has_text="The kernel was restarted").wait_for()
    assert bar.get_by_role("button", name="Save study").is_disabled()
    page.locator(".saii-heatmap-view:visible .saii-thumbnail").nth(2).click()
    page.locator(".saii-heatmap-view:visible .saii-thumbnail:nth-child(3)[aria-pressed=true]").wait_for()
