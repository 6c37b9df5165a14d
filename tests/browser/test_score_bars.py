"""Bars and intervals, measured on the screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from saii_widgets.core.explanation import Explanation
from saii_widgets.widgets import ScoreBars

CAPTIONS = [
    "a red truck near a metal fence",
    "a white bus stands at a bus stop in heavy rain, seen by a traffic camera at night, with people who wait there",
    "سيارة حمراء قرب سياج معدني",
    "an orange van 😀",
]


def result(values: Sequence[float], unit: str = "probability", **more: Any) -> Explanation:
    labels = (CAPTIONS * 10)[: len(values)]
    return Explanation.from_array(values, kinds="caption", labels={"caption": labels}, unit=unit, **more)


def parts(page: Any, what: str) -> list[tuple[float, float]]:
    """Left and right end of a part of each row, as shares of its track."""
    return [
        tuple(ends)
        for ends in page.locator("[role=option] .saii-track").evaluate_all(
            """(all, what) => all.map(track => { const box = track.getBoundingClientRect();
               const part = track.querySelector(what).getBoundingClientRect();
               return [(part.left - box.left) / box.width, (part.right - box.left) / box.width]; })""",
            what,
        )
    ]


def opened(show: Callable[..., Any], bars: ScoreBars, **more: Any) -> Any:
    page = show(bars, **more)
    page.wait_for_function("() => Number(document.querySelector('.saii-body').dataset.painted) > 0")
    return page


def test_bars_are_as_long_as_the_numbers(show: Callable[..., Any]) -> None:
    values = [0.8, 0.05, 0.0001, 0.15]
    page = opened(show, ScoreBars(result(values)))
    for (left, right), value in zip(parts(page, ".saii-amount"), values, strict=True):
        assert left == pytest.approx(0, abs=0.002)
        assert right == pytest.approx(value, abs=0.007)  # a bar ends in a line of two pixels
    assert page.locator(".saii-numbers .saii-value").all_inner_texts() == [
        "80.0\u202f%", "5.0\u202f%", "<0.1\u202f%", "15.0\u202f%",
    ]  # fmt: skip
    assert page.locator(".saii-tick").all_inner_texts() == ["0", "20", "40", "60", "80", "100"]
    assert page.locator("[role=option]").nth(3).get_attribute("aria-label") == "an orange van 😀: 15.0\u202f%"
    page.get_by_label("Order").select_option("by value")
    assert page.locator("[role=option] .saii-name").all_inner_texts()[1:] == [CAPTIONS[3], CAPTIONS[1], CAPTIONS[2]]


def test_signed_values_stand_on_both_sides_of_zero_with_their_errors(show: Callable[..., Any]) -> None:
    values, errors = np.array([0.62, -0.3, 0.2]), np.array([0.08, 0.1, 0.3])
    page = opened(show, ScoreBars(result(values, "logit", errors=errors)))
    low, high = -0.5, 0.75  # round numbers around -0.4 and 0.7

    def share(value: float) -> float:
        return (value - low) / (high - low)

    for (left, right), value in zip(parts(page, ".saii-amount"), values, strict=True):
        assert (left, right) == pytest.approx((share(min(0, value)), share(max(0, value))), abs=0.007)
    for (left, right), value, error in zip(parts(page, ".saii-whisker"), values, errors, strict=True):
        assert (left, right) == pytest.approx((share(value - error), share(value + error)), abs=0.004)
    assert page.locator(".saii-between").all_inner_texts() == ["± 0.08", "± 0.10", "± 0.30"]
    assert page.locator(".saii-key").inner_text() == "± 1 standard error"
    assert page.locator("[role=option]").nth(1).get_attribute("aria-label") == f"{CAPTIONS[1]}: −0.30, ± 0.10"
    colours = page.locator(".saii-amount").evaluate_all("all => all.map(one => getComputedStyle(one).backgroundColor)")
    assert colours[0] == colours[2] != colours[1]


def test_intervals_and_highlights_go_with_their_labels_when_sorted(show: Callable[..., Any]) -> None:
    values, errors = np.array([0.2, 0.6, 0.4]), np.array([0.02, 0.06, 0.1])
    page = opened(show, ScoreBars(result(values, errors=errors), order="by value", highlighted=[1], chosen=2))
    order = [1, 2, 0]
    for (left, right), k in zip(parts(page, ".saii-whisker"), order, strict=True):
        assert (left, right) == pytest.approx((values[k] - errors[k], values[k] + errors[k]), abs=0.004)
    assert page.locator(".saii-between").all_inner_texts() == [f"± {100 * errors[k]:.1f}" for k in order]
    assert page.locator(".saii-lit .saii-name").all_inner_texts() == [CAPTIONS[1]]
    assert page.locator("[aria-selected=true] .saii-name").all_inner_texts() == [CAPTIONS[2]]
    page.get_by_label("Order").select_option("as given")
    for (left, right), value, error in zip(parts(page, ".saii-whisker"), values, errors, strict=True):
        assert (left, right) == pytest.approx((value - error, value + error), abs=0.004)


def test_given_ends_and_a_reference(show: Callable[..., Any]) -> None:
    ends = {"low": result([0.6, 0.4], "AUC"), "high": result([0.9, 0.7], "AUC")}
    bars = ScoreBars(result([0.8, 0.5], "AUC", companions=ends), reference=0.5, reference_label="chance")
    bars.interval = "95 % interval"
    page = opened(show, bars)
    assert parts(page, ".saii-whisker")[0] == pytest.approx((0.6, 0.9), abs=0.004)
    assert page.locator(".saii-between").all_inner_texts() == ["0.60 to 0.90", "0.40 to 0.70"]
    assert page.locator(".saii-entry").all_inner_texts() == ["95 % interval", "chance: 0.50"]
    at = page.locator("[role=option] .saii-track").first.evaluate(
        "one => parseFloat(getComputedStyle(one, '::after').left) / one.getBoundingClientRect().width"
    )
    assert at == pytest.approx(0.5, abs=0.003)
    page.evaluate("() => window.saii[0].model.set({ extent: [0.5, 0.75] })")
    assert parts(page, ".saii-whisker")[0] == pytest.approx((0.4, 1), abs=0.004)
    assert "saii-to-beyond" in page.locator("[role=option] .saii-whisker").first.get_attribute("class")


def test_click_and_keys_choose(show: Callable[..., Any]) -> None:
    page = opened(show, ScoreBars(result([0.1, 0.2, 0.3, 0.4]), order="by value"))

    def chosen() -> int:
        return page.evaluate("() => window.saii[0].model.get('chosen')")

    page.get_by_role("option", name=CAPTIONS[2]).click()
    assert chosen() == 2
    assert page.get_by_role("option", name=CAPTIONS[2]).get_attribute("aria-selected") == "true"
    for key in ("Home", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert chosen() == 1
    assert page.locator("[aria-selected=true]").count() == 1
    page.keyboard.press(" ")
    assert chosen() == -1
    page.evaluate("() => window.saii[0].model.set({ chosen: 0, highlighted: [3] })")
    assert page.get_by_role("option", name=CAPTIONS[0]).get_attribute("aria-selected") == "true"
    assert page.locator(".saii-lit .saii-name").all_inner_texts() == [CAPTIONS[3]]


def test_live_results_replace_what_was_there(show: Callable[..., Any]) -> None:
    page = opened(show, ScoreBars(result([0.1, 0.2, 0.7])))
    for n in (6, 2, 3):
        other = ScoreBars(result([0.5] * n, errors=[0.1] * n))
        page.evaluate(
            """([about, n]) => { const view = values => new DataView(Float32Array.from(values).buffer);
               window.saii[0].model.set({ _about: about, _values: view(Array(n).fill(0.5)),
               _ends: view([...Array(n).fill(0.4), ...Array(n).fill(0.6)]) }); }""",
            [other._about, n],
        )
        page.wait_for_function(f"() => document.querySelectorAll('[role=option]').length === {n}")
        assert parts(page, ".saii-amount") == [pytest.approx((0, 0.5), abs=0.007)] * n
        assert parts(page, ".saii-whisker") == [pytest.approx((0.4, 0.6), abs=0.004)] * n


def test_rows_line_up_and_long_captions_wrap(show: Callable[..., Any]) -> None:
    for width in (960, 600, 360):
        page = opened(show, ScoreBars(result([0.5] * 40)), size=(width, 800))
        boxes = page.locator("[role=option] .saii-track").evaluate_all(
            "all => all.map(one => { const { left, width } = one.getBoundingClientRect(); return [left, width]; })"
        )
        assert len({tuple(box) for box in boxes}) == 1
        assert boxes[0][1] > 120
        axis = page.locator(".saii-axis .saii-track").bounding_box()
        assert [axis["x"], axis["width"]] == pytest.approx(boxes[0])
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(960, 800), (360, 700)])
def test_looks(show: Callable[..., Any], shot: Callable[..., None], scheme: str, size: tuple[int, int]) -> None:
    effects = Explanation.from_array(
        [0.62, 0.21, -0.13, 0.02, -0.3], kinds="word", caption="red truck near metal fence wall", unit="logit",
        errors=[0.08, 0.05, 0.06, 0.03, 0.04], title="Effect of each word",
    )  # fmt: skip
    ends = {"low": result([0.85, 0.66, 0.4], "AUC"), "high": result([0.98, 0.8, 0.6], "AUC")}
    areas = result([0.93, 0.74, 0.49], "AUC", title="AUC of the score on 120 other pictures", companions=ends)
    page = show(
        ScoreBars(result([0.86, 0.006, 0.0001, 0.13], title="Captions for camera 2"), highlighted=[0], chosen=3),
        ScoreBars(effects),
        ScoreBars(areas, reference=0.5, reference_label="chance", interval="95 % interval"),
        color_scheme=scheme,
        size=size,
    )
    shot(page, f"score_bars_{scheme}_{size[0]}")
