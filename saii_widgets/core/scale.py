"""Which colour stands for which number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from saii_widgets.core.colour import DIVERGING, SEQUENTIAL, Table, colourise

_SHARES = ("probability", "share")


@dataclass(frozen=True)
class Scale:
    """The values at the two ends of a colour table.

    Parameters
    ----------
    low, high : float
        Values of the first and the last colour.
    signed : bool
        Whether zero stands in the middle (blue-white-red) or the scale grows in one direction (cividis).
    """

    low: float
    high: float
    signed: bool = False

    @classmethod
    def of_maps(cls, values: ArrayLike) -> Scale:
        """For contributions: from zero to the largest one, or around zero where some are negative."""
        numbers = np.asarray(values, np.float64)
        reach = float(np.abs(numbers).max(initial=0.0)) or 1.0
        return cls(-reach, reach, signed=True) if numbers.min(initial=0.0) < 0 else cls(0.0, reach)

    @classmethod
    def of_scores(cls, values: ArrayLike, unit: str) -> Scale:
        """For a table of scores: shares from 0 to 1, ranks from the last to the first, others from least to largest."""
        numbers = np.asarray(values, np.float64)
        if unit in _SHARES and numbers.min(initial=0.0) >= 0 and numbers.max(initial=0.0) <= 1.0001:
            return cls(0.0, 1.0)
        least, largest = (float(numbers.min()), float(numbers.max())) if numbers.size else (0.0, 0.0)
        if least == largest:
            least, largest = least - 0.5, largest + 0.5
        return cls(largest, least) if unit == "rank" else cls(least, largest)

    @property
    def table(self) -> Table:
        """The colours, uint8 (256, 3)."""
        return DIVERGING if self.signed else SEQUENTIAL

    def colours(self, values: ArrayLike) -> NDArray[np.uint8]:
        """Colours of numbers, uint8 (*values.shape, 3)."""
        return colourise(values, self.table, self.low, self.high)

    def strength(self, values: ArrayLike) -> NDArray[np.float64]:
        """How far each number is from nothing, 0 to 1: from the low end, or from zero on a signed scale."""
        share = np.clip((np.asarray(values, np.float64) - self.low) / (self.high - self.low), 0.0, 1.0)
        return np.abs(2 * share - 1) if self.signed else share
