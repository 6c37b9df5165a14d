"""A drawn traffic scene: a picture of which everything is known."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.errors import InputError

from .captions import CaptionKind, compose, true_facts
from .facts import COLOURS, CONTEXT, FACTS, INDEX, SERVICES, SKIES, TRUE, TYPES, Fact, Truth, vehicle_facts
from .painting.ground import paint_ground
from .painting.markings import paint_markings
from .painting.roadside import plan_roadside
from .painting.sky import paint_sky
from .painting.stage import Stage
from .painting.vehicles import Vehicle
from .painting.weather import paint_weather
from .places import PLACES, place_masks, vehicle_masks
from .scene_plan import plan_scene
from .truth import truth_of

_OVERSAMPLING: Final = 2
_LARGEST: Final = 4096


@dataclass(frozen=True, eq=False)
class DrawnScene:
    """One picture with the truth about it. All arrays are read-only.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB, size x size.
    truth : uint8 array, (len(FACTS),)
        FALSE, TRUE or UNKNOWN (visible, but hardly) for every fact of :data:`~.facts.FACTS`.
    vehicles : tuple of (colour or None, type)
        The vehicles, whether they are visible or not.
    masks : bool array, (len(PLACES), size, size)
        Where each of :data:`~.places.PLACES` is visible.
    vehicle_masks : bool array, (len(vehicles), size, size)
        Where each vehicle is visible.
    """

    image: Image.Image
    truth: Truth
    vehicles: tuple[tuple[str | None, str], ...]
    masks: NDArray[np.bool_]
    vehicle_masks: NDArray[np.bool_]

    def __post_init__(self) -> None:
        for array in (self.truth, self.masks, self.vehicle_masks):
            array.setflags(write=False)

    def is_true(self, fact: Fact) -> bool:
        """Whether the fact is plainly true of the scene; neither a false nor an unknown one is."""
        return bool(self.truth[_index_of(fact)] == TRUE)

    def mask_of(self, fact: Fact) -> NDArray[np.bool_] | None:
        """Where the thing that a fact names is visible.

        Returns
        -------
        bool array, (size, size), or None
            All False where the thing is not in the picture. None for what has no place: rain, fog and snow.
        """
        _index_of(fact)
        if fact.is_vehicle:
            named = [fact in vehicle_facts(*vehicle) for vehicle in self.vehicles]
            return np.logical_or.reduce(self.vehicle_masks[named])
        place = "sky" if fact.context in SKIES else fact.context
        if place not in PLACES:
            return None
        mask = self.masks[PLACES.index(place)]
        if place in ("sky", "wet") and not self.is_true(fact):  # every picture has a sky and a road
            return np.zeros_like(mask)
        return mask

    def caption(self, seed: int | Random = 0, kind: CaptionKind | None = None) -> str:
        """A true caption in words drawn by lot.

        Parameters
        ----------
        seed : int or random.Random
            Source of every choice.
        kind : {"mixed", "vehicles", "context"}, optional
            What it is about; by default any.
        """
        if kind not in (None, *get_args(CaptionKind)):
            raise InputError("a kind of caption", repr(kind), f"Choose one of {', '.join(get_args(CaptionKind))}.")
        rng = seed if isinstance(seed, Random) else Random(seed)
        return compose([FACTS[i] for i in true_facts(self.truth, self.vehicles, rng, kind)], rng)


def draw(seed: int, size: int = 144, held_out: bool = False, unnamed_paint: float = 0.0) -> DrawnScene:
    """Draw the traffic scene of a seed.

    Parameters
    ----------
    seed : int
        0 or more; decides everything but the size.
    size : int
        Width and height, pixels.
    held_out : bool
        Whether every coloured vehicle is a pair of :data:`~.facts.HELD_OUT`; otherwise none is.
    unnamed_paint : float
        Share of vehicles in a colour that no caption names; which colour they pass for is UNKNOWN.

    Raises
    ------
    InputError
        The seed or the size is no such number.
    """
    if not _is_count(seed) or seed < 0:
        raise InputError("a seed, a whole number from 0 up", repr(seed), "Pass an int such as draw(7).")
    if not _is_count(size) or not 1 <= size <= _LARGEST:
        raise InputError(f"a size in pixels from 1 to {_LARGEST}", repr(size), "Pass an int such as size=144.")
    plan = plan_scene(Random(int(seed)), held_out, unnamed_paint)
    stage = Stage.of(plan, int(size) * _OVERSAMPLING)
    _paint(stage)
    image, labels, fenced = stage.canvas.reduced(_OVERSAMPLING)
    things, vehicles = place_masks(labels, fenced), vehicle_masks(labels, len(plan.vehicles))
    kinds = tuple((vehicle.colour, vehicle.type) for vehicle in plan.vehicles)
    return DrawnScene(image, truth_of(plan, things, vehicles), kinds, things, vehicles)


def _index_of(fact: Fact) -> int:
    if fact not in INDEX:
        colours, types, context = (", ".join(names) for names in (COLOURS, TYPES + SERVICES, CONTEXT))
        do = f"Name a colour ({colours}), a type ({types}), both, or a context ({context})."
        raise InputError("a fact that a drawn scene can show", repr(fact), do)
    return INDEX[fact]


def _is_count(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _paint(stage: Stage) -> None:
    """Paint from back to front; the order of the random choices belongs to the scene."""
    plan = stage.plan
    rng = Random(plan.seed)
    paint_sky(stage, rng)
    road = paint_ground(stage, rng)
    paint_markings(stage, rng)
    standing = plan_roadside(stage, rng)
    standing += [Vehicle(vehicle, number, road) for number, vehicle in enumerate(plan.vehicles)]
    standing.sort(key=lambda thing: -stage.camera.depth(thing.along, thing.across))
    for thing in standing:
        thing.paint(stage)
    paint_weather(stage, rng)
