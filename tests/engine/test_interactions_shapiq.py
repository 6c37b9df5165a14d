"""The same numbers as the package shapiq computes from the table of all coalitions."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from saii_widgets.engine.coalitions import coalition_numbers
from saii_widgets.engine.explainers.interactions import Interactions
from tests.engine.test_interactions import CAPTION, all_logits
from tests.engine.tiny_models import pictures, tiny_model

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of packages that shapiq brings
    shapiq = pytest.importorskip("shapiq")


class Table(shapiq.Game):
    """A game as shapiq takes it."""

    def __init__(self, table: NDArray[np.float64], n_players: int) -> None:
        self._table = table
        super().__init__(n_players, normalize=False)

    def value_function(self, coalitions: NDArray[np.bool_]) -> NDArray[np.float64]:
        return self._table[coalition_numbers(coalitions)]


@pytest.mark.parametrize(("index", "settings"), [("SII", {"index": "shapley"}), ("BII", {"p": 0.5})])
def test_agrees_with_shapiq(index: str, settings: dict[str, Any]) -> None:
    torch.set_num_threads(1)
    model = tiny_model("clip")
    (picture,) = pictures(1)
    table, n, m = all_logits(model, picture, CAPTION)
    theirs = shapiq.ExactComputer(Table(table, n + m))(index, order=2)
    ours = Interactions(model, players="blocks 2", order=2, **settings)(picture, CAPTION)
    for i in range(n):
        assert ours.companions["patch"].values[i] == pytest.approx(theirs[(i,)], abs=1e-6)
        for j in range(m):
            assert ours.values[j, i] == pytest.approx(theirs[(i, n + j)], abs=1e-6)
        for k in range(i):
            assert ours.companions["patches"].values[k, i] == pytest.approx(theirs[(k, i)], abs=1e-6)
    for j in range(m):
        assert ours.companions["word"].values[j] == pytest.approx(theirs[(n + j,)], abs=1e-6)
