"""From what a user writes in square brackets to places along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import LabelError

Key: TypeAlias = "int | str | slice | Sequence[int | str] | Sequence[bool] | NDArray[np.bool_] | NDArray[np.integer]"

_SHOWN = 12  # labels that an error lists


def place(axis: Axis, label: str) -> int:
    """Place of a label; ``"red#4"`` is the label "red" at place 4.

    Raises
    ------
    LabelError
        The axis has no such label, or more than one place has it; the message lists the choices.
    """
    found = [k for k, known in enumerate(axis.labels) if known == label]
    if len(found) == 1:
        return found[0]
    if found:
        choices = ", ".join(repr(f"{label}#{k}") for k in found[:_SHOWN])
        raise LabelError(
            f"one place on the {axis.kind} axis",
            f"{label!r}, which is at {len(found)} places",
            f"Say which one: {choices}{_more(len(found))}.",
        )
    name, mark, number = label.rpartition("#")
    if mark and number.isdecimal() and int(number) < len(axis) and axis.labels[int(number)] == name:
        return int(number)
    near = get_close_matches(label, axis.labels, 1)
    shown = ", ".join(repr(known) for known in dict.fromkeys(axis.labels[:_SHOWN]))
    raise LabelError(
        f"a label of the {axis.kind} axis",
        repr(label),
        (f"Did you mean {near[0]!r}? " if near else "") + f"There are: {shown}{_more(len(axis))}.",
    )


def _more(n: int) -> str:
    return f" and {n - _SHOWN} more" if n > _SHOWN else ""


def places(axis: Axis, key: Key) -> int | list[int]:
    """Places along an axis: an int for an int or a label, a list for a slice, a mask or a sequence.

    Raises
    ------
    LabelError
        Out of range, unknown, ambiguous, a mask of another length, or nothing chosen.
    """
    if isinstance(key, str):
        return place(axis, key)
    if isinstance(key, bool | np.bool_):
        raise LabelError(f"a place on the {axis.kind} axis", repr(key), f"Give a mask of {len(axis)} values.")
    if isinstance(key, int | np.integer):
        return _in_range(axis, int(key))
    if isinstance(key, slice):
        if any(isinstance(edge, str) for edge in (key.start, key.stop)):
            raise LabelError("a slice by number", repr(key), "Give the labels as a list instead.")
        chosen = list(range(*key.indices(len(axis))))
    else:
        chosen = _sequence(axis, key)
    if not chosen:
        raise LabelError(f"at least one place on the {axis.kind} axis", "none", f"It has {len(axis)}.")
    return chosen


def _sequence(axis: Axis, key: Sequence[int | str] | NDArray) -> list[int]:
    entries = list(np.asarray(key).tolist()) if isinstance(key, np.ndarray) else list(key)
    if entries and all(isinstance(entry, bool | np.bool_) for entry in entries):
        if len(entries) != len(axis):
            raise LabelError(
                f"a mask of {len(axis)} values for the {axis.kind} axis", f"one of {len(entries)}", "Give one a place."
            )
        return [k for k, entry in enumerate(entries) if entry]
    chosen = [places(axis, entry) for entry in entries]
    if any(isinstance(entry, list) for entry in chosen):
        raise LabelError(f"places on the {axis.kind} axis", "a nested list", "Give a flat one.")
    return [entry for entry in chosen if isinstance(entry, int)]


def _in_range(axis: Axis, k: int) -> int:
    if not -len(axis) <= k < len(axis):
        raise LabelError(f"a place on the {axis.kind} axis, 0 to {len(axis) - 1}", str(k), "Count from 0.")
    return k % len(axis)


def keys_of(key: Any, kinds: tuple[str, ...]) -> list[Any]:
    """One key an axis, from what stood in square brackets; ``...`` is filled up.

    Raises
    ------
    LabelError
        More keys than axes.
    """
    keys = list(key) if isinstance(key, tuple) else [key]
    gaps = [k for k, entry in enumerate(keys) if entry is Ellipsis]
    if gaps:
        fill = [slice(None)] * (len(kinds) - len(keys) + 1)
        keys[gaps[0] : gaps[0] + 1] = fill
    if len(keys) > len(kinds) or len(gaps) > 1:
        raise LabelError(f"at most {len(kinds)} keys, for {', '.join(kinds)}", str(len(keys)), "Leave some out.")
    return keys
