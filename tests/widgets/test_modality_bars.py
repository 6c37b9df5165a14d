"""The stacked bars' Python side: what is stacked, in which order, what it takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import saii_widgets as sw
from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.widgets import ModalityBars
from saii_widgets.widgets.traits import WidgetError

ATOMS = ("redundant", "unique image", "unique text", "synergistic")
BITS = np.array([[0.1, 0.6, 0.2, 0.4], [0.3, 0.2, 0.5, 0.9]])


def layers(values: Any = BITS, names: tuple[str, ...] = ("layer 1", "layer 2"), **more: Any) -> Explanation:
    return Explanation(np.asarray(values), (Axis("layer", names), Axis("atom", ATOMS)), "bit", **more)


def sent(data: bytes) -> np.ndarray:
    return np.frombuffer(data, "<f4").reshape(-1, 4)


def test_atoms_are_stacked_in_one_order_with_their_companions() -> None:
    ends = {"low": layers(BITS - 0.05), "high": layers(BITS + 0.05), "null": layers(BITS / 10)}
    bars = ModalityBars(layers(companions=ends, title="Information"))
    order = [1, 2, 0, 3]
    assert bars._about["atoms"] == ["unique image", "unique text", "redundant", "synergistic"]
    assert (bars._about["labels"], bars._about["kind"], bars.label) == (["layer 1", "layer 2"], "layer", "Information")
    np.testing.assert_allclose(sent(bars._values), BITS[:, order], rtol=1e-6)
    np.testing.assert_allclose(sent(bars._null), BITS[:, order] / 10, rtol=1e-6)
    np.testing.assert_allclose(sent(bars._ends)[:2], BITS[:, order] - 0.05, rtol=1e-5)
    np.testing.assert_allclose(sent(bars._ends)[2:], BITS[:, order] + 0.05, rtol=1e-5)


def test_what_a_decomposition_gives_fits_alone_and_by_name() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 2, (2, 400))
    decompose = sw.InformationDecomposition(n_permutations=2, n_bootstrap=4)
    one, other = decompose.of_embeddings(a, b, a ^ b), decompose.of_embeddings(a, b, a)
    single = ModalityBars(one)
    assert single._about["labels"] == [""]
    assert (len(single._ends), len(single._null)) == (2 * 4 * 4, 4 * 4)
    both = ModalityBars({"XOR": one, "first": other}, chosen=1)
    assert both.value is not None
    assert both.value["unique image"] == pytest.approx(1, abs=0.05)
    both.show({"first": other})
    assert (both.chosen, both._about["labels"]) == (0, ["first"])
    both.show(one)
    assert (both.chosen, both.value) == (-1, None)
    assert "unique image" in both.fallback_html()


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ({}, "for each name"),
        ({"a": layers()}, "for each name"),
        (Explanation.from_array([1.0, 2.0], kinds="word"), r"over \(atom\) or \(layer, atom\); got one over word"),
        (layers(names=("a", "a")), "each name once"),
        (layers(companions={"low": layers()}), "both ends"),
    ],
)
def test_other_results_are_refused(result: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        ModalityBars(result)


def test_results_that_differ_are_refused() -> None:
    one = Explanation.from_array([1.0, 2.0], kinds="atom", labels={"atom": ["a", "b"]}, unit="bit")
    other = Explanation.from_array([1.0, 2.0], kinds="atom", labels={"atom": ["a", "c"]}, unit="bit")
    assert ModalityBars({"x": one})._about["atoms"] == ["a", "b"]
    with pytest.raises(InputError, match="the same atoms"):
        ModalityBars({"x": one, "y": other})


@pytest.mark.parametrize(("name", "value"), [("chosen", 2), ("chosen", True), ("view", "pie")])
def test_wrong_traits_say_what_to_do(name: str, value: Any) -> None:
    bars = ModalityBars(layers())
    with pytest.raises(WidgetError):
        setattr(bars, name, value)
    bars.set_state({name: value})
    assert bars.error
