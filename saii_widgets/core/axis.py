"""A named axis of an explanation: what each place along it stands for, and where that is in the picture or the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from saii_widgets.core.errors import InputError
from saii_widgets.core.role import Role
from saii_widgets.core.text import Caption


@dataclass(frozen=True, eq=False)
class Axis:
    """What one axis of an explanation stands for.

    Parameters
    ----------
    kind : str
        "image", "caption", "word", "patch", "layer", "step", "concept", ...
    labels : tuple of str
        One a place; the same label may occur more than once.
    grid : (rows, columns), optional
        How patches lie; rows * columns places, row by row.
    boxes : float32 array, (n, 4), optional
        Left, top, right, bottom of each place as shares of the picture.
    masks : bool array, (n, height, width), optional
        Where each place is in the picture.
    roles : tuple of Role, optional
        Roles of words.
    groups : tuple of int, optional
        To which place of another axis each place belongs: the words of several captions lie on one axis.
    grouped_by : str, optional
        Kind of that other axis.

    Raises
    ------
    InputError
        Parts whose lengths differ from the number of labels.
    """

    kind: str
    labels: tuple[str, ...]
    grid: tuple[int, int] | None = None
    boxes: NDArray[np.float32] | None = None
    masks: NDArray[np.bool_] | None = None
    roles: tuple[Role, ...] | None = None
    groups: tuple[int, ...] | None = None
    grouped_by: str | None = None

    def __post_init__(self) -> None:
        def put(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        if isinstance(self.labels, str):
            raise InputError("a sequence of labels", repr(self.labels), "Put the label into a tuple.")
        put("labels", tuple(str(label) for label in self.labels))
        n = len(self)
        if self.grid is not None:
            put("grid", (int(self.grid[0]), int(self.grid[1])))
            if self.grid[0] * self.grid[1] != n:
                raise InputError(
                    f"a grid of {n} places", f"{self.grid[0]} x {self.grid[1]}", "Give rows and columns of the patches."
                )
        if self.boxes is not None:
            put("boxes", _frozen(self.boxes, np.float32, (n, 4), f"boxes of {n} places, ({n}, 4)"))
        if self.masks is not None:
            shape = (n, *(*np.shape(self.masks), 0, 0, 0)[1:3])
            put("masks", _frozen(self.masks, np.bool_, shape, f"masks of {n} places, ({n}, height, width)"))
        if self.roles is not None:
            put("roles", tuple(Role(role) for role in self.roles))
        if self.groups is not None:
            put("groups", tuple(int(group) for group in self.groups))
            if self.grouped_by is None:
                raise InputError("the kind of axis that the groups are on", "none", "Pass grouped_by='caption'.")
        for name in ("roles", "groups"):
            value = getattr(self, name)
            if value is not None and len(value) != n:
                raise InputError(f"{n} {name}, one a label", str(len(value)), "Give one for each label.")

    @classmethod
    def patches(cls, rows: int, columns: int, boxes: ArrayLike | None = None) -> Axis:
        """Patches in a grid; by default they cover the picture evenly."""
        labels = tuple(f"row {r + 1}, column {c + 1}" for r in range(rows) for c in range(columns))
        if boxes is None:
            left, top = np.meshgrid(np.arange(columns) / columns, np.arange(rows) / rows)
            boxes = np.stack([left, top, left + 1 / columns, top + 1 / rows], -1).reshape(-1, 4)
        return cls("patch", labels, grid=(rows, columns), boxes=np.asarray(boxes, np.float32))

    @classmethod
    def words(cls, captions: Sequence[Caption] | Caption) -> Axis:
        """The words of one caption after the other, grouped by caption."""
        captions = [captions] if isinstance(captions, Caption) else list(captions)
        words = [(m, word) for m, caption in enumerate(captions) for word in caption.words]
        return cls(
            "word",
            tuple(word.text for _, word in words),
            roles=tuple(word.role for _, word in words),
            groups=tuple(m for m, _ in words),
            grouped_by="caption",
        )

    @classmethod
    def images(cls, names: Sequence[str]) -> Axis:
        """Pictures by name."""
        return cls("image", tuple(names))

    @classmethod
    def captions(cls, captions: Sequence[Caption | str]) -> Axis:
        """Captions, each labelled with its text."""
        return cls("caption", tuple(str(caption) for caption in captions))

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, places: Sequence[int] | NDArray[np.intp]) -> Axis:
        """Some of the places, in the order given. A grid stays only where all places do."""
        kept = [int(k) for k in places]
        whole = kept == list(range(len(self)))
        return Axis(
            self.kind,
            tuple(self.labels[k] for k in kept),
            grid=self.grid if whole else None,
            boxes=None if self.boxes is None else self.boxes[kept],
            masks=None if self.masks is None else self.masks[kept],
            roles=None if self.roles is None else tuple(self.roles[k] for k in kept),
            groups=None if self.groups is None else tuple(self.groups[k] for k in kept),
            grouped_by=self.grouped_by,
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Axis):
            return NotImplemented
        plain = ("kind", "labels", "grid", "roles", "groups", "grouped_by")
        return all(getattr(self, name) == getattr(other, name) for name in plain) and all(
            _same(getattr(self, name), getattr(other, name)) for name in ("boxes", "masks")
        )

    def __hash__(self) -> int:
        return hash((self.kind, self.labels, self.grid))

    def __repr__(self) -> str:
        return f"Axis({self.kind} {len(self)})"


def _frozen(values: ArrayLike, dtype: type[np.generic], shape: tuple[int, ...], wanted: str) -> NDArray:
    array = np.array(values, dtype)
    if array.shape != shape:
        raise InputError(wanted, f"an array of shape {array.shape}", "Give one for each label.")
    array.setflags(write=False)
    return array


def _same(a: NDArray | None, b: NDArray | None) -> bool:
    return (a is None and b is None) or (a is not None and b is not None and np.array_equal(a, b))
