"""Which facts a drawn scene makes true, judged by what is visible."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .facts import COLOURS, FACTS, FALSE, INDEX, SKIES, THINGS, TRUE, UNKNOWN, WEATHER, Fact, Truth, vehicle_facts
from .places import PLACES
from .scene_plan import ScenePlan

#: Least share of the picture that a thing covers where it counts as there; below that its truth is unknown.
LEAST_SHARE: Final = {
    "markings": 0.006,
    "zebra": 0.008,
    "fence": 0.008,
    "wall": 0.008,
    "trees": 0.008,
    "buildings": 0.01,
    "houses": 0.01,
    "lamps": 0.002,
    "lights": 0.0025,
    "sign": 0.0025,
    "logo": 0.0012,
    "cones": 0.0016,
    "people": 0.0022,
    "billboard": 0.004,
}
LEAST_SHARE_VEHICLE: Final = 0.0035
LEAST_SHARE_MOTORBIKE: Final = 0.002


def truth_of(plan: ScenePlan, masks: NDArray[np.bool_], vehicle_masks: NDArray[np.bool_]) -> Truth:
    """Truth of every fact of :data:`~.facts.FACTS`.

    Parameters
    ----------
    plan : ScenePlan
    masks : bool array, (len(PLACES), H, W)
    vehicle_masks : bool array, (len(plan.vehicles), H, W)

    Returns
    -------
    uint8 array, (len(FACTS),)
        FALSE, TRUE, or UNKNOWN where a thing is visible but too small to be sure of.
    """
    truth = np.full(len(FACTS), FALSE, np.uint8)
    for vehicle, share in zip(plan.vehicles, vehicle_masks.mean((1, 2)), strict=True):
        least = LEAST_SHARE_MOTORBIKE if vehicle.type == "motorbike" else LEAST_SHARE_VEHICLE
        for fact in vehicle_facts(vehicle.colour, vehicle.type):
            if share > 0 and truth[INDEX[fact]] != TRUE:  # the best visible of several vehicles decides
                truth[INDEX[fact]] = _verdict(share, least)
    for vehicle in plan.vehicles:
        if vehicle.paint:  # who is to say whether turquoise passes for blue
            for colour in COLOURS:
                for fact in (Fact(colour, vehicle.type), Fact(colour=colour)):
                    if truth[INDEX[fact]] == FALSE:
                        truth[INDEX[fact]] = UNKNOWN
    for sky in SKIES:
        truth[INDEX[Fact(context=sky)]] = TRUE if plan.sky == sky else FALSE
    for weather in WEATHER:
        truth[INDEX[Fact(context=weather)]] = TRUE if weather in plan.weather else FALSE
    shares = masks.mean((1, 2))
    for thing in THINGS:
        truth[INDEX[Fact(context=thing)]] = _verdict(shares[PLACES.index(thing)], LEAST_SHARE[thing])
    return truth


def _verdict(share: float, least: float) -> int:
    if share >= least:
        return TRUE
    return UNKNOWN if share > 0 else FALSE
