"""What an interaction matrix shows: two axes with the patches across, their orders and their main effects."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.role import Role
from saii_widgets.widgets import map_data

MAIN_EFFECTS: Final = {"word": "word", "patch": "patch"}
"""Which companion has the main effects of an axis, by the kind of the axis; it runs over that axis alone."""

RASTER: Final = 112
"""Cells a side, at the most, of the raster on which patches that lie in no grid are drawn."""

ORDERS: Final = ("as given", "by strength", "by main effect")


@dataclass(frozen=True)
class InteractionTable:
    """A result over two axes, the rows and the columns of a matrix.

    Parameters
    ----------
    result : Explanation
        Over (word, patch), (patch, word), (word, word), (patch, patch), or over any two other kinds.

    Raises
    ------
    InputError
        More or fewer than two axes, pictures or captions among them, patches of two pictures, or main effects that do
        not fit.
    """

    result: Explanation

    def __post_init__(self) -> None:
        kinds = self.result.kinds
        pairs = [kind for kind in ("image", "caption") if kind in kinds]
        if pairs or len(kinds) != 2:
            further = pairs or [kind for kind in kinds if kind not in ("word", "patch")]
            choose = ", ".join(f"{kind}=0" for kind in further)
            do = f"Choose first: result.select({choose})." if len(kinds) > 2 and further else "Pass interactions."
            if kinds == ("image", "caption"):
                do = "PairMatrix shows scores of pictures by captions."
            raise InputError("a result over two axes, such as (word, patch)", f"one over ({', '.join(kinds)})", do)
        if kinds == ("patch", "patch") and not self.square:
            raise InputError("the same patches on both axes", repr(self.result), "Take the pairs within one picture.")
        if kinds[0] == "patch" and kinds[1] != "patch":
            object.__setattr__(self, "result", _turned(self.result))
        for axis in self.result.axes:
            self.effects(axis)

    @property
    def rows(self) -> Axis:
        return self.result.axes[0]

    @property
    def columns(self) -> Axis:
        return self.result.axes[1]

    @property
    def square(self) -> bool:
        """Whether both axes have the same places: interactions within one modality."""
        first, second = self.result.axes
        return (first.kind, first.labels) == (second.kind, second.labels)

    @property
    def pictured(self) -> bool:
        """Whether the columns are patches whose places in the picture are known."""
        axis = self.columns
        return axis.kind == "patch" and any(places is not None for places in (axis.grid, axis.boxes, axis.masks))

    def regions(self) -> NDArray[np.int64] | None:
        """Patches that lie in no grid as a raster over the picture: in each cell the patch that is there, or -1.

        Returns
        -------
        int array, (rows, columns), or None
            None where they lie in a grid, or nowhere.
        """
        axis = self.columns
        if not self.pictured or axis.grid is not None:
            return None
        if axis.masks is not None:
            step = -(-max(axis.masks.shape[1:]) // RASTER)
            there = axis.masks[:, ::step, ::step]
        else:
            assert axis.boxes is not None
            middle = (np.arange(RASTER) + 0.5) / RASTER
            left, top, right, bottom = (edge[:, None] for edge in axis.boxes.T)
            across, down = (left <= middle) & (middle < right), (top <= middle) & (middle < bottom)
            there = down[:, :, None] & across[:, None, :]  # (patches, rows, columns)
        return np.where(there.any(axis=0), there.argmax(axis=0), -1)

    def effects(self, axis: Axis) -> Explanation | None:
        """The main effects along one of the axes, where the result has them."""
        beside = self.result.companions.get(MAIN_EFFECTS.get(axis.kind, ""))
        if beside is None:
            return None
        if beside.kinds != (axis.kind,) or beside.shape != (len(axis),) or beside.unit != self.result.unit:
            wanted = f"main effects over ({axis.kind},), {len(axis)} in {self.result.unit}"
            raise InputError(wanted, repr(beside), f"Leave the companion {axis.kind!r} out, or make it fit.")
        return beside

    @property
    def strengths(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The sum of sizes in each row and in each column."""
        sizes = np.abs(np.asarray(self.result.values, np.float64))
        return sizes.sum(axis=1), sizes.sum(axis=0)

    @property
    def orders(self) -> dict[str, dict[str, list[int]]]:
        """Rows and columns as given, by falling strength, and by falling main effect where there is one."""
        strengths = dict(zip(("rows", "columns"), self.strengths, strict=True))
        if self.square:
            strengths["columns"] = strengths["rows"]
        given = {"rows": list(range(len(self.rows))), "columns": list(range(len(self.columns)))}
        found = {"as given": given, "by strength": {side: _falling(sums) for side, sums in strengths.items()}}
        effects = {"rows": self.effects(self.rows), "columns": self.effects(self.columns)}
        if any(one is not None for one in effects.values()):
            found["by main effect"] = {
                side: given[side] if one is None else _falling(one.values) for side, one in effects.items()
            }
        return found

    def about(self) -> dict[str, Any]:
        """All names, as JSON."""
        result, empty = self.result, self.square and not np.diagonal(self.result.values).any()
        about: dict[str, Any] = {
            "title": result.title,
            "unit": result.unit,
            "rows": map_data.axis_names(self.rows),
            "columns": map_data.axis_names(self.columns),
            "square": self.square,
            "tested": result.errors is not None,
            "no_self": bool(empty),  # a thing does not interact with itself: its cell stays empty
            "has_function_words": any(Role.FUNCTION in (axis.roles or ()) for axis in result.axes),
            "orders": self.orders,
            "grid": self.columns.grid and list(self.columns.grid),
            "picture": None,
        }
        if self.pictured:
            regions = self.regions()
            about["picture"] = {
                "shape": about["grid"] if regions is None else list(regions.shape),
                "extent": map_data.extent(result) if regions is None else [0.0, 0.0, 1.0, 1.0],
                "drawing": map_data.DRAWING,
            }
        return about

    def margins(self) -> list[bytes]:
        """Main effects of the rows, their standard errors, the same of the columns; empty where not known."""
        found = []
        for one in (self.effects(self.rows), self.effects(self.columns)):
            found.append(b"" if one is None else map_data.float_bytes(one.values))
            found.append(b"" if one is None or one.errors is None else map_data.float_bytes(one.errors))
        return found


def _falling(numbers: NDArray[Any]) -> list[int]:
    return np.argsort(-np.asarray(numbers, np.float64), kind="stable").tolist()


def _turned(result: Explanation) -> Explanation:
    """With its axes the other way round."""
    return replace(
        result,
        values=result.values.T,
        axes=result.axes[::-1],
        errors=None if result.errors is None else result.errors.T,
        baseline=None,
        total=None,
    )
