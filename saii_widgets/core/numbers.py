"""Numbers as explanations hold them: finite, float32, on the CPU, read-only."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError


def _array(values: Any, name: str) -> NDArray[np.float32]:
    if hasattr(values, "detach"):  # a torch tensor, without importing torch
        values = values.detach().cpu().float().numpy()
    try:
        with np.errstate(over="ignore"):
            if np.iscomplexobj(values):
                raise TypeError("complex numbers")
            array = np.array(values, np.float32)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} as an array of numbers", str(error), "Pass an array or nested lists.") from error
    array.setflags(write=False)
    return array


def finite_float32(values: Any, axes: tuple[Axis, ...], name: str) -> NDArray[np.float32]:
    """A read-only copy that fits the axes.

    Raises
    ------
    InputError
        No numbers, another shape than the axes', NaN or infinity.
    """
    array = _array(values, name)
    wanted = tuple(len(axis) for axis in axes)
    if array.shape != wanted or not axes:
        named = " x ".join(f"{axis.kind} {len(axis)}" for axis in axes) or "at least one axis"
        raise InputError(f"{name} over {named}", f"an array of shape {array.shape}", "Make values and axes agree.")
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        where = ", ".join(f"{axis.kind} {axis.labels[k]!r}" for axis, k in zip(axes, bad[0], strict=True))
        raise InputError(
            f"finite {name}",
            f"{array[tuple(bad[0])]} at {where} and {len(bad) - 1} more such" if len(bad) > 1 else f"one at {where}",
            "Find where it arises: overflow of half precision, or a division by zero.",
        )
    return array


def frozen_totals(total: Any, shape: tuple[int, ...], name: str) -> NDArray[np.float32] | float | None:
    """A total or baseline: one number, or an array over the leading axes.

    Raises
    ------
    InputError
        Not finite, or of a shape that the values do not begin with.
    """
    if total is None:
        return None
    array = _array(total, name)
    if array.shape != shape[: array.ndim] or not np.isfinite(array).all():
        raise InputError(
            f"a finite {name}, one number or an array over the leading axes of {shape}",
            f"shape {array.shape}" if np.isfinite(array).all() else "NaN or infinity",
            "Leave it out where it is not known.",
        )
    return float(array) if array.ndim == 0 else array
