"""The interaction matrix with a real mouse and a real keyboard; colours read back from the canvases."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.role import Role
from saii_widgets.core.scale import Scale
from saii_widgets.core.text import Caption
from saii_widgets.data.scenes import draw
from saii_widgets.widgets import InteractionMatrix

CAPTION = Caption.parse("a red 😀 truck near a fence")
WORDS, PATCHES = Axis.words(CAPTION), Axis.patches(3, 3)
N, M = len(WORDS), 9
CONTENT = [k for k, word in enumerate(CAPTION.words) if word.role != "function"]
LONG = "a red truck with two open doors stands near a tall metal fence by the wet road on a grey day again"
PAINTED = "() => Number(document.querySelector('.saii-body').dataset.painted) > 0"


def planted(*, errors: bool = True, margins: bool = True) -> Explanation:
    """Every value is its own, so that a wrong cell is a wrong colour; word 1 with patch 4 is the strongest."""
    rng = np.random.default_rng(1)
    values = (rng.permutation(N * M).reshape(N, M) - N * M / 2 + 0.25).astype(np.float32) / 40
    values[1, 4] = 1.5
    effects = {
        "word": Explanation(np.linspace(-1, 2, N), (WORDS,), "logit", errors=np.full(N, 0.25)),
        "patch": Explanation(np.linspace(0.4, -0.8, M), (PATCHES,), "logit"),
    }
    return Explanation(
        values, (WORDS, PATCHES), "logit", "Words by patches", errors=np.full((N, M), 0.2) if errors else None,
        companions=effects if margins else {}, images=(draw(1).image,), captions=(CAPTION,),
    )  # fmt: skip


RESULT = planted()
COLOURS = Scale(-1.5, 1.5, signed=True).colours(RESULT.values).astype(int)


def opened(show: Callable[..., Any], result: Explanation = RESULT, **traits: Any) -> Any:
    context = {name: traits.pop(name) for name in ("size", "color_scheme") if name in traits}
    page = show(InteractionMatrix(result, **traits), **context)
    page.wait_for_function(PAINTED)
    return page


def pixels(page: Any, canvas: str) -> np.ndarray:
    data = page.evaluate("name => document.querySelector(name).toDataURL('image/png').split(',')[1]", canvas)
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA"), int)


def cells(page: Any, n: int = N, m: int = M) -> np.ndarray:
    """The colour near the upper left corner of each cell, RGBA."""
    image = pixels(page, ".saii-cells")
    assert image.shape[0] % n == image.shape[1] % m == 0
    return image[3 :: image.shape[0] // n, 3 :: image.shape[1] // m]


def get(page: Any, name: str) -> Any:
    return page.evaluate("name => window.saii[0].model.get(name)", name)


def reads(page: Any, text: str) -> None:
    page.wait_for_function("text => document.querySelector('.saii-readout').textContent === text", arg=text)


def centre(page: Any, row: int, column: int, n: int = N, m: int = M) -> tuple[float, float]:
    box = page.locator(".saii-cells").bounding_box()
    return box["x"] + (column + 0.5) * box["width"] / m, box["y"] + (row + 0.5) * box["height"] / n


def tint(page: Any, patch: int) -> int:
    """How much redder the map is than blue in the middle of a patch."""
    image = pixels(page, ".saii-canvas")
    y, x = (int((place + 0.5) * image.shape[0] / 3) for place in divmod(patch, 3))
    return int(image[y, x, 0] - image[y, x, 2])


def test_cells_have_the_reports_colours_in_every_order(show: Callable[..., Any]) -> None:
    page = opened(show)
    assert np.abs(cells(page)[..., :3] - COLOURS).max() <= 1
    orders = InteractionMatrix(RESULT)._about["orders"]
    for name in ("by strength", "by main effect"):
        page.get_by_label("Order").select_option(name)
        page.wait_for_function("name => window.saii[0].model.get('order') === name", arg=name)
        rows, columns = orders[name]["rows"], orders[name]["columns"]
        page.wait_for_function(
            "text => document.querySelector('.saii-heads').textContent === text",
            arg="".join(WORDS.labels[k] for k in rows),
        )
        assert np.abs(cells(page)[..., :3] - COLOURS[np.ix_(rows, columns)]).max() <= 1
    assert page.locator(".saii-legend").inner_text().split() == [
        "logit",
        "suppression",
        "−1.50",
        "0",
        "+1.50",
        "synergy",
    ]


def test_pointing_reads_without_a_message(show: Callable[..., Any]) -> None:
    page = opened(show)
    page.mouse.move(*centre(page, 1, 4))
    reads(page, "red × row 2, column 2: +1.50 ± 0.20, synergy")
    assert page.evaluate("() => window.saii[0].model.saved") == 0
    value = RESULT.values[3, 7]
    page.mouse.move(*centre(page, 3, 7))
    name = "synergy" if value > 0 else "suppression"
    sign = "+" if value > 0 else "−"
    reads(page, f"{WORDS.labels[3]} × row 3, column 2: {sign}{abs(value):.2f} ± 0.20, {name}")
    chip = page.locator(".saii-chip").nth(3)
    colour = chip.evaluate("e => getComputedStyle(e).backgroundColor")
    assert colour == f"rgb({', '.join(map(str, COLOURS[3, 7]))})"
    assert page.evaluate("() => window.saii[0].model.saved") == 0
    page.mouse.move(*centre(page, 5, 0))
    page.wait_for_function("() => document.querySelector('.saii-readout').textContent.startsWith('a (word 6) × row 1')")
    page.mouse.move(2, 2)
    page.wait_for_function("() => !document.querySelector('.saii-readout').textContent.includes('×')")
    readout = page.locator(".saii-readout").inner_text()  # of the word that is chosen
    assert readout.startswith("red: main effect")
    assert "most synergy +1.50 with row 2, column 2" in readout


def test_a_word_gives_its_map_and_a_patch_colours_the_words(show: Callable[..., Any]) -> None:
    page = opened(show, selected_word=-1)
    assert "Main effect of each patch" in page.locator("figcaption").inner_text()
    assert tint(page, 0) > 20 > -20 > tint(page, 8)  # main effects run from +0.4 to −0.8
    page.locator(".saii-chip").nth(1).click()
    page.mouse.move(2, 2)
    page.wait_for_function("() => document.querySelector('figcaption').textContent.startsWith('“red”')")
    assert get(page, "selected_word") == 1
    assert tint(page, 4) > 40
    box = page.locator(".saii-canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 5 / 6, box["y"] + box["height"] / 6)
    assert get(page, "selected_patch") == 2
    page.mouse.move(2, 2)
    reads_of = [page.locator(".saii-chip").nth(k).locator("small").inner_text() for k in range(N)]
    assert [float(text.replace("−", "-")) for text in reads_of] == pytest.approx(RESULT.values[:, 2], abs=0.006)
    page.locator(".saii-chip").nth(1).click()
    assert get(page, "selected_word") == -1


def test_heads_and_margins_choose_too(show: Callable[..., Any]) -> None:
    page = opened(show, selected_word=-1)
    page.locator(".saii-heads span").nth(3).click()
    assert get(page, "selected_word") == 3
    box = page.locator(".saii-margin-across").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 6.5 / M, box["y"] + 20)
    assert (get(page, "selected_word"), get(page, "selected_patch")) == (3, 6)
    page.mouse.click(*centre(page, 3, 6))
    assert (get(page, "selected_word"), get(page, "selected_patch")) == (-1, -1)


def test_all_by_keyboard(show: Callable[..., Any]) -> None:
    page = opened(show, selected_word=0)
    page.locator(".saii-cells").focus()
    for key in ("ArrowDown", "ArrowDown", "End", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
    page.wait_for_function(
        "() => document.querySelector('.saii-readout').textContent.startsWith('red × row 3, column 2')"
    )
    page.keyboard.press("Enter")
    assert (get(page, "selected_word"), get(page, "selected_patch")) == (1, 7)
    page.locator(".saii-canvas").focus()
    for key in ("ArrowRight", "ArrowDown", "Home", " "):
        page.keyboard.press(key)
    assert get(page, "selected_patch") == 3
    page.get_by_role("listbox", name="words").focus()
    for key in ("End", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    assert get(page, "selected_word") == N - 2
    outline = page.locator(".saii-chips").evaluate("e => getComputedStyle(e).outlineStyle")
    assert outline != "none"


def test_the_filter_greys_out_what_the_errors_do_not_bear(show: Callable[..., Any]) -> None:
    page = opened(show, selected_patch=0)
    before = page.evaluate("() => document.querySelector('.saii-body').dataset.painted")
    page.get_by_role("slider", name="least |z|").fill("3.5")
    page.wait_for_function("n => document.querySelector('.saii-body').dataset.painted !== n", arg=before)
    assert get(page, "least_z") == 3.5
    clear = np.abs(RESULT.values) >= 3.5 * np.float32(0.2)
    assert 5 < clear.sum() < clear.size - 5
    assert np.array_equal(cells(page)[..., 3] == 255, clear)
    row, column = np.argwhere(~clear)[0]
    page.mouse.move(*centre(page, row, column))
    page.wait_for_function(
        "() => document.querySelector('.saii-readout').textContent.endsWith('less than 3.5 standard errors')"
    )
    assert page.locator(".saii-faint-key").inner_text() == "less than 3.5 standard errors from 0"
    page.mouse.move(2, 2)
    assert page.locator(".saii-chip.saii-faint").count() == int((~clear[:, 0]).sum())


def test_without_errors_and_margins_there_are_none(show: Callable[..., Any]) -> None:
    page = opened(show, planted(errors=False, margins=False))
    assert page.get_by_role("slider").count() == 0
    assert page.locator(".saii-margin:visible").count() == 0
    assert page.get_by_label("Order").locator("option").all_inner_texts() == ["as given", "by strength"]
    page.mouse.move(*centre(page, 1, 4))
    reads(page, "red × row 2, column 2: +1.50, synergy")


def test_function_words_can_be_hidden(show: Callable[..., Any]) -> None:
    page = opened(show)
    page.get_by_label("Function words").uncheck()
    page.wait_for_function("n => document.querySelectorAll('.saii-chip').length === n", arg=len(CONTENT))
    assert page.locator(".saii-heads span").all_inner_texts() == [WORDS.labels[k] for k in CONTENT]
    assert np.abs(cells(page, len(CONTENT))[..., :3] - COLOURS[CONTENT]).max() <= 1
    page.mouse.click(*centre(page, 0, 8, len(CONTENT)))
    assert get(page, "selected_word") == CONTENT[0]
    only = Explanation(np.ones((2, 9)), (Axis("word", ("of", "the"), roles=(Role.FUNCTION, Role.FUNCTION)), PATCHES))
    empty = show(InteractionMatrix(only, function_words=False))
    empty.wait_for_function(PAINTED)
    assert empty.locator(".saii-nothing").inner_text() == "Function words are hidden, and there are no others."
    assert not empty.locator(".saii-cells").is_visible()


def test_words_with_words_are_a_square(show: Callable[..., Any]) -> None:
    rng = np.random.default_rng(4)
    values = rng.normal(size=(N, N))
    values = (values + values.T) / 2
    np.fill_diagonal(values, 0)
    page = opened(show, Explanation(values, (WORDS, WORDS), "logit"), selected_word=1)
    box = page.locator(".saii-cells").bounding_box()
    assert box["width"] == box["height"]
    for heads in ("heads", "across"):
        assert page.locator(f".saii-{heads} b").all_text_contents() == list(WORDS.labels)
    drawn = cells(page, N, N)
    assert (np.diagonal(drawn[..., 3]) == 0).all()
    expected = Scale.of_maps(values).colours(values)
    off = ~np.eye(N, dtype=bool)
    assert np.abs(drawn[off][:, :3] - expected[off].astype(int)).max() <= 1
    page.locator(".saii-chip").nth(4).hover()
    page.wait_for_function("() => document.querySelector('.saii-readout').textContent.startsWith('red × ')")
    page.mouse.click(*centre(page, 3, 0, N, N))
    assert get(page, "selected_word") == 3
    page.mouse.move(*centre(page, 2, 2, N, N))
    reads(page, f"{WORDS.labels[2]}: no pair with itself")


def test_a_patch_shows_its_partners(show: Callable[..., Any]) -> None:
    values = np.zeros((9, 9), np.float32)
    values[0, 8] = values[8, 0] = 1
    values[4, 2] = values[2, 4] = -1
    page = opened(show, Explanation(values, (PATCHES, PATCHES), "logit"), selected_patch=0)
    assert page.locator("figcaption").inner_text() == "row 1, column 1 with each patch"
    assert tint(page, 8) > 40
    box = page.locator(".saii-canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert get(page, "selected_patch") == 4
    page.mouse.move(2, 2)
    page.wait_for_function("() => document.querySelector('figcaption').textContent.startsWith('row 2, column 2')")
    assert tint(page, 2) < -40
    assert abs(tint(page, 8)) < 30
    assert page.locator(".saii-chips:visible").count() == 0


def test_patches_of_any_shape_are_pointed_at_and_outlined(show: Callable[..., Any]) -> None:
    inner = np.zeros((12, 12), bool)
    inner[3:9, 3:9] = True
    shapes = Axis("patch", ("inner", "around"), masks=np.stack([inner, ~inner]))
    values = np.array([[1, -1], [0.5, 0.25]], np.float32)
    result = Explanation(values, (Axis("word", ("red", "truck")), shapes), "logit", images=(draw(1).image,))
    page = opened(show, result, selected_word=0)
    assert tint(page, 4) > 40
    assert tint(page, 0) < -40
    box = page.locator(".saii-canvas").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    reads(page, "red × around: −1.00, suppression")
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert get(page, "selected_patch") == 0
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert get(page, "selected_patch") == 1
    edge = pixels(page, ".saii-canvas")[:, :, :3]
    row = edge[len(edge) // 2, : edge.shape[1] // 2].min(axis=1)
    assert row[edge.shape[1] // 4 - 4 : edge.shape[1] // 4 + 4].max() > 120  # the outline runs there
    nowhere = opened(show, Explanation(values, (Axis("word", ("red", "truck")), Axis("patch", ("one", "two")))))
    assert nowhere.locator(".saii-canvas").count() == 0
    assert "give their axis a grid, boxes or masks" in nowhere.locator(".saii-map").inner_text()


def test_a_better_result_comes_in_place(show: Callable[..., Any]) -> None:
    matrix = InteractionMatrix(RESULT, selected_word=3, least_z=0.5)
    page = show(matrix)
    page.wait_for_function(PAINTED)
    page.locator(".saii-canvas").focus()
    page.keyboard.press("ArrowDown")
    matrix.show(replace(RESULT, values=RESULT.values[::-1].copy(), title="Better"))
    encoded = base64.b64encode(matrix._values).decode()
    page.evaluate(
        """([about, values]) => window.saii[0].model.set({ _about: about,
             _values: new DataView(Uint8Array.from(atob(values), c => c.charCodeAt(0)).buffer) })""",
        [matrix._about, encoded],
    )
    page.wait_for_function("() => document.querySelector('.saii-title').textContent === 'Better'")
    drawn = cells(page)
    seen = drawn[..., 3] == 255
    assert np.abs(drawn[seen][:, :3] - COLOURS[::-1][seen]).max() <= 1
    assert (get(page, "selected_word"), get(page, "least_z")) == (3, 0.5)
    value = RESULT.values[N - 1 - 3, 3]  # the patch that keys have come to, by the new numbers
    page.wait_for_function(
        "text => document.querySelector('.saii-readout').textContent.includes(text)",
        arg=f"row 2, column 1: {'+' if value > 0 else '−'}{abs(value):.2f}",
    )
    page.keyboard.press("Enter")
    assert get(page, "selected_patch") == 3


def test_choices_from_outside_are_shown(show: Callable[..., Any]) -> None:
    page = opened(show)
    page.evaluate("() => window.saii[0].model.set({ selected_word: 2, selected_patch: 5, least_z: 1 })")
    page.wait_for_function("() => document.querySelector('.saii-readout').textContent.includes('row 2, column 3')")
    mark, grid = (page.locator(f".saii-{name}").bounding_box() for name in ("picked", "cells"))
    x, y = centre(page, 2, 5)
    assert mark["x"] < x < mark["x"] + mark["width"]
    assert mark["y"] < y < mark["y"] + mark["height"]
    assert mark["width"] == pytest.approx(grid["width"] / M)
    assert page.get_by_role("slider", name="least |z|").input_value() == "1"


def test_right_to_left_words(show: Callable[..., Any]) -> None:
    caption = Caption.parse("سيارة حمراء قرب سياج")
    words = Axis.words(caption)
    values = np.linspace(-1, 1, len(words) * 4).reshape(len(words), 4)
    page = opened(show, Explanation(values, (words, Axis.patches(2, 2)), "logit"), selected_patch=0)
    chips = [page.locator(".saii-chip").nth(k).bounding_box()["x"] for k in range(2)]
    assert chips[0] > chips[1]
    page.locator(".saii-chips").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert get(page, "selected_word") == 1
    small = page.locator(".saii-chip small").first
    assert small.evaluate("e => getComputedStyle(e).direction") == "ltr"  # or the sign stands behind the number


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_looks(show: Callable[..., Any], shot: Callable[..., None], scheme: str, width: int) -> None:
    words, patches = Axis.words(Caption.parse(LONG)), Axis.patches(14, 14)
    rng = np.random.default_rng(2)
    spots = rng.uniform(0, 14, (2, len(words), 1, 1))
    rows, columns = np.mgrid[:14, :14]
    bumps = np.exp(-((rows - spots[0]) ** 2 + (columns - spots[1]) ** 2) / 5).reshape(len(words), 196)
    values = rng.normal(0, 1, (len(words), 1)) * bumps + rng.normal(0, 0.05, bumps.shape)
    effects = {
        "word": Explanation(rng.normal(0.4, 0.8, len(words)), (words,), "logit"),
        "patch": Explanation(values.mean(axis=0), (patches,), "logit"),
    }
    image = draw(3).image
    full = Explanation(
        values, (words, patches), "logit", "Words by patches", errors=np.full(values.shape, 0.05), companions=effects,
        images=(image,),
    )  # fmt: skip
    traits = {"least_z": 2.0, "selected_patch": 90} if scheme == "dark" else {}
    page = opened(show, full, size=(width, 800), color_scheme=scheme, **traits)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    drawn = pixels(page, ".saii-cells")
    assert drawn.shape[1] % 196 == 0
    shot(page, f"interaction_matrix_{width}_{scheme}")
