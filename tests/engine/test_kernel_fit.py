"""The smooth fit against its own definition: indices by brute force, slopes by differences."""

from __future__ import annotations

import numpy as np
import pytest

from saii_widgets.engine.games import Index
from saii_widgets.engine.kernel_fit import KernelFit, _surprise
from tests.engine.test_fusion_game import RandomGame, by_definition

N = 6


@pytest.fixture(scope="module")
def fit() -> KernelFit:
    keep = np.random.default_rng(0).random((40, N)) < 0.5
    return KernelFit.to(keep, RandomGame(N, seed=1)(keep[:, :3], keep[:, 3:]))


@pytest.mark.parametrize(("name", "p"), [("banzhaf", 0.3), ("banzhaf", 0.5), ("shapley", 0.5)])
def test_indices_equal_brute_force(fit: KernelFit, name: str, p: float) -> None:
    keep = (np.arange(2**N)[:, None] >> np.arange(N) & 1).astype(bool)
    index = Index.banzhaf(p) if name == "banzhaf" else Index.shapley(N // 2)
    singles, pairs = fit.indices(index.nodes, index.weights)
    wanted_singles, wanted_pairs = by_definition(fit(keep), N, name, p)
    np.testing.assert_allclose(singles, wanted_singles, atol=1e-9)
    np.testing.assert_allclose(pairs, wanted_pairs, atol=1e-9)


def test_slopes_are_those_of_differences() -> None:
    rng = np.random.default_rng(1)
    x, y = (rng.random((12, 3)) < 0.5).astype(float), rng.normal(size=12)
    at = np.array([-2.0, -1.0, -3.0, 0.2, -1.5])
    slopes = _surprise(at, x, y)[1]
    step = 1e-5 * np.eye(5)
    plain = [(_surprise(at + d, x, y)[0] - _surprise(at - d, x, y)[0]) / 2e-5 for d in step]
    np.testing.assert_allclose(slopes, plain, rtol=1e-5, atol=1e-7)


def test_a_player_without_effect_does_not_count() -> None:
    keep = np.random.default_rng(2).random((120, N)) < 0.5
    fit = KernelFit.to(keep, np.prod(2.0 * keep[:, :3] - 1, axis=1))
    assert fit.lengths[3:].max() < 0.2 * fit.lengths[:3].min()
    fresh = np.random.default_rng(3).random((50, N)) < 0.5
    np.testing.assert_allclose(fit(fresh), np.prod(2.0 * fresh[:, :3] - 1, axis=1), atol=0.2)
