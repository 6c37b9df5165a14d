"""Cross-fitting on games that a fit knows, and on what it must not do to cells that differ."""

from __future__ import annotations

import numpy as np
import pytest

from saii_widgets.engine.coalition_weights import CoalitionWeights
from saii_widgets.engine.cross_fit import FOLDS, Draws, _steadied, cross_fit, unseen
from saii_widgets.engine.fusion_game import FusionGame
from saii_widgets.engine.games import Index


def test_variances_are_drawn_to_their_mean_where_they_are_noise() -> None:
    rng = np.random.default_rng(0)
    noisy = rng.exponential(size=(FOLDS, 400))
    found = _steadied(noisy)
    assert found.mean() == pytest.approx(noisy.sum(0).mean())
    assert found.std() < 0.2 * noisy.sum(0).std()


def test_variances_stay_where_they_differ() -> None:
    each = np.arange(1.0, 41)
    np.testing.assert_allclose(_steadied(np.tile(each, (FOLDS, 1))), FOLDS * each)
    pairs = np.add.outer(each, each)
    np.fill_diagonal(pairs, 0)
    np.testing.assert_allclose(_steadied(np.tile(pairs, (FOLDS, 1, 1))), FOLDS * pairs, atol=1e-9)


def test_what_another_fold_holds_is_seen() -> None:
    keep = np.array([[1, 1, 0], [0, 0, 1], [1, 0, 0], [1, 0, 0], [1, 1, 1]], bool)
    assert unseen(keep, np.array([0, 1, 2, 2, 3]), paired=True).tolist() == [False, False, True, True, True]
    assert unseen(keep, np.array([0, 1, 2, 3, 3]), paired=False).tolist() == [True, True, False, False, True]


def test_the_smooth_fit_is_taken_where_it_predicts_better() -> None:
    """A product of four players is invisible to order 2; a sum of pairs is all of order 2."""

    def product(keep_image: np.ndarray, keep_words: np.ndarray) -> np.ndarray:
        return np.prod(2.0 * np.concatenate([keep_image[:, :2], keep_words[:, :2]], 1) - 1, axis=1)

    def pairs(keep_image: np.ndarray, keep_words: np.ndarray) -> np.ndarray:
        return keep_image[:, 0] * 1.0 + (keep_image[:, :4] * keep_words).sum(1)

    many = FusionGame(product, 8, 4).estimate(400)
    assert (many.smooth, many.fit) == (1.0, "smooth, of all orders")
    assert many.fit_r2 > 0.8 > many.r2
    few = FusionGame(pairs, 8, 4).estimate(400)
    assert (few.smooth, few.fit) == (0.0, "order 2")
    assert few.r2 == few.fit_r2 > 0.999


def test_errors_of_a_fit_that_learns_nothing_are_those_of_a_mean() -> None:
    """Pure noise: no fit helps, and the standard error is that of the weighted mean of the draws."""
    weights = CoalitionWeights.of("banzhaf", 8, 0.3)
    rng = np.random.default_rng(2)
    keep = weights.draw(1000, 0)
    values = rng.normal(size=1000)
    ends = np.repeat([[False], [True]], 8, 1)
    found = cross_fit(weights, Index.banzhaf(0.3), Draws(keep, values, values, ends, np.zeros(2)))
    wanted = np.sqrt(weights.pairs(keep, values)[1]) / 1000
    off = ~np.eye(8, dtype=bool)
    assert np.abs(found.pair_errors[off] / wanted[off] - 1).max() < 0.25
