"""A whole trial, by keys and by clicks, in a page without Python."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.data.scenes import draw
from saii_widgets.widgets import TaskTrial

PHRASES = ('a "red" truck, parked', "a blue bus", "trees", "a fence")


def trial(n: int = 5, **more: Any) -> TaskTrial:
    axes = (Axis.images([f"picture {k}" for k in range(n)]), Axis("caption", PHRASES), Axis.patches(6, 6))
    values = np.random.default_rng(0).random((n, 4, 36)) ** 4
    pictures = [draw(k).image for k in range(n)]
    return TaskTrial(Explanation(values, axes, images=pictures), [k % 4 for k in range(n)], **{"seed": 1, **more})


def opened(show: Callable[..., Any], widget: TaskTrial, **more: Any) -> Any:
    page = show(widget, **more)
    page.wait_for_selector(".saii-body[data-phase=welcome]")
    return page


def phase(page: Any, name: str) -> None:
    page.wait_for_selector(f".saii-body[data-phase={name}]")


def answers(page: Any) -> list[dict[str, Any]]:
    return page.evaluate("() => window.saii[0].model.get('answers')")


def press(page: Any, key: str) -> None:
    """Once the clock runs: an answer before the picture is there does not count."""
    page.wait_for_timeout(120)
    page.keyboard.press(key)


def test_a_trial_from_the_practice_to_the_file(show: Callable[..., Any]) -> None:
    widget = trial()
    page = opened(show, widget)
    shown = widget._about["trials"]
    page.get_by_role("button", name="Begin with a practice picture").click()
    phase(page, "asked")
    assert page.locator(".saii-heading").inner_text() == "Practice"
    press(page, str(1 + (shown[0]["fitting"] + 1) % 4))
    phase(page, "practised")
    assert page.locator(".saii-told").inner_text().startswith("Not this one. The phrase that fits:")
    assert answers(page) == []
    page.get_by_role("button", name="Start the trial").click()
    for k, one in enumerate(shown[1:]):
        page.wait_for_function(
            "k => document.querySelector('.saii-heading').textContent === `Picture ${k} of 4`", arg=k + 1
        )
        assert page.locator(".saii-choice span").all_inner_texts() == one["choices"]
        label = "Picture with a map" if one["map"] else "Picture without a map"
        assert page.locator(".saii-picture").get_attribute("aria-label") == label
        choice = one["fitting"] if k != 2 else (one["fitting"] + 1) % 4
        if k % 2:
            page.wait_for_timeout(120)
            page.locator(".saii-choice").nth(choice).click()
        else:
            press(page, str(choice + 1))
        page.wait_for_function("n => window.saii[0].model.get('answers').length === n", arg=k + 1)
    phase(page, "end")
    lines = page.locator(".saii-text p").all_inner_texts()
    assert lines[0] == "You were right in 3 of 4 pictures."
    assert re.match(r"With a map: right in \d of \d, \d+\.\d s a picture\.$", lines[1])
    given = answers(page)
    assert all(0.05 < one["seconds"] < 30 for one in given)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    twin = trial()
    twin.set_state({"answers": given})
    assert twin.error == ""
    assert twin.results.right.tolist() == [True, True, False, True]
    pandas.testing.assert_frame_equal(pandas.read_csv(io.StringIO(text)), twin.results, check_dtype=False)


def test_a_pause_stops_the_clock_and_hides_the_picture(show: Callable[..., Any]) -> None:
    page = opened(show, trial(practice=False))
    page.get_by_role("button", name="Begin", exact=True).click()
    phase(page, "asked")
    press(page, "p")
    phase(page, "paused")
    assert not page.locator(".saii-picture").is_visible()
    page.keyboard.press("1")
    assert answers(page) == [], "no answer in a pause"
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="Go on").click()
    phase(page, "asked")
    press(page, "2")
    page.wait_for_function("() => window.saii[0].model.get('answers').length === 1")
    assert answers(page)[0]["choice"] == 1
    assert answers(page)[0]["seconds"] < 1.4


def test_it_goes_on_where_it_stopped(show: Callable[..., Any]) -> None:
    widget = trial()
    widget.answers = [{"choice": 0, "seconds": 2.0}] * 3
    page = show(widget)
    phase(page, "paused")
    assert "3 of 4 pictures are answered" in page.locator(".saii-text").inner_text()
    page.get_by_role("button", name="Go on").click()
    assert page.locator(".saii-heading").inner_text() == "Picture 4 of 4"
    page.evaluate("() => window.saii[0].model.set({ answers: [] })")
    phase(page, "welcome")


def test_a_map_is_painted_only_where_it_is_shown(show: Callable[..., Any]) -> None:
    widget = trial(practice=False)
    page = opened(show, widget)
    page.get_by_role("button", name="Begin", exact=True).click()
    for one in widget._about["trials"]:
        page.wait_for_timeout(150)
        plain = draw(int(one["name"].split()[1])).image
        data = page.locator(".saii-picture").screenshot()
        seen = Image.open(io.BytesIO(data)).convert("RGB").resize(plain.size)
        apart = np.abs(np.asarray(seen, float) - np.asarray(plain, float)).mean()
        assert (apart > 12) == one["map"]
        page.keyboard.press("1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(960, 800), (360, 900)])
def test_looks(show: Callable[..., Any], shot: Callable[..., None], scheme: str, size: tuple[int, int]) -> None:
    widget = trial()
    page = opened(show, widget, color_scheme=scheme, size=size)
    shot(page, f"task_trial_welcome_{scheme}_{size[0]}")
    page.get_by_role("button", name="Begin with a practice picture").click()
    phase(page, "asked")
    page.wait_for_timeout(100)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= size[0]
    shot(page, f"task_trial_asked_{scheme}_{size[0]}")
    page.evaluate("a => window.saii[0].model.set({ answers: a })", [{"choice": 0, "seconds": 2.0}] * 4)
    phase(page, "end")
    shot(page, f"task_trial_end_{scheme}_{size[0]}")
