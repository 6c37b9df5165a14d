"""SHAPE: additive values have no cooperation, XOR is nothing else; the mean over all orders agrees."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.engine.measures.shape import shape


def test_an_additive_value_has_no_cooperation() -> None:
    found = shape(lambda x: 5 + 2 * x["image"] + 3 * x["text"], {"image": 1.0, "text": 2.0})
    assert found.contributions == pytest.approx({"image": 2, "text": 6})
    assert found.cooperation == pytest.approx(0, abs=1e-12)
    assert found.values[frozenset()] == 5


def test_xor_is_all_cooperation() -> None:
    a, b = (np.array(bits) for bits in zip(*itertools.product((-1.0, 1.0), repeat=2), strict=True))
    found = shape(lambda x: float((x["image"] * x["text"] == a * b).mean()), {"image": a, "text": b})
    assert found.contributions == pytest.approx({"image": 0.5, "text": 0.5})
    assert found.cooperation == pytest.approx(1)


def test_equals_the_mean_over_all_orders() -> None:
    rng = np.random.default_rng(0)
    worth = {frozenset(s): rng.normal() for k in range(5) for s in itertools.combinations("abcd", k)}
    found = shape(lambda x: worth[frozenset(n for n, v in x.items() if v)], dict.fromkeys("abcd", 1.0))
    by_hand = dict.fromkeys("abcd", 0.0)
    for order in itertools.permutations("abcd"):
        for k, name in enumerate(order):
            gain = worth[frozenset(order[: k + 1])] - worth[frozenset(order[:k])]
            by_hand[name] += gain / math.factorial(4)
    assert found.contributions == pytest.approx(by_hand, abs=1e-12)
    singles = sum(worth[frozenset(name)] - worth[frozenset()] for name in "abcd")
    assert found.cooperation == pytest.approx(worth[frozenset("abcd")] - worth[frozenset()] - singles)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match="modalities"):
        shape(lambda _: 0.0, {"image": 1.0})
    with pytest.raises(InputError, match="zeros only"):
        shape(lambda _: math.nan, {"image": 1.0, "text": 1.0})
