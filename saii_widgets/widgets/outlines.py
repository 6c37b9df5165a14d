"""The outlines of masks, as lines that a browser and a drawing can trace."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from saii_widgets.core.errors import InputError


def outline(mask: ArrayLike) -> NDArray[np.float32]:
    """Straight lines around a mask.

    Parameters
    ----------
    mask : bool array, (height, width)

    Returns
    -------
    float32 array, (n, 4)
        x and y of both ends of each line, as shares of the picture.

    Raises
    ------
    InputError
        No array of two dimensions.
    """
    inside = np.asarray(mask, bool)
    if inside.ndim != 2 or not inside.size:
        raise InputError("a mask of height x width", f"shape {inside.shape}", "Pass one mask a name.")
    across = _edges(inside)
    down = _edges(inside.T)[:, [1, 0, 3, 2]]
    height, width = inside.shape
    return (np.concatenate([across, down]) / (width, height, width, height)).astype(np.float32)


def _edges(inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Horizontal lines between rows that differ, runs of columns as one line, (n, 4)."""
    padded = np.pad(inside, ((1, 1), (0, 0)))
    differs = padded[1:] != padded[:-1]  # (height + 1, width)
    starts = np.diff(np.pad(differs, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    row, left = np.nonzero(starts == 1)
    _, right = np.nonzero(starts == -1)
    return np.stack([left, row, right, row], axis=1).astype(np.float64)
