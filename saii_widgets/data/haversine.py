"""Distance on the globe."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

EARTH_RADIUS: Final = 6371.0088  # kilometres, the mean radius of the IUGG


def haversine(lat1: ArrayLike, lng1: ArrayLike, lat2: ArrayLike, lng2: ArrayLike) -> NDArray[np.float64]:
    """Great-circle distance in kilometres.

    Parameters
    ----------
    lat1, lng1, lat2, lng2 : array-like of float
        Degrees; they broadcast. NaN gives NaN.

    Source
    ------
    R. W. Sinnott, Virtues of the Haversine, Sky and Telescope 68, 1984.
    """
    north1, east1, north2, east2 = (np.radians(np.asarray(x, np.float64)) for x in (lat1, lng1, lat2, lng2))
    chord = np.sin((north2 - north1) / 2) ** 2
    chord = chord + np.cos(north1) * np.cos(north2) * np.sin((east2 - east1) / 2) ** 2
    return 2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))
