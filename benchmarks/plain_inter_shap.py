"""What the published program for InterSHAP does, written plainly: the slow side where no clone of it is given.

Wenderoth et al. 2025: for every sample and every coalition of modalities, background samples are drawn, each mixed
sample is put together and given to the model by itself, and the values are averaged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import factorial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class PlainInterShap(NamedTuple):
    """Interaction matrices, and what they cost.

    Attributes
    ----------
    values : float64 array, (n, M, M)
        Of each sample, signed.
    evaluations : int
        Samples that the model was given.
    """

    values: NDArray[np.float64]
    evaluations: int


def plain_inter_shap(
    predict: Callable[[list[Array]], Array], samples: Sequence[Array], background: Sequence[Array], draws: Array
) -> PlainInterShap:
    """InterSHAP by its definition (MATH.md 4.1).

    Parameters
    ----------
    predict : callable
        A list with an array (n, ...) for each modality -> probabilities (n, classes).
    samples, background : sequence of array
        One a modality, (n, ...) and (P, ...).
    draws : int array, (n, B)
        Which background samples each sample meets.
    """
    m, n = len(samples), len(samples[0])
    found, evaluations = np.zeros((n, m, m)), 0
    for a in range(n):
        label = int(predict([part[a : a + 1] for part in samples])[0].argmax())
        evaluations += 1
        value: dict[frozenset[int], float] = {}
        for size in range(m + 1):
            for kept in map(frozenset, combinations(range(m), size)):
                scores = []
                for b in draws[a]:
                    mixed = [samples[k][a : a + 1] if k in kept else background[k][b : b + 1] for k in range(m)]
                    scores.append(float(predict(mixed)[0, label]))
                    evaluations += 1
                value[kept] = float(np.mean(scores))
        found[a] = _matrix(value, m)
    return PlainInterShap(found, evaluations)


def _matrix(value: dict[frozenset[int], float], m: int) -> NDArray[np.float64]:
    """Half the Shapley interaction index off the diagonal, on it the Shapley value less its row."""
    phi = np.zeros((m, m))
    for i in range(m):
        for kept in _coalitions(set(range(m)) - {i}):
            weight = factorial(len(kept)) * factorial(m - len(kept) - 1) / factorial(m)
            phi[i, i] += weight * (value[kept | {i}] - value[kept])
    for i, j in combinations(range(m), 2):
        for kept in _coalitions(set(range(m)) - {i, j}):
            weight = factorial(len(kept)) * factorial(m - len(kept) - 2) / (2 * factorial(m - 1))
            second = value[kept | {i, j}] - value[kept | {i}] - value[kept | {j}] + value[kept]
            phi[i, j] += weight * second
            phi[j, i] += weight * second
    for i in range(m):
        phi[i, i] -= phi[i].sum() - phi[i, i]
    return phi


def _coalitions(players: set[int]) -> list[frozenset[int]]:
    return [frozenset(kept) for size in range(len(players) + 1) for kept in combinations(sorted(players), size)]
