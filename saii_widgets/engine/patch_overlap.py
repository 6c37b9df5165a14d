"""Numbers on one grid of patches, laid on another: of another model, or of players that are blocks of patches."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError


def laid_on(values: ArrayLike, given: Axis, wanted: Axis) -> NDArray[np.float64]:
    """The mean of the values over each wanted patch, weighted by the area that they share.

    Parameters
    ----------
    values : array, (..., n)
        Over the given patches.
    given, wanted : Axis
        With boxes, n and k of them.

    Returns
    -------
    float64 array, (..., k)
        0 where a wanted patch lies on no given one.

    Raises
    ------
    InputError
        Patches without boxes.
    """
    if given.boxes is None or wanted.boxes is None:
        raise InputError("patches with boxes", "patches without", "Take the patch axis of a model.")
    first, other = (np.asarray(axis.boxes, np.float64) for axis in (given, wanted))
    high = np.minimum(other[:, None, 2:], first[None, :, 2:])
    low = np.maximum(other[:, None, :2], first[None, :, :2])
    shared = (high - low).clip(min=0).prod(2)  # (k, n)
    shared[shared < 1e-9] = 0  # boxes are float32: neighbours may seem to overlap
    weights = shared / np.maximum(shared.sum(1, keepdims=True), 1e-12)
    return np.asarray(values, np.float64) @ weights.T
