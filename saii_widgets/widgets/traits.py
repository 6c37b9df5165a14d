"""Traits that say in a researcher's words what they take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import traitlets as t

from saii_widgets.core.errors import InputError


class WidgetError(InputError, t.TraitError):
    """A value that a widget's trait does not take."""


class Choice(t.Unicode):
    """One of a few words; synced."""

    def __init__(self, choices: Sequence[str], default: str | None = None) -> None:
        self.choices = tuple(choices)
        super().__init__(self.choices[0] if default is None else default)
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> str:
        if value not in self.choices:
            listed = ", ".join(repr(choice) for choice in self.choices)
            raise WidgetError(f"{_named(self, obj)} as one of {listed}", repr(value), "Use one of these.")
        return value


class Number(t.Float):
    """A finite number from `least` to `most`; synced."""

    def __init__(self, default: float, least: float, most: float) -> None:
        self.least, self.most = least, most
        super().__init__(default)
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self._wrong(obj, repr(value))
        if not self.least <= value <= self.most:
            raise self._wrong(obj, f"{value:g}")
        return float(value)

    def _wrong(self, obj: Any, came: str) -> WidgetError:
        return WidgetError(
            f"{_named(self, obj)} as a number from {self.least:g} to {self.most:g}", came, "Stay between the two."
        )


class Place(t.Int):
    """A place in a list, from `least` on; synced. The widget itself knows how long the list is."""

    def __init__(self, default: int = 0, least: int = 0) -> None:
        self.least = least
        super().__init__(default)
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < self.least:
            raise WidgetError(
                f"{_named(self, obj)} as a whole number from {self.least} on", repr(value), "Counting starts at 0."
            )
        return value


def _named(trait: t.TraitType, obj: Any) -> str:
    return f"{trait.name} of the {type(obj).__name__}"
