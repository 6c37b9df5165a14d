"""Whatever the axes are, something better than a list of numbers is drawn, or None says that nothing fits."""

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core.explanation import Explanation
from saii_widgets.core.html.any_axes import MOST_BARS, MOST_CELLS_A_SIDE, MOST_MAPS, any_axes

PICTURE = Image.new("RGB", (28, 28), (90, 120, 90))


def drawn(values: np.ndarray, kinds: tuple[str, ...], **more: object) -> str:
    found = any_axes(Explanation.from_array(values, kinds=kinds, **more))  # type: ignore[arg-type]
    assert found is not None
    return found


def test_one_axis_is_bars() -> None:
    html = drawn(np.linspace(-1, 1, MOST_BARS + 3), ("step",), errors=np.full(MOST_BARS + 3, 0.25))
    assert html.count("<li>") == MOST_BARS
    assert "saii-minus" in html
    assert "saii-plus" in html
    assert "±" in html
    assert "and 3 more along the step axis" in html


def test_two_axes_are_a_matrix() -> None:
    n = MOST_CELLS_A_SIDE
    html = drawn(np.random.default_rng(0).random((n + 1, 3)), ("word", "concept"))
    assert html.count("<tr>") == n + 1  # and the head
    assert "and 1 more along the word axis" in html
    assert "concept 3" in html


def test_maps_along_any_axis_lie_on_the_picture() -> None:
    values = np.random.default_rng(0).random((MOST_MAPS + 2, 4))
    values[1] = 0
    html = drawn(values, ("layer", "patch"), image=PICTURE)
    assert html.count("<figure") == MOST_MAPS
    assert html.count("no relevance") == 1
    assert "layer 1" in html
    assert "the maps share a scale" in html
    assert "and 2 more along the layer axis" in html


@pytest.mark.parametrize(
    ("values", "kinds"), [(np.zeros((2, 2, 2)), ("a", "b", "c")), (np.zeros((2, 4)), ("layer", "patch"))]
)
def test_nothing_fits(values: np.ndarray, kinds: tuple[str, ...]) -> None:
    assert any_axes(Explanation.from_array(values, kinds=kinds)) is None


def test_labels_are_text() -> None:
    evil = "<script>alert(1)</script>"
    for values, kinds in ((np.ones(1), (evil,)), (np.ones((1, 1)), (evil, "b")), (np.ones((1, 4)), (evil, "patch"))):
        html = drawn(values, kinds, labels={evil: [evil]}, image=PICTURE)
        assert "<script" not in html
        assert "&lt;script" in html
