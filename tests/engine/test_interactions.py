"""Interactions against their definitions: brute force over all coalitions of both sides together."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from saii_widgets.core.explanation import Explanation
from saii_widgets.core.text import Caption
from saii_widgets.engine.caption_players import caption_players
from saii_widgets.engine.coalitions import all_coalitions
from saii_widgets.engine.explainers.interactions import Interactions
from saii_widgets.engine.image_players import image_players
from saii_widgets.engine.models.two_towers import TwoTowers
from tests.engine.tiny_models import pictures, tiny_model

CAPTION = "a red truck near the fence"  # 6 words; "metal fence" would be one
OTHER = "the blue bus"
Weight = Callable[[int, int], float]
"""(players kept, all other players) -> chance of that coalition of the others."""


@pytest.fixture(scope="module")
def model() -> TwoTowers:
    torch.set_num_threads(1)
    return tiny_model("clip")


def all_logits(model: TwoTowers, picture: Any, caption: str, players: str = "blocks 2") -> tuple[np.ndarray, int, int]:
    """The game as a table over all 2^(n + m) coalitions, players of the picture first."""
    read = Caption.parse(caption)
    of_image, of_caption = image_players(model, picture, players), caption_players(model, read)
    n, m = len(of_image), len(of_caption)
    v = model.mask_image(picture, of_image, "mean").encode(all_coalitions(n))
    u = model.mask_caption(read, of_caption, "attention").encode(all_coalitions(m))
    table = (model.scale * v @ u.T + model.bias).numpy()  # (2^n, 2^m)
    return table.T.reshape(-1), n, m  # bit k of the row is player k


def definition(table: np.ndarray, players: int, chosen: tuple[int, ...], weight: Weight) -> float:
    """Expected discrete derivative in the chosen players, coalition by coalition."""
    others = [k for k in range(players) if k not in chosen]
    total = 0.0
    for size in range(len(others) + 1):
        for kept in itertools.combinations(others, size):
            base = sum(1 << k for k in kept)
            for there in itertools.product((0, 1), repeat=len(chosen)):
                row = base + sum(on << k for on, k in zip(there, chosen, strict=True))
                total += weight(size, len(others)) * (-1) ** (len(chosen) - sum(there)) * table[row]
    return total


def banzhaf(p: float) -> Weight:
    return lambda size, others: p**size * (1 - p) ** (others - size)


def shapley(size: int, others: int) -> float:
    return math.factorial(size) * math.factorial(others - size) / math.factorial(others + 1)


def expected(table: np.ndarray, n: int, m: int, weight: Weight) -> dict[str, np.ndarray]:
    both = n + m

    def over(rows: range, columns: range) -> np.ndarray:
        return np.array([[definition(table, both, (i, j), weight) if i != j else 0 for j in columns] for i in rows])

    words, patches = range(n, both), range(n)
    return {
        "cross": over(words, patches),
        "word": np.array([definition(table, both, (i,), weight) for i in words]),
        "patch": np.array([definition(table, both, (i,), weight) for i in patches]),
        "words": over(words, words),
        "patches": over(patches, patches),
    }


def parts(result: Explanation) -> dict[str, Explanation]:
    return {"cross": result, **result.companions}


INDICES: list[tuple[dict[str, Any], Weight]] = [
    ({"p": 0.3}, banzhaf(0.3)),
    ({"p": 0.5}, banzhaf(0.5)),
    ({"p": 0.7}, banzhaf(0.7)),
    ({"index": "shapley"}, shapley),
]


@pytest.mark.parametrize(("settings", "weight"), INDICES, ids=["p=.3", "p=.5", "p=.7", "shapley"])
def test_equals_brute_force(model: TwoTowers, settings: dict[str, Any], weight: Weight) -> None:
    (picture,) = pictures(1)
    table, n, m = all_logits(model, picture, CAPTION)
    assert (n, m) == (4, 6)
    result = Interactions(model, players="blocks 2", order=2, **settings)(picture, CAPTION)
    truth = expected(table, n, m, weight)
    assert np.abs(truth["cross"]).max() > 0.01
    for name, part in parts(result).items():
        np.testing.assert_allclose(part.values, truth[name], atol=1e-6, rtol=1e-6, err_msg=name)
        assert part.errors is not None
        assert not part.errors.any()
    assert result.kinds == ("word", "patch")
    assert (result.companions["words"].kinds, result.companions["patches"].kinds) == (("word",) * 2, ("patch",) * 2)


def test_many_pairs_are_the_pairs_one_by_one(model: TwoTowers) -> None:
    images, captions = pictures(2), [CAPTION, OTHER]
    settings: dict[str, Any] = {"players": "blocks 2", "order": 2}
    together = Interactions(model, **settings)(images, captions)
    assert together.kinds == ("image", "word", "patch")
    assert together.axis("word").groups == (0,) * 6 + (1,) * 3
    assert together.companions["word"].kinds == ("image", "word")
    assert together.companions["patch"].kinds == ("image", "caption", "patch")
    for n, m in itertools.product(range(2), range(2)):
        alone = Interactions(model, **settings)(images[n], captions[m])
        chosen = together.select(image=n, caption=m)
        assert isinstance(chosen, Explanation)
        for name, part in parts(alone).items():
            ours = chosen if name == "cross" else chosen.companions[name]
            np.testing.assert_allclose(ours.values, part.values, atol=1e-6, err_msg=f"{name} of {n}, {m}")
    assert not together.companions["words"].values[:, :6, 6:].any()


def test_one_pair_costs_one_pass_a_coalition_of_either_side(model: TwoTowers) -> None:
    result = Interactions(model, players="blocks 2")(pictures(2), [CAPTION, OTHER])
    assert result.origin is not None
    checks = 4  # each side is asked twice for its whole, to see that it answers alike
    assert result.origin.encoder_passes == 2 * 2**4 + 2**6 + 2**3 + checks
