"""The counterfactual slider with a real mouse and a real keyboard."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core.explanation import Explanation
from saii_widgets.data.scenes import draw
from saii_widgets.widgets import CounterfactualSlider, Removal

CAPTION = "a 😀 red truck near a metal fence"
CAPTIONS = [CAPTION, "a white bus by a zebra crossing", "an orange van"]
YELLOW = np.array([254, 232, 56]) * 0.8


def removals() -> dict[str, Removal]:
    maps = np.zeros((3, 9, 9), np.float32)
    for step in range(3):
        maps[step, 4, 2 * step] = 1
    beside = Explanation.from_array(maps, kinds=("step", "patch"), image=draw(1).image)
    values = [[0.8, 0.15, 0.05], [0.5, 0.4, 0.1], [0.2, 0.65, 0.15]]
    result = Explanation.from_array(
        values, kinds=("step", "caption"), labels={"caption": CAPTIONS}, unit="probability", companions={"maps": beside}
    )
    return {"by importance": Removal(result, [3, 2]), "patches": Removal(result, [40, 12], "patches")}


def opened(show: Callable[..., Any], **traits: Any) -> Any:
    page = show(CounterfactualSlider(removals(), CAPTION, **traits))
    page.wait_for_function("() => Number(document.querySelector('.saii-body').dataset.painted) > 0")
    return page


def struck(page: Any) -> list[str]:
    return page.locator(".saii-struck s").all_inner_texts()


def at_step(page: Any, step: int) -> None:
    page.wait_for_function("n => document.querySelector('input[type=range]').value === String(n)", arg=step)


def pixels(page: Any) -> np.ndarray:
    data = page.evaluate("() => document.querySelector('.saii-canvas').toDataURL('image/png').split(',')[1]")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"), int)


def test_keys_move_through_the_steps(show: Callable[..., Any]) -> None:
    page = opened(show)
    assert struck(page) == []
    assert page.locator(".saii-key .saii-value").all_inner_texts() == ["80.0\u202f%", "15.0\u202f%", "5.0\u202f%"]
    brightness = []
    page.get_by_role("slider", name="Taken away").focus()
    for step, gone, best in ((1, ["truck"], 0), (2, ["red", "truck"], 1)):
        before = page.evaluate("() => document.querySelector('.saii-body').dataset.painted")
        page.keyboard.press("ArrowRight")
        page.wait_for_function("n => document.querySelector('.saii-body').dataset.painted !== n", arg=before)
        assert struck(page) == gone
        assert page.locator(".saii-struck").inner_text() == CAPTION
        assert page.locator(".saii-best .saii-name").inner_text() == CAPTIONS[best]
        assert page.get_by_role("slider", name="Taken away").get_attribute("aria-valuetext") == f"{step} of 2"
        shown = pixels(page)
        side = shown.shape[1] / 9
        at = [int((2 * k + 0.5) * side) for k in range(3)]
        brightness.append([int(np.abs(shown[int(4.5 * side), x] - YELLOW).sum()) for x in at])
    assert np.argmin(brightness[0]) == 1
    assert np.argmin(brightness[1]) == 2
    assert "flips once truck and red are gone" in page.locator(".saii-verdict").inner_text()
    assert "Without truck and red" in page.locator(".saii-readout").inner_text()


def test_sliding_by_mouse_costs_one_message(show: Callable[..., Any]) -> None:
    page = opened(show)
    box = page.locator("svg.saii-lines").bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.15, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.95, y, steps=10)
    at_step(page, 2)
    assert page.evaluate("() => window.saii[0].model.saved") == 0
    page.mouse.up()
    assert page.evaluate("() => [window.saii[0].model.saved, window.saii[0].model.get('step')]") == [1, 2]
    marker, end = (page.locator(f"line.saii-{name}").get_attribute("x1") for name in ("now", "flip"))
    assert marker == end


def test_play_runs_to_the_end_and_stops(show: Callable[..., Any]) -> None:
    page = opened(show)
    page.get_by_role("button", name="Play").click()
    assert page.get_by_role("button", name="Pause").get_attribute("aria-pressed") == "true"
    at_step(page, 2)
    page.get_by_role("button", name="Play").wait_for()
    page.get_by_role("button", name="Play").click()
    at_step(page, 0)
    page.get_by_role("button", name="Pause").click()
    page.wait_for_timeout(1100)
    assert page.evaluate("() => window.saii[0].model.get('step')") == 0


def test_axes_say_what_they_are(show: Callable[..., Any]) -> None:
    page = opened(show)
    texts = page.locator("svg.saii-lines text").all_text_contents()
    assert {"probability", "words taken away", "0\u202f%", "50\u202f%", "100\u202f%"} <= set(texts)
    page.get_by_label("Order").select_option("patches")
    page.locator("svg.saii-lines text", has_text="patches taken away").wait_for()
    assert "words taken away" not in page.locator("svg.saii-lines text").all_text_contents()


def test_many_steps_are_played_faster(show: Callable[..., Any]) -> None:
    n = 100
    scores = Explanation.from_array(
        np.tile([0.9, 0.1], (n + 1, 1)), kinds=("step", "caption"), labels={"caption": CAPTIONS[:2]},
        unit="probability", companions={"maps": Explanation.from_array(np.ones((n + 1, 144)), kinds=("step", "patch"))},
    )  # fmt: skip
    page = show(CounterfactualSlider(Removal(scores, list(range(n)), "patches"), CAPTION))
    page.wait_for_function("() => Number(document.querySelector('.saii-body').dataset.painted) > 0")
    page.clock.install()
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(5_500)
    assert 45 <= page.evaluate("() => window.saii[0].model.get('step')") <= 55
    page.clock.run_for(6_000)
    assert page.evaluate("() => window.saii[0].model.get('step')") == n


def test_patches_are_greyed_out(show: Callable[..., Any]) -> None:
    page = opened(show, step=1)
    page.get_by_label("Order").select_option("patches")
    page.wait_for_function("() => document.querySelector('input[type=range]').value === '0'")
    page.get_by_role("slider", name="Taken away").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "() => document.querySelector('.saii-readout').textContent.includes('Without row 5, column 5')"
    )
    shown = pixels(page)
    side = shown.shape[0] / 9
    assert (shown[int(4.5 * side), int(4.5 * side)] == 128).all()
    assert struck(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_looks(show: Callable[..., Any], shot: Callable[..., None], scheme: str) -> None:
    page = show(CounterfactualSlider(removals(), CAPTION, step=1), color_scheme=scheme)
    page.wait_for_function("() => Number(document.querySelector('.saii-body').dataset.painted) > 0")
    shot(page, f"counterfactual_slider_{scheme}")
