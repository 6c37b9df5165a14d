"""The heat map with a real mouse and a real keyboard; pixels read back from the canvas."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.text import Caption
from saii_widgets.data.scenes import draw
from saii_widgets.widgets import HeatmapView
from saii_widgets.widgets.map_figure import look, painted, shown_maps

CAPTIONS = (Caption.parse("a red truck near a metal fence"), Caption.parse("a 😀 bus"))
READY = "() => Number(document.querySelector('.saii-heatmap-view')?.dataset.painted) > 0"
PIXELS = "k => document.querySelectorAll('.saii-canvas')[k].toDataURL('image/png').split(',')[1]"
PAINTED = "() => Number(document.querySelector('.saii-heatmap-view').dataset.painted)"


def picture(seed: int = 0, size: int = 384) -> Image.Image:
    small = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), np.uint8)
    return Image.fromarray(small).resize((size, size), Image.Resampling.BICUBIC)


def pairs(n: int = 3, seed: int = 0) -> Explanation:
    rng = np.random.default_rng(seed)
    words, names = Axis.words(CAPTIONS), [f"camera {k}" for k in range(n)]
    return Explanation(
        rng.random((n, 2, 9 * 9)),
        (Axis.images(names), Axis.captions(CAPTIONS), Axis.patches(9, 9)),
        title=f"Relevance {seed}",
        images=tuple(picture(k) for k in range(n)),
        captions=CAPTIONS,
        companions={"words": Explanation(rng.random((n, len(words))), (Axis.images(names), words))},
    )


def word_maps() -> Explanation:
    values = np.zeros((6, 9, 9), np.float32)
    for word in range(6):
        values[word, word, word] = 1.0 if word % 2 else -1.0
    return Explanation.from_array(
        values, kinds=("word", "patch"), image=picture(), caption=CAPTIONS[0], unit="logit", title="Interactions"
    )


def canvas(page: Any, k: int = 0) -> np.ndarray:
    data = base64.b64decode(page.evaluate(PIXELS, k))
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), int)


def opened(show: Callable[..., Any], *views: HeatmapView, **more: Any) -> Any:
    page = show(*views, **more)
    page.wait_for_function(READY)
    return page


def repainted(page: Any, change: Callable[[], Any]) -> None:
    """Make a change and wait for the paint that follows it."""
    before = page.evaluate(PAINTED)
    change()
    page.wait_for_function("n => Number(document.querySelector('.saii-heatmap-view').dataset.painted) > n", arg=before)


def at_patch(page: Any, row: int, column: int, k: int = 0) -> tuple[float, float]:
    box = page.locator(".saii-canvas").nth(k).bounding_box()
    return box["x"] + box["width"] * (column + 0.5) / 9, box["y"] + box["height"] * (row + 0.5) / 9


@pytest.mark.parametrize(
    "traits",
    [
        {},
        {"smooth": False, "opacity": 1.0},
        {"threshold": 0.5, "colours": "diverging"},
        {"mode": "difference", "scale": "all maps"},
    ],
)
def test_pixels_are_those_that_python_saves(show: Callable[..., Any], traits: dict[str, Any]) -> None:
    view = HeatmapView(pairs(), pairs(seed=1), **{"mode": "one", **traits}, chosen={"image": 1, "caption": 1})
    page = opened(show, view)
    maps = shown_maps(view)
    ours = np.asarray(painted(view, maps[0], look(view, maps)), int)
    theirs = canvas(page)
    assert theirs.shape == ours.shape
    difference = np.abs(theirs - ours)
    assert np.median(difference) <= 2  # two decoders of JPEG
    assert (difference > 12).mean() < 0.02


def test_hover_tells_the_value_and_costs_no_message(show: Callable[..., Any]) -> None:
    result = pairs()
    page = opened(show, HeatmapView(result))
    saved = page.evaluate("() => window.saii[0].model.saved")
    for row, column in ((0, 0), (4, 7), (8, 8)):
        repainted(page, lambda row=row, column=column: page.mouse.move(*at_patch(page, row, column)))
        value = result.map()[row, column]
        assert page.locator(".saii-readout").inner_text().startswith(f"row {row + 1}, column {column + 1}: {value:.3f}")
        cursor, stage = (
            page.locator(f".saii-panel:visible .saii-{name}").bounding_box() for name in ("cursor", "stage")
        )
        assert cursor["x"] == pytest.approx(stage["x"] + stage["width"] * column / 9, abs=1)
        assert cursor["height"] == pytest.approx(stage["height"] / 9, abs=1)
    assert page.evaluate("() => window.saii[0].model.saved") == saved
    page.mouse.click(*at_patch(page, 2, 3))
    assert page.evaluate("() => window.saii[0].model.get('selected_patch')") == 2 * 9 + 3
    page.mouse.move(2, 2)
    page.wait_for_function("() => document.querySelector('.saii-readout').textContent.startsWith('row 3, column 4')")


def test_word_under_the_pointer_shows_its_map(show: Callable[..., Any]) -> None:
    result = word_maps()
    page = opened(show, HeatmapView(result, smooth=False, opacity=1.0))
    chips = page.locator(".saii-chip")
    plain = canvas(page)[3 * 42 + 10, 3 * 42 + 10].tolist()
    repainted(page, lambda: chips.nth(3).hover())
    red, _, blue = canvas(page)[3 * 42 + 10, 3 * 42 + 10]
    assert [red, blue] != [plain[0], plain[2]]
    assert red > blue  # positive: red
    repainted(page, lambda: chips.nth(4).hover())
    red, _, blue = canvas(page)[4 * 42 + 10, 4 * 42 + 10]
    assert blue > red  # negative: blue
    repainted(page, lambda: chips.nth(5).click())
    assert page.evaluate("() => window.saii[0].model.get('selected_word')") == 5
    assert chips.nth(5).get_attribute("aria-selected") == "true"
    repainted(page, lambda: page.mouse.move(*at_patch(page, 3, 3)))
    assert page.locator(".saii-chip small:visible").all_inner_texts() == [
        "0.00",
        "0.00",
        "0.00",
        "1.00",
        "0.00",
        "0.00",
    ]
    assert page.get_by_role("option", name="near, function, 1.00").count() == 1


def test_gallery_and_caption_choose_the_map(show: Callable[..., Any]) -> None:
    result = pairs()
    page = opened(show, HeatmapView(result))
    first = canvas(page)
    repainted(page, lambda: page.get_by_role("button", name="camera 2").click())
    assert page.evaluate("() => window.saii[0].model.get('chosen')") == {"image": 2, "caption": 0}
    assert np.abs(canvas(page) - first).mean() > 5
    assert page.get_by_role("button", name="camera 2").get_attribute("aria-pressed") == "true"
    words = page.locator(".saii-chip b").all_inner_texts()
    assert words == [word.text for word in CAPTIONS[0].words]
    repainted(page, lambda: page.get_by_label("Caption").select_option(label="a 😀 bus"))
    assert page.locator(".saii-chip b").all_inner_texts() == ["a", "😀", "bus"]
    numbers = page.locator(".saii-chip small").all_inner_texts()
    assert numbers == [f"{v:.3f}" for v in result.companions["words"].values[2, 6:]]


def test_layer_slider_by_keyboard(show: Callable[..., Any]) -> None:
    values = np.zeros((3, 9, 9), np.float32)
    values[0, 0, 0] = values[1, 4, 4] = values[2, 8, 8] = 1
    result = Explanation.from_array(values, kinds=("layer", "patch"), image=picture())
    page = opened(show, HeatmapView(result, smooth=False, opacity=1.0))
    slider = page.get_by_label("Layer")
    slider.focus()
    yellow = np.array([254, 232, 56])
    for layer, place in ((1, 4), (2, 8)):
        repainted(page, lambda: page.keyboard.press("ArrowRight"))
        assert np.abs(canvas(page)[place * 42 + 20, place * 42 + 20] - yellow).max() <= 1
        assert page.evaluate("() => window.saii[0].model.get('chosen').layer") == layer
        assert slider.get_attribute("aria-valuetext") == f"layer {layer + 1}"


def test_map_by_keyboard(show: Callable[..., Any]) -> None:
    result = pairs()
    page = opened(show, HeatmapView(result))
    page.locator(".saii-canvas").first.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "End"):
        repainted(page, lambda key=key: page.keyboard.press(key))
    assert page.locator(".saii-readout").inner_text().startswith(f"row 3, column 9: {result.map()[2, 8]:.3f}")
    page.keyboard.press("Enter")
    assert page.evaluate("() => window.saii[0].model.get('selected_patch')") == 2 * 9 + 8


def test_swipe_shows_one_left_and_the_other_right(show: Callable[..., Any]) -> None:
    ones = [np.zeros((9, 9), np.float32) for _ in range(2)]
    ones[0][:, 0] = ones[1][:, 8] = 1
    first, second = (Explanation.from_array(one, kinds="patch", image=picture()) for one in ones)
    page = opened(show, HeatmapView(first, second, mode="swipe", smooth=False, opacity=1.0, swipe=0.5))
    yellow = np.array([254, 232, 56])
    ends = canvas(page)[200, [10, 374]]
    assert np.abs(ends - yellow).max() <= 1
    box = page.locator(".saii-canvas").first.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    repainted(page, lambda: page.mouse.move(box["x"] + 1, y, steps=5))
    page.mouse.up()
    assert page.evaluate("() => window.saii[0].model.get('swipe')") < 0.02
    left, right = canvas(page)[200, [20, 374]]
    assert np.abs(left - yellow).max() > 20
    assert np.abs(right - yellow).max() <= 1


def test_side_by_side_shares_a_scale(show: Callable[..., Any]) -> None:
    first, second = (Explanation.from_array(np.full((9, 9), v), kinds="patch", image=picture()) for v in (1.0, 2.0))
    page = opened(show, HeatmapView(first, second, opacity=1.0))
    assert page.locator(".saii-canvas:visible").count() == 2
    assert np.abs(canvas(page, 1)[100, 100] - [254, 232, 56]).max() <= 1
    assert np.abs(canvas(page, 0)[100, 100] - [254, 232, 56]).max() > 50
    page.get_by_label("Compare").select_option("one")
    page.wait_for_function("() => document.querySelectorAll('.saii-panel')[1].hidden")


def test_controls_change_pixels(show: Callable[..., Any]) -> None:
    masks = {"truck": np.pad(np.ones((192, 192), bool), 96)}
    page = opened(show, HeatmapView(pairs(1)[0, 0], masks=masks))  # type: ignore[arg-type]
    before = canvas(page)
    repainted(page, lambda: page.get_by_label("Outlines").uncheck())
    plain = canvas(page)
    drawn = np.abs(before - plain).max(axis=-1)
    assert drawn[95:97, 110:270].mean() > 20  # the outline's upper line
    assert drawn[100:280, 100:280].max() == 0
    repainted(page, lambda: page.get_by_label("Smooth").uncheck())
    assert np.abs(canvas(page) - plain).mean() > 1
    opacity = page.get_by_label("Opacity")
    repainted(page, lambda: opacity.fill("0"))
    assert opacity.get_attribute("aria-valuetext") == "0 %"
    bare = canvas(page)
    repainted(page, lambda: opacity.fill("1"))
    repainted(page, lambda: page.get_by_label("Hide below").fill("1"))
    assert (np.abs(canvas(page) - bare).max(axis=-1) > 3).mean() < 0.05


def test_sliding_tells_python_once_at_its_end(show: Callable[..., Any]) -> None:
    page = opened(show, HeatmapView(pairs()))
    page.get_by_label("Opacity").scroll_into_view_if_needed()
    slider = page.get_by_label("Opacity").bounding_box()
    y = slider["y"] + slider["height"] / 2
    page.mouse.move(slider["x"] + slider["width"] * 0.8, y)
    page.mouse.down()
    repainted(page, lambda: page.mouse.move(slider["x"] + slider["width"] * 0.2, y, steps=8))
    assert page.evaluate("() => window.saii[0].model.saved") == 0
    assert page.evaluate("() => window.saii[0].model.get('opacity')") < 0.4
    page.mouse.up()
    assert page.evaluate("() => window.saii[0].model.saved") == 1


def test_files_from_the_page(show: Callable[..., Any], tmp_path: Path) -> None:
    view = HeatmapView(pairs(), pairs(seed=1), label="Maps: <before> & after")
    page = opened(show, view)
    with page.expect_download() as found:
        page.get_by_role("button", name="SVG").click()
    found.value.save_as(tmp_path / "map.svg")
    text = (tmp_path / "map.svg").read_text(encoding="utf-8")
    assert found.value.suggested_filename == "Maps-before-after.svg"
    assert text.count("<image") == 3
    assert "Relevance 1" in text
    assert "truck 0." in text
    with page.expect_download() as found:
        page.get_by_role("button", name="PNG").click()
    found.value.save_as(tmp_path / "map.png")
    image = np.asarray(Image.open(tmp_path / "map.png").convert("RGB"), int)
    assert image.shape[1] == 2 * (2 * 400 + 16 + 32)
    assert image[:4, :4].min() == 255
    assert image[200:600, 100:700].std() > 10


def test_another_result_is_drawn(show: Callable[..., Any]) -> None:
    one, other = HeatmapView(pairs()), HeatmapView(word_maps(), smooth=False, opacity=1.0)
    page = opened(show, one, other)
    page.evaluate(
        """() => { const [a, b] = window.saii.map(one => one.model);
           a.set(Object.fromEntries([...b.state].filter(([k]) => k.startsWith("_") || k === "chosen"))); }"""
    )
    page.wait_for_function("() => document.querySelector('.saii-gallery').hidden")
    page.wait_for_function("() => document.querySelector('.saii-title').textContent === 'Interactions'")
    assert page.locator(".saii-heatmap-view").first.locator(".saii-chip").count() == 6


def test_hover_paints_within_a_frame_or_two(show: Callable[..., Any]) -> None:
    page = opened(show, HeatmapView(pairs()))
    seconds = page.evaluate(
        """async () => {
          const canvas = document.querySelector('.saii-canvas'), box = canvas.getBoundingClientRect(), times = [];
          const root = document.querySelector('.saii-heatmap-view');
          for (let k = 0; k < 20; k += 1) {
            const before = root.dataset.painted, start = performance.now();
            canvas.dispatchEvent(new PointerEvent('pointermove', { bubbles: true,
              clientX: box.left + (k % 9 + .5) * box.width / 9, clientY: box.top + 30 }));
            while (root.dataset.painted === before) await new Promise(requestAnimationFrame);
            times.push(performance.now() - start);
          }
          return times.sort((a, b) => a - b)[10] / 1000; }"""
    )
    assert seconds < 0.15  # the machine may be busy; the benchmark holds the bar of 50 ms


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_looks(show: Callable[..., Any], shot: Callable[..., None], scheme: str) -> None:
    scenes = [draw(seed) for seed in range(4)]
    y, x = np.mgrid[0:9, 0:9]
    places = np.random.default_rng(2).uniform(1, 8, (4, 2, 2))
    values = np.exp(-((y - places[..., :1, None]) ** 2 + (x - places[..., 1:, None]) ** 2) / 5).reshape(4, 2, 81)
    words = Axis.words(CAPTIONS)
    result = Explanation(
        values,
        (Axis.images([f"camera {k}" for k in range(4)]), Axis.captions(CAPTIONS), Axis.patches(9, 9)),
        title="Relevance",
        images=tuple(scene.image for scene in scenes),
        captions=CAPTIONS,
        companions={"words": Explanation(np.ones((4, len(words))), (Axis.images(list("abcd")), words))},
    )
    masks = [{f"vehicle {k}": mask for k, mask in enumerate(scene.vehicle_masks)} for scene in scenes]
    beside = HeatmapView(result[0, 0], result[0, 1].renamed("after"))  # type: ignore[arg-type, union-attr]
    page = opened(show, HeatmapView(result, masks=masks), beside, HeatmapView(word_maps()), color_scheme=scheme)
    page.mouse.move(*at_patch(page, 3, 3))
    shot(page, f"heatmap_view_{scheme}")


def test_new_results_leave_no_listeners_behind(show: Callable[..., Any]) -> None:
    page = opened(show, HeatmapView(pairs()))
    heard = "() => [...window.saii[0].model.heard.values()].flat().length"
    before = page.evaluate(heard)
    for n in range(3):
        again = f"() => window.saii[0].model.set({{ _about: {{ ...window.saii[0].model.get('_about'), n: {n} }} }})"
        repainted(page, lambda again=again: page.evaluate(again))
    assert page.evaluate(heard) == before
    page.evaluate("() => window.saii[0].model.set({ chosen: { image: 0, caption: 1 } })")
    page.wait_for_function("() => document.querySelector('.saii-selectors select').value === '1'")
