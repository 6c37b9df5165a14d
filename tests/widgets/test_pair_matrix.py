"""The matrix's Python side: orders, choices, what it takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import traitlets as t

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.widgets import HeatmapView, PairMatrix
from saii_widgets.widgets.traits import WidgetError

AXES = (Axis.images(["one", "two", "three", "four"]), Axis.captions(["a", "b", "c"]))
LOGITS = np.array([[1, 9, 1], [8, 0, 2], [2, 8, 1], [9, 1, 0]], np.float32)


def result() -> Explanation:
    shares = LOGITS / LOGITS.sum(axis=1, keepdims=True)
    return Explanation(LOGITS, AXES, "logit", companions={"probabilities": Explanation(shares, AXES, "probability")})


def test_orders() -> None:
    orders = PairMatrix(result())._about["orders"]
    assert orders["rows"]["as given"] == [0, 1, 2, 3]
    assert orders["rows"]["by mean"] == [0, 2, 1, 3]
    alike = orders["rows"]["alike together"]
    assert {frozenset(alike[:2]), frozenset(alike[2:])} == {frozenset({0, 2}), frozenset({1, 3})}
    assert all(sorted(order) == [0, 1, 2] for order in orders["columns"].values())


def test_value_is_of_what_is_shown_and_chosen() -> None:
    matrix = PairMatrix(result(), chosen={"image": 2, "caption": 1})
    assert matrix.value == 8
    matrix.shown = "probabilities"
    assert matrix.value == pytest.approx(8 / 11)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("shown", "ranks", "'logit', 'probabilities'"),
        ("order", "at random", "'as given', 'by mean', 'alike together'"),
        ("chosen", {"image": 4, "caption": 0}, "a place of 4 images"),
        ("chosen", {"image": 0}, "one image and one caption"),
        ("chosen", {"image": 0, "caption": 0, "layer": 0}, "one image and one caption"),
    ],
)
def test_wrong_traits_say_what_to_do(name: str, value: Any, message: str) -> None:
    matrix = PairMatrix(result())
    before = getattr(matrix, name)
    with pytest.raises(WidgetError, match=message):
        setattr(matrix, name, value)
    matrix.set_state({name: value})
    assert message in matrix.error
    assert getattr(matrix, name) == before


def test_other_axes_are_refused() -> None:
    with pytest.raises(InputError, match=r"a result over \(image, caption\)"):
        PairMatrix(Explanation.from_array(np.ones(4), kinds="patch"))


def test_a_cell_chooses_the_map() -> None:
    maps = Explanation(np.random.default_rng(0).random((4, 3, 4)), (*AXES, Axis.patches(2, 2)))
    matrix, view = PairMatrix(result()), HeatmapView(maps)
    t.link((matrix, "chosen"), (view, "chosen"))
    matrix.set_state({"chosen": {"image": 3, "caption": 2}})
    assert np.array_equal(view.map(), maps.map(3, 2))
