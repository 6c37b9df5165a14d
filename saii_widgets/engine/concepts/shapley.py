"""Exact Shapley values from the values of all coalitions."""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.errors import InputError
from saii_widgets.engine.coalitions import MOST_ENUMERATED, all_coalitions


def coalitions_of(n: int) -> NDArray[np.bool_]:
    """All coalitions of n players, (2^n, n).

    Raises
    ------
    InputError
        More players than can be enumerated.
    """
    if n > MOST_ENUMERATED:
        raise InputError(
            f"at most {MOST_ENUMERATED} concepts for exact Shapley values", f"{n} that were found", "Use 'node drop'."
        )
    return all_coalitions(n)


def shapley_values(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Shapley values of each player.

    Parameters
    ----------
    values : float array, (2^n, ...)
        Of the coalitions in the order of :func:`coalitions_of`.

    Returns
    -------
    float64 array, (n, ...)
        They sum to the value of all players less that of none.

    Source
    ------
    Shapley 1953. Against the mean over all orders: `test_contributions.py::test_shapley_equals_the_mean_over_orders`.
    """
    n = len(values).bit_length() - 1
    keep = coalitions_of(n)
    size = keep.sum(1)
    inside = np.array([1 / (n * comb(n - 1, a - 1)) if a else 0 for a in range(n + 1)])[size]
    outside = np.array([1 / (n * comb(n - 1, a)) if a < n else 0 for a in range(n + 1)])[size]
    weights = np.where(keep, inside[:, None], -outside[:, None])  # (2^n, n)
    return np.tensordot(weights.T, np.asarray(values, float), 1)
