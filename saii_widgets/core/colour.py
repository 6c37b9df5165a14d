"""Colour tables that grow evenly in lightness and that colour-blind readers can tell apart."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from saii_widgets.core.errors import InputError

Table = NDArray[np.uint8]

_CIVIDIS: Final = (
    (0, 34, 78),
    (0, 46, 106),
    (26, 56, 111),
    (50, 67, 109),
    (67, 78, 108),
    (83, 90, 109),
    (97, 101, 111),
    (111, 112, 115),
    (125, 124, 120),
    (140, 136, 120),
    (155, 148, 118),
    (171, 160, 114),
    (188, 174, 108),
    (205, 187, 99),
    (222, 201, 88),
    (240, 216, 70),
    (254, 232, 56),
)
_BLUE_WHITE_RED: Final = (
    (5, 48, 97),
    (33, 102, 172),
    (67, 147, 195),
    (146, 197, 222),
    (209, 229, 240),
    (247, 247, 247),
    (253, 219, 199),
    (244, 165, 130),
    (214, 96, 77),
    (178, 24, 43),
    (103, 0, 31),
)


def _table(anchors: tuple[tuple[int, int, int], ...]) -> Table:
    """256 colours on straight lines between evenly spaced anchors, (256, 3), read-only."""
    places = np.linspace(0, 255, len(anchors))
    channels = [np.interp(np.arange(256), places, channel) for channel in zip(*anchors, strict=True)]
    table = np.round(np.stack(channels, axis=1)).astype(np.uint8)
    table.setflags(write=False)
    return table


SEQUENTIAL: Final = _table(_CIVIDIS)
"""Cividis, dark blue to yellow, uint8 (256, 3): for what starts at nothing.

Source: Nuñez, Anderton, Renslow 2018, "Optimizing colormaps with consideration for color vision deficiency", at 17
anchor points."""

DIVERGING: Final = _table(_BLUE_WHITE_RED)
"""Blue through white to red, uint8 (256, 3): for what lies on both sides of zero.

Source: ColorBrewer's RdBu, eleven classes, reversed (Harrower and Brewer 2003)."""


def colourise(values: ArrayLike, table: Table, low: float, high: float) -> NDArray[np.uint8]:
    """Colours of numbers.

    Parameters
    ----------
    values : array of any shape
        Finite numbers.
    table : uint8 array, (256, 3)
        `SEQUENTIAL` or `DIVERGING`.
    low, high : float
        The values of the table's first and last colour; beyond them the colours stay. `low` may be the larger one.

    Returns
    -------
    uint8 array, (*values.shape, 3)

    Raises
    ------
    InputError
        `low` equals `high`, or a number is not finite.
    """
    numbers = np.asarray(values, np.float64)
    if low == high or not np.isfinite([low, high]).all():
        raise InputError("two different ends of a colour scale", f"{low} and {high}", "Widen the scale.")
    if not np.isfinite(numbers).all():
        raise InputError("finite numbers to colour", "NaN or infinity among them", "Find out where they came from.")
    share = np.clip((numbers - low) / (high - low), 0.0, 1.0)
    return table[np.round(share * 255).astype(np.intp)]


def ink_on(colour: ArrayLike) -> str:
    """Black or white as ``#rrggbb``, whichever reads better on a colour (3,); the contrast is at least 4.5."""
    return "#000000" if luminance(colour) > 0.1791 else "#ffffff"


def luminance(colour: ArrayLike) -> float:
    """Relative luminance of an sRGB colour (3,) of 0 to 255, from 0 to 1 (WCAG 2)."""
    share = np.asarray(colour, np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def contrast(first: ArrayLike, second: ArrayLike) -> float:
    """Contrast of two sRGB colours (3,), from 1 to 21 (WCAG 2)."""
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)
