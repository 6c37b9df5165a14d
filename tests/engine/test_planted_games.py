"""Games whose interactions are known before anything is computed (MATH.md 3.6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from saii_widgets.engine.explainers.interactions import Interactions
from saii_widgets.engine.models.two_towers import TwoTowers
from tests.engine.tiny_models import pictures, tiny_model

Function = Callable[[NDArray[np.bool_]], NDArray[np.float64]]
CAPTION = "red truck near fence"
N, M = 9, 4


class Planted:
    """A side that embeds its coalitions by a function."""

    def __init__(self, function: Function, n_players: int) -> None:
        self._function, self.n_players = function, n_players

    def encode(self, keep: NDArray[np.bool_], progress: Any = None) -> torch.Tensor:
        if progress is not None:
            progress(len(keep), len(keep), "")
        return torch.from_numpy(self._function(keep.astype(float)))


def planted(monkeypatch: pytest.MonkeyPatch, v: Function, u: Function) -> TwoTowers:
    """A model whose logit is <v(S), u(T)>, whatever it is shown."""
    model = tiny_model("clip")
    monkeypatch.setattr(type(model), "scale", 1.0)
    monkeypatch.setattr(model, "mask_image", lambda *_: Planted(v, N))
    monkeypatch.setattr(model, "mask_caption", lambda *_: Planted(u, M))
    return model


def explained(model: TwoTowers, **settings: Any) -> Any:
    return Interactions(model, **settings)(pictures(1)[0], CAPTION)


def with_one(keep: NDArray[Any]) -> NDArray[np.float64]:
    return np.hstack([np.ones((len(keep), 1)), keep])


@pytest.mark.parametrize("settings", [{}, {"budget": 60}, {"p": 0.3, "budget": 60}, {"index": "shapley"}])
def test_a_game_of_order_two_is_recovered(monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any]) -> None:
    weights = np.random.default_rng(0).normal(size=(1 + M, 1 + N))
    model = planted(monkeypatch, with_one, lambda keep: with_one(keep) @ weights)
    result = explained(model, **settings)
    np.testing.assert_allclose(result.values, weights[1:, 1:], atol=1e-6)
    p = settings.get("p", 0.5)  # a main effect is seen among others that are there with probability p
    np.testing.assert_allclose(result.companions["word"].values, weights[1:, 0] + p * weights[1:, 1:].sum(1), atol=1e-6)
    np.testing.assert_allclose(
        result.companions["patch"].values, weights[0, 1:] + p * weights[1:, 1:].sum(0), atol=1e-6
    )
    assert result.origin.settings["r2"] == pytest.approx(1, abs=1e-6)


def pairs_of(keep: NDArray[Any]) -> NDArray[np.float64]:
    products = [keep[:, i] * keep[:, j] for i in range(N) for j in range(i)]
    return np.hstack([with_one(keep), np.stack(products, 1)])


@pytest.mark.parametrize("p", [0.5, 0.3])
def test_pairs_within_a_picture_are_recovered(monkeypatch: pytest.MonkeyPatch, p: float) -> None:
    weights = np.random.default_rng(0).normal(size=1 + N + N * (N - 1) // 2)
    truth = np.zeros((N, N))
    truth[np.tril_indices(N, -1)] = weights[1 + N :]
    model = planted(monkeypatch, lambda keep: pairs_of(keep) @ weights[:, None], lambda keep: np.ones((len(keep), 1)))
    result = explained(model, order=2, budget=400, p=p)
    np.testing.assert_allclose(result.companions["patches"].values, truth + truth.T, atol=2e-3)
    assert not result.values.round(6).any()
    few = explained(model, order=2, budget=40, p=p)  # 20 rows for 37 columns
    assert np.abs(few.companions["patches"].values).max() < 2 * np.abs(truth).max()
    assert any("ridge" in note for note in few.origin.settings["notes"])


@pytest.mark.parametrize("settings", [{}, {"budget": 60}, {"index": "shapley"}])
def test_an_additive_model_has_no_cross_interactions(monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=N), rng.normal(size=M)

    def v(keep: NDArray[Any]) -> NDArray[np.float64]:
        return np.stack([np.tanh(keep @ a), np.ones(len(keep))], 1)

    def u(keep: NDArray[Any]) -> NDArray[np.float64]:
        return np.stack([np.ones(len(keep)), np.sin(keep @ b)], 1)

    result = explained(planted(monkeypatch, v, u), **settings)
    assert np.abs(result.values).max() < 1e-6
    assert np.abs(result.companions["patch"].values).max() > 0.1


@pytest.mark.parametrize(("sign", "truth"), [((0, 0, 0, 1), 1.0), ((0, 1, 1, 0), -2.0), ((0, 1, 1, 1), -1.0)])
def test_and_xor_or_of_a_word_and_a_patch(monkeypatch: pytest.MonkeyPatch, sign: tuple[int, ...], truth: float) -> None:
    table = np.array(sign, float).reshape(2, 2)  # (patch there, word there)

    def v(keep: NDArray[Any]) -> NDArray[np.float64]:
        return table[keep[:, 4].astype(int)]

    def u(keep: NDArray[Any]) -> NDArray[np.float64]:
        return np.eye(2)[keep[:, 1].astype(int)]

    expected = np.zeros((M, N))
    expected[1, 4] = truth
    for settings in ({}, {"index": "shapley"}, {"p": 0.7}):
        result = explained(planted(monkeypatch, v, u), **settings)
        np.testing.assert_allclose(result.values, expected, atol=1e-6)


def test_the_product_knows_more_than_the_interactions(monkeypatch: pytest.MonkeyPatch) -> None:
    """<v, u> with v and u linear after a shift has no third order; with pairs within a side it has."""
    rng = np.random.default_rng(0)
    inner, outer = rng.normal(size=(N, 6)), rng.normal(size=(M, 6))

    def v(keep: NDArray[Any]) -> NDArray[np.float64]:
        return np.tanh(keep @ inner)

    def u(keep: NDArray[Any]) -> NDArray[np.float64]:
        return np.tanh(keep @ outer)

    r2 = {
        (order, prediction): explained(
            planted(monkeypatch, v, u), order=order, prediction=prediction, budget=300
        ).origin.settings["r2"]
        for order in (1, 2)
        for prediction in ("expansion", "product")
    }
    assert r2[1, "expansion"] < r2[2, "expansion"] < r2[2, "product"]
    assert r2[1, "product"] < r2[2, "product"]
