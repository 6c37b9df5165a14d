"""The plain InterSHAP that the benchmark measures against says the same as ours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks.plain_inter_shap import plain_inter_shap
from saii_widgets.engine.explainers.inter_shap import InterShap
from saii_widgets.engine.modality_game import ModalityGame


@pytest.mark.parametrize("m", [2, 3])
def test_it_equals_ours(m: int) -> None:
    rng = np.random.default_rng(m)
    samples = [rng.normal(size=(5, 3)) for _ in range(m)]
    weights = rng.normal(size=(3 * m, 2))

    def predict(modalities: list[Any]) -> np.ndarray:
        odds = np.exp(np.tanh(np.concatenate(modalities, 1) @ weights) * 2)
        return odds / odds.sum(1, keepdims=True)

    draws = ModalityGame(predict, samples, samples, n_draws=3, seed=1).draws
    plain = plain_inter_shap(predict, samples, samples, draws)
    ours = InterShap(predict, n_background=3, seed=1)(*samples)
    np.testing.assert_allclose(plain.values, ours.companions["local"].values, atol=1e-6)
    assert plain.evaluations == 5 * (1 + 3 * 2**m)
