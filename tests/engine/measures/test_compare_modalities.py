"""The table of four measures on data of which it is known what they hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.engine.measures.compare_modalities import MEASURES, ModalitySample, compare_modalities


def sample(
    rule: Callable[[np.ndarray, np.ndarray], np.ndarray], *, alike: bool = False, n: int = 600
) -> ModalitySample:
    """Two signs as embeddings of two dimensions, and the rule itself as the model."""
    rng = np.random.default_rng(0)
    bits = np.where(rng.random((2, n)) < 0.5, -1.0, 1.0)
    if alike:
        bits[1] = bits[0]

    def predict(inputs: list[Any]) -> np.ndarray:
        a, b = (np.sign(x[:, 0]) for x in inputs)
        chance = np.where(rule(a, b) > 0, 0.95, np.where(rule(a, b) < 0, 0.05, 0.5))
        return np.stack([1 - chance, chance], 1)

    image, text = (np.stack([x, np.ones(n)], 1) for x in bits)
    return ModalitySample(predict, image, text, (rule(*bits) > 0).astype(int))


def test_each_measure_says_what_was_planted() -> None:
    samples = {
        "unique": sample(lambda a, b: a),  # noqa: ARG005
        "redundant": sample(lambda a, b: a + b, alike=True),
        "synergistic": sample(lambda a, b: a * b),
    }
    found = compare_modalities(samples)
    assert found.kinds == ("data set", "measure")
    unique, redundant, synergistic = (dict(zip(MEASURES, row, strict=True)) for row in found.values.tolist())
    interaction, gap, cooperation = MEASURES[4:]
    assert unique["PID, unique image (bits)"] == pytest.approx(1, abs=0.05)
    assert (unique[interaction], unique[gap]) == pytest.approx((0, 0), abs=1e-3)
    assert unique[cooperation] == pytest.approx(0, abs=1e-3)
    assert redundant["PID, redundant (bits)"] == pytest.approx(1, abs=0.05)
    assert synergistic["PID, synergistic (bits)"] == pytest.approx(1, abs=0.05)
    assert synergistic[interaction] > 0.9
    assert synergistic[gap] > 0.9
    assert synergistic[cooperation] > 0.4
    bars = found.companions["information"]
    assert bars.kinds == ("data set", "atom")
    assert set(bars.companions) == {"low", "high", "null"}


def test_other_data_are_refused() -> None:
    one = sample(lambda a, b: a, n=20)  # noqa: ARG005
    with pytest.raises(InputError, match="as many of each; got 20, 19 and 20 of 'x'"):
        compare_modalities({"x": ModalitySample(one.predict, one.image, one.text[1:], one.outcome)})
    with pytest.raises(InputError, match="at least one data set"):
        compare_modalities({})
