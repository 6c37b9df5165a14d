"""A row of features of one sample, and rows that stand in for what is taken away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from saii_widgets.core.errors import InputError
from saii_widgets.engine.coalition_weights import Keep


@dataclass(frozen=True)
class FeatureRow:
    """Features of one sample, and rows that stand in for them.

    Attributes
    ----------
    labels : tuple of str
    values : list
        One entry a feature: a number, a text, an array.
    others : list of list
        The background, a list a row.
    keys : tuple, optional
        Of a mapping; then a model is given mappings, otherwise arrays.
    """

    labels: tuple[str, ...]
    values: list[Any]
    others: list[list[Any]]
    keys: tuple[Any, ...] | None

    @classmethod
    def of(cls, name: str, row: Any, background: Any) -> FeatureRow:
        """From a mapping, or an array whose first axis are the features, and one or several more of the kind."""
        if isinstance(row, Mapping):
            keys = tuple(row)
            rows = [background] if isinstance(background, Mapping) else list(background)
            if not keys or not rows or any(not isinstance(r, Mapping) or set(r) != set(keys) for r in rows):
                raise InputError(
                    f"features of {name!r} by name, and a background with the same names",
                    f"{list(keys)} and {[list(r) if isinstance(r, Mapping) else r for r in rows[:3]]}",
                    "Give one mapping, and one or a list of the same kind as background.",
                )
            return cls(tuple(map(str, keys)), list(row.values()), [[r[key] for key in keys] for r in rows], keys)
        values, others = np.asarray(row), np.asarray(background)
        others = others[None] if others.shape == values.shape else others
        if not values.ndim or not values.size or not len(others) or others.shape[1:] != values.shape:
            raise InputError(
                f"{name!r} as a picture, a text, a mapping or an array of features, with a background of its shape",
                f"shapes {values.shape} and {np.shape(background)}",
                "Give one sample, and as background one row of the same shape or several.",
            )
        labels = tuple(f"{name} {k + 1}" for k in range(len(values)))
        return cls(labels, list(values), [list(r) for r in others], None)

    def grouped(self, asked: Any) -> tuple[tuple[str, ...], Keep]:
        """Labels of the players and which features each has, (players, features)."""
        if asked is None:
            return self.labels, np.eye(len(self.labels), dtype=bool)
        places: dict[Any, int] = {key: k for k, key in enumerate(self.keys or range(len(self.labels)))}
        groups = [] if isinstance(asked, str) else [[g] if isinstance(g, str) else list(g) for g in asked]
        members = [key for group in groups for key in group]
        if not all(groups) or not members or len(set(members)) < len(members) or not set(members) <= set(places):
            raise InputError(
                f"groups of features, of {list(places)}, each in one group", repr(asked), "Give a list of lists."
            )
        table = np.zeros((len(groups), len(places)), bool)
        for k, group in enumerate(groups):
            table[k, [places[key] for key in group]] = True
        return tuple(" + ".join(self.labels[places[key]] for key in group) for group in groups), table

    def mixed(self, own: Keep, k: int) -> Any:
        """Rows (K) with the features own (K, features), the rest from a row of the background."""
        other = self.others[k % len(self.others)]
        rows = [[(self.values if own_ else other)[f] for f, own_ in enumerate(kept)] for kept in own]
        return np.array(rows) if self.keys is None else [dict(zip(self.keys, r, strict=True)) for r in rows]
