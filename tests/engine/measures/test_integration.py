"""Shares of synergy and suppression over pairs that are made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.engine.explainers.interactions import Interactions
from saii_widgets.engine.measures.integration import integration
from tests.engine.tiny_models import pictures, tiny_model

CAPTION = "a red truck"  # function, principal, principal


def pair(cross: Any, main: Any, errors: float = 0.0) -> Explanation:
    words = Explanation.from_array(main, kinds="word", caption=CAPTION, errors=np.full(3, errors))
    return Explanation.from_array(
        cross,
        kinds=("word", "patch"),
        labels={"patch": ["left", "right"]},
        grid=(1, 2),
        caption=CAPTION,
        errors=np.full((3, 2), errors),
        companions={"word": words},
    )


def test_shares_are_of_all_that_words_do() -> None:
    found = integration([pair([[0, 0], [3, -1], [0, 0]], [1, 2, 3]), pair([[0, 0], [0, 0], [4, -2]], [0, 0, 4])])
    assert next(iter(found)) == "all"
    every = found["all"]
    total = 1 + 2 + 3 + 4 + 4 + 6
    assert every.alone.value == pytest.approx(10 / total)
    assert every.synergy.value == pytest.approx(7 / total)
    assert every.suppression.value == pytest.approx(3 / total)
    assert found["principal"].alone.value == pytest.approx(9 / 19)
    assert (found["function"].alone.value, found["function"].alone.n) == (1, 1)
    assert "non-principal" not in found
    for part in found.values():
        assert part.synergy.low <= part.synergy.value <= part.synergy.high
    row = every.to_dict()
    assert row["alone"] + row["synergy"] + row["suppression"] == pytest.approx(1)
    assert row["synergy_low"] < row["synergy_high"]


def test_noise_is_no_interaction() -> None:
    noise = np.random.default_rng(0).normal(size=(3, 2)) * 0.1
    assert integration([pair(noise, [0, 5, 0], errors=1.0)])["all"].alone.value == 1
    assert integration([pair(noise, [0, 5, 0], errors=1.0)], least_z=0)["all"].alone.value < 1


def test_results_of_interactions_are_taken() -> None:
    torch.set_num_threads(1)
    many = Interactions(tiny_model("clip"), players="blocks 2")(pictures(3), [CAPTION, "the blue bus", "a metal fence"])
    pairs = [many.select(image=k, caption=k) for k in range(3)]
    assert all(isinstance(one, Explanation) for one in pairs)
    found = integration(pairs)  # pyright: ignore[reportArgumentType]
    assert found["all"].alone.n == 3
    with pytest.raises(InputError, match="word, patch"):
        integration([many])
    with pytest.raises(InputError, match="at least one pair"):
        integration([])
