"""Concepts taken away, moved and swapped in a page: what is shown before and after Python answers, and without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from saii_widgets.widgets import ConceptGraphView
from tests.browser.concept_page import (
    PAINTED,
    STOP,
    WINDOWS,
    get,
    middle,
    node,
    opened,
    pixel,
    put,
    said,
    settled,
    view,
)
from tests.widgets import drawn_bus as bus


def test_removing_needs_no_python_where_it_was_computed_beforehand(show: Callable[..., Any]) -> None:
    page = opened(show)
    note = "Removing was computed beforehand; moving and swapping need the classifier, which is not here."
    assert page.locator(".saii-note").inner_text() == note
    assert page.get_by_role("button", name="Move", exact=True).is_disabled()
    assert page.locator("button.saii-example").count() == 0
    before = pixel(page, STOP)
    page.get_by_role("button", name="Remove").click()
    assert said(page) == (
        "Without stop sign: school bus from 91.0 % to 31.0 %. The prediction turns from school bus to fire engine."
    )
    assert get(page, "edit") == {"remove": STOP}
    numbers = page.locator(".saii-of-classifier .saii-class-number").all_inner_texts()
    assert numbers == ["91.0 → 31.0", "6.0 → 58.0", "3.0 → 11.0"]
    track = page.locator(".saii-class-track").first.bounding_box()
    now, was = (page.locator(f".saii-{name}-bar").first.bounding_box() for name in ("now", "before"))
    assert now["width"] / track["width"] == pytest.approx(0.31, abs=0.01)
    assert (was["x"] - track["x"]) / track["width"] == pytest.approx(0.91, abs=0.015)
    assert pixel(page, STOP).tolist() == [127, 127, 127]
    assert "saii-changed" in node(page, STOP).get_attribute("class")
    page.get_by_role("button", name="Restore").click()
    assert said(page) == ""
    assert np.array_equal(pixel(page, STOP), before)
    put(page, edit={"remove": WINDOWS})
    assert said(page).endswith("The prediction stays.")


def live(tmp_path: Path, chromium: Any, shown: ConceptGraphView) -> Any:
    """The exported page as if Python stood behind it; what it would hear is kept in `window.heard`."""
    path = tmp_path / "live.html"
    source = shown.to_html().replace("this.alone = true", "this.alone = false").replace("Content-Security-Policy", "x")
    heard = "save_changes() { (window.heard ??= []).push(JSON.parse(JSON.stringify(this.state.get('edit') ?? null))); }"
    path.write_text(source.replace("save_changes() { this.saved += 1; }", heard), encoding="utf-8")
    page = chromium.new_context(viewport={"width": 1200, "height": 1100}, reduced_motion="reduce").new_page()
    page.set_default_timeout(10_000)
    page.goto(path.as_uri())
    page.wait_for_function(PAINTED)
    return page


def test_moving_and_swapping_ask_python(tmp_path: Path, chromium: Any) -> None:
    page = live(tmp_path, chromium, view(predict=lambda _: {}))
    assert "Drag the segment" in page.locator(".saii-note").inner_text()
    x, y = middle(page, STOP)
    box = page.locator(".saii-canvas").bounding_box()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 0.1 * box["width"], y, steps=4)
    page.mouse.move(x + 0.25 * box["width"], y - 0.1 * box["height"], steps=4)
    page.mouse.up()
    way, (concept, dx, dy) = next(iter(get(page, "edit").items()))
    assert (way, concept) == ("move", STOP)
    assert (dx, dy) == pytest.approx((0.25, -0.1), abs=0.01)
    heard = page.evaluate("() => window.heard")
    assert heard[-1] == get(page, "edit"), "the last place is always told"
    put(page, busy=True)
    assert said(page) == "With stop sign moved: asking …"
    put(page, _outcome={"edit": {"remove": 0}, "classifier": [0, 0, 1]})
    assert said(page) == "With stop sign moved: asking …", "an answer to another change"
    scores = {"classifier": [0.5, 0.4, 0.1], "network": [0.3, 0.6, 0.1]}
    put(page, busy=False, _outcome={"edit": get(page, "edit"), **scores})
    assert said(page) == "With stop sign moved: school bus from 91.0 % to 50.0 %. The prediction stays."
    assert page.locator(".saii-of-network .saii-class-number").first.inner_text() == "88.0 → 30.0"

    page.get_by_role("button", name="Restore").click()
    move = page.get_by_role("button", name="Move", exact=True)
    move.click()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    assert get(page, "edit") == {"move": [STOP, 0.04, 0.1]}
    assert move.get_attribute("aria-pressed") == "true"
    moved = pixel(page, STOP)
    assert moved.tolist() == [127, 127, 127] or np.ptp(moved) > 60, "grey where it was, or under its own edge"

    page.locator("button.saii-example").nth(1).click()
    settled(page)
    assert get(page, "edit") == {"swap": [STOP, [k for k, _ in view().examples].index(STOP) + 1]}
    assert page.locator("button.saii-example").nth(1).get_attribute("aria-pressed") == "true"
    page.get_by_label("Examples of").select_option("ladder")
    page.locator("button.saii-example").first.click()
    put(page, error="RuntimeError: out of memory.")
    assert get(page, "edit") == {"swap": [STOP, 18]}
    assert said(page) == "With ladder in place of stop sign: no answer."
    assert page.get_by_role("alert").inner_text() == "RuntimeError: out of memory."
    swapped = pixel(page, STOP)
    assert swapped[0] > 150 > swapped[1], "the red of the ladder's example"
    page.locator("button.saii-example").first.click()
    assert get(page, "edit") == {}
    page.context.close()


def test_without_predict_controls_say_why(show: Callable[..., Any]) -> None:
    bare = {k: v for k, v in bus.explanation().companions.items() if "removed" not in k}
    page = opened(show, view(result=replace(bus.explanation(), companions=bare)))
    assert page.locator(".saii-note").inner_text().startswith("The classifier is not here")
    assert page.get_by_role("button", name="Remove").is_disabled()
    page = opened(show, view(result=replace(bus.explanation(), companions=bare), predict=lambda _: {}))
    assert page.locator(".saii-note").inner_text() == "Changing a concept needs Python, which is not behind this view."
    put(page, edit={"move": [STOP, 0.1, 0]})
    assert said(page) == "With stop sign moved: not predicted."
    x, y = middle(page, STOP)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=3)
    page.mouse.up()
    assert get(page, "edit") == {"move": [STOP, 0.1, 0]}, "nothing moves without Python"
