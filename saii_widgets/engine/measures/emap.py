"""How much of a model's output needs both modalities at once: the best additive approximation (EMAP)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from saii_widgets.core.errors import InputError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Emap:
    """What an additive model could reach.

    Parameters
    ----------
    additive : float64 array, (N, M) or (N, M, classes)
        The best sum of a function of the picture and a function of the text.
    r2 : float
        Share of the output's variance over all cells that the sum explains; 1 for a constant output.
    gap_r2 : float
        1 - r2: what only the two together determine.
    accuracy, additive_accuracy, gap_accuracy : float or None
        Of the output and of the sum on the labelled cells, and how much the sum loses; None without labels.
    """

    additive: Floats
    r2: float
    gap_r2: float
    accuracy: float | None = None
    additive_accuracy: float | None = None
    gap_accuracy: float | None = None


def emap(outputs: ArrayLike, labels: ArrayLike | None = None, *, threshold: float = 0.0) -> Emap:
    """Split a model's outputs for all pairs of N pictures and M texts into an additive part and the rest.

    Parameters
    ----------
    outputs : array, (N, M) or (N, M, classes)
        Logits, before any sigmoid or softmax: an additive logit is not an additive probability.
    labels : int array, (N, M) or (n,), optional
        The right class of each cell, where it is known; for (n,) that of picture k with text k (N = M = n).
        Negative: not known.
    threshold : float
        Without a classes' axis, an output above it says class 1.

    Raises
    ------
    InputError
        Outputs that are not a finite matrix, or labels of another shape.

    Source
    ------
    Hessel and Lee 2020, MATH.md 5: row mean + column mean - grand mean. Agreement with a least-squares fit 1e-9
    (`tests/engine/measures/test_emap.py`). The paper reports accuracy on the pairs of its data set: give labels (n,).
    """
    f = np.asarray(outputs, np.float64)
    if f.ndim not in (2, 3) or f.size == 0 or not np.isfinite(f).all():
        raise InputError("finite outputs (N, M) or (N, M, classes)", f"shape {f.shape}", "Score every pair.")
    mean = f.mean((0, 1), keepdims=True)
    additive = f.mean(1, keepdims=True) + f.mean(0, keepdims=True) - mean
    spread = float(((f - mean) ** 2).sum())
    gap = float(((f - additive) ** 2).sum()) / spread if spread > 0 else 0.0
    if labels is None:
        return Emap(additive, 1 - gap, gap)
    truth = _cells(np.asarray(labels), f.shape[:2])
    known = truth >= 0
    if not known.any():
        raise InputError("labels of some cells", "none", "Give the class of at least one cell.")
    full, rest = (float((_classes(g, threshold) == truth)[known].mean()) for g in (f, additive))
    return Emap(additive, 1 - gap, gap, full, rest, full - rest)


def _cells(labels: NDArray[np.generic], shape: tuple[int, ...]) -> NDArray[np.int64]:
    if labels.shape == shape:
        return labels.astype(np.int64)
    if labels.shape != shape[:1] or shape[0] != shape[1]:
        raise InputError(f"labels {shape}, or one a pair", str(labels.shape), "Give as many labels as cells or pairs.")
    cells = np.full(shape, -1)
    np.fill_diagonal(cells, labels)
    return cells


def _classes(outputs: Floats, threshold: float) -> NDArray[np.int64]:
    return outputs.argmax(2) if outputs.ndim == 3 else (outputs > threshold).astype(np.int64)
