"""How alike two explanations of the same things are."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def agreement(first: ArrayLike, second: ArrayLike) -> float:
    """Pearson's correlation of two explanations of the same shape; 1 where neither varies, 0 where only one does."""
    a, b = (np.asarray(x, np.float64).ravel() for x in (first, second))
    return cosine(a - a.mean(), b - b.mean())


def cosine(first: ArrayLike, second: ArrayLike) -> float:
    """Of the angle between two explanations; 1 where both are zero, 0 where only one is."""
    a, b = (np.asarray(x, np.float64).ravel() for x in (first, second))
    sizes = np.linalg.norm(a), np.linalg.norm(b)
    tiny = 1e-12 * max(1.0, *sizes)
    if min(sizes) <= tiny:
        return float(max(sizes) <= tiny)
    return float(np.clip(a @ b / (sizes[0] * sizes[1]), -1, 1))
