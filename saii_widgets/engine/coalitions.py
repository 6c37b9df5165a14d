"""Coalitions of players: all of them, or drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

MOST_ENUMERATED: Final = 12  # players of a side of which every coalition is encoded: 4,096

Keep = NDArray[np.bool_]
"""(K, players): who is kept, a row a coalition."""


def all_coalitions(n: int) -> Keep:
    """Every coalition of n players, (2^n, n): row r keeps player i where bit i of r is set."""
    return (np.arange(2**n)[:, None] >> np.arange(n) & 1).astype(bool)


def coalition_numbers(keep: Keep) -> NDArray[np.intp]:
    """The rows of :func:`all_coalitions` that these coalitions are."""
    return keep.astype(np.intp) @ (1 << np.arange(keep.shape[1], dtype=np.intp))


def draw_coalitions(n: int, count: int, p: float, seed: Sequence[int]) -> Keep:
    """Coalitions in which every player is kept with probability p, independently (MATH.md 3.1).

    Parameters
    ----------
    n, count : int
        Players and coalitions. The first rows are the same whatever the count.
    p : float
        In (0, 1).
    seed : sequence of int

    Returns
    -------
    bool array, (count, n)
    """
    return np.random.default_rng(seed).random((count, n)) < p


def gauss_legendre(nodes: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nodes in (0, 1) and weights that sum to 1: integrates polynomials of degree 2 nodes - 1 exactly."""
    x, w = np.polynomial.legendre.leggauss(nodes)
    return (x + 1) / 2, w / 2
