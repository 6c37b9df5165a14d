"""Each widget in JupyterLab with a real mouse and a real keyboard: the page and Python agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.lab.cells import MAPS, SLIDER
from tests.lab.conftest import Notebook
from tests.lab.notebook_page import NotebookPage

PIXEL = """([selector, x, y]) => { const canvas = document.querySelector(selector);
  return [...canvas.getContext('2d').getImageData(x * canvas.width, y * canvas.height, 1, 1).data].slice(0, 3); }"""


def at(box: dict[str, float], x: float, y: float) -> tuple[float, float]:
    return box["x"] + box["width"] * x, box["y"] + box["height"] * y


def pixel(page: Any, selector: str, x: float, y: float) -> list[int]:
    return page.evaluate(PIXEL, [selector, x, y])


def patch(place: int) -> tuple[float, float]:
    """The middle of one of 6 x 6 patches, as shares."""
    return (place % 6 + 0.5) / 6, (place // 6 + 0.5) / 6


def painted(opened: NotebookPage, selector: str, x: float, y: float, unlike: list[int]) -> list[int]:
    """The pixel's colour, once it is another."""
    changed = f"([given, old]) => String(({PIXEL})(given)) !== String(old)"
    opened.page.wait_for_function(changed, arg=[[selector, x, y], unlike])
    return pixel(opened.page, selector, x, y)


def test_word_editor(notebook: Notebook) -> None:
    opened = notebook(
        "import saii_widgets as sw\nseen = []\n"
        "editor = sw.WordEditor('a 😀 red truck near a metal fence', suggestions=['bus'])\n"
        "editor.observe(lambda change: seen.append(change['new']), 'caption')\neditor"
    )
    page, kernel = opened.page, opened.kernel
    view = opened.widget("word-editor")
    view.get_by_role("option", name="near, function").click()
    page.keyboard.press("1")
    kernel.until("editor.roles[4]", lambda role: role == "principal")
    boxes = [view.locator(".saii-chip").nth(k).bounding_box() for k in (1, 3)]
    page.mouse.move(*at(boxes[0], 0.5, 0.5))
    page.mouse.down()
    page.mouse.move(*at(boxes[1], 0.5, 0.5), steps=5)
    page.mouse.up()
    kernel.until("editor.selected", lambda places: places == [1, 2, 3])
    field = view.get_by_label("Caption", exact=True)
    field.press("End")
    field.press_sequentially(" and a dog")
    kernel.until("editor.caption", lambda text: text == "a 😀 red truck near a metal fence and a dog")
    kernel.until("seen[-1] == editor.caption == str(editor.value)", bool)
    assert kernel.value("editor.words") == view.locator(".saii-chip b").all_inner_texts()
    page.keyboard.press("Control+z")
    kernel.until("editor.caption", lambda text: text == "a 😀 red truck near a metal fence")
    kernel.run("editor.caption = 'a white bus'")
    view.get_by_role("option", name="bus, principal").wait_for()
    assert field.input_value() == "a white bus"
    kernel.run("editor.show_effects(sw.Explanation.from_array([0.1, 0.3, 0.6], kinds='word', caption='a white bus'))")
    view.get_by_role("option", name="bus, principal, 60.0\u202f% of the relevance").wait_for()


def test_heat_map(notebook: Notebook) -> None:
    opened = notebook(MAPS + "view = sw.HeatmapView(maps, smooth=False)\nview")
    page, kernel = opened.page, opened.kernel
    view, canvas = opened.widget("heatmap-view"), ".saii-heatmap-view .saii-canvas"
    before = painted(opened, canvas, *patch(0), [0, 0, 0])
    assert np.subtract(before[:2], before[2]).min() > 60, "the strongest patch is yellow"
    box = view.locator(".saii-canvas").first.bounding_box()
    page.mouse.move(*at(box, *patch(14)))
    page.wait_for_function(
        "() => document.querySelector('.saii-heatmap-view .saii-readout').textContent.includes('row 3')"
    )
    page.mouse.click(*at(box, *patch(7)))
    kernel.until("view.selected_patch", lambda place: place == 7)
    kernel.run("view.chosen = {'image': 0, 'caption': 1}")
    grey = painted(opened, canvas, *patch(0), before)
    assert np.ptp(grey) < 30, "nothing there for the other caption"
    yellow = pixel(page, canvas, *patch(35))
    view.get_by_role("slider", name="Opacity").focus()
    page.keyboard.press("Home")
    painted(opened, canvas, *patch(35), yellow)
    kernel.until("view.opacity", lambda opacity: opacity == 0)
    kernel.run("view.opacity = 2 / 3")
    view.locator("[aria-label=Opacity][aria-valuetext='67 %']").wait_for()
    view.get_by_label("east").click()
    kernel.until("view.chosen['image']", lambda place: place == 1)


def test_counterfactual_slider(notebook: Notebook) -> None:
    opened = notebook(
        SLIDER + "import ipywidgets\nmeter = ipywidgets.IntProgress(max=3)\n"
        "tied = ipywidgets.link((slider, 'step'), (meter, 'value'))\nipywidgets.VBox([slider, meter])"
    )
    page, kernel = opened.page, opened.kernel
    view = opened.widget("counterfactual-slider")
    track = view.get_by_role("slider", name="Taken away")
    track.wait_for()
    view.locator(".saii-verdict", has_text="flips").wait_for()
    box = track.bounding_box()
    page.mouse.move(*at(box, 0.05, 0.5))
    page.mouse.down()
    page.mouse.move(*at(box, 0.97, 0.5), steps=8)
    page.mouse.up()
    kernel.until("(slider.step, meter.value)", lambda steps: steps == (3, 3))
    assert view.locator(".saii-struck s").all_inner_texts() == ["red", "truck", "metal fence"]
    page.keyboard.press("ArrowLeft")
    kernel.until("slider.step", lambda step: step == 2)
    kernel.run("meter.value = 1")
    page.wait_for_function("() => document.querySelector('.saii-struck').querySelectorAll('s').length === 1")
    assert view.locator(".saii-best .saii-value").inner_text() == "50.0\u202f%"


@pytest.mark.parametrize("way", ["jslink", "link"])
def test_a_cell_of_the_matrix_chooses_the_map(notebook: Notebook, way: str) -> None:
    opened = notebook(
        MAPS + "matrix, view = sw.PairMatrix(logits), sw.HeatmapView(maps, smooth=False)\n"
        f"tied = ipywidgets.{way}((matrix, 'chosen'), (view, 'chosen'))\nipywidgets.VBox([matrix, view])"
    )
    page, kernel = opened.page, opened.kernel
    opened.widget("heatmap-view")
    matrix, canvas = opened.widget("pair-matrix"), ".saii-heatmap-view .saii-canvas"
    before = painted(opened, canvas, *patch(21), [0, 0, 0])
    box = matrix.locator(".saii-cells").bounding_box()
    page.mouse.click(*at(box, 0.75, 0.84))
    after = painted(opened, canvas, *patch(21), before)
    assert np.subtract(after[:2], after[2]).min() > 60, "south x bus is yellow there"
    kernel.until("(matrix.chosen, view.chosen)", lambda pair: pair == ({"image": 2, "caption": 1},) * 2)
    kernel.run("matrix.order = 'by mean'")
    page.wait_for_function("() => document.querySelectorAll('.saii-pair-matrix select')[1].value === 'by mean'")
    kernel.run("view.chosen = {'image': 0, 'caption': 0}")
    page.wait_for_function(
        "() => document.querySelector('.saii-pair-matrix .saii-readout').textContent.startsWith('north')"
    )
    opened.shot(f"matrix_and_map_{way}")
