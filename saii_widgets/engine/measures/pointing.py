"""Does a map lie on the thing that the caption names (MATH.md 5)?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.engine.measures.task_performance import Estimate, paired_interval

#: A patch counts as on the thing where it covers this share, or as much as of the patch it covers most.
ON_THING: Final = 0.2


@dataclass(frozen=True)
class Pointing:
    """How well maps point at named things.

    Parameters
    ----------
    hits : float64 array, (n,)
        1 where a map's largest value lies on the thing, else 0; of several largest ones the share that does.
    masses : float64 array, (n,)
        Share of each map's positive mass that lies on the thing; 0 of a map that is nowhere positive.
    chance : float
        Hit rate of a random patch.
    area : float
        Mean share of the picture that the thing covers, which is the mass of an even map.
    hit_rate, mass : Estimate
        Means with intervals over pictures.
    """

    hits: NDArray[np.float64]
    masses: NDArray[np.float64]
    chance: float
    area: float
    hit_rate: Estimate
    mass: Estimate


def pointing(maps: ArrayLike, shares: ArrayLike, *, seed: int = 0) -> Pointing:
    """Play the pointing game.

    Parameters
    ----------
    maps : array, (n, ...)
        A map each picture; only positive values point.
    shares : array, shaped like the maps
        How much of each patch the thing covers, 0..1; `patch_shares` makes it of a mask.
    seed : int
        Of the bootstrap over pictures.

    Raises
    ------
    InputError
        Maps and shares of different shapes, none at all, numbers that are not finite, or a thing that covers nothing.

    Source
    ------
    Zhang et al. 2018 (the largest value) and the share of positive mass; MATH.md 5, known answers in
    `test_pointing.py`. A map that is nowhere positive points at nothing.
    """
    values, covered = np.asarray(maps, np.float64), np.asarray(shares, np.float64)
    if values.shape != covered.shape or values.ndim < 2 or values.size == 0:
        raise InputError("as many shares as values", f"{values.shape} and {covered.shape}", "Give one a patch.")
    n = len(values)
    values, covered = values.reshape(n, -1), covered.reshape(n, -1)
    if not np.isfinite(values).all() or not (covered.max(1) > 0).all():
        raise InputError("finite maps and things that are in the picture", "others", "Leave these pictures out.")
    targets = on_thing(covered)
    largest = values.max(1, keepdims=True)
    best = (values == largest) & (largest > 0)
    hits = (best & targets).sum(1) / best.sum(1).clip(min=1)
    positive = values.clip(min=0)
    total = positive.sum(1)
    masses = (positive * covered).sum(1) / np.where(total > 0, total, 1)
    return Pointing(
        hits,
        masses,
        chance=float(targets.mean()),
        area=float(covered.mean()),
        hit_rate=paired_interval(hits, seed=seed),
        mass=paired_interval(masses, seed=seed),
    )


def on_thing(shares: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which patches count as on the thing, of shares (n, ...) that it covers of each."""
    largest = shares.max(tuple(range(1, shares.ndim)), keepdims=True)
    return shares >= np.minimum(ON_THING, largest)


def patch_shares(mask: NDArray[np.bool_], patches: Axis) -> NDArray[np.float64]:
    """How much of each patch a mask over the picture covers.

    Parameters
    ----------
    mask : bool array, (height, width)
    patches : Axis
        With boxes; their edges are rounded to pixels, and no box is smaller than one.

    Returns
    -------
    float64 array, (rows, columns), or (patches,) where they lie in no grid

    Raises
    ------
    InputError
        Patches without boxes.
    """
    if patches.boxes is None:
        raise InputError("patches with boxes", "none", "Take the patch axis of a model: model.patch_axis(image).")
    height, width = mask.shape
    # sums over all rectangles from the top left corner: a box is four of them
    sums = np.pad(mask, ((1, 0), (1, 0))).cumsum(0, dtype=np.int64).cumsum(1)
    edges = np.rint(np.asarray(patches.boxes, np.float64) * np.tile((width, height), 2)).astype(int)
    left, top = edges[:, 0].clip(0, width - 1), edges[:, 1].clip(0, height - 1)
    right, bottom = np.maximum(edges[:, 2], left + 1), np.maximum(edges[:, 3], top + 1)
    inside = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    shares = inside / ((right - left) * (bottom - top))
    return shares.reshape(patches.grid) if patches.grid is not None else shares
