"""What each modality contributes, and what their cooperation adds: Shapley values of modalities (SHAPE)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Any

import numpy as np

from saii_widgets.core.errors import InputError

Inputs = Mapping[str, Any]


@dataclass(frozen=True)
class Shape:
    """Shapley values of the modalities.

    Parameters
    ----------
    contributions : dict of str to float
        One a modality, in the unit of the value; they sum to the value of all minus that of none.
    cooperation : float
        Value of all minus the sum of the values of each alone, every value measured from that of none.
    values : dict of frozenset of str to float
        Of every coalition, as the model gave it.
    """

    contributions: dict[str, float]
    cooperation: float
    values: dict[frozenset[str], float]


def shape(value: Callable[[Inputs], float], inputs: Inputs) -> Shape:
    """Share a value of a model, say its accuracy, among its modalities by giving it zeros in place of some of them.

    Parameters
    ----------
    value : callable
        Takes the inputs with the same names and returns a number: called 2^M times.
    inputs : mapping of str to array or tensor
        The M modalities, 2 to 12 of them, for one sample or for a batch.

    Raises
    ------
    InputError
        Fewer than two or more than twelve modalities, or a value that is not a finite number.

    Source
    ------
    Hu et al. 2022, MATH.md 5; agreement with the mean over all orders 1e-12 (`tests/engine/measures/test_shape.py`).
    Deviation: values are measured from that of zeros alone, which the paper takes to be chance.
    """
    names = tuple(inputs)
    n = len(names)
    if not 2 <= n <= 12:
        raise InputError("two to twelve modalities", str(n), "Give a mapping of modality to input.")
    values: dict[frozenset[str], float] = {}
    for size in range(n + 1):
        for kept in combinations(names, size):
            worth = float(value({name: x if name in kept else x * 0 for name, x in inputs.items()}))
            if not np.isfinite(worth):
                raise InputError(
                    "a finite value", f"{worth} with {', '.join(kept) or 'zeros only'}", "Check the model."
                )
            values[frozenset(kept)] = worth
    contributions = {
        name: sum(
            (values[coalition | {name}] - values[coalition]) / (n * comb(n - 1, len(coalition)))
            for coalition in values
            if name not in coalition
        )
        for name in names
    }
    none = values[frozenset()]
    cooperation = values[frozenset(names)] - none - sum(values[frozenset({name})] - none for name in names)
    return Shape(contributions, cooperation, values)
