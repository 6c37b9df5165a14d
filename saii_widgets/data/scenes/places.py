"""Where the things of a picture are: one label a pixel while it is painted, masks afterwards."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .facts import THINGS

#: Everything that has a place in the picture; "wet" is the surface of the road, wet or not.
PLACES: Final = ("sky", "wet", *THINGS)

LABELS: Final = {name: number for number, name in enumerate(("sky", "ground", "road", "hills", *THINGS))}
_FIRST_VEHICLE: Final = 32


def vehicle_label(number: int) -> int:
    """Label of the pixels of a scene's vehicle `number`, counted from 0."""
    return _FIRST_VEHICLE + number


def place_masks(labels: NDArray[np.uint8], fenced: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Masks of all :data:`PLACES`.

    Parameters
    ----------
    labels : uint8 array, (H, W)
        What each pixel shows.
    fenced : bool array, (H, W)
        Pixels within the outline of a fence, which one sees through.

    Returns
    -------
    bool array, (len(PLACES), H, W)
    """
    masks = {place: labels == LABELS[place] for place in PLACES if place in LABELS}
    masks["wet"] = (labels == LABELS["road"]) | masks["markings"] | masks["zebra"]
    masks["fence"] |= fenced & (labels < _FIRST_VEHICLE)
    return np.stack([masks[place] for place in PLACES])


def vehicle_masks(labels: NDArray[np.uint8], n_vehicles: int) -> NDArray[np.bool_]:
    """Masks of a scene's vehicles: bool (n_vehicles, H, W)."""
    numbers = np.arange(_FIRST_VEHICLE, _FIRST_VEHICLE + n_vehicles)
    return labels == numbers[:, None, None]
