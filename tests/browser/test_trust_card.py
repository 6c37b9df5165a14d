"""The strip of trust, measured on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from saii_widgets.core.measurement import Measurement
from saii_widgets.core.trust_table import TrustTable
from saii_widgets.widgets import TrustCard

ALONG = [0, 0.25, 0.5, 1]
CURVES = {"insertion": [0, 3, 4, 5], "deletion": [5, 2, 1, 0], "insertion, random order": [0, 1, 2, 5]}
ROWS = [
    Measurement("faithfulness", "R2", 0.5, "R2", "It tells a good part.", 0.25, 0.75, 0, passes=128, seconds=1.5),
    Measurement("faithfulness", "rank correlation", 0.9, "correlation", "Nearly always."),
    Measurement("insertion and deletion", "insertion less deletion", 3, "logit", "The right parts come first.",
                chance=1, along=ALONG, curves=CURVES),
    Measurement("stability", "agreement after small changes", None, "correlation", "It can't be measured here."),
    Measurement("cost", "encoder passes", 1276, "passes", "It took 1,276 encoder passes."),
]  # fmt: skip
TABLE = TrustTable("Trust in: a map", ROWS, "embedded")


def opened(show: Callable[..., Any], card: TrustCard, **more: Any) -> Any:
    page = show(card, **more)
    page.wait_for_function("() => Number(document.querySelector('.saii-body').dataset.painted) > 0")
    return page


def state(page: Any, name: str) -> Any:
    return page.evaluate("name => window.saii[0].model.get(name)", name)


def test_values_units_whiskers_and_chance(show: Callable[..., Any]) -> None:
    page = opened(show, TrustCard(TABLE))
    assert page.locator(".saii-quantity").all_inner_texts() == [
        "R2", "insertion less deletion", "agreement after small changes", "encoder passes",
    ]  # fmt: skip
    assert page.locator(".saii-number").all_inner_texts() == ["0.50", "3.00", "–", "1276"]
    assert page.locator(".saii-unit").all_inner_texts() == ["", "logit", "", ""]

    def across(what: str, of: str) -> tuple[float, float]:
        line, part = (page.locator(one).first.bounding_box() for one in (f"{of} .saii-line", f"{of} {what}"))
        return (part["x"] - line["x"]) / line["width"], (part["x"] + part["width"] - line["x"]) / line["width"]

    tile = ".saii-measure:first-child"
    assert across(".saii-whisker", tile) == pytest.approx((0.25, 0.75), abs=0.01)
    assert sum(across(".saii-dot", tile)) / 2 == pytest.approx(0.5, abs=0.01)
    assert across(".saii-chance", tile)[0] == pytest.approx(0, abs=0.01)
    said = page.locator(tile).get_attribute("aria-label")
    assert said == "R2: 0.50, 95 % interval 0.25 to 0.75, by chance 0.00. It tells a good part."
    assert "measured in 128 encoder passes, 1.5 s" in page.locator(".saii-row").first.inner_text()


def test_lines_are_level_also_where_a_name_takes_two(show: Callable[..., Any]) -> None:
    page = opened(show, TrustCard(TABLE), size=(800, 600))
    for part in (".saii-line", ".saii-quantity"):
        boxes = [one.bounding_box() for one in page.locator(part).all()]
        assert max(box["y"] for box in boxes) - min(box["y"] for box in boxes) < 1, part
    assert len({round(box["height"]) for box in boxes}) == 2, "one name takes two lines"


def test_the_sentence_comes_on_hover_and_with_the_keys(show: Callable[..., Any]) -> None:
    page = opened(show, TrustCard(TABLE))
    sentence = page.locator(".saii-readout")
    page.locator(".saii-measure").nth(2).hover()
    assert sentence.inner_text() == "It can't be measured here."
    page.mouse.move(0, 0)
    assert sentence.inner_text() == ""
    page.keyboard.press("Tab")
    assert sentence.inner_text().startswith("It tells a good part. · 95 % interval 0.25 to 0.75")
    page.keyboard.press("ArrowRight")
    assert sentence.inner_text().startswith("The right parts come first.")
    assert page.locator(".saii-active .saii-quantity").inner_text() == "insertion less deletion"
    page.keyboard.press("End")
    assert sentence.inner_text() == "It took 1,276 encoder passes."
    assert state(page, "chosen") == -1


def test_a_click_or_enter_opens_the_curves(show: Callable[..., Any]) -> None:
    page = opened(show, TrustCard(TABLE))
    assert page.locator("svg").count() == 0
    page.locator(".saii-measure").nth(1).click()
    assert state(page, "chosen") == 2
    assert page.locator("polyline").count() == 3
    points = [
        [[float(number) for number in point.split(",")] for point in line.get_attribute("points").split()]
        for line in page.locator("polyline").all()
    ]
    insertion, deletion, _ = points
    assert insertion[0][1] == pytest.approx(deletion[-1][1]), "both lie on 0"
    assert insertion[0][1] > insertion[1][1] > insertion[3][1], "the score climbs"
    x = [point[0] for point in insertion]
    assert (x[1] - x[0]) / (x[3] - x[0]) == pytest.approx(0.25, abs=0.001)
    assert page.locator(".saii-key").last.inner_text().split("\n") == list(CURVES)
    page.keyboard.press("Enter")
    assert (state(page, "chosen"), page.locator("polyline").count()) == (-1, 0)
    page.locator(".saii-measure").first.click()
    assert (state(page, "chosen"), page.locator("polyline").count()) == (0, 0), "R2 has none"


def test_the_others_are_a_button_away_and_an_open_one_stays(show: Callable[..., Any]) -> None:
    page = opened(show, TrustCard(TABLE))
    more = page.get_by_role("button", name="1 more measure", exact=True)
    assert more.get_attribute("aria-expanded") == "false"
    more.click()
    assert page.locator(".saii-measure").count() == 5
    page.locator(".saii-measure").nth(1).click()
    page.get_by_role("button", name="Fewer measures").click()
    assert page.locator(".saii-quantity").last.inner_text() == "rank correlation"


def test_an_empty_one_says_so(show: Callable[..., Any]) -> None:
    page = opened(show, TrustCard())
    assert "Nothing is measured yet." in page.locator(".saii-body").inner_text()
    assert page.get_by_role("listbox").count() == 0
    assert page.get_by_role("button").count() == 0


def test_another_table_in_its_place(show: Callable[..., Any]) -> None:
    page = opened(show, TrustCard(TABLE))
    about = TrustCard(TrustTable("other", ROWS[:1]))._about
    page.evaluate("about => window.saii[0].model.set({ _about: about })", about)
    page.wait_for_function("() => document.querySelectorAll('.saii-measure').length === 1")
    assert page.get_by_role("button").count() == 0
