"""Places as tables write them: degrees of latitude and longitude."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .counted import counted
from .numbers import numbers


def read_places(
    lat: Sequence[Any], lng: Sequence[Any]
) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[str, ...]]:
    """Read two columns of degrees.

    Parameters
    ----------
    lat, lng : sequence of str or float
        Degrees north and east.

    Returns
    -------
    lat, lng : float64 arrays
        NaN in both where either is missing, no number, off the globe, or where both are 0.
    notes : tuple of str
        How many were written but are no place.
    """
    written = np.array([str(value).strip() not in ("", "None", "nan") for value in lat], dtype=bool)
    north = numbers(lat).to_numpy()
    east = numbers(lng).to_numpy()
    sound = (np.abs(north) <= 90) & (np.abs(east) <= 180) & ~((north == 0) & (east == 0))
    lost = int((written & ~sound).sum())
    notes = (f"{counted(lost, 'place')} without a latitude and longitude on the globe",) if lost else ()
    return np.where(sound, north, np.nan), np.where(sound, east, np.nan), notes
