"""Stacked bars, measured on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.widgets import ModalityBars

ATOMS = ("unique image", "unique text", "redundant", "synergistic")
BITS = np.array([[0.9, 0.3, 0.5, 0.1], [0.6, 0.4, 0.8, 0.2], [0.3, 0.3, 1.0, 0.4]])


def layers(**more: Any) -> Explanation:
    axes = (Axis("layer", tuple(f"layer {k + 1}" for k in range(3))), Axis("atom", ATOMS))

    def over(values: np.ndarray, **extra: Any) -> Explanation:
        return Explanation(values, axes, "bit", **extra)

    ends = {"low": over(BITS - 0.06), "high": over(BITS + 0.04), "null": over(np.full_like(BITS, 0.05))}
    return over(BITS, companions=ends, title="Information", **more)


def opened(show: Callable[..., Any], bars: ModalityBars, **more: Any) -> Any:
    page = show(bars, **more)
    page.wait_for_function("() => Number(document.querySelector('.saii-body').dataset.painted) > 0")
    return page


def spans(page: Any, row: int, what: str) -> list[tuple[float, float]]:
    """Left and right end of parts of a row, as shares of its track."""
    found = (
        page.locator("[role=option] .saii-track")
        .nth(row)
        .evaluate(
            """(track, what) => { const box = track.getBoundingClientRect();
           return [...track.querySelectorAll(what)].map(one => { const part = one.getBoundingClientRect();
             return [(part.left - box.left) / box.width, (part.right - box.left) / box.width]; }); }""",
            what,
        )
    )
    return [tuple(ends) for ends in found]


def test_parts_follow_one_another_and_are_as_long_as_their_bits(show: Callable[..., Any]) -> None:
    page = opened(show, ModalityBars(layers()))
    ticks = [float(text) for text in page.locator(".saii-tick").all_inner_texts()]
    for row, bits in enumerate(BITS):
        ends = np.cumsum([0, *bits]) / ticks[-1]
        for k, (left, right) in enumerate(spans(page, row, ".saii-part")):
            assert (left, right) == pytest.approx((ends[k], ends[k + 1]), abs=0.003)
        for k, (left, right) in enumerate(spans(page, row, ".saii-whisker")):
            at = (ends[k + 1] - 0.06 / ticks[-1], ends[k + 1] + 0.04 / ticks[-1])
            assert (left, right) == pytest.approx(at, abs=0.003)
        for (left, right), (start, _) in zip(
            spans(page, row, ".saii-chance"), spans(page, row, ".saii-part"), strict=True
        ):
            assert (left, right) == pytest.approx((start, start + 0.05 / ticks[-1]), abs=0.005)
    page.get_by_label("Shown").select_option("share")
    ends = np.cumsum([0, *BITS[1]]) / BITS[1].sum()
    for k, (left, right) in enumerate(spans(page, 1, ".saii-part")):
        assert (left, right) == pytest.approx((ends[k], ends[k + 1]), abs=0.003)
    assert page.locator(".saii-part b").first.inner_text() == "I", "a letter, not colour alone"


def test_hover_and_keys_say_the_numbers(show: Callable[..., Any]) -> None:
    page = opened(show, ModalityBars(layers()))
    readout = page.locator(".saii-readout")
    page.locator("[role=option]").nth(1).locator(".saii-part").nth(2).hover(position={"x": 4, "y": 6})
    expected = "layer 2, redundant: 0.800 bits, 0.740 to 0.840, by chance 0.050, 40.0\u202f% of 2.00 bits"
    assert readout.inner_text() == expected
    page.get_by_role("listbox").focus()
    for key in ("Home", "ArrowLeft", "ArrowLeft", "ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    assert readout.inner_text().startswith("layer 3, unique text: 0.300 bits")
    page.keyboard.press("Enter")
    assert page.evaluate("() => window.saii[0].model.get('chosen')") == 2
    assert page.locator("[aria-selected=true]").get_attribute("aria-label").startswith("layer 3: unique image")
    page.locator("[role=option]").nth(0).click()
    assert page.evaluate("() => window.saii[0].model.get('chosen')") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(960, 900), (360, 900)])
def test_looks(show: Callable[..., Any], shot: Callable[..., None], scheme: str, size: tuple[int, int]) -> None:
    plain: Any = layers()[1]
    bars = (ModalityBars(layers(), chosen=1), ModalityBars(layers(), view="share"), ModalityBars(plain))
    page = show(*bars, color_scheme=scheme, size=size)
    page.wait_for_timeout(200)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= size[0]
    shot(page, f"modality_bars_{scheme}_{size[0]}")
