"""A drawn vehicle: a picture of which every part is known."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.errors import InputError

from ..scenes.painting.canvas import Canvas
from .backdrop import paint_backdrop, paint_occluders
from .bodies import BODIES, paint_vehicle
from .easel import Easel
from .kinds import VEHICLE_KINDS, VEHICLE_PARTS
from .plan import Plan, plan_vehicle

_OVERSAMPLING: Final = 2
_SMALLEST, _LARGEST = 16, 2048
_LABELS: Final = {"background": 0, **{part: number for number, part in enumerate(VEHICLE_PARTS, 1)}}


@dataclass(frozen=True, eq=False)
class DrawnVehicle:
    """One picture of one vehicle with the truth about it.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB, size x size.
    kind : str
        One of :data:`~.kinds.VEHICLE_KINDS`.
    masks : dict of str to bool array, (size, size)
        Where each part is visible, read-only; a part seen in several places (two wheels) is one mask. Parts of which
        nothing is visible are left out.
    parts : dict of str to (left, top, right, bottom)
        The box around each mask, as shares of the picture.
    faces : {"left", "right"}
        Where the front is.
    """

    image: Image.Image
    kind: str
    masks: dict[str, NDArray[np.bool_]]
    parts: dict[str, tuple[float, float, float, float]]
    faces: Literal["left", "right"]


def draw_vehicle(seed: int, kind: str | None = None, *, size: int = 96, hard: bool = False) -> DrawnVehicle:
    """Draw the vehicle of a seed.

    Parameters
    ----------
    seed : int
        0 or more; decides everything but the size. With another kind, pose, light, backdrop and, for layout twins,
        colours stay the same.
    kind : str, optional
        One of :data:`~.kinds.VEHICLE_KINDS`; by default drawn by lot.
    size : int
        Width and height, pixels.
    hard : bool
        Whether paints are unusual, things stand before the vehicle, parts are missing, the street is cluttered, the
        vehicle small, and the light poor.

    Raises
    ------
    InputError
        The seed, the kind or the size is no such thing.
    """
    if not _is_count(seed) or seed < 0:
        raise InputError("a seed, a whole number from 0 up", repr(seed), "Pass an int such as draw_vehicle(7).")
    if not _is_count(size) or not _SMALLEST <= size <= _LARGEST:
        do = "Pass an int such as size=96."
        raise InputError(f"a size in pixels from {_SMALLEST} to {_LARGEST}", repr(size), do)
    if kind is not None and kind not in VEHICLE_KINDS:
        raise InputError("a kind of drawn vehicle", repr(kind), f"Choose one of: {', '.join(VEHICLE_KINDS)}.")
    plan = plan_vehicle(int(seed), kind, hard)
    canvas = Canvas(int(size) * _OVERSAMPLING, _LABELS)
    rng = Random(plan.seed)
    paint_backdrop(canvas, plan, rng)
    body = BODIES[plan.kind]
    paint_vehicle(Easel(canvas, plan, body.length, body.width), body)
    paint_occluders(canvas, plan, rng)
    image, labels, _ = canvas.reduced(_OVERSAMPLING)
    masks = _masks(labels)
    faces: Literal["left", "right"] = "left" if plan.faces_left else "right"
    return DrawnVehicle(_lit(image, plan), plan.kind, masks, {part: _box(m) for part, m in masks.items()}, faces)


def _lit(image: Image.Image, plan: Plan) -> Image.Image:
    """The picture in the plan's light, with its noise."""
    pixels = np.asarray(image, np.float32) * np.array(plan.light, np.float32)
    dice = np.random.Generator(np.random.PCG64([int(plan.seed.split()[-1]), image.width]))
    pixels += dice.standard_normal(pixels.shape, np.float32) * np.float32(plan.noise)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _masks(labels: NDArray[np.uint8]) -> dict[str, NDArray[np.bool_]]:
    masks = {}
    visible = np.bincount(labels.ravel(), minlength=len(_LABELS))
    for part in VEHICLE_PARTS:
        if visible[_LABELS[part]]:
            masks[part] = labels == _LABELS[part]
            masks[part].setflags(write=False)
    return masks


def _box(mask: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    high, wide = mask.shape
    return (
        float(columns[0] / wide),
        float(rows[0] / high),
        float((columns[-1] + 1) / wide),
        float((rows[-1] + 1) / high),
    )


def _is_count(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
