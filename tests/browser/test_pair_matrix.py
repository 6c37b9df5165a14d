"""The matrix with a real mouse and a real keyboard; colours read back from the canvas."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.scale import Scale
from saii_widgets.data.scenes import draw
from saii_widgets.widgets import PairMatrix

CAPTIONS = ["a red truck near a metal fence", "a white 😀 bus", "an orange van at night"]
LOGITS = np.array([[1, 9, 1], [8, 0, 2], [2, 8, 1], [9, 1, 0]], np.float32)
SIDE = 56


def result() -> Explanation:
    axes = (Axis.images([f"camera {k}" for k in range(4)]), Axis.captions(CAPTIONS))
    shares = Explanation(LOGITS / LOGITS.sum(axis=1, keepdims=True), axes, "probability")
    images = tuple(draw(seed).image for seed in range(4))
    return Explanation(LOGITS, axes, "logit", "Matches", images=images, companions={"probabilities": shares})


def opened(show: Callable[..., Any], **more: Any) -> Any:
    page = show(PairMatrix(result()), **more)
    page.wait_for_function("() => Number(document.querySelector('.saii-body').dataset.painted) > 0")
    return page


def corners(page: Any) -> np.ndarray:
    """The colour near the upper left corner of each cell, (rows, columns, 3)."""
    data = page.evaluate("() => document.querySelector('.saii-cells').toDataURL('image/png').split(',')[1]")
    image = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"), int)
    return image[3::SIDE, 3::SIDE]


def test_cells_have_the_reports_colours_in_every_order(show: Callable[..., Any]) -> None:
    page = opened(show)
    expected = Scale.of_scores(LOGITS, "logit").colours(LOGITS).astype(int)
    assert np.abs(corners(page) - expected).max() <= 1
    page.get_by_label("Order").select_option("by mean")
    orders = PairMatrix(result())._about["orders"]
    rows, columns = orders["rows"]["by mean"], orders["columns"]["by mean"]
    assert np.abs(corners(page) - expected[np.ix_(rows, columns)]).max() <= 1
    assert page.locator(".saii-across span").all_inner_texts() == [str(k + 1) for k in columns]
    page.get_by_label("Shown").select_option("probabilities")
    shares = LOGITS / LOGITS.sum(axis=1, keepdims=True)
    expected = Scale.of_scores(shares, "probability").colours(shares).astype(int)
    assert np.abs(corners(page) - expected[np.ix_(rows, columns)]).max() <= 1
    assert "probability in %" in page.locator(".saii-legend").inner_text()


def test_pointing_reads_and_clicking_chooses(show: Callable[..., Any]) -> None:
    page = opened(show)
    box = page.locator(".saii-cells").bounding_box()
    page.mouse.move(box["x"] + 1.5 * SIDE, box["y"] + 2.5 * SIDE)
    page.wait_for_function("() => document.querySelector('.saii-readout').textContent.startsWith('camera 2')")
    assert page.locator(".saii-readout").inner_text() == "camera 2 × a white 😀 bus: 8.00"
    assert page.locator(".saii-captions .saii-best").inner_text() == "a white 😀 bus"
    assert page.evaluate("() => window.saii[0].model.saved") == 0
    page.get_by_label("Order").select_option("alike together")
    orders = PairMatrix(result())._about["orders"]
    page.mouse.click(box["x"] + 2.5 * SIDE, box["y"] + 0.5 * SIDE)
    expected = {"image": orders["rows"]["alike together"][0], "caption": orders["columns"]["alike together"][2]}
    assert page.evaluate("() => window.saii[0].model.get('chosen')") == expected


def test_all_by_keyboard(show: Callable[..., Any]) -> None:
    page = opened(show)
    page.locator(".saii-cells").focus()
    for key in ("ArrowDown", "End", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("() => window.saii[0].model.get('chosen')") == {"image": 1, "caption": 1}
    page.wait_for_function("() => document.querySelector('.saii-readout').textContent.endsWith('0.00')")


def test_choice_from_outside_is_marked(show: Callable[..., Any]) -> None:
    page = opened(show)
    page.evaluate("() => window.saii[0].model.set({ chosen: { image: 3, caption: 0 } })")
    page.wait_for_function("() => document.querySelector('.saii-readout').textContent.startsWith('camera 3')")
    mark, cells = (page.locator(f".saii-{name}").bounding_box() for name in ("picked", "cells"))
    assert (mark["x"] - cells["x"], mark["y"] - cells["y"]) == pytest.approx((0, 3 * SIDE), abs=1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_looks(show: Callable[..., Any], shot: Callable[..., None], scheme: str) -> None:
    page = opened(show, color_scheme=scheme)
    box = page.locator(".saii-cells").bounding_box()
    page.mouse.move(box["x"] + 1.5 * SIDE, box["y"] + 1.5 * SIDE)
    shot(page, f"pair_matrix_{scheme}")
