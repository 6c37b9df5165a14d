"""Some of an explanation: values, pictures, captions, grouped words and companions narrowed together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.axis import Axis

if TYPE_CHECKING:
    from saii_widgets.core.explanation import Explanation

Places = int | list[int]


def narrow(explanation: Explanation, chosen: Mapping[int, Places], groups: Mapping[str, Places]) -> Explanation | float:
    """Places by number of axis; an axis with one place given as an int goes.

    Parameters
    ----------
    explanation : Explanation
    chosen : mapping of axis number to places
    groups : mapping of kind to places
        For axes that only group others: words whose caption is not chosen go.
    """
    groups = dict(groups)
    for k, where in chosen.items():
        groups.setdefault(explanation.axes[k].kind, where)
    keep: list[list[int]] = []
    axes: list[Axis | None] = []
    for k, axis in enumerate(explanation.axes):
        where = chosen.get(k, list(range(len(axis))))
        kept, narrowed = _kept(axis, where, groups)
        keep.append(kept)
        axes.append(None if isinstance(where, int) else narrowed)
    gone = tuple(k for k, axis in enumerate(axes) if axis is None)
    values = explanation.values[np.ix_(*keep)].squeeze(gone)
    if not values.ndim:
        return float(values)
    errors = None if explanation.errors is None else explanation.errors[np.ix_(*keep)].squeeze(gone)
    return replace(
        explanation,
        values=values,
        axes=tuple(axis for axis in axes if axis is not None),
        errors=errors,
        baseline=_total(explanation.baseline, keep, gone),
        total=_total(explanation.total, keep, gone),
        images=_things(explanation, "image", explanation.images, groups),
        captions=_things(explanation, "caption", explanation.captions, groups),
        companions=_companions(explanation, chosen, groups),
    )


def _kept(axis: Axis, where: Places, groups: Mapping[str, Places]) -> tuple[list[int], Axis]:
    """Places of an axis that stay, and the axis that they make up, its groups counted anew."""
    kept = [where] if isinstance(where, int) else where
    if axis.grouped_by is None or axis.groups is None or axis.grouped_by not in groups:
        return kept, axis.take(kept)
    wanted = groups[axis.grouped_by]
    wanted = [wanted] if isinstance(wanted, int) else wanted
    ordered = [(new, k) for new, group in enumerate(wanted) for k in kept if axis.groups[k] == group]
    kept = [k for _, k in ordered]
    return kept, replace(axis.take(kept), groups=tuple(new for new, _ in ordered))


def _total(total: Any, keep: list[list[int]], gone: tuple[int, ...]) -> NDArray[np.float32] | float | None:
    if total is None or not np.ndim(total):
        return total
    n = np.ndim(total)
    return total[np.ix_(*keep[:n])].squeeze(tuple(k for k in gone if k < n))


def _things(explanation: Explanation, kind: str, things: tuple, groups: Mapping[str, Places]) -> tuple:
    along = kind in explanation.kinds or any(axis.grouped_by == kind for axis in explanation.axes)
    if not along or kind not in groups or not things:
        return things
    where = groups[kind]
    return tuple(things[k] for k in ([where] if isinstance(where, int) else where))


def _companions(
    explanation: Explanation, chosen: Mapping[int, Places], groups: Mapping[str, Places]
) -> dict[str, Explanation]:
    """Companions narrowed along the axes that they share; one of which a single number would be left goes."""
    found: dict[str, Explanation] = {}
    for name, companion in explanation.companions.items():
        theirs: dict[int, Places] = {}
        for k, where in chosen.items():
            axis = explanation.axes[k]
            shared = [
                n for n, other in enumerate(companion.axes) if (other.kind, other.labels) == (axis.kind, axis.labels)
            ]
            theirs |= dict.fromkeys(shared[:1], where)
        # a caption chosen among the words that it groups is chosen on a companion's own caption axis too
        theirs |= {
            k: groups[axis.kind]
            for k, axis in enumerate(companion.axes)
            if axis.kind in groups and axis.kind not in explanation.kinds
        }
        grouping = {
            kind: where
            for kind, where in groups.items()
            if kind not in companion.kinds and any(axis.grouped_by == kind for axis in companion.axes)
        }
        if theirs or grouping:
            narrowed = narrow(companion, theirs, grouping)
            if isinstance(narrowed, float | int):  # a companion stays an explanation, of one value
                narrowed = narrow(companion, theirs | {0: np.atleast_1d(theirs[0]).tolist()}, grouping)
            assert not isinstance(narrowed, float | int)
            found[name] = narrowed
        else:
            found[name] = companion
    return found
