"""Fusion games against brute force over all coalitions, planted games, and the calibration of their errors."""

from __future__ import annotations

from itertools import combinations
from math import comb, factorial
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.engine.coalition_weights import CoalitionWeights, IndexName
from saii_widgets.engine.fusion_game import FusionEstimate, FusionGame
from saii_widgets.engine.order_two_fit import OrderTwoFit

Array = NDArray[np.float64]
INDICES: list[tuple[IndexName, float]] = [("banzhaf", 0.3), ("banzhaf", 0.5), ("banzhaf", 0.7), ("shapley", 0.5)]


class RandomGame:
    """All coefficients of a game in +-1 variables, smaller for higher orders."""

    def __init__(self, n: int, seed: int, decay: float = 0.6) -> None:
        rng = np.random.default_rng(seed)
        self.n = n
        keep = (np.arange(2**n)[:, None] >> np.arange(n) & 1).astype(bool)
        self.table = np.zeros(2**n)
        for order in range(5):
            for players in combinations(range(n), order):
                self.table += rng.normal() * decay**order * np.prod(2.0 * keep[:, players] - 1, axis=1)
        self.asked = 0

    def __call__(self, keep_image: NDArray[np.bool_], keep_words: NDArray[np.bool_]) -> Array:
        keep = np.concatenate([keep_image, keep_words], 1)
        self.asked += len(keep)
        return self.table[keep @ (1 << np.arange(self.n))]


def by_definition(table: Array, n: int, index: str, p: float) -> tuple[Array, Array]:
    """Singles and pairs: discrete derivatives over all coalitions of the other players."""
    singles, pairs = np.zeros(n), np.zeros((n, n))
    for i in range(n):
        others = [k for k in range(n) if k != i]
        for size in range(n):
            for kept in combinations(others, size):
                s = sum(1 << k for k in kept)
                if index == "banzhaf":
                    weight = p**size * (1 - p) ** (n - 1 - size)
                else:
                    weight = factorial(size) * factorial(n - size - 1) / factorial(n)
                singles[i] += weight * (table[s | 1 << i] - table[s])
    for i, j in combinations(range(n), 2):
        others = [k for k in range(n) if k not in (i, j)]
        for size in range(n - 1):
            for kept in combinations(others, size):
                s = sum(1 << k for k in kept)
                if index == "banzhaf":
                    weight = p**size * (1 - p) ** (n - 2 - size)
                else:
                    weight = factorial(size) * factorial(n - size - 2) / factorial(n - 1)
                d = table[s | 1 << i | 1 << j] - table[s | 1 << i] - table[s | 1 << j] + table[s]
                pairs[i, j] += weight * d
                pairs[j, i] += weight * d
    return singles, pairs


def whole(found: FusionEstimate) -> tuple[Array, Array, Array, Array]:
    """Singles, their errors, pairs, their errors, of all players together."""
    return found.singles.values, found.singles.errors, found.pairs.values, found.pairs.errors


@pytest.mark.parametrize(("index", "p"), INDICES)
@pytest.mark.parametrize(("n", "m"), [(4, 3), (1, 1), (6, 3)])
def test_exact_equals_brute_force(index: IndexName, p: float, n: int, m: int) -> None:
    game = RandomGame(n + m, seed=n)
    found = FusionGame(game, n, m, index=index, p=p).estimate(2 ** (n + m))
    singles, pairs = by_definition(game.table, n + m, index, p)
    values, errors, crossed, pair_errors = whole(found)
    np.testing.assert_allclose(values, singles, atol=1e-9)
    np.testing.assert_allclose(crossed, pairs, atol=1e-9)
    assert not errors.any()
    assert not pair_errors.any()
    assert found.exact
    assert (found.calls, game.asked) == (2 ** (n + m), 2 ** (n + m))
    assert (found.baseline, found.total) == (game.table[0], game.table[-1])
    if index == "shapley":
        assert singles.sum() == pytest.approx(found.total - found.baseline)


@pytest.mark.parametrize(("index", "p"), INDICES)
def test_an_order_two_game_is_recovered(index: IndexName, p: float) -> None:
    """Planted: words 0 and 1 matter with one patch each, only together."""
    rng = np.random.default_rng(0)
    n, m = 20, 8
    image, words, cross = rng.normal(size=n), rng.normal(size=m), np.zeros((n, m))
    cross[3, 0], cross[11, 1] = 2.0, -1.5

    def ask(keep_image: NDArray[np.bool_], keep_words: NDArray[np.bool_]) -> Array:
        s, t = keep_image.astype(float), keep_words.astype(float)
        return s @ image + t @ words + ((s @ cross) * t).sum(1)

    found = FusionGame(ask, n, m, index=index, p=p).estimate(1200)
    np.testing.assert_allclose(found.cross.values, cross, atol=1e-6)
    assert found.r2 > 0.9999
    half = 0.5 if index == "shapley" else p
    np.testing.assert_allclose(found.image.values, image + half * cross.sum(1), atol=1e-6)


def test_an_additive_game_has_no_interactions() -> None:
    weights = np.random.default_rng(0).normal(size=12)

    def ask(keep_image: NDArray[np.bool_], keep_words: NDArray[np.bool_]) -> Array:
        return np.concatenate([keep_image, keep_words], 1) @ weights

    exact = FusionGame(ask, 8, 4).estimate(2**12)
    assert np.abs(exact.cross.values).max() < 1e-9
    drawn = FusionGame(ask, 8, 4).estimate(200)
    assert np.abs(drawn.cross.values).max() < 1e-6
    np.testing.assert_allclose(np.concatenate([drawn.image.values, drawn.words.values]), weights, atol=1e-6)


@pytest.mark.parametrize(("index", "p"), INDICES)
@pytest.mark.parametrize(("n", "budget", "smooth"), [(12, 60, 0.0), pytest.param(9, 150, 0.9, marks=pytest.mark.slow)])
def test_errors_are_calibrated(index: IndexName, p: float, n: int, budget: int, smooth: float) -> None:
    """Over 200 seeds: 92 to 98 % of cells within two of their errors, mean squared z between .8 and 1.25."""
    game = RandomGame(n, seed=5)
    singles, pairs = by_definition(game.table, n, index, p)
    z, apart, fits = [], [], []
    for seed in range(200):
        found = FusionGame(game, n - 4, 4, index=index, p=p, seed=seed).estimate(budget)
        values, errors, crossed, pair_errors = whole(found)
        off = ~np.eye(n, dtype=bool)
        apart.append(np.concatenate([values - singles, (crossed - pairs)[off]]))
        z.append(apart[-1] / np.concatenate([errors, pair_errors[off]]))
        fits.append(found.smooth)
    assert np.mean(fits) >= smooth
    within = np.mean(np.abs(z) < 2)
    assert 0.92 < within < 0.98
    assert 0.8 < np.mean(np.square(z)) < 1.25
    t = np.mean(apart, axis=0) / np.std(apart, axis=0, ddof=1) * 200**0.5
    assert np.abs(t).max() < 4.3  # no cell is off to one side
    assert 0.6 < np.mean(t**2) < 1.5


def test_sampling_goes_to_the_truth_and_beats_a_plain_mean() -> None:
    game = RandomGame(12, seed=7, decay=0.4)
    _, pairs = by_definition(game.table, 12, "banzhaf", 0.5)
    truth = pairs[:8, 8:]
    found = [FusionGame(game, 8, 4, seed=s).estimate(1000) for s in range(10)]
    ours = np.mean([(f.cross.values - truth) ** 2 for f in found])
    w = CoalitionWeights.banzhaf(12, 0.5)
    plain = []
    for seed in range(10):
        keep = w.draw(1000, seed)
        plain.append(((w.pairs(keep, game(keep[:, :8], keep[:, 8:]))[0][:8, 8:] / 1000 - truth) ** 2).mean())
    assert ours < 0.4 * np.mean(plain)


def test_weights_are_unbiased_over_all_sizes() -> None:
    n = 7
    game = RandomGame(n, seed=2)
    keep = (np.arange(2**n)[:, None] >> np.arange(n) & 1).astype(bool)
    for index, p in INDICES:
        w = CoalitionWeights.of(index, n, p)
        assert w.sizes.sum() == pytest.approx(1)
        np.testing.assert_allclose(w.chance(keep).sum(), 1)
        drawn = w.draw(20000, 3)
        counts = np.bincount(drawn.sum(1), minlength=n + 1) / 20000
        np.testing.assert_allclose(counts, w.sizes, atol=0.02)
        assert comb(n, 2) == 21
        _, pairs = by_definition(game.table, n, index, p)
        np.testing.assert_allclose(w.pairs(keep, game.table * w.chance(keep))[0], pairs, atol=1e-9)


def test_more_calls_go_on_from_what_is_known() -> None:
    game = RandomGame(13, seed=1)
    fusion = FusionGame(game, 9, 4)
    rounds = list(fusion.rounds(most=600, tolerance=None))
    assert [one.calls for one in rounds] == sorted({one.calls for one in rounds})
    assert game.asked == rounds[-1].calls <= 600
    fresh = FusionGame(RandomGame(13, seed=1), 9, 4).estimate(600)
    np.testing.assert_allclose(fresh.cross.values, rounds[-1].cross.values, atol=1e-12)
    assert rounds[-1].precision < rounds[0].precision
    early = list(FusionGame(RandomGame(13, seed=1), 9, 4).rounds(most=8192, tolerance=0.5))
    assert early[-1].precision <= 0.5
    assert not early[-1].exact


@pytest.mark.parametrize("columns", [True, False])
def test_the_fit_is_ridge_by_its_definition(columns: bool) -> None:
    """Whichever way it is computed, it is the least squared error with a penalty on pairs alone."""
    rng = np.random.default_rng(0)
    n = 6 if columns else 12
    z = (rng.random((40, n)) < 0.5) - 0.5
    values = rng.normal(size=40)
    fit = OrderTwoFit.to(z, values)
    i, j = np.triu_indices(n, 1)
    plain, pairs = np.hstack([np.ones((40, 1)), z]), z[:, i] * z[:, j]
    best = None
    for strength in np.logspace(-9, 9, 2000):
        penalty = np.diag([0.0] * (n + 1) + [strength] * len(i))
        both = np.hstack([plain, pairs])
        theta = np.linalg.solve(both.T @ both + penalty, both.T @ values)
        apart = np.abs(theta[n + 1 :] - fit.pairs[i, j]).max() + np.abs(theta[1 : n + 1] - fit.singles).max()
        best = apart if best is None else min(best, apart)
    assert best is not None
    assert best < 5e-3
    np.testing.assert_allclose(fit(z), fit.constant + z @ fit.singles + pairs @ fit.pairs[i, j], atol=1e-9)


class Breaks:
    """A model that fails at a certain call."""

    def __init__(self, at: int, how: str) -> None:
        self.at, self.how, self.asked, self.game = at, how, 0, RandomGame(12, seed=0)

    def __call__(self, keep_image: NDArray[np.bool_], keep_words: NDArray[np.bool_]) -> Any:
        self.asked += len(keep_image)
        if self.asked < self.at:
            return self.game(keep_image, keep_words)
        if self.how == "raises":
            raise ConnectionError("gone")
        return np.full(len(keep_image), np.nan) if self.how == "nan" else np.zeros(len(keep_image) + 1)


@pytest.mark.parametrize(("how", "error"), [("raises", ConnectionError), ("nan", ModelError), ("shape", ModelError)])
def test_what_was_paid_for_is_kept(how: str, error: type[Exception]) -> None:
    broken = Breaks(700, how)
    fusion = FusionGame(broken, 8, 4, batch=50)
    with pytest.raises(error):
        fusion.estimate(1000)
    kept = fusion.calls
    assert 600 < kept < 700
    broken.at = 10**9
    before = broken.asked
    found = fusion.estimate(1000)
    assert broken.asked - before == found.calls - kept


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"n_image": 0}, "each side"),
        ({"n_words": 0}, "each side"),
        ({"index": "owen"}, "banzhaf"),
        ({"p": 1.0}, "between 0 and 1"),
    ],
)
def test_wrong_settings(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        FusionGame(RandomGame(4, 0), **({"n_image": 2, "n_words": 2} | settings))


def test_a_budget_that_is_too_small_names_the_least() -> None:
    fusion = FusionGame(RandomGame(14, 0), 10, 4)
    with pytest.raises(InputError, match=f"at least {fusion.least}"):
        fusion.estimate(fusion.least - 1)
    assert not fusion.estimate(fusion.least).exact
