"""Axes for plain arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.text import Caption


def axes_for(
    values: ArrayLike,
    kinds: tuple[str, ...],
    labels: Mapping[str, Sequence[str]],
    grid: tuple[int, int] | None,
    caption: Caption | None,
) -> tuple[NDArray[Any], tuple[Axis, ...]]:
    """The array with its patches in one dimension, and an axis for each kind."""
    array = np.asarray(values)
    if "patch" in kinds and array.ndim == len(kinds) + 1:
        at = kinds.index("patch")
        grid = (array.shape[at], array.shape[at + 1])
        array = array.reshape(*array.shape[:at], -1, *array.shape[at + 2 :])
    if array.ndim != len(kinds):
        raise InputError(
            f"values with {len(kinds)} dimensions: {', '.join(kinds)}",
            f"an array of shape {array.shape}",
            "Name a kind for each dimension.",
        )
    if unknown := sorted(set(labels) - set(kinds)):
        raise InputError(f"labels of {', '.join(kinds)}", f"labels of {', '.join(unknown)}", "Leave these out.")
    return array, tuple(
        _axis(kind, n, labels.get(kind), grid, caption) for kind, n in zip(kinds, array.shape, strict=True)
    )


def _axis(
    kind: str, n: int, labels: Sequence[str] | None, grid: tuple[int, int] | None, caption: Caption | None
) -> Axis:
    if kind == "patch" and labels is None:
        rows, columns = grid or (isqrt(n), isqrt(n))
        if rows * columns != n:
            raise InputError(f"rows and columns of {n} patches", f"{rows} x {columns}", "Pass grid=(rows, columns).")
        return Axis.patches(rows, columns)
    if kind == "word" and labels is None and caption is not None:
        if len(caption.words) != n:
            words = ", ".join(repr(word.text) for word in caption.words)
            raise InputError(f"{len(caption.words)} values, one a word: {words}", str(n), "Give one value a word.")
        return Axis.words([caption])
    if kind == "caption" and labels is None and caption is not None and n == 1:
        return Axis.captions([caption])
    return Axis(kind, tuple(labels) if labels is not None else tuple(f"{kind} {k + 1}" for k in range(n)))
